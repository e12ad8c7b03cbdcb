/** `firebreak pause RUN`, from another process than the run's. */
import type { Command } from 'commander';
import { interruptible, STOPPING } from '../interrupt.ts';
import { addStateOption, type StateOptions, withServices } from '../options.ts';

export function registerPause(program: Command): void {
  const command = program
    .command('pause')
    .summary('stop a run that goes on, so that it can be resumed')
    .description(
      'Asks the process that works on the run to stop at the next safe point of each host, as Ctrl-C there would, and ' +
        'waits until it has. What goes on by itself on a host (an installer, a restart) is not cut short.',
    )
    .argument('[run]', 'run id, an unambiguous part of its beginning, or last', 'last');
  addStateOption(command)
    .addHelpText('after', '\nExamples:\n  $ firebreak pause last\n  $ firebreak continue last')
    .action(async (reference: string, flags: StateOptions) => {
      const { pauseRun } = await import('../../app/index.ts');
      const run = await interruptible(
        (signal) => withServices(flags, (services) => pauseRun(services, reference, signal)),
        STOPPING,
      );
      process.stdout.write(`run ${run} has stopped\n\nNext:\n  firebreak continue ${run}\n`);
    });
}
