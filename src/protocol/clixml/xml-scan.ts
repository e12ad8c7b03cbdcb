/**
 * The XML that CLIXML is written in, read at the speed of a text search: elements, attributes, text, CDATA, comments,
 * XML's five entities and character references. No DTD. Must not know what elements mean.
 *
 * More lenient than XML in one point, because PowerShell is: characters that XML forbids are taken, raw and by number.
 */
import { clixmlError } from './primitives.ts';

export const TOKEN = { end: 0, open: 1, close: 2 } as const;
export type Token = (typeof TOKEN)[keyof typeof TOKEN];

const TAB = 9;
const LINE_FEED = 10;
const RETURN = 13;
const SPACE = 32;
const BANG = 33;
const SLASH = 47;
const EQUALS = 61;
const GREATER = 62;
const QUESTION = 63;

const ENTITY = /&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|(lt|gt|amp|quot|apos));|&/gi;
const OTHER_ENTITY = /&(?!amp;)/;
const NAMED: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

export class XmlScanner {
  readonly #xml: string;
  readonly #hasEntities: boolean;
  readonly #hasReturns: boolean;
  #at = 0;
  #name = '';
  #isEmpty = false;
  #refId: string | undefined;
  #n: string | undefined;
  #s: string | undefined;

  constructor(xml: string) {
    this.#xml = xml;
    this.#hasEntities = xml.includes('&');
    this.#hasReturns = xml.includes('\r');
    if (xml.charCodeAt(0) === 0xfeff) this.#at = 1;
  }

  /** Of the last token. */
  get name(): string {
    return this.#name;
  }

  /** The element that was opened is closed already (`<S/>`). */
  get isEmpty(): boolean {
    return this.#isEmpty;
  }

  /** Attributes of the element that was opened. */
  get refId(): string | undefined {
    return this.#refId;
  }

  get n(): string | undefined {
    return this.#n;
  }

  get s(): string | undefined {
    return this.#s;
  }

  /** The next element's start or end; text between is passed over. `mayHaveText`: else only white space may stand there. */
  next(mayHaveText: boolean): Token {
    const xml = this.#xml;
    for (;;) {
      const start = xml.indexOf('<', this.#at);
      if (start < 0) {
        this.#assertBlank(this.#at, xml.length);
        this.#at = xml.length;
        return TOKEN.end;
      }
      if (!mayHaveText && start > this.#at) this.#assertBlank(this.#at, start);
      const code = xml.charCodeAt(start + 1);
      if (code === SLASH) {
        this.#readClose(start + 2);
        return TOKEN.close;
      }
      if (code !== BANG && code !== QUESTION) {
        this.#readOpen(start + 1);
        return TOKEN.open;
      }
      this.#at = this.#skipSpecial(start, mayHaveText);
    }
  }

  /** The text of the element that was just opened, up to and with its end tag; undefined when it has elements inside. */
  leafText(): string | undefined {
    if (this.#isEmpty) return '';
    const xml = this.#xml;
    const start = this.#at;
    const end = xml.indexOf('<', start);
    if (end >= 0 && xml.charCodeAt(end + 1) === SLASH) {
      const after = end + 2 + this.#name.length;
      if (xml.charCodeAt(after) === GREATER && xml.startsWith(this.#name, end + 2)) {
        this.#at = after + 1;
        return this.#decode(xml.slice(start, end));
      }
    }
    return this.#slowText();
  }

  /** After `leafText` gave undefined: the inside of the element as it is written, up to its end tag, which is taken too. */
  markup(maxDepth: number): string {
    const outer = this.#name;
    const start = this.#at;
    const names = [outer];
    for (;;) {
      const token = this.next(true);
      if (token === TOKEN.end) throw clixmlError('the document was cut');
      if (token === TOKEN.open && !this.#isEmpty) {
        names.push(this.#name);
        if (names.length > maxDepth) throw clixmlError(`nested more than ${maxDepth} levels deep`);
      }
      if (token !== TOKEN.close) continue;
      if (names.pop() !== this.#name) throw clixmlError('an end tag does not fit');
      if (names.length === 0) return this.#xml.slice(start, this.#xml.lastIndexOf('</', this.#at));
    }
  }

  /** Text in pieces: CDATA, comments; undefined when an element starts. The position stays then. */
  #slowText(): string | undefined {
    const xml = this.#xml;
    const name = this.#name;
    const before = this.#at;
    let text = '';
    let at = before;
    for (;;) {
      const end = xml.indexOf('<', at);
      if (end < 0) throw clixmlError('the document was cut');
      text += this.#decode(xml.slice(at, end));
      const code = xml.charCodeAt(end + 1);
      if (code === SLASH) {
        this.#readClose(end + 2);
        if (this.#name !== name) throw clixmlError('an end tag does not fit');
        return text;
      }
      if (code === BANG && xml.startsWith('<![CDATA[', end)) {
        const close = xml.indexOf(']]>', end);
        if (close < 0) throw clixmlError('the document was cut');
        text += this.#normalise(xml.slice(end + 9, close));
        at = close + 3;
      } else if (code === BANG || code === QUESTION) {
        at = this.#skipSpecial(end, true);
      } else {
        this.#at = before;
        return undefined;
      }
    }
  }

  #readOpen(start: number): void {
    const xml = this.#xml;
    let at = start;
    let code = xml.charCodeAt(at);
    while (code > SPACE && code !== GREATER && code !== SLASH) {
      at += 1;
      code = xml.charCodeAt(at);
    }
    this.#name = xml.slice(start, at);
    this.#refId = undefined;
    this.#n = undefined;
    this.#s = undefined;
    this.#isEmpty = false;
    if (code !== GREATER) {
      at = this.#readAttributes(at);
    }
    if (at === start || at >= xml.length)
      throw clixmlError(at === start ? 'an element without a name' : 'the document was cut');
    this.#at = at + 1;
  }

  /** Up to the `>`, whose place is given. */
  #readAttributes(from: number): number {
    const xml = this.#xml;
    let at = from;
    for (;;) {
      const gap = at;
      let code = xml.charCodeAt(at);
      while (code === SPACE || code === LINE_FEED || code === TAB || code === RETURN) {
        at += 1;
        code = xml.charCodeAt(at);
      }
      if (code === GREATER) return at;
      if (code === SLASH && xml.charCodeAt(at + 1) === GREATER) {
        this.#isEmpty = true;
        return at + 1;
      }
      if (Number.isNaN(code)) throw clixmlError('the document was cut');
      if (gap === at) throw clixmlError('a tag is malformed');
      at = this.#readAttribute(at);
    }
  }

  #readAttribute(start: number): number {
    const xml = this.#xml;
    let at = start;
    let code = xml.charCodeAt(at);
    while (code > SPACE && code !== EQUALS && code !== GREATER) {
      at += 1;
      code = xml.charCodeAt(at);
    }
    const name = xml.slice(start, at);
    while (code === SPACE || code === LINE_FEED || code === TAB || code === RETURN) {
      at += 1;
      code = xml.charCodeAt(at);
    }
    if (code !== EQUALS || name === '') throw clixmlError('an attribute without a value');
    at += 1;
    while (xml.charCodeAt(at) <= SPACE) at += 1;
    const quote = xml[at];
    if (quote !== '"' && quote !== "'") throw clixmlError('an attribute without quotes');
    const end = xml.indexOf(quote, at + 1);
    if (end < 0) throw clixmlError('the document was cut');
    if (name === 'N') this.#n = this.#attribute(at + 1, end);
    else if (name === 'RefId') this.#refId = this.#attribute(at + 1, end);
    else if (name === 'S') this.#s = this.#attribute(at + 1, end);
    return end + 1;
  }

  #attribute(start: number, end: number): string {
    const value = this.#xml.slice(start, end);
    if (value.includes('<')) throw clixmlError('an attribute with <');
    return this.#decode(value);
  }

  #readClose(start: number): void {
    const xml = this.#xml;
    const end = xml.indexOf('>', start);
    if (end < 0) throw clixmlError('the document was cut');
    this.#name = xml.slice(start, end);
    if (xml.charCodeAt(end - 1) <= SPACE) this.#name = this.#name.trimEnd();
    this.#at = end + 1;
  }

  /** Behind a comment or processing instruction. */
  #skipSpecial(start: number, mayHaveText: boolean): number {
    const xml = this.#xml;
    let close = '';
    if (xml.startsWith('<!--', start)) close = '-->';
    else if (xml.charCodeAt(start + 1) === QUESTION) close = '?>';
    else if (mayHaveText && xml.startsWith('<![CDATA[', start)) close = ']]>';
    else throw clixmlError('a document type declaration is not allowed');
    const end = xml.indexOf(close, start + 2);
    if (end < 0) throw clixmlError('the document was cut');
    return end + close.length;
  }

  #assertBlank(start: number, end: number): void {
    if (this.#xml.slice(start, end).trim() !== '') throw clixmlError('text outside of any element');
  }

  #decode(text: string): string {
    const normal = this.#normalise(text);
    return this.#hasEntities && normal.includes('&') ? decodeEntities(normal) : normal;
  }

  #normalise(text: string): string {
    return this.#hasReturns && text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text;
  }
}

/** The engine's own replacement of plain text is many times faster than one with a function, so that is left to the rest. */
function decodeEntities(text: string): string {
  if (text.includes('&#')) return text.replace(ENTITY, entity);
  let decoded = text;
  if (decoded.includes('&lt;')) decoded = decoded.replaceAll('&lt;', '<');
  if (decoded.includes('&gt;')) decoded = decoded.replaceAll('&gt;', '>');
  if (decoded.includes('&quot;')) decoded = decoded.replaceAll('&quot;', '"');
  if (decoded.includes('&apos;')) decoded = decoded.replaceAll('&apos;', "'");
  if (OTHER_ENTITY.test(decoded)) throw clixmlError('an unknown entity');
  // last, because what it gives must not be taken for the start of another
  return decoded.replaceAll('&amp;', '&');
}

function entity(_all: string, decimal: string | undefined, hex: string | undefined, name: string | undefined): string {
  if (name !== undefined) {
    const character = NAMED[name];
    if (character !== undefined) return character;
  }
  const number = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal);
  if (!(number <= 0x10ffff)) throw clixmlError('an unknown entity');
  return String.fromCodePoint(number);
}
