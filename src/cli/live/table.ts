/** Tables of hosts for the terminal. */
import type { HostView, RunView } from '../../domain/index.ts';

/** Columns padded to the widest cell; the last one is left as it is. */
export function renderTable(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => [...(row[column] ?? '')].length))) ?? [];
  return rows
    .map((row) =>
      row
        .map((cell, column) =>
          column === row.length - 1 ? cell : cell + ' '.repeat(widths[column]! - [...cell].length),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

export function renderHostTable(hosts: readonly HostView[]): string {
  return renderTable([
    ['HOST', 'OUTCOME', 'INSTALLS', 'REBOOTS', 'SHIELDS', 'WHY'],
    ...hosts.map((host) => [
      host.name,
      host.outcome ?? host.state,
      String(host.installs),
      String(host.reboots),
      host.standingShields === 0 ? '-' : `${host.standingShields} standing`,
      host.reason,
    ]),
  ]);
}

export function renderTally(view: RunView): string {
  return Object.entries(view.tally)
    .filter(([, count]) => count > 0)
    .map(([outcome, count]) => `${count} ${outcome}`)
    .join(', ');
}
