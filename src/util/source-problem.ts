/**
 * A mistake in a text that a person wrote, with its place, and how it is shown. Knows nothing of what the text means
 * and never prints: the caller does.
 */

export interface SourceProblem {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1, in characters (code points). */
  readonly column: number;
  /** One line: what is wrong. */
  readonly message: string;
  /** One line: what to write instead; empty when there is nothing to suggest. */
  readonly hint: string;
  /** The source line, without control characters and secrets. */
  readonly excerpt: string;
  /** Characters that the mistake covers in `excerpt`, at least 1. */
  readonly width: number;
}

/** Longest part of a source line that is shown. */
const EXCERPT_WIDTH = 110;
/** Longer lines are not shown at all. */
const MAX_LINE = 10_000;
const SECRET_VALUE =
  /((?:pass|pwd|secret)[\w-]{0,40}["']?\s{0,20}:[ \t]{0,20})(?!\{\s{0,9}(?:env|file|prompt)\s{0,9}:\s{0,9}[\w./\\:-]+\s{0,9}\}|[\s#])(\S.*)$/iu;
/** `scheme://user:password@`, or without the scheme. */
const SECRET_IN_URI = /((?::\/\/[^\s:@,]{0,200}|["'\s][^\s:@,"'/]{1,200}):)([^\s,]{1,500}@)/gu;

/** Offsets into a text ↔ lines and columns. */
export class SourceText {
  readonly file: string;
  readonly text: string;
  readonly #lineStarts: number[] = [0];

  constructor(file: string, text: string) {
    this.file = file;
    this.text = text;
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) this.#lineStarts.push(at + 1);
  }

  /** Line and column of an offset, both from 1. */
  position(offset: number): { readonly line: number; readonly column: number } {
    const at = Math.min(Math.max(0, offset), this.text.length);
    let low = 0;
    let high = this.#lineStarts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#lineStarts[middle] ?? 0) <= at) low = middle;
      else high = middle - 1;
    }
    const start = this.#lineStarts[low] ?? 0;
    // Code points are counted only where a person could count them too.
    const column = at - start > MAX_LINE ? at - start : characterCount(this.text.slice(start, at));
    return { line: low + 1, column: column + 1 };
  }

  /** End of the line that the offset is on, without its line break. */
  lineEnd(offset: number): number {
    const at = this.text.indexOf('\n', offset);
    const end = at < 0 ? this.text.length : at;
    return end > offset && this.text[end - 1] === '\r' ? end - 1 : end;
  }

  /** A problem at `start`; `end` (exclusive) says how far it reaches, cut at the end of its line. */
  problem(start: number, end: number, message: string, hint = ''): SourceProblem {
    const { line, column } = this.position(start);
    const lineStart = this.#lineStarts[line - 1] ?? 0;
    const lineEnd = this.lineEnd(Math.max(lineStart, Math.min(start, this.text.length)));
    const width = Math.max(1, characterCount(this.text.slice(start, Math.min(end, lineEnd))));
    const excerpt = this.text
      .slice(lineStart, lineEnd - lineStart > MAX_LINE ? lineStart : lineEnd)
      .replace(SECRET_VALUE, (_, key: string, value: string) => key + '•'.repeat(characterCount(value)))
      .replace(
        SECRET_IN_URI,
        (_, scheme: string, value: string) => `${scheme}${'•'.repeat(characterCount(value) - 1)}@`,
      )
      .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (char) => (char === '\t' ? char : '·'));
    return { file: this.file, line, column, message: singleLine(message), hint: singleLine(hint), excerpt, width };
  }
}

/** By place, so that problems read from top to bottom. */
export function sortProblems(problems: readonly SourceProblem[]): SourceProblem[] {
  return [...problems].sort((a, b) => a.line - b.line || a.column - b.column);
}

/**
 * One paragraph a problem: place and message, the source line with a caret under the mistake, the hint.
 *
 *     site.yaml:4:5: unknown key "use"
 *       4 |   - use: host.facts
 *         |     ^^^ did you mean "uses"?
 */
export function formatProblems(problems: readonly SourceProblem[]): string {
  return problems.map(formatProblem).join('\n');
}

function formatProblem(problem: SourceProblem): string {
  const head = `${problem.file}:${problem.line}:${problem.column}: ${problem.message}`;
  if (problem.excerpt.trim() === '') return problem.hint === '' ? head : `${head}\n    ${problem.hint}`;
  const number = String(problem.line).padStart(5);
  let characters = Array.from(problem.excerpt);
  let start = problem.column - 1;
  let lead = '';
  if (characters.length > EXCERPT_WIDTH) {
    const from = Math.max(0, Math.min(start - 40, characters.length - EXCERPT_WIDTH));
    lead = from > 0 ? '…' : '';
    const tail = from + EXCERPT_WIDTH < characters.length ? '…' : '';
    characters = [...characters.slice(from, from + EXCERPT_WIDTH), tail];
    start -= from;
  }
  const indent = lead.replace('…', ' ') + characters.slice(0, start).map(blank).join('');
  const covered = characters.slice(start, start + problem.width);
  const caret = covered.length === 0 ? '^' : covered.map((char) => (isWide(char) ? '^^' : '^')).join('');
  const pointer = `${' '.repeat(number.length)} | ${indent}${caret}${problem.hint === '' ? '' : ` ${problem.hint}`}`;
  return `${head}\n${number} | ${lead}${characters.join('')}\n${pointer}`;
}

/** Code points: what a column counts. */
function characterCount(text: string): number {
  return Array.from(text).length;
}

function singleLine(text: string): string {
  return text.replace(/\s*[\r\n]+\s*/gu, ' ').replace(/[\p{Cc}\p{Cf}]/gu, '·');
}

/** White space as wide as the character, so that the caret stands under it. */
function blank(char: string): string {
  if (char === '\t') return char;
  return isWide(char) ? '\u3000' : ' ';
}

/** East Asian wide and full-width characters take two columns of a terminal. */
function isWide(char: string): boolean {
  const code = char.codePointAt(0) ?? 0;
  return (
    (code >= 0x1100 && code <= 0x115f) ||
    (code >= 0x2e80 && code <= 0xa4cf) ||
    (code >= 0xac00 && code <= 0xd7a3) ||
    (code >= 0xf900 && code <= 0xfaff) ||
    (code >= 0xfe30 && code <= 0xfe6f) ||
    (code >= 0xff00 && code <= 0xff60) ||
    (code >= 0xffe0 && code <= 0xffe6) ||
    (code >= 0x1f300 && code <= 0x1faff) ||
    (code >= 0x20000 && code <= 0x3fffd)
  );
}
