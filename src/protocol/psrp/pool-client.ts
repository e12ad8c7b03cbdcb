/**
 * The client half of a runspace pool (MS-PSRP 3.1) as a state machine: bytes in, events out; bytes to send are returned.
 * Must not know WS-Man, sockets or time.
 *
 * before-open ─openData()→ opening ─Opened→ opened ─Closed/Broken→ closed/broken
 * before-open ─connectData()→ connecting ─APPLICATION_PRIVATE_DATA→ opened
 */
import type { KeyObject } from 'node:crypto';
import { tryDecodeBase64 } from '../base64.ts';
import { decodeClixml, encodeClixml, numberOf, type PsValue, propertyOf, textOf } from '../clixml/index.ts';
import { Defragmenter, fragment, psrpError } from './fragments.ts';
import { type HostCall, readHostCall } from './host-call.ts';
import { DESTINATION, decodeMessage, EMPTY_GUID, encodeMessage, MESSAGE_TYPE, type PsrpMessage } from './messages.ts';
import {
  callMessage,
  connectRunspacePool,
  hostCallAnswered,
  hostCallRefused,
  initRunspacePool,
  type PipelineSpec,
  publicKey,
  sessionCapability,
} from './outgoing.ts';
import { PipelineClient } from './pipeline-client.ts';
import { publicKeyBlob, SessionKey } from './session-key.ts';

export type PoolState = 'before-open' | 'opening' | 'connecting' | 'opened' | 'disconnected' | 'closed' | 'broken';

export type PoolEvent =
  | { readonly kind: 'capability'; readonly protocolVersion: string }
  | { readonly kind: 'applicationPrivateData'; readonly data: PsValue }
  | { readonly kind: 'state'; readonly state: PoolState; readonly error: PsValue }
  /** RUNSPACEPOOL_INIT_DATA: how large the pool is that was connected to. */
  | { readonly kind: 'initData'; readonly minRunspaces: number; readonly maxRunspaces: number }
  /** The answer to setMinRunspaces, setMaxRunspaces, reset (boolean) or getAvailableRunspaces (count). */
  | { readonly kind: 'availability'; readonly callId: number; readonly answer: boolean | number }
  /** The host wants to send a secure string: answer with `publicKeyData`. */
  | { readonly kind: 'keyRequested' }
  /** The session key is there. */
  | { readonly kind: 'keyExchanged' }
  | HostCall;

const POOL_STATES: Readonly<Record<number, PoolState>> = {
  0: 'before-open',
  1: 'opening',
  2: 'opened',
  3: 'closed',
  4: 'closed',
  5: 'broken',
  8: 'connecting',
  9: 'disconnected',
};

export interface RunspacePoolOptions {
  /** GUID of the pool. */
  readonly poolId: string;
  readonly minRunspaces?: number;
  readonly maxRunspaces?: number;
}

export class RunspacePoolClient {
  readonly id: string;
  #min: number;
  #max: number;
  readonly #defragmenter = new Defragmenter();
  #nextObjectId = 1n;
  #nextCallId = 1;
  #state: PoolState = 'before-open';
  /** Of the host; what may be sent depends on it. */
  #protocolVersion = '2.1';
  #exchangeKey: KeyObject | undefined;
  #sessionKey: SessionKey | undefined;

  constructor(options: RunspacePoolOptions) {
    this.id = options.poolId.toLowerCase();
    this.#min = options.minRunspaces ?? 1;
    this.#max = options.maxRunspaces ?? 1;
  }

  get state(): PoolState {
    return this.#state;
  }

  get minRunspaces(): number {
    return this.#min;
  }

  get maxRunspaces(): number {
    return this.#max;
  }

  /** True when secure strings can be sent. */
  get hasSessionKey(): boolean {
    return this.#sessionKey !== undefined;
  }

  /** The host's protocol version is at least 2.`minor` (2.1: PowerShell 2, 2.2: 3 and 4, 2.3: 5.1 and later). */
  speaks(minor: number): boolean {
    return Number(this.#protocolVersion.slice(2)) >= minor;
  }

  /** The fragments of SESSION_CAPABILITY and INIT_RUNSPACEPOOL: what creationXml carries. */
  openData(): Uint8Array {
    this.#state = 'opening';
    const init = this.encode(MESSAGE_TYPE.initRunspacePool, EMPTY_GUID, initRunspacePool(this.#min, this.#max));
    return this.#withCapability(init);
  }

  /** The fragments of SESSION_CAPABILITY and CONNECT_RUNSPACEPOOL: what connectXml carries (PowerShell 3 and later). */
  connectData(): Uint8Array {
    this.#state = 'connecting';
    return this.#withCapability(this.encode(MESSAGE_TYPE.connectRunspacePool, EMPTY_GUID, connectRunspacePool()));
  }

  /** PUBLIC_KEY; the event `keyExchanged` follows. `key`: of `exchangeKey()`. */
  publicKeyData(key: KeyObject): readonly Uint8Array[] {
    this.#exchangeKey = key;
    const blob = Buffer.from(publicKeyBlob(key)).toString('base64');
    return this.encode(MESSAGE_TYPE.publicKey, EMPTY_GUID, publicKey(blob));
  }

  setMinRunspaces(count: number): { readonly callId: number; readonly data: readonly Uint8Array[] } {
    this.#min = count;
    return this.#call(MESSAGE_TYPE.setMinRunspaces, { MinRunspaces: count });
  }

  setMaxRunspaces(count: number): { readonly callId: number; readonly data: readonly Uint8Array[] } {
    this.#max = count;
    return this.#call(MESSAGE_TYPE.setMaxRunspaces, { MaxRunspaces: count });
  }

  getAvailableRunspaces(): { readonly callId: number; readonly data: readonly Uint8Array[] } {
    return this.#call(MESSAGE_TYPE.getAvailableRunspaces, {});
  }

  /** Variables, current folder and the like as in a new runspace. @throws ProtocolError on hosts before PowerShell 5 */
  reset(): { readonly callId: number; readonly data: readonly Uint8Array[] } {
    if (!this.speaks(3)) throw psrpError(`a host of protocol version ${this.#protocolVersion} cannot reset a runspace`);
    return this.#call(MESSAGE_TYPE.resetRunspaceState, {});
  }

  /** Takes bytes of the pool's own stream. @throws ProtocolError FB_PROTOCOL_PSRP, FB_PROTOCOL_CLIXML */
  receive(data: Uint8Array): readonly PoolEvent[] {
    const events: PoolEvent[] = [];
    for (const bytes of this.#defragmenter.push(data)) {
      const event = this.#event(decodeMessage(bytes));
      if (event !== undefined) events.push(event);
    }
    return events;
  }

  createPipeline(pipelineId: string, spec: PipelineSpec): PipelineClient {
    this.#assertOpened();
    return new PipelineClient(this, pipelineId, spec);
  }

  /** A pipeline that is running already, started by another client: its first fragments may be missing. */
  attachPipeline(pipelineId: string): PipelineClient {
    this.#assertOpened();
    return new PipelineClient(this, pipelineId, undefined);
  }

  answerHostCall(call: HostCall, value: PsValue): readonly Uint8Array[] {
    return this.encode(MESSAGE_TYPE.runspacePoolHostResponse, EMPTY_GUID, hostCallAnswered(call, value));
  }

  refuseHostCall(call: HostCall, message: string): readonly Uint8Array[] {
    return this.encode(MESSAGE_TYPE.runspacePoolHostResponse, EMPTY_GUID, hostCallRefused(call, message));
  }

  /** Fragments of one message to the host. @throws EncryptionNeeded when `value` holds a secure string and there is no key */
  encode(
    type: number,
    pipelineId: string,
    value: PsValue | undefined,
    maxBytes = Number.MAX_SAFE_INTEGER,
  ): readonly Uint8Array[] {
    const key = this.#sessionKey;
    const options = key === undefined ? {} : { encrypt: (text: string) => key.encrypt(text) };
    const data = value === undefined ? '' : encodeClixml(value, options);
    const message = encodeMessage({ destination: DESTINATION.server, type, poolId: this.id, pipelineId, data });
    const objectId = this.#nextObjectId;
    this.#nextObjectId += 1n;
    return fragment(objectId, message, maxBytes);
  }

  #withCapability(others: readonly Uint8Array[]): Uint8Array {
    const capability = this.encode(MESSAGE_TYPE.sessionCapability, EMPTY_GUID, sessionCapability());
    return new Uint8Array(Buffer.concat([...capability, ...others]));
  }

  #call(
    type: number,
    properties: { readonly [name: string]: PsValue },
  ): { readonly callId: number; readonly data: readonly Uint8Array[] } {
    this.#assertOpened();
    const callId = this.#nextCallId;
    this.#nextCallId += 1;
    return { callId, data: this.encode(type, EMPTY_GUID, callMessage(callId, properties)) };
  }

  #assertOpened(): void {
    if (this.#state !== 'opened') throw psrpError(`the runspace pool is ${this.#state}`);
  }

  #event(message: PsrpMessage): PoolEvent | undefined {
    switch (message.type) {
      case MESSAGE_TYPE.sessionCapability:
        return this.#onCapability(message.data);
      case MESSAGE_TYPE.applicationPrivateData: {
        const data = propertyOf(decodeClixml(message.data), 'ApplicationPrivateData') ?? null;
        if (this.#state === 'connecting') this.#state = 'opened';
        return { kind: 'applicationPrivateData', data };
      }
      case MESSAGE_TYPE.runspacePoolInitData: {
        const body = decodeClixml(message.data);
        this.#min = numberOf(propertyOf(body, 'MinRunspaces')) ?? this.#min;
        this.#max = numberOf(propertyOf(body, 'MaxRunspaces')) ?? this.#max;
        return { kind: 'initData', minRunspaces: this.#min, maxRunspaces: this.#max };
      }
      case MESSAGE_TYPE.runspacePoolState: {
        const body = decodeClixml(message.data);
        const number = numberOf(propertyOf(body, 'RunspaceState'));
        if (number === undefined) throw psrpError('RUNSPACEPOOL_STATE without a state');
        this.#state = POOL_STATES[number] ?? this.#state;
        return { kind: 'state', state: this.#state, error: propertyOf(body, 'ExceptionAsErrorRecord') ?? null };
      }
      case MESSAGE_TYPE.runspaceAvailability: {
        const body = decodeClixml(message.data);
        const answer = propertyOf(body, 'SetMinMaxRunspacesResponse');
        const callId = numberOf(propertyOf(body, 'ci')) ?? 0;
        return { kind: 'availability', callId, answer: typeof answer === 'boolean' ? answer : (numberOf(answer) ?? 0) };
      }
      case MESSAGE_TYPE.publicKeyRequest:
        return { kind: 'keyRequested' };
      case MESSAGE_TYPE.encryptedSessionKey:
        return this.#onSessionKey(message.data);
      case MESSAGE_TYPE.runspacePoolHostCall:
        return readHostCall(message.data);
      default:
        // USER_EVENT and what later versions may add: nobody here has asked for it
        return undefined;
    }
  }

  #onCapability(data: string): PoolEvent {
    const version = textOf(propertyOf(decodeClixml(data), 'protocolversion')) ?? '';
    if (!/^2\.\d{1,4}$/.test(version)) throw psrpError(`the host speaks protocol version ${version.slice(0, 20)}`);
    this.#protocolVersion = version;
    return { kind: 'capability', protocolVersion: version };
  }

  #onSessionKey(data: string): PoolEvent {
    if (this.#exchangeKey === undefined) throw psrpError('a session key came in that nobody has asked for');
    const reply = tryDecodeBase64(textOf(propertyOf(decodeClixml(data), 'EncryptedSessionKey')) ?? '');
    if (reply === undefined) throw psrpError('the session key is not base64');
    this.#sessionKey = SessionKey.fromReply(reply, this.#exchangeKey);
    return { kind: 'keyExchanged' };
  }
}
