/** `firebreak resume [RUN]`. */
import type { Command } from 'commander';
import { followRun } from '../follow-run.ts';
import { addOutputOption, addStateOption, type OutputOptions, type StateOptions, withServices } from '../options.ts';
import { readVersion } from '../version.ts';

interface ResumeFlags extends StateOptions, OutputOptions {
  readonly packages?: string;
}

export function registerResume(program: Command): void {
  const command = program
    .command('resume')
    .summary('go on with an interrupted run')
    .description('Continues a run exactly where it stopped, from the plan in its journal. Nothing is done twice.')
    .argument('[run]', 'run id, an unambiguous part of its beginning, or last', 'last')
    .option('--packages <folder>', 'package folder, when it has moved since');
  addStateOption(addOutputOption(command))
    .addHelpText('after', '\nExamples:\n  $ firebreak resume last\n  $ firebreak resume 20261123-0412')
    .action(async (run: string, flags: ResumeFlags) => {
      const { resume } = await import('../../app/index.ts');
      await withServices(flags, (services) =>
        followRun(flags.output, ({ watcher, signal }) =>
          resume(services, { run, packages: flags.packages, version: readVersion(), watcher, signal }),
        ),
      );
    });
}
