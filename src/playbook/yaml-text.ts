/** From an offset in a scalar's value to the offset in the file, through quotes, escapes and folded lines. */
import type { Scalar } from 'yaml';

/** For each UTF-16 unit of the value (and its end) the offset in the file. Never throws; at worst it is a little off. */
export function offsetMap(scalar: Scalar, text: string): (index: number) => number {
  const value = typeof scalar.value === 'string' ? scalar.value : String(scalar.source ?? scalar.value);
  const [start, end] = scalar.range ?? [0, 0];
  const isQuoted = scalar.type === 'QUOTE_DOUBLE' || scalar.type === 'QUOTE_SINGLE';
  const first = start + (isQuoted ? 1 : blockHeader(scalar, text, start));
  if (text.startsWith(value, first)) return (index) => first + Math.min(Math.max(0, index), value.length);
  const offsets: number[] = [];
  let at = first;
  for (const unit of value.split('')) {
    while (at < end && text[at] !== unit && /\s/.test(text[at] ?? '') && !/\s/.test(unit)) at++;
    offsets.push(Math.min(at, end));
    if (text[at] === unit && !(unit === "'" && scalar.type === 'QUOTE_SINGLE')) at++;
    else if (/\s/.test(unit)) {
      while (at < end && /\s/.test(text[at] ?? '')) at++;
    } else at += escapeLength(text, at);
  }
  offsets.push(Math.min(at, end));
  return (index) => offsets[Math.min(Math.max(0, index), offsets.length - 1)] ?? start;
}

function blockHeader(scalar: Scalar, text: string, start: number): number {
  if (scalar.type !== 'BLOCK_LITERAL' && scalar.type !== 'BLOCK_FOLDED') return 0;
  const lineEnd = text.indexOf('\n', start);
  return lineEnd < 0 ? 0 : lineEnd + 1 - start;
}

function escapeLength(text: string, at: number): number {
  if (text.startsWith("''", at)) return 2;
  if (text[at] !== '\\') return 1;
  return { x: 4, u: 6, U: 10 }[text[at + 1] ?? ''] ?? 2;
}
