/** Small parts that the sections of the HTML report share. */
import { FINE_OUTCOMES } from '../domain/index.ts';
import { escapeMarkup } from './escape-markup.ts';

const FINE: ReadonlySet<string> = new Set([...FINE_OUTCOMES, 'ok', 'changed']);
const WAITING: ReadonlySet<string> = new Set(['skipped', 'shielded', 'needs-operator', 'running', 'waiting', 'parked']);

export interface Column {
  readonly title: string;
  readonly isNumber?: boolean;
}

/** `rows`: cells as HTML, the first one is the row's header; `mark` puts a class on the row. */
export function renderTable(
  caption: string,
  columns: readonly (string | Column)[],
  rows: readonly { readonly cells: readonly string[]; readonly id?: string; readonly mark?: string }[],
): string {
  const all = columns.map((column): Column => (typeof column === 'string' ? { title: column } : column));
  const kind = (index: number): string => (all[index]?.isNumber === true ? ' class="num"' : '');
  const head = all.map(({ title }, index) => `<th scope="col"${kind(index)}>${escapeMarkup(title)}</th>`).join('');
  const body = rows.map(({ cells, id, mark }) => {
    const [first = '', ...others] = cells;
    const attributes = `${id === undefined ? '' : ` id="${id}"`}${mark === undefined ? '' : ` class="${mark}"`}`;
    return `<tr${attributes}><th scope="row">${first}</th>${others.map((cell, index) => `<td${kind(index + 1)}>${cell}</td>`).join('')}</tr>`;
  });
  return `<div class="scroll" tabindex="0" role="region" aria-label="${escapeMarkup(caption)}"><table><caption>${escapeMarkup(caption)}</caption><thead><tr>${head}</tr></thead><tbody>
${body.join('\n')}
</tbody></table></div>`;
}

/** `2026-03-13 04:05:06 UTC` */
export function renderTime(iso: string | null): string {
  if (iso === null) return '–';
  const shown = `${iso.slice(0, 19).replace('T', ' ')} UTC`;
  return `<time datetime="${escapeMarkup(iso)}">${escapeMarkup(shown)}</time>`;
}

export function renderDuration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes} min ${seconds % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** The word itself says it; the colour only helps. */
export function renderOutcome(outcome: string): string {
  return `<span class="word ${classOf(outcome)}">${escapeMarkup(outcome)}</span>`;
}

export function classOf(outcome: string): 'fine' | 'warn' | 'bad' {
  return FINE.has(outcome) ? 'fine' : WAITING.has(outcome) ? 'warn' : 'bad';
}
