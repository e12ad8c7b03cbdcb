/**
 * A look at hosts by a playbook of one reading step, for commands that show their own tables. Must not know what is read, nor
 * how it is shown.
 */
import type { FinishedRun, Services, StartOptions } from '../app/index.ts';
import { FirebreakError } from '../domain/index.ts';
import { interruptible } from './interrupt.ts';
import { createDisplay, type RunDisplay } from './live/index.ts';
import { connectionFlags, type FleetOptions } from './options.ts';
import { readVersion } from './version.ts';

export interface LookFlags extends FleetOptions {
  readonly forks?: number;
}

/** Progress goes to standard error, a line for each host; Ctrl-C ends the look. @throws like startRun, FB_USAGE when hosts are given twice */
export async function lookAtHosts(
  services: Services,
  playbook: StartOptions['playbook'],
  hosts: readonly string[],
  flags: LookFlags,
): Promise<FinishedRun> {
  const { overridesOf, startRun } = await import('../app/index.ts');
  let display: RunDisplay | undefined;
  return interruptible((signal) =>
    startRun(services, {
      playbook,
      inventory: flags.inventory,
      targetsFile: flags.targetsFile,
      limit: limitOf(hosts, flags.limit),
      inputs: [],
      forks: flags.forks,
      connection: overridesOf(connectionFlags(flags)),
      check: true,
      skipLeased: false,
      version: readVersion(),
      signal,
      watcher: {
        start: (view) => {
          display = createDisplay('lines', view.hosts.length);
        },
        event: (event) => {
          if (event.type === 'StepFinished' || event.type === 'AttemptFailed') display?.event(event);
        },
        progress: () => {},
      },
    }),
  );
}

/** Hosts as arguments of a command are what `--limit` says. @throws FB_USAGE when both are given */
export function limitOf(hosts: readonly string[], limit: string | undefined): string | undefined {
  if (hosts.length === 0) return limit;
  if (limit === undefined) return hosts.join(',');
  throw new FirebreakError('FB_USAGE', 'hosts are given twice: as arguments and with --limit', {
    remedy: 'give them once',
  });
}
