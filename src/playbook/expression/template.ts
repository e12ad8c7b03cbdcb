/**
 * `${{ expression }}` inside strings. A string that is one expression and nothing else keeps the value's type; otherwise
 * values become text.
 */
import { FirebreakError, type Json } from '../../domain/index.ts';
import { type ExpressionContext, isList } from './context.ts';
import { evaluate } from './expression.ts';

export type TemplatePart =
  | { readonly kind: 'text'; readonly text: string }
  /** `start` is the offset of the expression's first character in the string. */
  | { readonly kind: 'expression'; readonly source: string; readonly start: number }
  /** `${{` that never ends. */
  | { readonly kind: 'open'; readonly start: number };

const OPEN = '${{';

export function isTemplate(text: string): boolean {
  return text.includes(OPEN);
}

export function splitTemplate(text: string): readonly TemplatePart[] {
  const parts: TemplatePart[] = [];
  let at = 0;
  while (at < text.length) {
    const open = text.indexOf(OPEN, at);
    if (open < 0) break;
    if (open > at) parts.push({ kind: 'text', text: text.slice(at, open) });
    const close = expressionEnd(text, open + OPEN.length);
    if (close < 0) return [...parts, { kind: 'open', start: open }];
    const inner = text.slice(open + OPEN.length, close);
    const lead = inner.length - inner.trimStart().length;
    parts.push({ kind: 'expression', source: inner.trim(), start: open + OPEN.length + lead });
    at = close + 2;
  }
  if (at < text.length) parts.push({ kind: 'text', text: text.slice(at) });
  return parts;
}

/** The expression of a string that is exactly one `${{ … }}`, else null. */
export function wholeExpression(text: string): { readonly source: string; readonly start: number } | null {
  const trimmed = text.trim();
  if (!trimmed.startsWith(OPEN)) return null;
  const [only, ...rest] = splitTemplate(trimmed);
  if (rest.length > 0 || only?.kind !== 'expression') return null;
  return { source: only.source, start: only.start + text.indexOf(OPEN) };
}

/**
 * The value with every template in it replaced.
 * @throws FB_STEP_CONDITION
 */
export function interpolate(value: Json, context: ExpressionContext): Json {
  if (typeof value === 'string') return interpolateText(value, context);
  if (value === null || typeof value !== 'object') return value;
  if (isList(value)) return value.map((item) => interpolate(item, context));
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, interpolate(field, context)]));
}

function interpolateText(text: string, context: ExpressionContext): Json {
  if (!isTemplate(text)) return text;
  const whole = wholeExpression(text);
  if (whole !== null) return evaluate(whole.source, context);
  return splitTemplate(text)
    .map((part) => {
      if (part.kind === 'text') return part.text;
      if (part.kind === 'expression') return asText(evaluate(part.source, context));
      throw new FirebreakError('FB_STEP_CONDITION', `"${text}": \${{ without }}`);
    })
    .join('');
}

function asText(value: Json): string {
  if (value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** Where the expression's `}}` is: not inside its strings, not the end of its own maps. -1 when there is none. */
function expressionEnd(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    const char = text[at];
    if (char === '"' || char === "'") {
      at = stringEnd(text, at);
    } else if (char === '{') {
      depth++;
    } else if (char === '}') {
      if (depth === 0) return text[at + 1] === '}' ? at : -1;
      depth--;
    }
  }
  return -1;
}

/** Offset of the quote that closes the CEL string at `at`; the text's end when it stays open. */
function stringEnd(text: string, at: number): number {
  const quote = text[at];
  for (let end = at + 1; end < text.length; end++) {
    if (text[end] === '\\') end++;
    else if (text[end] === quote) return end;
  }
  return text.length;
}
