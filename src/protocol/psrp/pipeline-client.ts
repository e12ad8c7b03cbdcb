/**
 * The client half of one pipeline (MS-PSRP 3.1) as a state machine. Must not know WS-Man, sockets or time.
 *
 * not-started ─start()→ running ─PIPELINE_STATE→ completed | failed | stopped
 */
import { decodeClixml, numberOf, type PsValue, propertyOf } from '../clixml/index.ts';
import { Defragmenter, FRAGMENT_HEADER_BYTES, psrpError } from './fragments.ts';
import { type HostCall, readHostCall } from './host-call.ts';
import { decodeMessage, EMPTY_GUID, MESSAGE_TYPE, type PsrpMessage } from './messages.ts';
import { createPipeline, hostCallAnswered, hostCallRefused, type PipelineSpec } from './outgoing.ts';
import type { RunspacePoolClient } from './pool-client.ts';

export type PipelineState = 'not-started' | 'running' | 'completed' | 'failed' | 'stopped';

export type PipelineEvent =
  | {
      readonly kind: 'output' | 'error' | 'warning' | 'verbose' | 'debug' | 'information' | 'progress';
      readonly value: PsValue;
    }
  | { readonly kind: 'state'; readonly state: PipelineState; readonly error: PsValue }
  | HostCall;

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

export class PipelineClient {
  readonly id: string;
  readonly #pool: RunspacePoolClient;
  /** Let go when it was sent: it may be large. */
  #spec: PipelineSpec | undefined;
  readonly #defragmenter: Defragmenter;
  #state: PipelineState = 'not-started';

  /** Made by RunspacePoolClient.createPipeline and attachPipeline (without a spec). */
  constructor(pool: RunspacePoolClient, pipelineId: string, spec: PipelineSpec | undefined) {
    this.#pool = pool;
    this.id = pipelineId.toLowerCase();
    this.#spec = spec;
    this.#defragmenter = new Defragmenter({ skipToStart: spec === undefined });
    if (spec === undefined) this.#state = 'running';
  }

  get state(): PipelineState {
    return this.#state;
  }

  get isOver(): boolean {
    return this.#state === 'completed' || this.#state === 'failed' || this.#state === 'stopped';
  }

  /**
   * CREATE_PIPELINE in pieces of at most `maxBytes`: the first starts the pipeline, the others follow in order.
   * @throws EncryptionNeeded when a parameter is a secure string and there is no session key; may be called again then
   */
  start(maxBytes: number): readonly Uint8Array[] {
    if (this.#spec === undefined) throw psrpError('the pipeline has been started');
    const value = createPipeline(this.#spec, this.#pool);
    const pieces = this.#encode(MESSAGE_TYPE.createPipeline, value, maxBytes);
    this.#spec = undefined;
    this.#state = 'running';
    return pieces;
  }

  /** PIPELINE_INPUT with one object. @throws EncryptionNeeded */
  input(value: PsValue, maxBytes: number): readonly Uint8Array[] {
    // $null travels as a message without data, in this direction too: a server loses the rest of the packet after <Nil/>
    return this.#encode(MESSAGE_TYPE.pipelineInput, value === null ? undefined : value, maxBytes);
  }

  endOfInput(): readonly Uint8Array[] {
    return this.#encode(MESSAGE_TYPE.endOfPipelineInput, undefined, Number.MAX_SAFE_INTEGER);
  }

  /** Takes bytes of this pipeline's stream. @throws ProtocolError FB_PROTOCOL_PSRP, FB_PROTOCOL_CLIXML */
  receive(data: Uint8Array): readonly PipelineEvent[] {
    const events: PipelineEvent[] = [];
    for (const bytes of this.#defragmenter.push(data)) {
      const event = this.#event(decodeMessage(bytes));
      if (event !== undefined) events.push(event);
    }
    // what is missing now will never come, and an answer without it would be a wrong one
    if (this.#state === 'completed' && !this.#defragmenter.isIdle) {
      throw psrpError('the pipeline ended in the middle of a message');
    }
    return events;
  }

  /** PIPELINE_HOST_RESPONSE (stream `pr`). @throws EncryptionNeeded */
  answerHostCall(call: HostCall, value: PsValue, maxBytes: number): readonly Uint8Array[] {
    return this.#encode(MESSAGE_TYPE.pipelineHostResponse, hostCallAnswered(call, value), maxBytes);
  }

  /** PIPELINE_HOST_RESPONSE that says that nobody can answer: an error where the script asked. */
  refuseHostCall(call: HostCall, message: string, maxBytes: number): readonly Uint8Array[] {
    return this.#encode(MESSAGE_TYPE.pipelineHostResponse, hostCallRefused(call, message), maxBytes);
  }

  #encode(type: number, value: PsValue | undefined, maxBytes: number): readonly Uint8Array[] {
    return this.#pool.encode(type, this.id, value, Math.max(maxBytes, FRAGMENT_HEADER_BYTES + 1));
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
