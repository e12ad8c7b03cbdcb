/**
 * The connection-oriented PDUs of DCE/RPC that a call without authentication needs, as bytes (C706 chapter 12, MS-RPCE
 * 2.2.2). Little-endian only: nothing that runs Windows sends anything else. Must not know connections.
 */
import { NdrReader, NdrWriter, rpcError } from './ndr.ts';

/** An interface or a transfer syntax: UUID in lower case and version (minor in the upper half). */
export interface Syntax {
  readonly uuid: string;
  readonly version: number;
}

/** NDR, the one transfer syntax spoken here (C706 14). */
export const NDR: Syntax = { uuid: '8a885d04-1ceb-11c9-9fe8-08002b104860', version: 2 };

interface CallPart {
  readonly callId: number;
  readonly isFirst: boolean;
  readonly isLast: boolean;
}

export interface BindPdu {
  readonly kind: 'bind';
  readonly callId: number;
  readonly maxSendBytes: number;
  readonly maxReceiveBytes: number;
  readonly associationGroup: number;
  readonly contexts: readonly {
    readonly id: number;
    readonly interface: Syntax;
    readonly transferSyntaxes: readonly Syntax[];
  }[];
}

/** `result`: 0 accepted, 1 refused by the user, 2 by the provider (then `reason` 1: no such interface, 2: no such transfer syntax). */
export interface BindResult {
  readonly result: number;
  readonly reason: number;
  readonly transferSyntax: Syntax;
}

export interface BindAckPdu {
  readonly kind: 'bind_ack';
  readonly callId: number;
  readonly maxSendBytes: number;
  readonly maxReceiveBytes: number;
  readonly associationGroup: number;
  /** Latin-1: the port or pipe that the endpoint is on. */
  readonly secondaryAddress: string;
  readonly results: readonly BindResult[];
}

export interface BindNakPdu {
  readonly kind: 'bind_nak';
  readonly callId: number;
  readonly reason: number;
}

export interface RequestPdu extends CallPart {
  readonly kind: 'request';
  readonly contextId: number;
  readonly opnum: number;
  readonly stub: Uint8Array;
}

export interface ResponsePdu extends CallPart {
  readonly kind: 'response';
  readonly contextId: number;
  readonly stub: Uint8Array;
}

export interface FaultPdu extends CallPart {
  readonly kind: 'fault';
  readonly contextId: number;
  readonly status: number;
}

export type Pdu = BindPdu | BindAckPdu | BindNakPdu | RequestPdu | ResponsePdu | FaultPdu;

const TYPE = { request: 0, response: 2, fault: 3, bind: 11, bind_ack: 12, bind_nak: 13 } as const;
const KIND = new Map<number, Pdu['kind']>(Object.entries(TYPE).map(([kind, type]) => [type, kind as Pdu['kind']]));

const HEADER_BYTES = 16;
/** Of a request and of a response, before the stub. */
export const CALL_HEADER_BYTES = 24;
/** What Windows offers over TCP: four frames of Ethernet. */
export const MAX_FRAGMENT_BYTES = 5840;
/** What everybody must be able to receive (C706 12.6.3.1). */
export const MIN_FRAGMENT_BYTES = 1432;

const FLAG = { first: 0x01, last: 0x02, object: 0x80 } as const;
const LITTLE_ENDIAN_ASCII_IEEE = 0x10;
const MAX_CONTEXTS = 32;

export function encodePdu(pdu: Pdu): Buffer {
  const body = new NdrWriter();
  // Alignment counts from the start of the PDU; the header is a multiple of eight.
  switch (pdu.kind) {
    case 'bind':
      body.u16(pdu.maxSendBytes).u16(pdu.maxReceiveBytes).u32(pdu.associationGroup);
      body.u8(pdu.contexts.length).u8(0).u16(0);
      for (const context of pdu.contexts) {
        body.u16(context.id).u8(context.transferSyntaxes.length).u8(0);
        writeSyntax(body, context.interface);
        for (const syntax of context.transferSyntaxes) writeSyntax(body, syntax);
      }
      break;
    case 'bind_ack': {
      const address = pdu.secondaryAddress === '' ? '' : `${pdu.secondaryAddress}\0`;
      body.u16(pdu.maxSendBytes).u16(pdu.maxReceiveBytes).u32(pdu.associationGroup);
      body.u16(address.length).bytes(Buffer.from(address, 'latin1')).align(4);
      body.u8(pdu.results.length).u8(0).u16(0);
      for (const { result, reason, transferSyntax } of pdu.results) {
        body.u16(result).u16(reason);
        writeSyntax(body, transferSyntax);
      }
      break;
    }
    case 'bind_nak':
      // One version is supported: 5.0.
      body.u16(pdu.reason).u8(1).u8(5).u8(0).align(4);
      break;
    case 'request':
      body.u32(pdu.stub.length).u16(pdu.contextId).u16(pdu.opnum).bytes(pdu.stub);
      break;
    case 'response':
      body.u32(pdu.stub.length).u16(pdu.contextId).u16(0).bytes(pdu.stub);
      break;
    case 'fault':
      body.u32(0).u16(pdu.contextId).u16(0).u32(pdu.status).u32(0);
      break;
  }
  const bytes = body.finish();
  const isWhole = !('isFirst' in pdu);
  const flags = (isWhole || pdu.isFirst ? FLAG.first : 0) | (isWhole || pdu.isLast ? FLAG.last : 0);
  const header = new NdrWriter().u8(5).u8(0).u8(TYPE[pdu.kind]).u8(flags).u32(LITTLE_ENDIAN_ASCII_IEEE);
  return Buffer.concat([
    header
      .u16(HEADER_BYTES + bytes.length)
      .u16(0)
      .u32(pdu.callId)
      .finish(),
    bytes,
  ]);
}

/**
 * Bytes in any pieces → PDUs: `feed`, then `next` until it gives null. Holds no more than one PDU that has not ended. The
 * first mistake is the last word: every further call throws it again.
 */
export class PduReader {
  readonly #maxBytes: number;
  #held: Buffer = Buffer.alloc(0);
  #failure: Error | undefined;

  /** @param maxBytes longest PDU that is taken */
  constructor(maxBytes = MAX_FRAGMENT_BYTES) {
    this.#maxBytes = maxBytes;
  }

  get heldBytes(): number {
    return this.#held.length;
  }

  feed(data: Uint8Array): void {
    if (this.#failure === undefined) this.#held = Buffer.concat([this.#held, data]);
  }

  /** @throws ProtocolError FB_PROTOCOL_RPC: not such a PDU, too long, or with authentication, which nobody asked for */
  next(): Pdu | null {
    if (this.#failure !== undefined) throw this.#failure;
    try {
      return this.#read();
    } catch (thrown) {
      this.#held = Buffer.alloc(0);
      this.#failure = thrown as Error;
      throw thrown;
    }
  }

  #read(): Pdu | null {
    // What is no DCE/RPC shows in its first bytes; whoever sends half a line is not waited for.
    if (this.#held.length >= 2 && (this.#held[0] !== 5 || this.#held[1]! > 1)) throw rpcError('this is not DCE/RPC');
    if (this.#held.length < HEADER_BYTES) return null;
    const length = this.#held.readUInt16LE(8);
    if ((this.#held[4]! & 0xf0) !== LITTLE_ENDIAN_ASCII_IEEE) throw rpcError('the PDU is not little-endian');
    if (length < HEADER_BYTES) throw rpcError('the PDU is shorter than its header');
    if (length > this.#maxBytes) throw rpcError(`the PDU is longer than ${this.#maxBytes} bytes`);
    if (this.#held.length < length) return null;
    const pdu = decodePdu(this.#held.subarray(0, length));
    this.#held = Buffer.from(this.#held.subarray(length));
    return pdu;
  }
}

function decodePdu(bytes: Buffer): Pdu {
  const type = bytes[2]!;
  const kind = KIND.get(type);
  if (kind === undefined) throw rpcError(`PDUs of type ${type} are not spoken here`);
  if (bytes.readUInt16LE(10) !== 0) throw rpcError('the PDU is authenticated, which nobody asked for');
  const flags = bytes[3]!;
  const callId = bytes.readUInt32LE(12);
  const part: CallPart = { callId, isFirst: (flags & FLAG.first) !== 0, isLast: (flags & FLAG.last) !== 0 };
  const body = new NdrReader(bytes.subarray(HEADER_BYTES), `the PDU ${kind}`);
  switch (kind) {
    case 'bind':
      return { kind, callId, ...readLimits(body), contexts: readContexts(body) };
    case 'bind_ack': {
      const limits = readLimits(body);
      const address = body.bytes(body.u16()).toString('latin1').replace(/\0$/, '');
      body.align(4);
      return { kind, callId, ...limits, secondaryAddress: address, results: readResults(body) };
    }
    case 'bind_nak':
      return { kind, callId, reason: body.u16() };
    case 'request': {
      body.u32();
      const contextId = body.u16();
      const opnum = body.u16();
      if ((flags & FLAG.object) !== 0) body.uuid();
      return { kind, ...part, contextId, opnum, stub: body.rest() };
    }
    case 'response': {
      body.u32();
      const contextId = body.u16();
      body.u16();
      return { kind, ...part, contextId, stub: body.rest() };
    }
    case 'fault': {
      body.u32();
      const contextId = body.u16();
      body.u16();
      return { kind, ...part, contextId, status: body.u32() };
    }
  }
}

function readLimits(body: NdrReader): Pick<BindPdu, 'maxSendBytes' | 'maxReceiveBytes' | 'associationGroup'> {
  return { maxSendBytes: body.u16(), maxReceiveBytes: body.u16(), associationGroup: body.u32() };
}

function readContexts(body: NdrReader): BindPdu['contexts'] {
  return Array.from({ length: readCount(body) }, () => {
    const id = body.u16();
    const count = body.u8();
    body.u8();
    const wanted = readSyntax(body);
    return { id, interface: wanted, transferSyntaxes: Array.from({ length: count }, () => readSyntax(body)) };
  });
}

function readResults(body: NdrReader): BindAckPdu['results'] {
  return Array.from({ length: readCount(body) }, () => ({
    result: body.u16(),
    reason: body.u16(),
    transferSyntax: readSyntax(body),
  }));
}

function readCount(body: NdrReader): number {
  const count = body.u8();
  body.u8();
  body.u16();
  if (count > MAX_CONTEXTS) throw rpcError(`more than ${MAX_CONTEXTS} presentation contexts`);
  return count;
}

function writeSyntax(body: NdrWriter, syntax: Syntax): void {
  body.uuid(syntax.uuid).u32(syntax.version);
}

function readSyntax(body: NdrReader): Syntax {
  return { uuid: body.uuid(), version: body.u32() };
}
