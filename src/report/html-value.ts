/** Any result of an action as readable HTML: maps as lists, lists of like maps as tables, everything else as text. */
import type { Json } from '../domain/index.ts';
import { escapeMarkup } from './escape-markup.ts';

const MAX_DEPTH = 8;
/** Rows of one table; the JSON report has them all. */
const MAX_ROWS = 500;
const MAX_COLUMNS = 12;

export function renderValue(value: Json, depth = 0): string {
  if (value === null) return '<span class="dim">–</span>';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value !== 'object') return escapeMarkup(String(value));
  if (depth > MAX_DEPTH) return escapeMarkup(JSON.stringify(value));
  if (Array.isArray(value)) return renderList(value, depth);
  const fields = Object.entries(value);
  if (fields.length === 0) return '<span class="dim">none</span>';
  return `<dl>${fields.map(([name, item]) => `<dt>${label(name)}</dt><dd>${renderValue(item, depth + 1)}</dd>`).join('')}</dl>`;
}

function renderList(list: readonly Json[], depth: number): string {
  if (list.length === 0) return '<span class="dim">none</span>';
  const shown = list.slice(0, MAX_ROWS);
  const rest = list.length > shown.length ? `<p class="dim">and ${list.length - shown.length} more</p>` : '';
  const rows = shown.flatMap((item) => (isMap(item) ? [item] : []));
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  if (rows.length === shown.length && columns.length > 0 && columns.length <= MAX_COLUMNS) {
    const head = columns.map((name) => `<th scope="col">${label(name)}</th>`).join('');
    const body = rows.map(
      (row) => `<tr>${columns.map((name) => `<td>${renderValue(row[name] ?? null, depth + 1)}</td>`).join('')}</tr>`,
    );
    return `<table><thead><tr>${head}</tr></thead><tbody>${body.join('')}</tbody></table>${rest}`;
  }
  const isFlat = shown.every((item) => item === null || typeof item !== 'object');
  if (isFlat) return `${shown.map((item) => renderValue(item, depth + 1)).join(', ')}${rest}`;
  return `<ul>${shown.map((item) => `<li>${renderValue(item, depth + 1)}</li>`).join('')}</ul>${rest}`;
}

function isMap(value: Json): value is { readonly [name: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `pending_reboot`, `bootTime` → words. */
function label(name: string): string {
  return escapeMarkup(
    name
      .replaceAll('_', ' ')
      .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
      .toLowerCase(),
  );
}
