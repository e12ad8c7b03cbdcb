/** Which package a host needs, and where it lies there. */
import {
  type Advisory,
  type AdvisoryPackage,
  type AffectedSystem,
  affectedSystem,
  packageFor,
  possibleSystems,
  type SystemEvidence,
} from '../advisory/index.ts';
import { FirebreakError, type StepContext } from '../domain/index.ts';
import { planAdvisory, readEvidence } from './evidence.ts';
import type { DeclaredCodes } from './exit-codes.ts';
import { type HostFacts, readFacts } from './facts.ts';

type Engine = AdvisoryPackage['engine'];

export interface ChosenPackage {
  readonly file: string;
  readonly engine: Engine;
  /** Switches instead of the engine's usual ones; null = the usual ones. */
  readonly switches: readonly string[] | null;
  /** Null when the playbook names a file of its own. */
  readonly kb: string | null;
  /** Checksum that the advisory demands; null: the package store's alone counts. */
  readonly sha256: string | null;
  /** Full path on the host. */
  readonly path: string;
  /** Who must have signed it; null = the advisory does not say. */
  readonly signer: string | null;
  readonly exitCodes: DeclaredCodes;
  /** Its fix is in effect after a restart only, whatever the installer's exit code says. */
  readonly needsReboot: boolean;
}

/**
 * The package that the playbook names, or the advisory's for the host's build and architecture.
 *
 * @throws FirebreakError FB_STEP_REFUSED when the advisory has none for this host, or nobody says how to run it
 */
export async function choosePackage(
  step: StepContext,
  file: string | undefined,
  switches: readonly string[] = [],
): Promise<ChosenPackage> {
  const facts = await readFacts(step);
  const byExtension = file === undefined ? null : engineByExtension(file, switches);
  if (file !== undefined && byExtension !== null) {
    const own = switches.length === 0 ? null : switches;
    const path = stagedPath(facts, file);
    const unknown = { kb: null, sha256: null, signer: null, exitCodes: {}, needsReboot: false };
    return { file, engine: byExtension, switches: own, path, ...unknown };
  }
  if (file !== undefined && step.advisory === null) {
    throw new FirebreakError(
      'FB_STEP_REFUSED',
      `which switches keep ${file} quiet, neither the step nor an advisory says`,
      {
        remedy:
          'add them, as in `with: { package: setup.exe, switches: [/quiet, /norestart] }`, or `advisory: <id>` to the playbook',
      },
    );
  }
  // Programs are installers of several kinds: which one, the advisory says, also of a file that the playbook names.
  const found = await advisoryPackage(step, facts, file);
  const { data } = found;
  const path = stagedPath(facts, found.file);
  const sha256 = data.sha256 === undefined || 'input' in data.sha256 ? null : (data.sha256[found.file] ?? null);
  return {
    file: found.file,
    engine: data.engine,
    switches: switches.length > 0 ? switches : (data.args ?? null),
    kb: data.kb ?? null,
    sha256,
    path,
    signer: data.signer ?? null,
    exitCodes: data.exit_codes ?? {},
    needsReboot: data.reboot === 'always',
  };
}

/** What is staged; which switches a program needs, only its installation asks. @throws FirebreakError as choosePackage */
export async function chooseFile(
  step: StepContext,
  file: string | undefined,
): Promise<Pick<ChosenPackage, 'file' | 'path' | 'sha256'>> {
  if (file === undefined || step.advisory !== null) return choosePackage(step, file);
  engineByExtension(file, []);
  return { file, path: stagedPath(await readFacts(step), file), sha256: null };
}

/**
 * What the plan's advisory names for the host.
 *
 * @throws FirebreakError FB_STEP_REFUSED when it has none for it
 */
export async function advisoryPackage(
  step: StepContext,
  facts: HostFacts,
  file?: string,
): Promise<{ readonly data: AdvisoryPackage; readonly file: string }> {
  const advisory = planAdvisory(step);
  const { entry, arch } = await entryOf(step, advisory, facts);
  const what = `${facts.Caption ?? 'this system'} (build ${facts.Build ?? '?'}, ${arch ?? 'architecture unknown'})`;
  const isPc98 = step.host.vars['machine'] === 'pc98';
  const found =
    entry === undefined ? undefined : packageFor(advisory, { entry, arch, language: facts.Language, isPc98, file });
  if (found === undefined || 'problem' in found) {
    const why = found === undefined ? '' : `: ${found.problem}`;
    throw new FirebreakError('FB_STEP_REFUSED', `${advisory.advisory} names no package for ${what}${why}`, {
      remedy: 'add the package to the advisory, or name the file with `with: { package: … }`',
    });
  }
  return found;
}

/** The advisory's entry for the host; asks for more than the facts only where they leave it open. */
async function entryOf(
  step: StepContext,
  advisory: Advisory,
  facts: HostFacts,
): Promise<{ readonly entry: AffectedSystem | undefined; readonly arch: string | null }> {
  const build = facts.Build;
  if (build === null) return { entry: undefined, arch: facts.Architecture };
  const system: SystemEvidence = {
    version: /^\d+\.\d+/.exec(facts.Version ?? '')?.[0] ?? null,
    servicePack: facts.ServicePack,
    product: facts.ProductType === null ? null : facts.ProductType === 1 ? 'workstation' : 'server',
    terminalServer: null,
    arch: facts.Architecture,
  };
  if (possibleSystems(advisory, build, system).length <= 1) {
    return { entry: affectedSystem(advisory, build, system), arch: facts.Architecture };
  }
  const { evidence, arch } = await readEvidence(step, advisory);
  return { entry: affectedSystem(advisory, build, evidence.system), arch };
}

function stagedPath(facts: HostFacts, file: string): string {
  return `${facts.DataFolder}\\packages\\${file}`;
}

/** Null: a program, whose kind the name does not tell. */
function engineByExtension(file: string, switches: readonly string[]): Engine | null {
  const extension = /\.[^.]+$/.exec(file)?.[0]?.toLowerCase();
  if (extension === '.msu') return 'wusa';
  if (extension === '.cab') return 'dism';
  if (extension === '.msi' || extension === '.msp') return 'msiexec';
  if (extension === '.exe') return switches.length > 0 ? 'exe' : null;
  throw new FirebreakError('FB_STEP_REFUSED', `${extension ?? 'such'} files cannot be installed (${file})`, {
    remedy: 'packages are .msu, .cab, .msi, .msp and .exe; other files: file.push and powershell.run',
  });
}
