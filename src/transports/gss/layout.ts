/**
 * The C structures of GSSAPI as bytes (RFC 2744, RFC 4401, MIT's gssapi_ext.h): what goes into a call and where its
 * results stand. 64-bit, little-endian. Must not know a library; addresses come from outside.
 */

/** Gives the address of memory that the caller keeps alive and in place. */
export type AddressOf = (bytes: Uint8Array) => bigint;

/** Each structure keeps alive what it refers to. */
export interface Layout {
  /** gss_buffer_desc: length and address. */
  readonly buffer: (bytes: Uint8Array) => Buffer;
  /** gss_OID_desc */
  readonly oid: (bytes: Uint8Array) => Buffer;
  /** gss_OID_set_desc of OIDs that are side by side in memory. */
  readonly oidSet: (oid: Buffer) => Buffer;
  /** gss_key_value_set_desc; both strings of a pair end with a NUL. */
  readonly keyValueSet: (pairs: readonly (readonly [Uint8Array, Uint8Array])[]) => Buffer;
  /** gss_channel_bindings_struct without addresses of the ends: application data alone. */
  readonly bindings: (applicationData: Uint8Array) => Buffer;
  /** gss_iov_buffer_desc, for an array of them. */
  readonly iov: (entries: readonly IovEntry[]) => Buffer;
  readonly readIov: (array: Buffer, index: number) => { readonly length: number; readonly address: bigint };
}

export interface IovEntry {
  readonly type: number;
  readonly bytes?: Uint8Array;
}

export const BUFFER_BYTES = 16;
/** GSS_C_AF_NULLADDR. RFC 2744 wants 0 for "not given", and so do MIT's peers when no address is given. */
const NO_ADDRESS = 0;

/**
 * @param isPacked true where the header packs structures to two bytes: macOS on x86_64
 */
export function layoutOf(isPacked: boolean, addressOf: AddressOf): Layout {
  // where a pointer stands behind a 32-bit number
  const behind32 = isPacked ? 4 : 8;
  const iovBytes = behind32 + BUFFER_BYTES;

  const held = new WeakMap<Buffer, readonly Uint8Array[]>();
  const holding = (structure: Buffer, ...memory: readonly Uint8Array[]): Buffer => {
    held.set(structure, memory);
    return structure;
  };
  const writeBuffer = (into: Buffer, at: number, bytes: Uint8Array | undefined): void => {
    into.writeBigUInt64LE(BigInt(bytes?.length ?? 0), at);
    into.writeBigUInt64LE(bytes === undefined || bytes.length === 0 ? 0n : addressOf(bytes), at + 8);
  };
  return {
    buffer(bytes) {
      const structure = holding(Buffer.alloc(BUFFER_BYTES), bytes);
      writeBuffer(structure, 0, bytes);
      return structure;
    },
    oid(bytes) {
      const structure = holding(Buffer.alloc(behind32 + 8), bytes);
      structure.writeUInt32LE(bytes.length, 0);
      structure.writeBigUInt64LE(addressOf(bytes), behind32);
      return structure;
    },
    oidSet(oid) {
      const structure = holding(Buffer.alloc(16), oid);
      structure.writeBigUInt64LE(1n, 0);
      structure.writeBigUInt64LE(addressOf(oid), 8);
      return structure;
    },
    keyValueSet(pairs) {
      const elements = Buffer.alloc(Math.max(1, pairs.length * 16));
      pairs.forEach(([key, value], index) => {
        elements.writeBigUInt64LE(addressOf(key), index * 16);
        elements.writeBigUInt64LE(addressOf(value), index * 16 + 8);
      });
      const structure = holding(Buffer.alloc(behind32 + 8), elements, ...pairs.flat());
      structure.writeUInt32LE(pairs.length, 0);
      structure.writeBigUInt64LE(addressOf(elements), behind32);
      return structure;
    },
    bindings(applicationData) {
      const structure = holding(Buffer.alloc(2 * (behind32 + BUFFER_BYTES) + BUFFER_BYTES), applicationData);
      structure.writeUInt32LE(NO_ADDRESS, 0);
      structure.writeUInt32LE(NO_ADDRESS, behind32 + BUFFER_BYTES);
      writeBuffer(structure, 2 * (behind32 + BUFFER_BYTES), applicationData);
      return structure;
    },
    iov(entries) {
      const parts = entries.map(({ bytes }) => bytes).filter((bytes) => bytes !== undefined);
      const array = holding(Buffer.alloc(entries.length * iovBytes), ...parts);
      entries.forEach(({ type, bytes }, index) => {
        array.writeUInt32LE(type >>> 0, index * iovBytes);
        writeBuffer(array, index * iovBytes + behind32, bytes);
      });
      return array;
    },
    readIov(array, index) {
      const at = index * iovBytes + behind32;
      return { length: Number(array.readBigUInt64LE(at)), address: array.readBigUInt64LE(at + 8) };
    },
  };
}
