/** `firebreak assess HOSTS`: missing fixes of all shipped advisories and weak settings, reading only. */
import type { Command } from 'commander';
import { EXIT_CODES } from '../../domain/index.ts';
import { printable, renderTable } from '../live/index.ts';
import { type LookFlags, lookAtHosts } from '../look-at-hosts.ts';
import { addFleetOptions, addStateOption, parsePositiveInteger, type StateOptions, withServices } from '../options.ts';
import { ASSESS_HEAD, type AssessedHost, assessedHost, assessRow, assessText, isSound } from './assess-text.ts';

/** So many hosts at most show what was found unasked. */
const FEW_HOSTS = 10;

interface AssessFlags extends LookFlags, StateOptions {
  readonly checks?: string;
  readonly all?: boolean;
  readonly details?: boolean;
  readonly passwords?: boolean;
  readonly scan?: boolean;
  readonly json?: boolean;
}

export function registerAssess(program: Command): void {
  const command = program
    .command('assess')
    .summary('missing fixes and weak settings; reads only')
    .description(
      'Asks every host for the fixes of all shipped advisories and for its security settings; changes nothing, and tries passwords only when told to.',
    )
    .argument('[hosts...]', 'host patterns of the inventory; none = all hosts');
  addFleetOptions(command)
    .option('--forks <n>', 'hosts at once', parsePositiveInteger)
    .option('--checks <file>', 'checks of your own instead of playbooks/assessments/security.yaml')
    .option(
      '--passwords',
      'try weak passwords on local accounts (none, the name, "password", …), never near a lock-out; each is a failed logon in the host\'s log',
    )
    .option('--scan', 'ask over the network without a logon too, and say what that would not have found')
    .option('--details', `show what was found, one by one (unasked for up to ${FEW_HOSTS} hosts)`)
    .option('--no-details', 'show a line a host alone')
    .option('--all', 'show what is as it should be too')
    .option('--json', 'one JSON line a host');
  addStateOption(command)
    .addHelpText(
      'after',
      '\nExit code: 0 nothing was found, 3 something was found or a host could not be asked.\n\nExamples:\n  $ firebreak assess -i inventory.yaml servers\n  $ firebreak assess -i inventory.yaml web01 --all\n  $ firebreak assess -i inventory.yaml servers --passwords --scan\n  $ firebreak assess -i inventory.yaml --json > assessment.ndjson',
    )
    .action(async (hosts: string[], flags: AssessFlags) => {
      const { assessPlaybook } = await import('../../app/index.ts');
      const playbook = await assessPlaybook({
        ...(flags.checks === undefined ? {} : { checks: flags.checks }),
        triesPasswords: flags.passwords === true,
        isScanned: flags.scan === true,
      });
      await withServices(flags, async (services) => {
        const { view, exitCode } = await lookAtHosts(services, playbook, hosts, flags);
        const assessed = view.hosts.map((host): AssessedHost => {
          const step = host.steps.find(({ id }) => id === 'assess');
          const result = step?.outcome === 'ok' ? step.result : null;
          return assessedHost(
            host.name,
            result,
            host.error?.message ?? (host.reason || 'interrupted before it was asked'),
          );
        });
        print(assessed, flags);
        const isFine = assessed.every(isSound);
        process.exitCode =
          exitCode === EXIT_CODES.interrupted ? exitCode : isFine ? EXIT_CODES.fine : EXIT_CODES.notFine;
      });
    });
}

function print(assessed: readonly AssessedHost[], flags: AssessFlags): void {
  if (flags.json === true) {
    process.stdout.write(assessed.map((host) => `${JSON.stringify(host)}\n`).join(''));
    return;
  }
  process.stdout.write(`${renderTable([ASSESS_HEAD, ...assessed.map(assessRow)])}\n`);
  if (!(flags.details ?? assessed.length <= FEW_HOSTS)) return;
  const blocks = assessed.map((host) => assessText(host, flags.all === true)).filter((block) => block !== '');
  process.stdout.write(blocks.map((block) => `\n${printable(block)}\n`).join(''));
}
