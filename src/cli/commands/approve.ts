/** `firebreak approve RUN|GATE`. */
import type { Command } from 'commander';
import { oneLine } from '../live/index.ts';
import { addStateOption, type StateOptions, withServices } from '../options.ts';

interface ApproveFlags extends StateOptions {
  readonly reject?: boolean;
  readonly note?: string;
  readonly plan?: string;
}

export function registerApprove(program: Command): void {
  const command = program
    .command('approve')
    .summary('let a run that waits at a gate go on')
    .description(
      "Approves the gate that a run waits at, bound to the hash of the run's plan. Whoever has started the run cannot. A " +
        'process that still waits goes on by itself; otherwise firebreak resume does.',
    )
    .argument('<run|gate>', 'run id, an unambiguous part of its beginning, or last; or the name of a gate')
    .argument('[gate]', 'the wave that the gate opens, when the run is named')
    .option('--reject', 'close the gate instead: the run stops, hosts that were not begun are left alone')
    .option('--note <text>', 'what the journal and reports say to it')
    .option('--plan <hash>', 'refuse unless the plan has this hash, or beginning of one');
  addStateOption(command)
    .addHelpText(
      'after',
      `
Examples:
  $ firebreak status last
  $ firebreak approve last
  $ firebreak approve 20261123-0412 rest --plan 3f2a9c01d7e4 --note "canary looked at"
  $ firebreak approve last --reject --note "print server does not print"`,
    )
    .action(async (reference: string, gate: string | undefined, flags: ApproveFlags) => {
      const { approve } = await import('../../app/index.ts');
      const decision = flags.reject === true ? 'rejected' : 'approved';
      const { run, asked, answer, isBusy } = await withServices(flags, (services) =>
        approve(services, { reference, gate, decision, note: flags.note, plan: flags.plan }),
      );
      const to = `wave ${asked.gate} of run ${run} ${decision} by ${answer.by}, plan ${asked.planHash.slice(0, 12)}`;
      process.stdout.write(`${oneLine(to)}\n`);
      if (isBusy) process.stdout.write('The process that waits for it goes on by itself.\n');
      else process.stdout.write(`\nNext:\n  firebreak resume ${run}\n`);
    });
}
