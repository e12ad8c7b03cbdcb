/** The little of DER that SPNEGO needs, bounded by the bytes that are there. Must not know what the tags mean. */
import { ProtocolError } from '../errors.ts';

export interface DerValue {
  readonly tag: number;
  readonly value: Uint8Array;
  /** Tag, length and value. */
  readonly whole: Uint8Array;
}

export const TAG = {
  octetString: 0x04,
  oid: 0x06,
  enumerated: 0x0a,
  sequence: 0x30,
  application0: 0x60,
  /** Context-specific, constructed: `[n]`. */
  context: 0xa0,
} as const;

export function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  return Buffer.concat([Buffer.from([tag]), encodeLength(length), ...parts]);
}

/**
 * Exactly one value.
 * @throws ProtocolError FB_PROTOCOL_AUTH
 */
export function readOne(bytes: Uint8Array, tag: number): DerValue {
  const [value, ...more] = readAll(bytes);
  if (value === undefined || more.length > 0 || value.tag !== tag) throw bad('is not what was due');
  return value;
}

/**
 * All values side by side, none of them entered.
 * @throws ProtocolError FB_PROTOCOL_AUTH
 */
export function readAll(bytes: Uint8Array): readonly DerValue[] {
  const values: DerValue[] = [];
  for (let at = 0; at < bytes.length; ) {
    const tag = bytes[at]!;
    if ((tag & 0x1f) === 0x1f) throw bad('has a tag of several bytes');
    const { length, end } = readLength(bytes, at + 1);
    if (end + length > bytes.length) throw bad('is cut off');
    values.push({ tag, value: bytes.subarray(end, end + length), whole: bytes.subarray(at, end + length) });
    at = end + length;
  }
  return values;
}

function readLength(bytes: Uint8Array, at: number): { readonly length: number; readonly end: number } {
  const first = bytes[at];
  if (first === undefined) throw bad('is cut off');
  if (first < 0x80) return { length: first, end: at + 1 };
  const count = first & 0x7f;
  // 0 would be BER's indefinite length
  if (count === 0 || count > 4) throw bad('has a length that cannot be');
  if (at + 1 + count > bytes.length) throw bad('is cut off');
  let length = 0;
  for (let index = 1; index <= count; index += 1) length = length * 256 + bytes[at + index]!;
  return { length, end: at + 1 + count };
}

function encodeLength(length: number): Buffer {
  if (length < 0x80) return Buffer.from([length]);
  if (length < 0x100) return Buffer.from([0x81, length]);
  if (length < 0x10000) return Buffer.from([0x82, length >> 8, length & 0xff]);
  throw new RangeError('a security token is at most 65,535 bytes long');
}

function bad(what: string): ProtocolError {
  return new ProtocolError('FB_PROTOCOL_AUTH', `the SPNEGO token ${what}`);
}
