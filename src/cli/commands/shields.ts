/** `firebreak shields list|verify|revert`: the ledger of temporary changes that still stand. */
import type { Command } from 'commander';
import type { Services } from '../../app/index.ts';
import { EXIT_CODES, FirebreakError } from '../../domain/index.ts';
import { isConfirmed } from '../ask.ts';
import { interruptible } from '../interrupt.ts';
import { renderTable } from '../live/index.ts';
import { addStateOption, addTimeoutOption, parsePositiveInteger, type StateOptions, withServices } from '../options.ts';
import { describeShield, endOfShield } from './shield-text.ts';

interface ListFlags extends StateOptions {
  readonly json?: boolean;
}

interface VerifyFlags extends ListFlags {
  readonly forks: number;
  readonly timeout: number;
}

interface RevertFlags extends StateOptions {
  readonly force?: boolean;
  readonly yes?: boolean;
  readonly timeout: number;
}

const EXAMPLES = `
Examples:
  $ firebreak shields list
  $ firebreak shields verify                 do they still stand? reads only
  $ firebreak shields revert web01 --yes`;

export function registerShields(program: Command): void {
  const shields = program
    .command('shields')
    .summary('shields that still stand')
    .description('The ledger of shields, over all runs.')
    .addHelpText('after', EXAMPLES);
  registerList(shields);
  registerVerify(shields);
  registerRevert(shields);
}

function registerList(shields: Command): void {
  const list = shields
    .command('list', { isDefault: true })
    .summary('what stands where, since when')
    .description('What stands where, since when and how long, from the state store; connects to nothing.')
    .option('--json', 'as JSON');
  addStateOption(list)
    .addHelpText('after', '\nExamples:\n  $ firebreak shields list --json')
    .action(async (flags: ListFlags) => {
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
      const rows = standing.map((shield) => [
        shield.host,
        describeShield(shield),
        shield.since.slice(0, 19).replace('T', ' '),
        endOfShield(shield),
        shield.run,
      ]);
      process.stdout.write(`${renderTable([['HOST', 'SHIELD', 'SINCE (UTC)', 'UNTIL', 'RUN'], ...rows])}\n`);
    });
}

function registerVerify(shields: Command): void {
  const verify = shields
    .command('verify')
    .summary('looks on the hosts whether they still stand')
    .description(
      'Looks on each host whether its shields still stand, because Group Policy or an admin may have undone them; ' +
        'reads only. Exit 3 when one does not stand or cannot be looked at.',
    )
    .argument('[hosts...]', 'host names; none = every host with a shield')
    .option('--forks <n>', 'hosts at once', parsePositiveInteger, 20);
  addTimeoutOption(verify, 'deadline per shield, connecting included', 60_000).option(
    '--json',
    'one JSON line a shield',
  );
  addStateOption(verify)
    .addHelpText('after', '\nExamples:\n  $ firebreak shields verify\n  $ firebreak shields verify web01 web02 --json')
    .action(async (hosts: string[], flags: VerifyFlags) => {
      const { checkShields } = await import('../../app/index.ts');
      const verified = await withServices(flags, async (services) => {
        const chosen = await shieldsOf(services, hosts);
        const { forks, timeout: timeoutMs } = flags;
        return interruptible((signal) => checkShields(services, { shields: chosen, forks, timeoutMs, signal }));
      });
      if (flags.json === true) process.stdout.write(verified.map((shield) => `${JSON.stringify(shield)}\n`).join(''));
      else if (verified.length === 0) process.stdout.write('no shield stands\n');
      else {
        const rows = verified.map((shield) => [
          shield.host,
          shield.state,
          describeShield(shield),
          shield.error?.message ?? shield.note,
        ]);
        process.stdout.write(`${renderTable([['HOST', 'STATE', 'SHIELD', 'WHY'], ...rows])}\n`);
      }
      if (verified.some(({ state }) => state !== 'standing')) process.exitCode = EXIT_CODES.notFine;
    });
}

function registerRevert(shields: Command): void {
  const revert = shields
    .command('revert')
    .summary('takes shields down')
    .description('Takes shields down; refused on hosts that are still vulnerable unless --force.')
    .argument('[hosts...]', 'host names; none = every host with a shield')
    .option('--force', 'also on hosts that are still vulnerable')
    .option('--yes', 'do not ask');
  addTimeoutOption(revert, 'deadline for the verdict of each host', 600_000);
  addStateOption(revert)
    .addHelpText('after', '\nExamples:\n  $ firebreak shields revert web01 --yes')
    .action(async (hosts: string[], flags: RevertFlags) => {
      const { revertShields } = await import('../../app/index.ts');
      await withServices(flags, async (services) => {
        const standing = await shieldsOf(services, hosts);
        if (standing.length === 0) {
          process.stdout.write('no shield stands\n');
          return;
        }
        const names = [...new Set(standing.map((shield) => shield.host))].join(', ');
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
                if (text !== '') process.stderr.write(`${host}: ${text}\n`);
              },
            },
          }),
        );
        const rows = outcomes.map((shield) => [
          shield.host,
          shield.state,
          describeShield(shield),
          shield.error?.message ?? '',
        ]);
        process.stdout.write(`${renderTable([['HOST', 'STATE', 'SHIELD', 'WHY'], ...rows])}\n`);
        for (const { host, error } of outcomes) {
          if (error !== null && error.remedy !== '') process.stderr.write(`${host}: → ${error.remedy}\n`);
        }
        if (outcomes.some(({ state }) => state !== 'undone')) process.exitCode = EXIT_CODES.notFine;
      });
    });
}

/** @throws FB_NO_HOSTS for a host without a shield */
async function shieldsOf(services: Services, hosts: readonly string[]) {
  const { standingShields } = await import('../../app/index.ts');
  const standing = await standingShields(services, hosts);
  const without = hosts.filter((host) => standing.every((shield) => shield.host !== host));
  if (without.length > 0) {
    throw new FirebreakError('FB_NO_HOSTS', `no shield stands on ${without.join(', ')}`, {
      remedy: 'see what stands: firebreak shields list',
    });
  }
  return standing;
}
