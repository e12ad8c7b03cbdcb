/** The list of attribute-value pairs in target information (MS-NLMP 2.2.2.1). Must not know what the values mean. */
import { ProtocolError } from '../errors.ts';
import { AV } from './constants.ts';

export type AvPairs = ReadonlyMap<number, Uint8Array>;

export function encodeAvPairs(pairs: AvPairs): Buffer {
  const parts: Uint8Array[] = [];
  for (const [id, value] of pairs) parts.push(header(id, value.length), value);
  return Buffer.concat([...parts, header(AV.endOfList, 0)]);
}

/**
 * What stands behind the end of the list is not looked at.
 * @throws ProtocolError FB_PROTOCOL_AUTH when it is cut off, not ended, or has an attribute twice
 */
export function decodeAvPairs(bytes: Uint8Array): AvPairs {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const pairs = new Map<number, Uint8Array>();
  for (let at = 0; at + 4 <= view.length; ) {
    const id = view.readUInt16LE(at);
    const length = view.readUInt16LE(at + 2);
    if (id === AV.endOfList && length === 0) return pairs;
    if (at + 4 + length > view.length) break;
    if (pairs.has(id)) throw new ProtocolError('FB_PROTOCOL_AUTH', 'NTLM target information has an attribute twice');
    pairs.set(id, view.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  throw new ProtocolError('FB_PROTOCOL_AUTH', 'NTLM target information is cut off');
}

function header(id: number, length: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt16LE(id, 0);
  bytes.writeUInt16LE(length, 2);
  return bytes;
}
