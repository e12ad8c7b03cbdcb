/**
 * PSRP fragments (MS-PSRP 2.2.4): a message cut into pieces, and put together again. Must not know what messages mean.
 */
import { ProtocolError } from '../errors.ts';

/** ObjectId u64, FragmentId u64, flags u8, length u32; big-endian. */
export const FRAGMENT_HEADER_BYTES = 21;
const START = 1;
const END = 2;
const EMPTY = new Uint8Array(0);

/**
 * Cuts a message into fragments of at most `maxBytes` each, header included.
 * @throws RangeError when not even one byte of payload would fit
 */
export function fragment(objectId: bigint, message: Uint8Array, maxBytes: number): readonly Uint8Array[] {
  const room = maxBytes - FRAGMENT_HEADER_BYTES;
  if (room < 1) throw new RangeError(`a fragment of ${maxBytes} bytes has no room for data`);
  const fragments: Uint8Array[] = [];
  for (let offset = 0, id = 0n; offset < message.length || id === 0n; offset += room, id += 1n) {
    const data = message.subarray(offset, offset + room);
    const bytes = new Uint8Array(FRAGMENT_HEADER_BYTES + data.length);
    const view = new DataView(bytes.buffer);
    view.setBigUint64(0, objectId);
    view.setBigUint64(8, id);
    bytes[16] = (id === 0n ? START : 0) | (offset + data.length >= message.length ? END : 0);
    view.setUint32(17, data.length);
    bytes.set(data, FRAGMENT_HEADER_BYTES);
    fragments.push(bytes);
  }
  return fragments;
}

interface Partial {
  nextFragment: bigint;
  bytes: number;
  readonly parts: Uint8Array[];
}

export interface DefragmenterOptions {
  /** Bytes of one message; 64 MiB when absent. */
  readonly maxMessageBytes?: number;
  /** True when the stream is entered in the middle: fragments before the first start of a message are dropped. */
  readonly skipToStart?: boolean;
}

/** Puts messages together; takes the bytes in any pieces. One for each stream (pool, pipeline). */
export class Defragmenter {
  readonly #maxMessageBytes: number;
  readonly #partials = new Map<bigint, Partial>();
  #rest: Uint8Array = EMPTY;
  #buffered = 0;
  #isSkipping: boolean;

  constructor(options: DefragmenterOptions = {}) {
    this.#isSkipping = options.skipToStart ?? false;
    this.#maxMessageBytes = options.maxMessageBytes ?? 64 * 1024 * 1024;
  }

  /** True when nothing is half received. */
  get isIdle(): boolean {
    return this.#rest.length === 0 && this.#partials.size === 0;
  }

  /**
   * The messages that are complete with these bytes, in order.
   * @throws ProtocolError FB_PROTOCOL_PSRP: a gap, a repeated start, more bytes than a message may have
   */
  push(data: Uint8Array): readonly Uint8Array[] {
    const bytes = this.#rest.length === 0 ? data : Buffer.concat([this.#rest, data]);
    const messages: Uint8Array[] = [];
    let offset = 0;
    while (bytes.length - offset >= FRAGMENT_HEADER_BYTES) {
      const view = new DataView(bytes.buffer, bytes.byteOffset + offset, FRAGMENT_HEADER_BYTES);
      const length = view.getUint32(17);
      if (length > this.#maxMessageBytes) throw psrpError('a fragment announces more data than a message may have');
      const end = offset + FRAGMENT_HEADER_BYTES + length;
      if (bytes.length < end) break;
      const payload = bytes.subarray(offset + FRAGMENT_HEADER_BYTES, end);
      const message = this.#take(view.getBigUint64(0), view.getBigUint64(8), view.getUint8(16), payload);
      if (message !== undefined) messages.push(message);
      offset = end;
    }
    this.#rest = offset === bytes.length ? EMPTY : new Uint8Array(bytes.subarray(offset));
    return messages;
  }

  #take(objectId: bigint, fragmentId: bigint, flags: number, payload: Uint8Array): Uint8Array | undefined {
    const isStart = (flags & START) !== 0;
    const isEnd = (flags & END) !== 0;
    if (isStart !== (fragmentId === 0n)) throw psrpError('a fragment’s number does not fit its start flag');
    if (this.#isSkipping) {
      if (!isStart) return undefined;
      this.#isSkipping = false;
    }
    const known = this.#partials.get(objectId);
    if (isStart) {
      if (known !== undefined) throw psrpError('a message starts while one of the same number is unfinished');
      if (isEnd) return payload;
    } else if (known === undefined || known.nextFragment !== fragmentId) {
      throw psrpError('a fragment is missing');
    }
    const partial = known ?? { nextFragment: 0n, bytes: 0, parts: [] };
    // a copy (which slice() of a Buffer is not): the payload is a view of a buffer that may be much larger
    partial.parts.push(isEnd ? payload : new Uint8Array(payload));
    partial.nextFragment += 1n;
    partial.bytes += payload.length;
    this.#buffered += payload.length;
    if (this.#buffered > this.#maxMessageBytes) throw psrpError('a message is larger than allowed');
    if (!isEnd) {
      this.#partials.set(objectId, partial);
      return undefined;
    }
    this.#partials.delete(objectId);
    this.#buffered -= partial.bytes;
    return Buffer.concat(partial.parts);
  }
}

export function psrpError(message: string, cause?: unknown): ProtocolError {
  return new ProtocolError('FB_PROTOCOL_PSRP', `PSRP: ${message}`, cause);
}
