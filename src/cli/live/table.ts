/** Tables of hosts for the terminal. */
import type { HostView, RunView } from '../../domain/index.ts';
import { oneLine } from './printable.ts';

/** Below this a last column is not worth wrapping. */
const MIN_LAST_COLUMN = 24;

/**
 * Columns padded to the widest cell. On a terminal (`width` in characters) the last column is wrapped below itself;
 * elsewhere it is left as it is, so that a line is a row.
 */
export function renderTable(rows: readonly (readonly string[])[], width = terminalWidth()): string {
  const cells = rows.map((row) => row.map(oneLine));
  const columns = Math.max(0, ...cells.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(0, ...cells.map((row) => lengthOf(row[column] ?? ''))),
  );
  const indent = widths.slice(0, -1).reduce((sum, each) => sum + each + 2, 0);
  const room = width === null || width - indent < MIN_LAST_COLUMN ? null : width - indent;
  return cells.map((row) => renderRow(row, widths, indent, room)).join('\n');
}

function renderRow(row: readonly string[], widths: readonly number[], indent: number, room: number | null): string {
  const last = row[widths.length - 1] ?? '';
  const lines = room === null ? [last] : wrap(last, room);
  const first = widths
    .slice(0, -1)
    .map((width, column) => `${pad(row[column] ?? '', width)}  `)
    .join('');
  return [`${first}${lines[0] ?? ''}`.trimEnd(), ...lines.slice(1).map((line) => ' '.repeat(indent) + line)].join('\n');
}

/** At spaces where there are some. */
function wrap(text: string, room: number): readonly string[] {
  const lines: string[] = [];
  let rest = [...text];
  while (rest.length > room) {
    const space = rest.slice(0, room + 1).lastIndexOf(' ');
    const end = space > room / 3 ? space : room;
    lines.push(rest.slice(0, end).join('').trimEnd());
    rest = [...rest.slice(end).join('').trimStart()];
  }
  return [...lines, rest.join('')];
}

export function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - lengthOf(text)));
}

function lengthOf(text: string): number {
  return [...text].length;
}

function terminalWidth(): number | null {
  return process.stdout.isTTY ? (process.stdout.columns ?? null) : null;
}

export function renderHostTable(hosts: readonly HostView[], width = terminalWidth()): string {
  return renderTable(
    [
      ['HOST', 'OUTCOME', 'INSTALLS', 'REBOOTS', 'SHIELDS', 'WHY'],
      ...hosts.map((host) => [
        host.name,
        host.outcome ?? host.state,
        String(host.installs),
        String(host.reboots),
        host.standingShields === 0 ? '-' : `${host.standingShields} standing`,
        host.reason,
      ]),
    ],
    width,
  );
}

export function renderTally(view: RunView): string {
  return Object.entries(view.tally)
    .filter(([, count]) => count > 0)
    .map(([outcome, count]) => `${count} ${outcome}`)
    .join(', ');
}
