/** `firebreak shields list|revert`: the ledger of temporary changes that still stand. */
import type { Command } from 'commander';
import { EXIT_CODES, FirebreakError } from '../../domain/index.ts';
import { isConfirmed } from '../ask.ts';
import { interruptible } from '../interrupt.ts';
import { renderTable } from '../live/index.ts';
import { addStateOption, parseDurationOption, type StateOptions, withServices } from '../options.ts';

interface RevertFlags extends StateOptions {
  readonly force?: boolean;
  readonly yes?: boolean;
  readonly timeout: number;
}

export function registerShields(program: Command): void {
  const shields = program
    .command('shields')
    .summary('shields that still stand')
    .description('The ledger of shields, over all runs.');

  addStateOption(
    shields
      .command('list', { isDefault: true })
      .description('what stands where, since when')
      .option('--json', 'as JSON'),
  ).action(async (flags: StateOptions & { readonly json?: boolean }) => {
    const { standingShields } = await import('../../app/index.ts');
    const standing = await withServices(flags, (services) => standingShields(services, []));
    if (flags.json === true) {
      process.stdout.write(`${JSON.stringify(standing)}\n`);
      return;
    }
    if (standing.length === 0) {
      process.stdout.write('no shield stands\n');
      return;
    }
    const rows = standing.map(({ host, since, uses, args, run }) => [
      host,
      since.slice(0, 19).replace('T', ' '),
      `${uses} ${JSON.stringify(args)}`,
      run,
    ]);
    process.stdout.write(`${renderTable([['HOST', 'SINCE (UTC)', 'SHIELD', 'RUN'], ...rows])}\n`);
  });

  addStateOption(
    shields
      .command('revert')
      .description('takes shields down; refused on hosts that are still vulnerable unless --force')
      .argument('[hosts...]', 'host names; none = every host with a shield')
      .option('--force', 'also on hosts that are still vulnerable')
      .option('--yes', 'do not ask')
      .option('--timeout <duration>', 'deadline per host', parseDurationOption, 600_000),
  )
    .addHelpText('after', '\nExamples:\n  $ firebreak shields revert web01 --yes')
    .action(async (hosts: string[], flags: RevertFlags) => {
      const { revertShields, standingShields } = await import('../../app/index.ts');
      await withServices(flags, async (services) => {
        const standing = await standingShields(services, hosts);
        if (standing.length === 0)
          throw new FirebreakError('FB_NO_HOSTS', 'no shield stands there', { remedy: 'firebreak shields list' });
        const names = standing.map((shield) => shield.host).join(', ');
        if (!(await isConfirmed(`Take the shields down on ${names}?`, flags.yes === true))) {
          throw new FirebreakError('FB_USAGE', 'not confirmed', { remedy: 'add --yes' });
        }
        const outcomes = await interruptible((signal) =>
          revertShields(services, {
            shields: standing,
            force: flags.force === true,
            timeoutMs: flags.timeout,
            signal,
            observer: {
              event: () => {},
              progress: ({ host, text }) => {
                process.stderr.write(`${host}: ${text}\n`);
              },
            },
          }),
        );
        process.stdout.write(
          `${renderTable([['HOST', 'STATE', 'WHY'], ...outcomes.map(({ host, state, error }) => [host, state, error?.message ?? ''])])}\n`,
        );
        if (outcomes.some(({ state }) => state !== 'undone')) process.exitCode = EXIT_CODES.notFine;
      });
    });
}
