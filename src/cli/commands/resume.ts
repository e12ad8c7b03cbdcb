/** `firebreak resume [RUN]`. */
import type { Command } from 'commander';
import { followRun } from '../follow-run.ts';
import {
  type AskFlags,
  addAskOptions,
  addOutputOption,
  addStateOption,
  addWaitOptions,
  addWorkersOption,
  type OutputOptions,
  type WaitFlags,
  type WorkersOptions,
  withServices,
} from '../options.ts';
import { readVersion } from '../version.ts';

interface ResumeFlags extends WorkersOptions, OutputOptions, AskFlags, WaitFlags {
  readonly packages?: string;
}

export function registerResume(program: Command): void {
  const command = program
    .command('resume')
    .alias('continue')
    .summary('go on with an interrupted run')
    .description(
      'Continues a run exactly where it stopped, from the plan in its journal. Nothing is done twice. Hosts whose question ' +
        'is answered go on too; on a terminal the open questions are asked.',
    )
    .argument('[run]', 'run id, an unambiguous part of its beginning, or last', 'last')
    .option('--packages <folder>', 'package folder, when it has moved since');
  addStateOption(addOutputOption(addWaitOptions(addAskOptions(addWorkersOption(command)))))
    .addHelpText('after', '\nExamples:\n  $ firebreak resume last\n  $ firebreak resume 20261123-0412')
    .action(async (run: string, flags: ResumeFlags) => {
      const { resume } = await import('../../app/index.ts');
      await withServices(flags, (services) =>
        followRun(flags, ({ watcher, signal, operator }) =>
          resume(services, {
            run,
            packages: flags.packages,
            waits: flags.wait,
            ignoresWindow: flags.ignoreWindow === true,
            version: readVersion(),
            watcher,
            signal,
            operator,
          }),
        ),
      );
    });
}
