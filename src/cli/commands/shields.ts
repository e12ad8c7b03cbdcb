/** `firebreak shields list|verify|revert|export|discharge`: the ledger of temporary changes that still stand. */
import { type Command, Option } from 'commander';
import type { Services } from '../../app/index.ts';
import { EXIT_CODES, FirebreakError } from '../../domain/index.ts';
import { isConfirmed } from '../ask.ts';
import { interruptible } from '../interrupt.ts';
import { renderTable } from '../live/index.ts';
import {
  addStateOption,
  addTimeoutOption,
  collect,
  parsePositiveInteger,
  type StateOptions,
  withServices,
} from '../options.ts';
import { readVersion } from '../version.ts';
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

interface ExportFlags extends StateOptions {
  readonly cis?: boolean;
  readonly to: string;
  readonly hosts?: string;
  readonly inventory?: readonly string[];
  readonly except?: readonly string[];
}

interface DischargeFlags extends StateOptions {
  readonly by?: string;
  readonly note: string;
}

const EXAMPLES = `
Examples:
  $ firebreak shields list
  $ firebreak shields verify                 do they still stand? reads only
  $ firebreak shields revert web01 --yes
  $ firebreak shields export ms03-039 --to ./gpo --hosts legacy -i inventory.yaml
  $ firebreak shields discharge gpo-3f9a12 --by "A. Suzuki" --note "all patched, unlinked"`;

export function registerShields(program: Command): void {
  const shields = program
    .command('shields')
    .summary('shields that still stand')
    .description('The ledger of shields, over all runs.')
    .addHelpText('after', EXAMPLES);
  registerList(shields);
  registerVerify(shields);
  registerRevert(shields);
  registerExport(shields);
  registerDischarge(shields);
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

function registerExport(shields: Command): void {
  const command = shields
    .command('export')
    .summary('a block policy for Group Policy')
    .description(
      'Writes what a domain admin runs to distribute the block policy by Group Policy, and to take it back; the ledger ' +
        'owes the unlinking from now on. Connects to nothing.',
    )
    .argument('<advisory>', 'id of a shipped advisory, or a file')
    .addOption(new Option('--method <method>', 'kind of the policy').choices(['ipsec']).default('ipsec'))
    .option('--cis', 'also TCP 80 and 443, where COM Internet Services are; never on hosts that serve HTTP')
    .requiredOption('--to <folder>', 'new or empty folder to write to')
    .option('--hosts <pattern>', 'hosts whose relays and partners keep their way in')
    .option('-i, --inventory <source>', 'inventory; may be repeated', collect)
    .option('--except <address>', 'further address that keeps its way in; may be repeated', collect);
  addStateOption(command)
    .addHelpText(
      'after',
      '\nExamples:\n  $ firebreak shields export ms03-039 --to ./gpo --hosts legacy -i inventory.yaml --except 10.0.0.5',
    )
    .action(async (advisory: string, flags: ExportFlags) => {
      const { exportShield } = await import('../../app/index.ts');
      const hosts = flags.hosts === undefined ? undefined : { pattern: flags.hosts, inventory: flags.inventory };
      const { policy, folder, run } = await withServices(flags, (services) =>
        interruptible((signal) =>
          exportShield(services, {
            advisory,
            cis: flags.cis === true,
            to: flags.to,
            hosts,
            except: flags.except ?? [],
            version: readVersion(),
            signal,
          }),
        ),
      );
      process.stdout.write(`policy ${policy.name} is in ${folder}; read README.TXT first\n`);
      process.stdout.write(`excepted: ${policy.exempt.join(', ') || 'nobody'}\n`);
      process.stdout.write(`run ${run} owes the unlinking: ${policy.obligation}\n`);
      process.stdout.write(`→ when it is unlinked: firebreak shields discharge ${policy.obligation} --note WHY\n`);
    });
}

function registerDischarge(shields: Command): void {
  const command = shields
    .command('discharge')
    .summary('says that a policy of Group Policy was unlinked')
    .description(
      'Records who took a policy back that Group Policy had distributed, and why. Shields on hosts are not discharged by ' +
        "anybody's word: revert them.",
    )
    .argument('<obligation>', 'as `shields export` named it')
    .option('--by <name>', 'who unlinked it; default: you')
    .requiredOption('--note <text>', 'why it may go: what is patched, which change');
  addStateOption(command)
    .addHelpText('after', '\nExamples:\n  $ firebreak shields discharge gpo-3f9a12 --note "all patched, unlinked"')
    .action(async (obligation: string, flags: DischargeFlags) => {
      const { dischargeShield } = await import('../../app/index.ts');
      const { host } = await withServices(flags, (services) =>
        dischargeShield(services, { obligation, by: flags.by, note: flags.note }),
      );
      process.stdout.write(`${host}: no longer owed\n`);
    });
}

/** @throws FB_NO_HOSTS for a host without a shield, FB_USAGE for one that no host of ours has put up */
async function shieldsOf(services: Services, hosts: readonly string[]) {
  const { isDistributed, standingShields } = await import('../../app/index.ts');
  const all = await standingShields(services, hosts);
  const standing = all.filter((shield) => !isDistributed(shield));
  const [distributed] = all.filter(isDistributed);
  if (hosts.length === 0 && distributed !== undefined) {
    process.stderr.write(
      `left out: ${distributed.host} and what else Group Policy distributes (firebreak shields list)\n`,
    );
  } else if (distributed !== undefined) {
    throw new FirebreakError(
      'FB_USAGE',
      `${distributed.host} was distributed by Group Policy, not put up by Firebreak`,
      {
        remedy: `unlink it (UNLINK.PS1), then: firebreak shields discharge ${distributed.obligation} --note WHY`,
      },
    );
  }
  const without = hosts.filter((host) => standing.every((shield) => shield.host !== host));
  if (without.length > 0) {
    throw new FirebreakError('FB_NO_HOSTS', `no shield stands on ${without.join(', ')}`, {
      remedy: 'see what stands: firebreak shields list',
    });
  }
  return standing;
}
