/** Which package a host needs, and where it lies there. */
import { affectedSystem } from '../advisory/index.ts';
import { FirebreakError, type StepContext } from '../domain/index.ts';
import { planAdvisory } from './evidence.ts';
import { type HostFacts, readFacts } from './facts.ts';

const ENGINES = ['wusa', 'dism'] as const;
export type Engine = (typeof ENGINES)[number];

export interface ChosenPackage {
  readonly file: string;
  readonly engine: Engine;
  /** Switches instead of the engine's usual ones; null = the usual ones. */
  readonly switches: readonly string[] | null;
  /** Null when the playbook names a file of its own. */
  readonly kb: string | null;
  /** Full path on the host. */
  readonly path: string;
}

/**
 * The package that the playbook names, or the advisory's for the host's build and architecture.
 *
 * @throws FirebreakError FB_STEP_REFUSED when the advisory has none for this host or its engine is not there yet
 */
export async function choosePackage(step: StepContext, file: string | undefined): Promise<ChosenPackage> {
  const facts = await readFacts(step);
  if (file !== undefined) {
    return { file, engine: engineByExtension(file), switches: null, kb: null, path: stagedPath(facts, file) };
  }
  const advisory = planAdvisory(step);
  const entry = facts.Build === null ? undefined : affectedSystem(advisory, facts.Build);
  const arch = facts.Architecture as 'x64' | 'x86' | 'arm64' | null;
  const id = arch === null ? undefined : entry?.package?.[arch];
  const found = id === undefined ? undefined : advisory.packages[id];
  if (found === undefined) {
    const what = `${facts.Caption ?? 'this system'} (build ${facts.Build ?? '?'}, ${arch ?? 'architecture unknown'})`;
    throw new FirebreakError('FB_STEP_REFUSED', `${advisory.advisory} names no package for ${what}`, {
      remedy: 'add the package to the advisory, or name the file with `with: { package: … }`',
    });
  }
  const engine = ENGINES.find((known) => known === found.engine);
  if (engine === undefined) {
    throw new FirebreakError('FB_STEP_REFUSED', `installing with ${found.engine} is not there yet (${found.file})`, {
      remedy: `this version installs with ${ENGINES.join(' and ')}`,
    });
  }
  const path = stagedPath(facts, found.file);
  return { file: found.file, engine, switches: found.args ?? null, kb: found.kb ?? null, path };
}

function stagedPath(facts: HostFacts, file: string): string {
  return `${facts.DataFolder}\\packages\\${file}`;
}

function engineByExtension(file: string): Engine {
  const extension = /\.[^.]+$/.exec(file)?.[0]?.toLowerCase();
  if (extension === '.msu') return 'wusa';
  if (extension === '.cab') return 'dism';
  throw new FirebreakError('FB_STEP_REFUSED', `installing ${extension ?? 'such'} files is not there yet (${file})`, {
    remedy: 'this version installs .msu and .cab',
  });
}
