/** Which package a host needs, and where it lies there. */
import {
  type Advisory,
  type AffectedSystem,
  affectedSystem,
  packageFor,
  possibleSystems,
  type SystemEvidence,
} from '../advisory/index.ts';
import { FirebreakError, type StepContext } from '../domain/index.ts';
import { planAdvisory, readEvidence } from './evidence.ts';
import { type HostFacts, readFacts } from './facts.ts';

const ENGINES = ['wusa', 'dism', 'update', 'update2', 'hotfix'] as const;
export type Engine = (typeof ENGINES)[number];

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
  /** Its fix is in effect after a restart only, whatever the installer's exit code says. */
  readonly needsReboot: boolean;
}

/**
 * The package that the playbook names, or the advisory's for the host's build and architecture.
 *
 * @throws FirebreakError FB_STEP_REFUSED when the advisory has none for this host or its engine is not there yet
 */
export async function choosePackage(step: StepContext, file: string | undefined): Promise<ChosenPackage> {
  const facts = await readFacts(step);
  const byExtension = file === undefined ? null : engineByExtension(file);
  if (file !== undefined && byExtension !== null) {
    return {
      file,
      engine: byExtension,
      switches: null,
      kb: null,
      sha256: null,
      path: stagedPath(facts, file),
      needsReboot: false,
    };
  }
  if (file !== undefined && step.advisory === null) {
    throw new FirebreakError('FB_STEP_REFUSED', `which kind of installer ${file} is, only an advisory tells`, {
      remedy: 'add `advisory: <id>` to the playbook; without one this version installs .msu and .cab',
    });
  }
  // Programs are installers of several kinds: which one, the advisory says, also of a file that the playbook names.
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
  const { data } = found;
  const engine = ENGINES.find((known) => known === data.engine);
  if (engine === undefined) {
    throw new FirebreakError('FB_STEP_REFUSED', `installing with ${data.engine} is not there yet (${found.file})`, {
      remedy: `this version installs with ${ENGINES.join(' and ')}`,
    });
  }
  const path = stagedPath(facts, found.file);
  const sha256 = data.sha256 === undefined || 'input' in data.sha256 ? null : (data.sha256[found.file] ?? null);
  return {
    file: found.file,
    engine,
    switches: data.args ?? null,
    kb: data.kb ?? null,
    sha256,
    path,
    needsReboot: data.reboot === 'always',
  };
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
function engineByExtension(file: string): Engine | null {
  const extension = /\.[^.]+$/.exec(file)?.[0]?.toLowerCase();
  if (extension === '.msu') return 'wusa';
  if (extension === '.cab') return 'dism';
  if (extension === '.exe') return null;
  throw new FirebreakError('FB_STEP_REFUSED', `installing ${extension ?? 'such'} files is not there yet (${file})`, {
    remedy: 'this version installs .msu, .cab and the .exe packages of an advisory',
  });
}
