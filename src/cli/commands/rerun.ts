/** `firebreak rerun RUN --failed`. */
import { type Command, Option } from 'commander';
import { FirebreakError } from '../../domain/index.ts';
import { followRun } from '../follow-run.ts';
import { conductOf, sourceOf } from '../new-run.ts';
import { addNewRunOptions, type NewRunOptions, withServices } from '../options.ts';

interface RerunFlags extends NewRunOptions {
  readonly failed?: boolean;
  readonly unreachable?: boolean;
  readonly all?: boolean;
  readonly playbook?: string;
}

export function registerRerun(program: Command): void {
  const command = program
    .command('rerun')
    .summary('do the failed hosts of a run again')
    .description(
      'A new run for chosen hosts of an earlier one, from the top, with the files as they are now. Steps that are done are ' +
        'found done and change nothing; what is still owed to the hosts is carried over.',
    )
    .argument('<run>', 'run id, an unambiguous part of its beginning, or last')
    .addOption(new Option('--failed', 'the hosts that did not end fine').conflicts(['unreachable', 'all']))
    .addOption(new Option('--unreachable', 'the unreachable hosts').conflicts(['all']))
    .option('--all', 'all of its hosts')
    .option('--playbook <file>', "another playbook than the run's");
  addNewRunOptions(command, 'value of an input, over that of the earlier run; may be repeated')
    .addHelpText(
      'after',
      '\nExamples:\n  $ firebreak rerun last --failed\n  $ firebreak rerun last --failed --input install_timeout=1h',
    )
    .action(async (run: string, flags: RerunFlags) => {
      const { planRerun, startRerun } = await import('../../app/index.ts');
      const which =
        flags.all === true
          ? 'all'
          : flags.unreachable === true
            ? 'unreachable'
            : flags.failed === true
              ? 'failed'
              : undefined;
      if (which === undefined) {
        throw new FirebreakError('FB_USAGE', 'which hosts?', {
          remedy: `firebreak rerun ${run} --failed (or --unreachable, --all)`,
        });
      }
      await withServices(flags, (services) =>
        followRun(flags, async ({ watcher, signal, operator }) => {
          const source = await sourceOf(services, flags.playbook, flags);
          const options = { ...source, ...conductOf(flags), run, which, watcher, signal, operator } as const;
          const rerun = await planRerun(services, options);
          process.stderr.write(`rerun of ${rerun.parent}: ${rerun.plan.hosts.length} hosts\n`);
          for (const difference of rerun.differences) process.stderr.write(`  changed: ${difference}\n`);
          return startRerun(services, rerun, options);
        }),
      );
    });
}
