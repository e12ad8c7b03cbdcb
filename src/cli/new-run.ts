/** What the commands that start a run on an inventory's hosts have in common, from their flags on. */
import type { FinishedRun, loadPlan, Services } from '../app/index.ts';
import { followRun } from './follow-run.ts';
import { chosenTags, connectionFlags, type NewRunOptions, warnOnStderr } from './options.ts';
import { readVersion } from './version.ts';

type PlanSource = Parameters<typeof loadPlan>[0];

/** Playbook, hosts and inputs as the user named them. */
export async function sourceOf<Playbook extends string | undefined>(
  services: Services,
  playbook: Playbook,
  flags: Omit<NewRunOptions, 'output' | 'ask' | 'wait'>,
): Promise<Omit<PlanSource, 'playbook'> & { readonly playbook: Playbook }> {
  const { overridesOf } = await import('../app/index.ts');
  return {
    playbook,
    inventory: flags.inventory,
    targetsFile: flags.targetsFile,
    limit: flags.limit,
    inputs: flags.input ?? [],
    packages: flags.packages,
    forks: flags.forks,
    tags: chosenTags(flags),
    exceptions: flags.exceptions,
    warn: warnOnStderr,
    connection: overridesOf(connectionFlags(flags)),
    connector: services.connector,
  };
}

/** How the run is to go on. */
export function conductOf(flags: NewRunOptions) {
  return {
    check: flags.check === true,
    skipLeased: flags.skipLeased === true,
    change: flags.change,
    waits: flags.wait,
    ignoresWindow: flags.ignoreWindow === true,
    version: readVersion(),
  };
}

/** Starts the run and shows it. @throws like startRun */
export async function followNewRun(services: Services, source: PlanSource, flags: NewRunOptions): Promise<FinishedRun> {
  const { startRun } = await import('../app/index.ts');
  return followRun(flags, ({ watcher, signal, operator }) =>
    startRun(services, { ...source, ...conductOf(flags), watcher, signal, operator }),
  );
}
