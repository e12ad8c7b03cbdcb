/**
 * One line a host, RFC 4180, for spreadsheets: with a byte order mark (Excel reads German and Japanese text wrongly without
 * it), every field quoted, and nothing that a spreadsheet would take for a formula.
 */
import type { Report, ReportHost } from './model.ts';

const COLUMNS: readonly (readonly [name: string, of: (host: ReportHost, report: Report) => string])[] = [
  ['host', (host) => host.name],
  ['address', (host) => host.address],
  ['subject', (host) => host.subject],
  ['outcome', (host) => host.outcome],
  ['fine', (host) => yesNo(host.isFine)],
  ['reason', (host) => host.reason],
  ['error', (host) => host.error?.code ?? ''],
  ['remedy', (host) => host.error?.remedy ?? ''],
  ['verdict', (host) => host.verdicts.at(-1)?.verdict ?? ''],
  ['fixed', (host) => (host.verdicts.length === 0 ? '' : yesNo(host.verdicts.at(-1)?.fixed === true))],
  ['out_of_support_since', (host) => host.outOfSupportSince ?? ''],
  ['shields_standing', (host) => String(host.standingShields)],
  ['owed', (host) => host.owed.map(({ kind, step }) => `${kind} ${step}`).join('; ')],
  [
    'ports_changed',
    (host) =>
      host.ports
        .filter(({ differs }) => differs)
        .map(portText)
        .join('; '),
  ],
  ['installs', (host) => String(host.installs)],
  ['reboots', (host) => String(host.reboots)],
  ['answers', (host) => host.questions.flatMap(answerText).join('; ')],
  ['exception_until', (host) => host.exception?.until ?? ''],
  ['exception_approved_by', (host) => host.exception?.approvedBy ?? ''],
  ['wave', (host) => host.wave],
  ['groups', (host) => host.groups.join('; ')],
  ['started', (host) => host.startedAt ?? ''],
  ['finished', (host) => host.finishedAt ?? ''],
  ['seconds', (host) => (host.durationMs / 1000).toFixed(1)],
  ['run', (host) => host.run],
  ['change', (host, report) => report.runs.find(({ run }) => run === host.run)?.change ?? ''],
];

/** What a spreadsheet takes for the start of a formula (also in full width), after any white space. */
const FORMULA = /^[\s\u00a0\u200b\ufeff]*[=+\-@\uff1d\uff0b\uff0d\uff20|%]/u;

export function renderCsv(report: Report): string {
  const rows = [
    COLUMNS.map(([name]) => name),
    ...report.hosts.map((host) => COLUMNS.map(([, of]) => of(host, report))),
  ];
  return `\ufeff${rows.map((row) => `${row.map(field).join(',')}\r\n`).join('')}`;
}

/** One line, quoted; an apostrophe in front makes it text whatever it looks like. */
function field(value: string): string {
  const line = value.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim();
  const text = FORMULA.test(line) ? `'${line}` : line;
  return `"${text.replaceAll('"', '""')}"`;
}

function yesNo(value: boolean): string {
  return value ? 'yes' : 'no';
}

function portText({ protocol, port, from, states }: ReportHost['ports'][number]): string {
  return `${protocol.toUpperCase()} ${port} from ${from}: ${states.filter((state) => state !== null).join(' → ')}`;
}

function answerText({ question, answer, by }: ReportHost['questions'][number]): readonly string[] {
  return answer === null ? [] : [`${question} ${answer} (${by ?? ''})`];
}
