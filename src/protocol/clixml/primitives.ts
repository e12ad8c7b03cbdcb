/** The lexical forms of CLIXML's primitives (MS-PSRP 2.2.5.1), checked. Must not know elements or attributes. */
import { tryDecodeBase64 } from '../base64.ts';
import { ProtocolError } from '../errors.ts';
import { decodeEscapes } from './escapes.ts';
import { PsPrimitive, type PsValue } from './values.ts';

const INTEGERS: ReadonlySet<string> = new Set(['By', 'SB', 'U16', 'I16', 'U32', 'I32', 'U64', 'I64', 'C']);
const NAME = /^[\p{L}_][\p{L}\p{N}_:.·-]*$/u;
const INTEGER = /^[+-]?\d+$/;
const FLOAT = /^(?:[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?|-?INF|NaN)$/i;

const TAGS: ReadonlySet<string> = new Set([
  ...INTEGERS,
  'S',
  'Nil',
  'B',
  'BA',
  'Sg',
  'Db',
  'D',
  'DT',
  'TS',
  'G',
  'URI',
  'Version',
  'XD',
  'SBK',
  'SS',
]);

/** Elements of MS-PSRP 2.2.5.1: they hold text and nothing else. */
export function isKnownTag(tag: string): boolean {
  return TAGS.has(tag);
}

/**
 * `hasEscapes`: false when it is known that no `_xHHHH_` is in the text.
 * @throws ProtocolError FB_PROTOCOL_CLIXML when the text is no value of that kind
 */
export function toPrimitive(tag: string, text: string, hasEscapes = true): PsValue {
  switch (tag) {
    case 'S':
      return hasEscapes ? decodeEscapes(text) : text;
    case 'Nil':
      return null;
    case 'B':
      return text === 'true' ? true : text === 'false' ? false : toBoolean(text.trim());
    case 'I32': {
      const number = Number(integerText(tag, text));
      if (number !== (number | 0)) throw clixmlError('I32 is out of range');
      return number;
    }
    case 'I64':
      return BigInt(integerText(tag, text));
    case 'BA': {
      const bytes = tryDecodeBase64(text);
      if (bytes === undefined) throw clixmlError('BA is not base64');
      return new Uint8Array(bytes);
    }
    case 'Sg':
    case 'Db':
    case 'D':
      if (!FLOAT.test(text.trim())) throw clixmlError(`${tag} is not a number`);
      return new PsPrimitive(tag, text.trim());
    default:
      if (INTEGERS.has(tag)) return new PsPrimitive(tag, integerText(tag, text));
      if (!TAGS.has(tag)) assertName(tag);
      return new PsPrimitive(tag, hasEscapes ? decodeEscapes(text) : text);
  }
}

/** The name of an unknown element is kept and written again. */
export function assertName(name: string): void {
  if (!NAME.test(name)) throw clixmlError('an element with an impossible name');
}

function toBoolean(text: string): boolean {
  if (text === 'true' || text === '1') return true;
  if (text === 'false' || text === '0') return false;
  throw clixmlError('B is neither true nor false');
}

function integerText(tag: string, text: string): string {
  if (text.length < 20 && /^-?\d+$/.test(text)) return text;
  const trimmed = text.trim();
  if (!INTEGER.test(trimmed) || trimmed.length > 21) throw clixmlError(`${tag} is not an integer`);
  return trimmed.startsWith('+') ? trimmed.slice(1) : trimmed;
}

export function clixmlError(message: string, cause?: unknown): ProtocolError {
  return new ProtocolError('FB_PROTOCOL_CLIXML', `CLIXML: ${message}`, cause);
}
