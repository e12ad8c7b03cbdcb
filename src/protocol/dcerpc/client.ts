/**
 * The client half of one DCE/RPC connection without authentication: bind to one interface, then one call after the other.
 * `bind` and `call` give bytes to send; bytes that come go into `receive`, and `next` is asked until it gives null.
 *
 * new ── bind ─► binding ── bound ─► ready ── call ─► calling ── response, fault ─► ready
 *                       └ refused: closed
 */
import { cutStub, StubCollector } from './fragments.ts';
import { rpcError } from './ndr.ts';
import { encodePdu, MAX_FRAGMENT_BYTES, MIN_FRAGMENT_BYTES, NDR, type Pdu, PduReader, type Syntax } from './pdu.ts';

export type RpcClientEvent =
  | { readonly type: 'bound' }
  /** `nak`: the whole bind was rejected with this reason; else the interface was, with result and reason of BindResult. */
  | { readonly type: 'refused'; readonly nak: boolean; readonly result: number; readonly reason: number }
  | { readonly type: 'response'; readonly stub: Buffer }
  /** C706 appendix E, or a Win32 code. */
  | { readonly type: 'fault'; readonly status: number };

export class RpcClient {
  #reader = new PduReader();
  #collector = new StubCollector();
  #state: 'new' | 'binding' | 'ready' | 'calling' | 'closed' = 'new';
  #callId = 0;
  #failure: Error | undefined;
  #maxSendBytes = MIN_FRAGMENT_BYTES;

  /** Bytes that are held of an answer that is not complete. */
  get heldBytes(): number {
    return this.#reader.heldBytes + this.#collector.heldBytes;
  }

  bind(wanted: Syntax): Buffer {
    this.#go('new', 'binding');
    return encodePdu({
      kind: 'bind',
      callId: ++this.#callId,
      maxSendBytes: MAX_FRAGMENT_BYTES,
      maxReceiveBytes: MAX_FRAGMENT_BYTES,
      associationGroup: 0,
      contexts: [{ id: 0, interface: wanted, transferSyntaxes: [NDR] }],
    });
  }

  call(opnum: number, stub: Uint8Array): Buffer {
    this.#go('ready', 'calling');
    const callId = ++this.#callId;
    const fragments = cutStub(stub, this.#maxSendBytes);
    return Buffer.concat(fragments.map((part) => encodePdu({ kind: 'request', callId, contextId: 0, opnum, ...part })));
  }

  receive(data: Uint8Array): void {
    if (this.#failure === undefined) this.#reader.feed(data);
  }

  /** @throws ProtocolError FB_PROTOCOL_RPC: not DCE/RPC, or not an answer to what was asked */
  next(): RpcClientEvent | null {
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

  #read(): RpcClientEvent | null {
    for (;;) {
      const pdu = this.#reader.next();
      if (pdu === null) return null;
      const event = this.#take(pdu);
      if (event !== null) return event;
    }
  }

  #take(pdu: Pdu): RpcClientEvent | null {
    if (pdu.callId !== this.#callId) throw rpcError('the answer belongs to another call');
    if (this.#state === 'binding') return this.#takeBind(pdu);
    if (this.#state !== 'calling') throw rpcError('an answer came that nobody waits for');
    if (pdu.kind === 'response') {
      if (pdu.contextId !== 0) throw rpcError('the answer is of another presentation context');
      const stub = this.#collector.add(pdu);
      if (stub === null) return null;
      this.#go('calling', 'ready');
      return { type: 'response', stub };
    }
    if (pdu.kind !== 'fault') throw rpcError(`${pdu.kind} is no answer to a call`);
    if (this.#collector.heldBytes > 0) throw rpcError('a fault came in the middle of an answer');
    this.#go('calling', 'ready');
    return { type: 'fault', status: pdu.status };
  }

  #takeBind(pdu: Pdu): RpcClientEvent {
    if (pdu.kind === 'bind_nak') {
      this.#go('binding', 'closed');
      return { type: 'refused', nak: true, result: 0, reason: pdu.reason };
    }
    if (pdu.kind === 'fault') {
      this.#go('binding', 'closed');
      return { type: 'fault', status: pdu.status };
    }
    if (pdu.kind !== 'bind_ack') throw rpcError(`${pdu.kind} is no answer to a bind`);
    const [answer, ...others] = pdu.results;
    if (answer === undefined || others.length > 0) throw rpcError('the bind has not exactly one result');
    if (answer.result !== 0) {
      this.#go('binding', 'closed');
      return { type: 'refused', nak: false, result: answer.result, reason: answer.reason };
    }
    const { uuid, version } = answer.transferSyntax;
    if (uuid !== NDR.uuid || version !== NDR.version)
      throw rpcError('a transfer syntax was chosen that was not offered');
    if (pdu.maxReceiveBytes < MIN_FRAGMENT_BYTES) throw rpcError('the server takes fragments that are too small');
    this.#maxSendBytes = Math.min(pdu.maxReceiveBytes, MAX_FRAGMENT_BYTES);
    this.#go('binding', 'ready');
    return { type: 'bound' };
  }

  #go(from: 'new' | 'binding' | 'ready' | 'calling', to: 'binding' | 'ready' | 'calling' | 'closed'): void {
    if (this.#state !== from) throw new Error(`the RPC client is ${this.#state}, not ${from}`);
    this.#state = to;
  }
}
