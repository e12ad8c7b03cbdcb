/** Stubs that are longer than a fragment, cut and put together again (C706 12.6.2). Must not know what a stub holds. */
import { rpcError } from './ndr.ts';
import { CALL_HEADER_BYTES, MIN_FRAGMENT_BYTES } from './pdu.ts';

/** Far above what any answer spoken here needs. */
const MAX_STUB_BYTES = 64 * 1024;

export interface Fragment {
  readonly stub: Uint8Array;
  readonly isFirst: boolean;
  readonly isLast: boolean;
}

/** At least one, even of nothing. @param maxPduBytes what the other side takes */
export function cutStub(stub: Uint8Array, maxPduBytes: number): readonly Fragment[] {
  // All but the last are multiples of eight, so that the alignment of the whole holds in the parts.
  const room = Math.floor((Math.max(maxPduBytes, MIN_FRAGMENT_BYTES) - CALL_HEADER_BYTES) / 8) * 8;
  const count = Math.max(1, Math.ceil(stub.length / room));
  return Array.from({ length: count }, (_, index) => ({
    stub: stub.subarray(index * room, (index + 1) * room),
    isFirst: index === 0,
    isLast: index === count - 1,
  }));
}

export class StubCollector {
  #parts: Uint8Array[] | undefined;
  #length = 0;

  get heldBytes(): number {
    return this.#length;
  }

  /** The whole stub with its last fragment, else null. @throws ProtocolError FB_PROTOCOL_RPC: out of order, or too long */
  add({ stub, isFirst, isLast }: Fragment): Buffer | null {
    if (isFirst !== (this.#parts === undefined)) throw rpcError('the fragments of a call are out of order');
    this.#length += stub.length;
    if (this.#length > MAX_STUB_BYTES) throw rpcError(`a call is longer than ${MAX_STUB_BYTES} bytes`);
    if (!isLast && stub.length === 0) throw rpcError('a fragment of a call is empty');
    this.#parts = [...(this.#parts ?? []), stub];
    if (!isLast) return null;
    const whole = Buffer.concat(this.#parts);
    this.#parts = undefined;
    this.#length = 0;
    return whole;
  }
}
