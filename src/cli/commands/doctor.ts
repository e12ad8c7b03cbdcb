/** `firebreak doctor`: can the hosts be worked on, and what mends it where not? */
import type { Command } from 'commander';
import type { CheckName, HostReport } from '../../app/index.ts';
import { EXIT_CODES } from '../../domain/index.ts';
import { passwordPrompt } from '../ask.ts';
import { interruptible, STOPPING } from '../interrupt.ts';
import { oneLine, renderTable } from '../live/index.ts';
import {
  addFleetOptions,
  addTimeoutOption,
  connectionFlags,
  type FleetOptions,
  parsePositiveInteger,
} from '../options.ts';

type DoctorFlags = FleetOptions & {
  readonly forks: number;
  readonly timeout: number;
  readonly json?: boolean;
};

const MARKS = { ok: 'ok', warning: 'warn', failed: 'FAIL', skipped: '-' } as const;

export function registerDoctor(program: Command): void {
  const command = program
    .command('doctor')
    .summary('can the hosts be reached and worked on?')
    .description(
      'Checks name, port, TLS, logon, PowerShell, rights, disk, clock and pending reboots of each host, in parallel, and says what mends what is wrong. Changes nothing; logs on once.',
    )
    .argument('[hosts...]', 'host patterns of the inventory or target URIs; none = all hosts');
  addTimeoutOption(addFleetOptions(command), 'deadline per host', 60_000)
    .option('--forks <n>', 'hosts at once', parsePositiveInteger, 50)
    .option('--json', 'one JSON line a host on stdout, nothing else')
    .addHelpText(
      'after',
      `
Examples:
  $ firebreak doctor -i inventory.yaml
  $ firebreak doctor winrms://alice@web01 --password-env PW --ca corp.pem
  $ firebreak doctor -i inventory.yaml servers --json`,
    )
    .action(async (patterns: string[], flags: DoctorFlags) => {
      const { doctor, overridesOf } = await import('../../app/index.ts');
      const progress = createProgress(flags.json === true);
      const reports = await interruptible(
        (signal) =>
          doctor({
            patterns,
            inventory: flags.inventory,
            limit: flags.limit,
            targetsFile: flags.targetsFile,
            connection: overridesOf(connectionFlags(flags)),
            forks: flags.forks,
            timeoutMs: flags.timeout,
            ask: passwordPrompt(),
            signal,
            onHosts: progress.hosts,
            onCheck: progress.check,
            onReport: (report) => {
              progress.report(report);
              if (flags.json === true) process.stdout.write(`${JSON.stringify(jsonOf(report))}\n`);
            },
          }),
        STOPPING,
      ).finally(progress.end);
      if (flags.json !== true) process.stdout.write(await renderReports(reports));
      process.exitCode = reports.some(({ state }) => state === 'failed') ? EXIT_CODES.notFine : EXIT_CODES.fine;
    });
}

function jsonOf({ host, state, code, checks }: HostReport): object {
  return { host, ok: state !== 'failed', state, code, checks };
}

export async function renderReports(reports: readonly HostReport[]): Promise<string> {
  const { CHECK_NAMES, RELAYED_CHECK_NAMES } = await import('../../app/index.ts');
  const all = [...CHECK_NAMES.slice(0, 3), ...RELAYED_CHECK_NAMES.slice(0, 5), ...CHECK_NAMES.slice(4)];
  const shown = all.filter((name) => reports.some(({ checks }) => checks.some(({ check }) => check === name)));
  const head = ['HOST', ...shown.map((name) => name.toUpperCase())];
  const rows = reports.map(({ host, checks }) => {
    const states = new Map(checks.map(({ check, state }) => [check, MARKS[state]]));
    return [host, ...shown.map((name) => states.get(name) ?? MARKS.skipped)];
  });
  const findings = reports.flatMap(({ host, checks }) =>
    checks
      .filter(({ state }) => state === 'failed' || state === 'warning')
      .map(({ check, state, finding, cause, remedy }) =>
        [
          `${host}: ${check} ${MARKS[state]}: ${finding}`,
          `  because: ${cause}`,
          ...(remedy === '' ? [] : [`  → ${remedy}`]),
        ]
          .map(oneLine)
          .join('\n'),
      ),
  );
  const counts = (['ok', 'warning', 'failed'] as const)
    .map((state) => [state, reports.filter((report) => report.state === state).length] as const)
    .filter(([, count]) => count > 0)
    .map(([state, count]) => `${count} ${state}`);
  return `${[renderTable([head, ...rows]), ...findings, counts.join(', ')].join('\n\n')}\n`;
}

/** One line on the terminal that is written over; nothing elsewhere. */
export function createProgress(isJson: boolean) {
  const isShown = process.stderr.isTTY && !isJson;
  const at = new Map<string, CheckName>();
  let total = 0;
  let done = 0;
  const draw = (): void => {
    if (!isShown) return;
    const now = [...at].slice(0, 4).map(([host, check]) => `${host} ${check}`);
    const text = `${done} of ${total} done${now.length === 0 ? '' : `: ${now.join(', ')}`}${at.size > 4 ? ', …' : ''}`;
    process.stderr.write(`\r\u001b[K${oneLine(text).slice(0, (process.stderr.columns || 80) - 1)}`);
  };
  return {
    hosts: (hosts: readonly string[]) => {
      total = hosts.length;
      draw();
    },
    check: (host: string, check: CheckName) => {
      at.set(host, check);
      draw();
    },
    report: ({ host }: HostReport) => {
      at.delete(host);
      done += 1;
      draw();
    },
    end: () => {
      if (isShown) process.stderr.write('\r\u001b[K');
    },
  };
}
