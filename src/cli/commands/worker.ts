/** `firebreak worker`: works on hosts of runs that other machines lead. */
import type { Command } from 'commander';
import { interruptible } from '../interrupt.ts';
import { oneLine } from '../live/index.ts';
import { addStateOption, parsePositiveInteger, type StateOptions, withServices } from '../options.ts';

interface WorkerFlags extends StateOptions {
  readonly forks: number;
  readonly packages?: string;
}

const STOPPING = 'stopping at the next safe point of each host; other workers take them up; again to stop at once';

export function registerWorker(program: Command): void {
  const command = program
    .command('worker')
    .summary('work on hosts of runs that were started with --workers')
    .description(
      'Takes hosts of runs that were started with --workers on the same PostgreSQL state store, on this or any other ' +
        'machine, until it is interrupted. Needs what a run needs: the way to the hosts, the credentials that the inventory ' +
        "refers to (environment variables, files, programs), the package folder, and the playbook's files at the same path.",
    )
    .option('--forks <n>', 'hosts at once', parsePositiveInteger, 20)
    .option('--packages <folder>', 'package folder of this machine (default: the path that the run was started with)');
  addStateOption(command)
    .addHelpText(
      'after',
      `
Examples:
  $ export FIREBREAK_STATE=postgres://firebreak@db1/firebreak PGPASSWORD=...
  $ firebreak worker --packages /srv/packages       on each machine that shall work
  $ firebreak run playbook.yaml -i inventory.yaml --packages /srv/packages --workers`,
    )
    .action(async (flags: WorkerFlags) => {
      const { work } = await import('../../app/index.ts');
      const say = (line: string): void => {
        process.stderr.write(`${new Date().toISOString()} ${oneLine(line)}\n`);
      };
      await withServices(flags, (services) =>
        interruptible(
          (signal) => work(services, { forks: flags.forks, packages: flags.packages, signal, say }),
          STOPPING,
        ),
      );
    });
}
