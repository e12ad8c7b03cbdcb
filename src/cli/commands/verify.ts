/** `firebreak verify ADVISORY`: the verdict of every host, reading only. */
import type { Command } from 'commander';
import { EXIT_CODES, FirebreakError, type Json } from '../../domain/index.ts';
import { interruptible } from '../interrupt.ts';
import { createDisplay, printable, type RunDisplay, renderTable } from '../live/index.ts';
import {
  addFleetOptions,
  addStateOption,
  connectionFlags,
  type FleetOptions,
  parsePositiveInteger,
  type StateOptions,
  withServices,
} from '../options.ts';
import { readVersion } from '../version.ts';
import { evidenceText, VERIFY_HEAD, type VerifiedHost, verifyRow } from './verify-text.ts';

/** So many hosts at most show their evidence unasked. */
const FEW_HOSTS = 10;

interface VerifyFlags extends FleetOptions, StateOptions {
  readonly evidence?: boolean;
  readonly forks?: number;
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
      const { overridesOf, showAdvisory, startRun, verifyPlaybook } = await import('../../app/index.ts');
      if (flags.scan === true && (await showAdvisory(advisory)).kb !== 'KB824146') {
        throw new FirebreakError('FB_USAGE', `--scan tells KB824146 alone, and ${advisory} is about another update`, {
          remedy: `firebreak verify ${advisory} without --scan`,
        });
      }
      await withServices(flags, async (services) => {
        let display: RunDisplay | undefined;
        const { view, exitCode } = await interruptible((signal) =>
          startRun(services, {
            playbook: verifyPlaybook(advisory, flags.scan),
            inventory: flags.inventory,
            targetsFile: flags.targetsFile,
            limit: limitOf(hosts, flags.limit),
            inputs: [],
            forks: flags.forks,
            connection: overridesOf(connectionFlags(flags)),
            check: true,
            skipLeased: false,
            version: readVersion(),
            signal,
            watcher: {
              start: (view) => {
                display = createDisplay('lines', view.hosts.length);
              },
              event: (event) => {
                if (event.type === 'StepFinished' || event.type === 'AttemptFailed') display?.event(event);
              },
              progress: () => {},
            },
          }),
        );
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

/** @throws FB_USAGE when hosts are given in both ways */
function limitOf(hosts: readonly string[], limit: string | undefined): string | undefined {
  if (hosts.length === 0) return limit;
  if (limit === undefined) return hosts.join(',');
  throw new FirebreakError('FB_USAGE', 'hosts are given twice: as arguments and with --limit', {
    remedy: 'give them once',
  });
}
