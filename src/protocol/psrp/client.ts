/**
 * The client half of PSRP (MS-PSRP 3.1): one runspace pool and its pipelines as state machines. Bytes in, events out;
 * bytes to send are returned. Must not know WS-Man, sockets or time.
 *
 * Pool:     before-open ─openData()→ opening ─Opened→ opened ─Closed/Broken→ closed/broken
 * Pipeline: not-started ─start()→ running ─PIPELINE_STATE→ completed | failed | stopped
 */
import { decodeClixml, numberOf, type PsValue, propertyOf, textOf } from '../clixml/index.ts';
import { Defragmenter, FRAGMENT_HEADER_BYTES, fragment, psrpError } from './fragments.ts';
import { DESTINATION, decodeMessage, EMPTY_GUID, encodeMessage, MESSAGE_TYPE, type PsrpMessage } from './messages.ts';
import { createPipeline, hostCallRefused, initRunspacePool, type PipelineSpec, sessionCapability } from './outgoing.ts';

export type PoolState = 'before-open' | 'opening' | 'opened' | 'closed' | 'broken';
export type PipelineState = 'not-started' | 'running' | 'completed' | 'failed' | 'stopped';

export interface HostCall {
  readonly kind: 'hostCall';
  readonly callId: number;
  /** RemoteHostMethodId, MS-PSRP 2.2.3.17. */
  readonly methodId: number;
  readonly method: PsValue;
  readonly parameters: PsValue;
  /** True when the host waits for an answer. */
  readonly wantsAnswer: boolean;
}

export type PoolEvent =
  | { readonly kind: 'capability'; readonly protocolVersion: string }
  | { readonly kind: 'applicationPrivateData'; readonly data: PsValue }
  | { readonly kind: 'state'; readonly state: PoolState; readonly error: PsValue }
  | { readonly kind: 'keyRequested' }
  | HostCall;

export type PipelineEvent =
  | {
      readonly kind: 'output' | 'error' | 'warning' | 'verbose' | 'debug' | 'information' | 'progress';
      readonly value: PsValue;
    }
  | { readonly kind: 'state'; readonly state: PipelineState; readonly error: PsValue }
  | HostCall;

const POOL_STATES: Readonly<Record<number, PoolState>> = {
  0: 'before-open',
  1: 'opening',
  2: 'opened',
  3: 'closed',
  4: 'closed',
  5: 'broken',
};
const PIPELINE_STATES: Readonly<Record<number, PipelineState>> = {
  0: 'not-started',
  1: 'running',
  2: 'running',
  3: 'stopped',
  4: 'completed',
  5: 'failed',
  6: 'running',
};
const STREAMS: ReadonlyMap<number, Exclude<PipelineEvent['kind'], 'state' | 'hostCall'>> = new Map([
  [MESSAGE_TYPE.pipelineOutput, 'output'],
  [MESSAGE_TYPE.errorRecord, 'error'],
  [MESSAGE_TYPE.warningRecord, 'warning'],
  [MESSAGE_TYPE.verboseRecord, 'verbose'],
  [MESSAGE_TYPE.debugRecord, 'debug'],
  [MESSAGE_TYPE.informationRecord, 'information'],
  [MESSAGE_TYPE.progressRecord, 'progress'],
]);
/** Host methods without a return value: nothing waits for them. */
const VOID_METHODS: ReadonlySet<number> = new Set([
  6, 7, 8, 9, 10, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 28, 30, 32, 34, 36, 38, 40, 42, 47, 48, 49, 51, 52, 53,
]);

export interface RunspacePoolOptions {
  /** GUID of the pool. */
  readonly poolId: string;
  readonly minRunspaces?: number;
  readonly maxRunspaces?: number;
}

export class RunspacePoolClient {
  readonly id: string;
  readonly #min: number;
  readonly #max: number;
  readonly #defragmenter = new Defragmenter();
  #nextObjectId = 1n;
  #state: PoolState = 'before-open';

  constructor(options: RunspacePoolOptions) {
    this.id = options.poolId.toLowerCase();
    this.#min = options.minRunspaces ?? 1;
    this.#max = options.maxRunspaces ?? 1;
  }

  get state(): PoolState {
    return this.#state;
  }

  /** The fragments of SESSION_CAPABILITY and INIT_RUNSPACEPOOL: what creationXml carries. */
  openData(): Uint8Array {
    this.#state = 'opening';
    const capability = this.encode(MESSAGE_TYPE.sessionCapability, EMPTY_GUID, sessionCapability());
    const init = this.encode(MESSAGE_TYPE.initRunspacePool, EMPTY_GUID, initRunspacePool(this.#min, this.#max));
    return new Uint8Array(Buffer.concat([...capability, ...init]));
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
    if (this.#state !== 'opened') throw psrpError(`the runspace pool is ${this.#state}`);
    return new PipelineClient(this, pipelineId, spec);
  }

  /** Fragments of one message to the host. */
  encode(type: number, pipelineId: string, data: string, maxBytes = Number.MAX_SAFE_INTEGER): readonly Uint8Array[] {
    const message = encodeMessage({ destination: DESTINATION.server, type, poolId: this.id, pipelineId, data });
    const objectId = this.#nextObjectId;
    this.#nextObjectId += 1n;
    return fragment(objectId, message, maxBytes);
  }

  #event(message: PsrpMessage): PoolEvent | undefined {
    switch (message.type) {
      case MESSAGE_TYPE.sessionCapability: {
        const version = textOf(propertyOf(decodeClixml(message.data), 'protocolversion')) ?? '';
        if (!/^2\.\d+$/.test(version)) throw psrpError(`the host speaks protocol version ${version.slice(0, 20)}`);
        return { kind: 'capability', protocolVersion: version };
      }
      case MESSAGE_TYPE.applicationPrivateData:
        return {
          kind: 'applicationPrivateData',
          data: propertyOf(decodeClixml(message.data), 'ApplicationPrivateData') ?? null,
        };
      case MESSAGE_TYPE.runspacePoolState: {
        const body = decodeClixml(message.data);
        const number = numberOf(propertyOf(body, 'RunspaceState'));
        if (number === undefined) throw psrpError('RUNSPACEPOOL_STATE without a state');
        this.#state = POOL_STATES[number] ?? this.#state;
        return { kind: 'state', state: this.#state, error: propertyOf(body, 'ExceptionAsErrorRecord') ?? null };
      }
      case MESSAGE_TYPE.publicKeyRequest:
        return { kind: 'keyRequested' };
      case MESSAGE_TYPE.runspacePoolHostCall:
        return readHostCall(message.data);
      default:
        return undefined;
    }
  }
}

export class PipelineClient {
  readonly id: string;
  readonly #pool: RunspacePoolClient;
  readonly #spec: PipelineSpec;
  readonly #defragmenter = new Defragmenter();
  #state: PipelineState = 'not-started';

  /** Made by RunspacePoolClient.createPipeline. */
  constructor(pool: RunspacePoolClient, pipelineId: string, spec: PipelineSpec) {
    this.#pool = pool;
    this.id = pipelineId.toLowerCase();
    this.#spec = spec;
  }

  get state(): PipelineState {
    return this.#state;
  }

  get isOver(): boolean {
    return this.#state === 'completed' || this.#state === 'failed' || this.#state === 'stopped';
  }

  /** CREATE_PIPELINE in pieces of at most `maxBytes`: the first goes with the Command, the others by Send, in order. */
  start(maxBytes: number): readonly Uint8Array[] {
    this.#state = 'running';
    return this.#pool.encode(
      MESSAGE_TYPE.createPipeline,
      this.id,
      createPipeline(this.#spec),
      Math.max(maxBytes, FRAGMENT_HEADER_BYTES + 1),
    );
  }

  /** Takes bytes of this pipeline's stream. @throws ProtocolError FB_PROTOCOL_PSRP, FB_PROTOCOL_CLIXML */
  receive(data: Uint8Array): readonly PipelineEvent[] {
    const events: PipelineEvent[] = [];
    for (const bytes of this.#defragmenter.push(data)) {
      const event = this.#event(decodeMessage(bytes));
      if (event !== undefined) events.push(event);
    }
    return events;
  }

  /** PIPELINE_HOST_RESPONSE (stream `pr`) that says that nobody can answer. */
  refuseHostCall(call: HostCall, message: string, maxBytes: number): readonly Uint8Array[] {
    const data = hostCallRefused(call.callId, call.method, message);
    return this.#pool.encode(MESSAGE_TYPE.pipelineHostResponse, this.id, data, maxBytes);
  }

  #event(message: PsrpMessage): PipelineEvent | undefined {
    if (message.pipelineId !== this.id && message.pipelineId !== EMPTY_GUID) {
      throw psrpError('a message of another pipeline came in');
    }
    const stream = STREAMS.get(message.type);
    if (stream !== undefined) {
      if (this.isOver) throw psrpError('a pipeline that has ended sent more data');
      // $null travels as a message without data.
      return { kind: stream, value: message.data === '' ? null : decodeClixml(message.data) };
    }
    if (message.type === MESSAGE_TYPE.pipelineHostCall) return readHostCall(message.data);
    if (message.type !== MESSAGE_TYPE.pipelineState) return undefined;
    const body = decodeClixml(message.data);
    const number = numberOf(propertyOf(body, 'PipelineState'));
    if (number === undefined) throw psrpError('PIPELINE_STATE without a state');
    this.#state = PIPELINE_STATES[number] ?? this.#state;
    return { kind: 'state', state: this.#state, error: propertyOf(body, 'ExceptionAsErrorRecord') ?? null };
  }
}

function readHostCall(data: string): HostCall {
  const body = decodeClixml(data);
  const method = propertyOf(body, 'mi') ?? null;
  const methodId = numberOf(method) ?? 0;
  return {
    kind: 'hostCall',
    callId: numberOf(propertyOf(body, 'ci')) ?? 0,
    methodId,
    method,
    parameters: propertyOf(body, 'mp') ?? null,
    wantsAnswer: !VOID_METHODS.has(methodId),
  };
}
