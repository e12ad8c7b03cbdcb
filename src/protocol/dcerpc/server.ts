/**
 * The server half of one DCE/RPC connection without authentication. Bytes go into `receive`; `next` gives what to send and
 * the calls that have come, until it gives null. A call is answered with the bytes of `respond` or `fault`.
 */
import { cutStub, StubCollector } from './fragments.ts';
import { rpcError } from './ndr.ts';
import {
  type BindPdu,
  type BindResult,
  encodePdu,
  MAX_FRAGMENT_BYTES,
  MIN_FRAGMENT_BYTES,
  NDR,
  PduReader,
  type RequestPdu,
  type Syntax,
} from './pdu.ts';

export interface RpcCall {
  readonly interface: Syntax;
  readonly opnum: number;
  readonly stub: Buffer;
  readonly callId: number;
  readonly contextId: number;
}

export type RpcServerEvent =
  | { readonly type: 'send'; readonly bytes: Buffer }
  | { readonly type: 'call'; readonly call: RpcCall };

export interface RpcServerOptions {
  readonly interfaces: readonly Syntax[];
  /** The port that the endpoint is on, as text. */
  readonly secondaryAddress: string;
}

/** nca_s_unk_if (C706 appendix E): no such presentation context. */
const UNKNOWN_INTERFACE = 0x1c010003;
const PROVIDER_REJECTION = 2;
const NO_INTERFACE = 1;
const NO_TRANSFER_SYNTAX = 2;
const NULL_SYNTAX: Syntax = { uuid: '00000000-0000-0000-0000-000000000000', version: 0 };
/** Any but zero: nobody joins another connection's group here. */
const ASSOCIATION_GROUP = 0x1b0d;

export class RpcServer {
  readonly #options: RpcServerOptions;
  #reader = new PduReader();
  readonly #contexts = new Map<number, Syntax>();
  #collector = new StubCollector();
  /** Of the call whose fragments are coming. */
  #callId: number | null = null;
  #isBound = false;
  #failure: Error | undefined;
  #maxSendBytes = MIN_FRAGMENT_BYTES;

  constructor(options: RpcServerOptions) {
    this.#options = options;
  }

  get heldBytes(): number {
    return this.#reader.heldBytes + this.#collector.heldBytes;
  }

  receive(data: Uint8Array): void {
    if (this.#failure === undefined) this.#reader.feed(data);
  }

  /** @throws ProtocolError FB_PROTOCOL_RPC: the connection is beyond help, close it */
  next(): RpcServerEvent | null {
    if (this.#failure !== undefined) throw this.#failure;
    try {
      return this.#read();
    } catch (thrown) {
      // Nothing that follows a mistake can be understood, nor is it kept.
      this.#reader = new PduReader();
      this.#collector = new StubCollector();
      this.#failure = thrown as Error;
      throw thrown;
    }
  }

  #read(): RpcServerEvent | null {
    for (;;) {
      const pdu = this.#reader.next();
      if (pdu === null) return null;
      if (pdu.kind === 'bind') return this.#bind(pdu);
      if (pdu.kind !== 'request') throw rpcError(`${pdu.kind} is nothing that a client sends`);
      const event = this.#request(pdu);
      if (event !== null) return event;
    }
  }

  respond(call: RpcCall, stub: Uint8Array): Buffer {
    const { callId, contextId } = call;
    const fragments = cutStub(stub, this.#maxSendBytes);
    return Buffer.concat(fragments.map((part) => encodePdu({ kind: 'response', callId, contextId, ...part })));
  }

  fault(call: Pick<RpcCall, 'callId' | 'contextId'>, status: number): Buffer {
    const { callId, contextId } = call;
    return encodePdu({ kind: 'fault', callId, contextId, status, isFirst: true, isLast: true });
  }

  #bind(pdu: BindPdu): RpcServerEvent {
    if (this.#isBound) throw rpcError('the connection is bound already');
    this.#isBound = true;
    this.#maxSendBytes = Math.min(Math.max(pdu.maxReceiveBytes, MIN_FRAGMENT_BYTES), MAX_FRAGMENT_BYTES);
    const results = pdu.contexts.map((context): BindResult => {
      const reason = !this.#options.interfaces.some((one) => isSame(one, context.interface))
        ? NO_INTERFACE
        : !context.transferSyntaxes.some((one) => isSame(one, NDR))
          ? NO_TRANSFER_SYNTAX
          : null;
      if (reason !== null) return { result: PROVIDER_REJECTION, reason, transferSyntax: NULL_SYNTAX };
      this.#contexts.set(context.id, context.interface);
      return { result: 0, reason: 0, transferSyntax: NDR };
    });
    return {
      type: 'send',
      bytes: encodePdu({
        kind: 'bind_ack',
        callId: pdu.callId,
        maxSendBytes: this.#maxSendBytes,
        maxReceiveBytes: MAX_FRAGMENT_BYTES,
        associationGroup: pdu.associationGroup === 0 ? ASSOCIATION_GROUP : pdu.associationGroup,
        secondaryAddress: this.#options.secondaryAddress,
        results,
      }),
    };
  }

  #request(pdu: RequestPdu): RpcServerEvent | null {
    if (this.#callId !== null && this.#callId !== pdu.callId) throw rpcError('two calls come at once');
    this.#callId = pdu.callId;
    const stub = this.#collector.add(pdu);
    if (stub === null) return null;
    this.#callId = null;
    const wanted = this.#contexts.get(pdu.contextId);
    if (wanted === undefined) return { type: 'send', bytes: this.fault(pdu, UNKNOWN_INTERFACE) };
    const { opnum, callId, contextId } = pdu;
    return { type: 'call', call: { interface: wanted, opnum, stub, callId, contextId } };
  }
}

function isSame(left: Syntax, right: Syntax): boolean {
  return left.uuid === right.uuid && left.version === right.version;
}
