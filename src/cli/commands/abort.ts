/** `firebreak abort RUN`. */
import type { Command } from 'commander';
import { addStateOption, type StateOptions, withServices } from '../options.ts';

export function registerAbort(program: Command): void {
  const command = program
    .command('abort')
    .summary('give an interrupted run up')
    .description('Ends an interrupted run and frees its hosts for others. Shields that stand stay in the ledger.')
    .argument('<run>', 'run id, an unambiguous part of its beginning, or last');
  addStateOption(command)
    .addHelpText('after', '\nExamples:\n  $ firebreak abort last\n  $ firebreak shields list')
    .action(async (reference: string, flags: StateOptions) => {
      const { abort } = await import('../../app/index.ts');
      const run = await withServices(flags, (services) => abort(services, reference));
      process.stdout.write(`run ${run} aborted; what it left standing: firebreak shields list\n`);
    });
}
