/**
 * Little-endian NDR primitives (C706 chapter 14) over one stub: integers aligned to their size, UUIDs, bytes. Every read
 * is checked against the end. Must not know operations.
 */
import { ProtocolError } from '../errors.ts';

const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/;
const UUID_BYTES = 16;

/** The first three fields of a UUID are integers and little-endian, the rest are bytes (C706 appendix A). */
function uuidBytes(uuid: string): Buffer {
  if (!UUID.test(uuid)) throw new RangeError('not a lower-case UUID');
  return reorder(Buffer.from(uuid.replaceAll('-', ''), 'hex'));
}

/** 16 bytes → lower-case text. */
function uuidText(bytes: Uint8Array): string {
  const hex = reorder(bytes).toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

function reorder(bytes: Uint8Array): Buffer {
  const copy = Buffer.from(bytes);
  copy.subarray(0, 4).reverse();
  copy.subarray(4, 6).reverse();
  copy.subarray(6, 8).reverse();
  return copy;
}

export class NdrWriter {
  readonly #parts: Buffer[] = [];
  #length = 0;

  u8(value: number): this {
    return this.#put(Buffer.of(value));
  }

  u16(value: number): this {
    const bytes = Buffer.alloc(2);
    bytes.writeUInt16LE(value);
    return this.align(2).#put(bytes);
  }

  u32(value: number): this {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(value >>> 0);
    return this.align(4).#put(bytes);
  }

  u64(value: bigint): this {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64LE(value);
    return this.align(8).#put(bytes);
  }

  uuid(value: string): this {
    return this.align(4).#put(uuidBytes(value));
  }

  bytes(value: Uint8Array): this {
    return this.#put(Buffer.from(value));
  }

  align(size: number): this {
    const gap = (size - (this.#length % size)) % size;
    return gap === 0 ? this : this.#put(Buffer.alloc(gap));
  }

  finish(): Buffer {
    return Buffer.concat(this.#parts);
  }

  #put(part: Buffer): this {
    this.#parts.push(part);
    this.#length += part.length;
    return this;
  }
}

export class NdrReader {
  readonly #bytes: Buffer;
  readonly #what: string;
  #at = 0;

  /** @param what what is read, for messages */
  constructor(bytes: Uint8Array, what: string) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#what = what;
  }

  /** @throws ProtocolError FB_PROTOCOL_RPC behind the end, as all of them do */
  u8(): number {
    return this.#bytes.readUInt8(this.#take(1));
  }

  u16(): number {
    this.align(2);
    return this.#bytes.readUInt16LE(this.#take(2));
  }

  u32(): number {
    this.align(4);
    return this.#bytes.readUInt32LE(this.#take(4));
  }

  u64(): bigint {
    this.align(8);
    return this.#bytes.readBigUInt64LE(this.#take(8));
  }

  uuid(): string {
    this.align(4);
    return uuidText(this.bytes(UUID_BYTES));
  }

  bytes(count: number): Buffer {
    const at = this.#take(count);
    return this.#bytes.subarray(at, at + count);
  }

  rest(): Buffer {
    return this.bytes(this.#bytes.length - this.#at);
  }

  /** The bytes between are of no meaning. */
  align(size: number): void {
    this.#take((size - (this.#at % size)) % size);
  }

  /** @throws ProtocolError FB_PROTOCOL_RPC when something follows */
  end(): void {
    if (this.#at !== this.#bytes.length) throw rpcError(`${this.#what} is longer than it may be`);
  }

  #take(count: number): number {
    const at = this.#at;
    if (count > this.#bytes.length - at) throw rpcError(`${this.#what} is cut off`);
    this.#at = at + count;
    return at;
  }
}

export function rpcError(message: string): ProtocolError {
  return new ProtocolError('FB_PROTOCOL_RPC', message);
}
