/** `firebreak verify ADVISORY`: the verdict of every host, reading only. */
import type { Command } from 'commander';
import { EXIT_CODES, FirebreakError, type Json } from '../../domain/index.ts';
import { printable, renderTable } from '../live/index.ts';
import { type LookFlags, lookAtHosts } from '../look-at-hosts.ts';
import { addFleetOptions, addStateOption, parsePositiveInteger, type StateOptions, withServices } from '../options.ts';
import { evidenceText, VERIFY_HEAD, type VerifiedHost, verifyRow } from './verify-text.ts';

/** So many hosts at most show their evidence unasked. */
const FEW_HOSTS = 10;

interface VerifyFlags extends LookFlags, StateOptions {
  readonly evidence?: boolean;
  readonly json?: boolean;
  readonly scan?: boolean;
}

export function registerVerify(program: Command): void {
  const command = program
    .command('verify')
    .summary('who is vulnerable? reads only')
    .description('Collects the evidence for an advisory on every host and gives the verdict; changes nothing.')
    .argument('<advisory>', 'id of a shipped advisory, or a file')
    .argument('[hosts...]', 'host patterns of the inventory; none = all hosts');
  addFleetOptions(command)
    .option('--forks <n>', 'hosts at once', parsePositiveInteger)
    .option('--scan', 'ask the RPC service too, without credentials (ms03-039 alone): a contradiction is a conflict')
    .option('--evidence', `show what was read, source by source (unasked for up to ${FEW_HOSTS} hosts)`)
    .option('--no-evidence', 'show the verdicts alone')
    .option('--json', 'one JSON line a host');
  addStateOption(command)
    .addHelpText(
      'after',
      '\nExamples:\n  $ firebreak verify cve-2020-0796 -i inventory.yaml servers\n  $ firebreak verify ms03-039 -i inventory.yaml legacy --evidence',
    )
    .action(async (advisory: string, hosts: string[], flags: VerifyFlags) => {
      const { showAdvisory, verifyPlaybook } = await import('../../app/index.ts');
      if (flags.scan === true && (await showAdvisory(advisory)).kb !== 'KB824146') {
        throw new FirebreakError('FB_USAGE', `--scan tells KB824146 alone, and ${advisory} is about another update`, {
          remedy: `firebreak verify ${advisory} without --scan`,
        });
      }
      await withServices(flags, async (services) => {
        const { view, exitCode } = await lookAtHosts(services, verifyPlaybook(advisory, flags.scan), hosts, flags);
        const verdicts = view.hosts.map(
          (host): VerifiedHost => ({
            host: host.name,
            verdict: String(host.verdict?.['verdict'] ?? 'unknown'),
            fixed: host.verdict?.['fixed'] === true,
            applicable: host.verdict?.['applicable'] ?? null,
            os: stringOf(host.verdict?.['os']),
            service_pack: numberOf(host.verdict?.['service_pack']),
            support_ended: stringOf(host.verdict?.['support_ended']),
            out_of_support: booleanOf(host.verdict?.['out_of_support']),
            reason: String(
              host.error?.message ?? host.verdict?.['reason'] ?? (host.reason || 'interrupted before it was looked at'),
            ),
            evidence: host.verdict?.['evidence'] ?? null,
          }),
        );
        if (flags.json === true)
          process.stdout.write(verdicts.map((verdict) => `${JSON.stringify(verdict)}\n`).join(''));
        else {
          process.stdout.write(`${renderTable([VERIFY_HEAD, ...verdicts.map(verifyRow)])}\n`);
          const blocks = verdicts.map(evidenceText).filter((block) => block !== '');
          if (flags.evidence ?? verdicts.length <= FEW_HOSTS) {
            process.stdout.write(blocks.map((block) => `\n${printable(block)}\n`).join(''));
          }
          const { replaced_by: newer = [] } = await showAdvisory(advisory);
          for (const id of newer) {
            process.stdout.write(
              `\n${advisory} is replaced by ${id}, which hosts need as well: firebreak verify ${id}\n`,
            );
          }
        }
        const isFine = verdicts.every(({ fixed, applicable }) => fixed || applicable === false);
        process.exitCode =
          exitCode === EXIT_CODES.interrupted ? exitCode : isFine ? EXIT_CODES.fine : EXIT_CODES.notFine;
      });
    });
}

function stringOf(value: Json | undefined): string | null {
  return typeof value === 'string' ? value : null;
}

function numberOf(value: Json | undefined): number | null {
  return typeof value === 'number' ? value : null;
}

function booleanOf(value: Json | undefined): boolean | null {
  return typeof value === 'boolean' ? value : null;
}
