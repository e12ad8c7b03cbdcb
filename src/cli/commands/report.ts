/** `firebreak report [RUN]`. */
import type { Command } from 'commander';
import { addStateOption, type StateOptions, withServices } from '../options.ts';

export function registerReport(program: Command): void {
  const command = program
    .command('report')
    .summary('write the HTML report of a run')
    .description('Writes what the journal knows of a run as one plain HTML page.')
    .argument('[run]', 'run id, an unambiguous part of its beginning, or last', 'last')
    .option('--file <path>', 'where to write it');
  addStateOption(command)
    .addHelpText('after', '\nExamples:\n  $ firebreak report last --file report.html')
    .action(async (run: string, flags: StateOptions & { readonly file?: string }) => {
      const { runStatus, writeReport } = await import('../../app/index.ts');
      await withServices(flags, async (services) => {
        const { view } = await runStatus(services, run);
        process.stdout.write(`${await writeReport(services, view, flags.file)}\n`);
      });
    });
}
