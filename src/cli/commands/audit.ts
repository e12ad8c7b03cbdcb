/** `firebreak audit export|verify`: proof for auditors. */
import type { Command } from 'commander';
import type { AuditFindings } from '../../app/index.ts';
import { EXIT_CODES, FirebreakError } from '../../domain/index.ts';
import { addStateOption, type StateOptions, withServices } from '../options.ts';
import { readVersion } from '../version.ts';

interface ExportFlags extends StateOptions {
  readonly since?: string;
  readonly file?: string;
  readonly key?: string;
}

interface VerifyFlags {
  readonly expect?: string;
  readonly publicKey?: string;
  readonly json?: boolean;
}

const EXAMPLES = `
Examples:
  $ firebreak audit export last --file audit.jsonl
  $ firebreak audit export --since 2026-11-01 --key audit.pem --file november.jsonl
  $ firebreak audit verify audit.jsonl --expect 6d3b…
  $ firebreak audit verify november.jsonl --public-key audit.pub.pem`;

export function registerAudit(program: Command): void {
  const audit = program
    .command('audit')
    .summary('the journal as proof for auditors')
    .description(
      'Exports everything that was recorded of runs – plans with their hashes, events, answers, approvals – as a file in which ' +
        'every record carries the hash of the one before, and checks such files. There are no secrets in it.',
    )
    .addHelpText('after', EXAMPLES);
  registerExport(audit);
  registerVerify(audit);
}

function registerExport(audit: Command): void {
  const command = audit
    .command('export')
    .summary('runs as a tamper-evident file')
    .description(
      'Writes one JSON record a line. The hash that it prints at the end stands for the whole file: keep it elsewhere (in the ' +
        'change ticket), or sign the file with a key, so that nobody can replace it.',
    )
    .argument('[runs...]', 'run ids, unambiguous parts of their beginning, or last')
    .option('--since <time>', 'every run that has recorded something since: 2026-11-01, a time, or 30d')
    .option('--file <path>', 'new file to write; without it: standard output')
    .option('--key <file>', 'private key (PEM) to sign with: Ed25519, RSA or EC');
  addStateOption(command)
    .addHelpText('after', EXAMPLES)
    .action(async (runs: readonly string[], flags: ExportFlags) => {
      const { since, file, key } = flags;
      if ((runs.length === 0) === (since === undefined)) {
        throw new FirebreakError('FB_USAGE', 'which runs?', {
          remedy: 'firebreak audit export last, or firebreak audit export --since 2026-11-01',
        });
      }
      const { exportAudit, exportAuditToFile } = await import('../../app/index.ts');
      await withServices(flags, async (services) => {
        const request = { runs, since, key, version: readVersion() };
        const exported =
          file === undefined
            ? await exportAudit(services, { ...request, write: toStandardOutput })
            : await exportAuditToFile(services, { ...request, file });
        const { records, head, masked } = exported;
        const said = masked === 0 ? '' : `; ${masked} values masked as secrets`;
        process.stderr.write(
          `${exported.runs.length} runs, ${records} records${said}\nlast hash ${head}\ncheck with: firebreak audit verify ${file ?? 'FILE'} --expect ${head}\n`,
        );
      });
    });
}

function registerVerify(audit: Command): void {
  audit
    .command('verify')
    .summary('check an exported file')
    .description(
      'Recomputes every hash of the chain and of the plans, and says what does not fit: exit 0 when all does, 3 when not. ' +
        'Needs no state store.',
    )
    .argument('<file>', 'what audit export has written')
    .option('--expect <hash>', 'the hash that the export has printed')
    .option('--public-key <file>', 'public key or certificate (PEM) of whoever must have signed it')
    .option('--json', 'everything as JSON')
    .addHelpText('after', EXAMPLES)
    .action(async (file: string, flags: VerifyFlags) => {
      const { verifyAudit } = await import('../../app/index.ts');
      const findings = await verifyAudit({ file, expect: flags.expect, publicKey: flags.publicKey });
      process.stdout.write(
        flags.json === true ? `${JSON.stringify(findings, null, 2)}\n` : `${renderFindings(findings).join('\n')}\n`,
      );
      if (!findings.isIntact) process.exitCode = EXIT_CODES.notFine;
    });
}

/** The lines of `firebreak audit verify`. */
function renderFindings({ isIntact, problems, notes, header, runs, head, records }: AuditFindings): readonly string[] {
  return [
    isIntact ? `intact: ${records} records, last hash ${head}` : 'NOT INTACT',
    ...problems.map((problem) => `  ${problem}`),
    ...(header === null ? [] : [`exported ${header.exportedAt} by ${header.exportedBy}, version ${header.version}`]),
    ...runs.flatMap(({ run, name, planHash, change, hosts, events, from, to, decisions }) => [
      '',
      `run ${run}: ${name}`,
      `  ${from} to ${to}, ${hosts} hosts, ${events} events${change === null ? '' : `, change ${change}`}`,
      `  plan ${planHash}`,
      ...decisions.map(({ at, by, what, host, text, answer }) => {
        const who = by === '' ? '' : ` ${by}`;
        return `  ${at}${who} ${what}${host === null ? '' : ` ${host}`}: ${text}${answer === null ? '' : ` – ${answer}`}`;
      }),
    ]),
    ...(notes.length === 0 ? [] : ['', ...notes.map((note) => `note: ${note}`)]),
  ];
}

/** Waits until there is room for more. What a failed write means is no matter of one command. */
function toStandardOutput(text: string): Promise<void> {
  return new Promise((resolve) => {
    process.stdout.write(text, () => resolve());
  });
}
