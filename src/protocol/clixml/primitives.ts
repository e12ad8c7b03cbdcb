/** The lexical forms of CLIXML's primitives (MS-PSRP 2.2.5.1), checked. Must not know elements or attributes. */
import { tryDecodeBase64 } from '../base64.ts';
import { ProtocolError } from '../errors.ts';
import { decodeEscapes } from './escapes.ts';
import { PsPrimitive, type PsValue } from './values.ts';

const INTEGERS: ReadonlySet<string> = new Set(['By', 'SB', 'U16', 'I16', 'U32', 'I32', 'U64', 'I64', 'C']);
const INTEGER = /^[+-]?\d+$/;
const FLOAT = /^(?:[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?|-?INF|NaN)$/i;

/** @throws ProtocolError FB_PROTOCOL_CLIXML when the text is no value of that kind */
export function toPrimitive(tag: string, text: string): PsValue {
  switch (tag) {
    case 'S':
      return decodeEscapes(text);
    case 'Nil':
      return null;
    case 'B':
      return toBoolean(text.trim());
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
    case 'XD':
    case 'SBK':
    case 'URI':
      return new PsPrimitive(tag, decodeEscapes(text));
    default:
      return new PsPrimitive(tag, INTEGERS.has(tag) ? integerText(tag, text) : decodeEscapes(text));
  }
}

function toBoolean(text: string): boolean {
  if (text === 'true' || text === '1') return true;
  if (text === 'false' || text === '0') return false;
  throw clixmlError('B is neither true nor false');
}

function integerText(tag: string, text: string): string {
  const trimmed = text.trim();
  if (!INTEGER.test(trimmed) || trimmed.length > 21) throw clixmlError(`${tag} is not an integer`);
  return trimmed.startsWith('+') ? trimmed.slice(1) : trimmed;
}

export function clixmlError(message: string, cause?: unknown): ProtocolError {
  return new ProtocolError('FB_PROTOCOL_CLIXML', `CLIXML: ${message}`, cause);
}
