/** `firebreak skip RUN --host H`. */
import type { Command } from 'commander';
import { addStateOption, collect, type StateOptions, withServices } from '../options.ts';

export function registerSkip(program: Command): void {
  const command = program
    .command('skip')
    .summary('leave a host out of the rest of a run')
    .description(
      'The host ends as skipped: at its next safe point while the run goes on, else with the next resume. Shields and ' +
        'whatever else is owed to it stay in the ledger.',
    )
    .argument('<run>', 'run id, an unambiguous part of its beginning, or last')
    .option('--host <name>', 'the host; may be repeated', collect);
  addStateOption(command)
    .addHelpText('after', '\nExamples:\n  $ firebreak skip last --host web01')
    .action(async (reference: string, flags: StateOptions & { readonly host?: readonly string[] }) => {
      const { skipHosts } = await import('../../app/index.ts');
      const hosts = flags.host ?? [];
      const { run, isBusy } = await withServices(flags, (services) => skipHosts(services, reference, hosts));
      const when = isBusy ? 'at the next safe point' : `with: firebreak resume ${run}`;
      process.stdout.write(`${hosts.join(', ')}: left out ${when}\n`);
    });
}
