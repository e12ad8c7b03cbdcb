/**
 * Finds expressions that YAML would read otherwise than they are written (`if: !ran('x')` is a tag to YAML) straight in
 * the text, so that they can be reported in quoted form and the rest of the file still be checked. Knows CEL's and
 * YAML's quoting, nothing else of either.
 */

/** An unquoted value that must be quoted: offsets into the text and the quoted form. */
export interface MangledValue {
  readonly key: string;
  readonly start: number;
  readonly end: number;
  readonly quoted: string;
}

const KEY = /[\w-]+/.source;
const MAX_LINE = 4000;

/** All unquoted values of the given keys, and unquoted templates in flow maps, that YAML misreads; in order of place. */
export function findMangled(text: string, expressionKeys: ReadonlySet<string>): readonly MangledValue[] {
  const found: MangledValue[] = [];
  let lineStart = 0;
  let scanned = 0;
  const pattern = new RegExp(`(^|[\\n{,]|- |\\? )([ \\t]*)(${KEY}):[ \\t]+(?=\\S)`, 'g');
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    const [whole, lead = '', , key = ''] = match;
    const start = match.index + whole.length;
    const separator = match.index + lead.length;
    // The next key may follow at once: its separator must be seen again.
    pattern.lastIndex = start;
    const broken = text.slice(scanned, separator).lastIndexOf('\n');
    if (broken >= 0) lineStart = scanned + broken + 1;
    scanned = Math.max(scanned, separator);
    // No person writes longer lines, and this keeps the search linear.
    if (start - lineStart > MAX_LINE) continue;
    const before = text.slice(lineStart, start);
    if (/(?:^|\s)#/.test(text.slice(lineStart, separator))) continue;
    const inFlow = isInFlow(before);
    const isExpression = expressionKeys.has(key);
    const isTemplate = text.startsWith('${{', start);
    if (!isExpression && !(isTemplate && inFlow)) continue;
    const raw = isTemplate && !isExpression ? templateAt(text, start) : valueAt(text, start, inFlow);
    if (raw !== '' && isMisread(raw, inFlow)) {
      found.push({ key, start, end: start + raw.length, quoted: quote(raw) });
    }
  }
  return found;
}

/** A YAML scalar that reads back as the text, single-quoted where that reads best. */
function quote(text: string): string {
  return text.includes('"') || text.includes('\\') ? `'${text.replaceAll("'", "''")}'` : `"${text}"`;
}

/** The value as its author meant it: to the end of the line, or in a flow map to the comma or brace that is not CEL's. */
function valueAt(text: string, start: number, inFlow: boolean): string {
  let depth = 0;
  let at = start;
  for (; at < text.length; at++) {
    const char = text[at] ?? '';
    if (char === '\n' || char === '\r') break;
    if (char === '"' || char === "'") {
      const end = closingQuote(text, at);
      if (end < 0) {
        at = endOfLine(text, at);
        break;
      }
      at = end;
    } else if ('([{'.includes(char)) depth++;
    else if (')]}'.includes(char)) {
      if (depth === 0 && inFlow) break;
      depth--;
    } else if (char === ',' && depth === 0 && inFlow) break;
    else if (char === '#' && /\s/.test(text[at - 1] ?? '')) break;
  }
  return text.slice(start, at).trimEnd();
}

function templateAt(text: string, start: number): string {
  const close = text.indexOf('}}', start);
  return close < 0 || close > endOfLine(text, start) ? '' : text.slice(start, close + 2);
}

function isMisread(raw: string, inFlow: boolean): boolean {
  const first = raw[0] ?? '';
  if (first === '"' || first === "'") {
    const end = yamlQuoteEnd(raw, first);
    return end >= 0 && raw.slice(end + 1).trim() !== '';
  }
  if (first === '|' || first === '>') return false;
  if (first === '[' || first === '{') return closesAtEnd(raw) ? false : raw.length > 1;
  if ('!%@`'.includes(first)) return true;
  return /:\s|:$|\s#/.test(raw) || (inFlow && /[,[\]{}]/.test(raw));
}

/** `[…]` and `{…}` that are one YAML collection are a wrong type, not a misread expression. */
function closesAtEnd(raw: string): boolean {
  let depth = 0;
  for (let at = 0; at < raw.length; at++) {
    const char = raw[at] ?? '';
    if ('[{'.includes(char)) depth++;
    if (']}'.includes(char) && --depth === 0) return at === raw.length - 1;
  }
  return true;
}

function yamlQuoteEnd(raw: string, quoteChar: string): number {
  for (let at = 1; at < raw.length; at++) {
    if (quoteChar === '"' && raw[at] === '\\') at++;
    else if (raw[at] === quoteChar) {
      if (quoteChar === "'" && raw[at + 1] === "'") at++;
      else return at;
    }
  }
  return -1;
}

function closingQuote(text: string, at: number): number {
  for (let end = at + 1; end < text.length && text[end] !== '\n'; end++) {
    if (text[end] === '\\') end++;
    else if (text[end] === text[at]) return end;
  }
  return -1;
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end;
}

/** True when a `{` or `[` of the same line is still open: flow maps that matter here fit in one line. */
function isInFlow(before: string): boolean {
  let depth = 0;
  for (let at = 0; at < before.length; at++) {
    const char = before[at] ?? '';
    if (char === '"' || char === "'") at = Math.max(at, closingQuote(before, at));
    else if (char === '{' || char === '[') depth++;
    else if (char === '}' || char === ']') depth--;
  }
  return depth > 0;
}
