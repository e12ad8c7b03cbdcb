/** `firebreak verify ADVISORY`: the verdict of every host, reading only. */
import type { Command } from 'commander';
import { EXIT_CODES, FirebreakError } from '../../domain/index.ts';
import { interruptible } from '../interrupt.ts';
import { createDisplay, type RunDisplay, renderTable } from '../live/index.ts';
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

interface VerifyFlags extends FleetOptions, StateOptions {
  readonly forks?: number;
  readonly json?: boolean;
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
    .option('--json', 'one JSON line a host');
  addStateOption(command)
    .addHelpText('after', '\nExamples:\n  $ firebreak verify cve-2020-0796 -i inventory.yaml servers')
    .action(async (advisory: string, hosts: string[], flags: VerifyFlags) => {
      const { overridesOf, startRun, verifyPlaybook } = await import('../../app/index.ts');
      await withServices(flags, async (services) => {
        let display: RunDisplay | undefined;
        const { view, exitCode } = await interruptible((signal) =>
          startRun(services, {
            playbook: verifyPlaybook(advisory),
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
        const verdicts = view.hosts.map((host) => ({
          host: host.name,
          verdict: String(host.verdict?.['verdict'] ?? 'unknown'),
          fixed: host.verdict?.['fixed'] === true,
          applicable: host.verdict?.['applicable'] ?? null,
          reason: String(
            host.error?.message ?? host.verdict?.['reason'] ?? (host.reason || 'interrupted before it was looked at'),
          ),
          evidence: host.verdict?.['evidence'] ?? null,
        }));
        if (flags.json === true)
          process.stdout.write(verdicts.map((verdict) => `${JSON.stringify(verdict)}\n`).join(''));
        else
          process.stdout.write(
            `${renderTable([['HOST', 'VERDICT', 'WHY'], ...verdicts.map(({ host, verdict, reason }) => [host, verdict, reason])])}\n`,
          );
        const isFine = verdicts.every(({ fixed, applicable }) => fixed || applicable === false);
        process.exitCode =
          exitCode === EXIT_CODES.interrupted ? exitCode : isFine ? EXIT_CODES.fine : EXIT_CODES.notFine;
      });
    });
}

/** @throws FB_USAGE when hosts are given in both ways */
function limitOf(hosts: readonly string[], limit: string | undefined): string | undefined {
  if (hosts.length === 0) return limit;
  if (limit === undefined) return hosts.join(',');
  throw new FirebreakError('FB_USAGE', 'hosts are given twice: as arguments and with --limit', {
    remedy: 'give them once',
  });
}
