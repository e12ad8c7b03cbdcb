/**
 * PSRP over the standard streams of a PowerShell in server mode, wherever it runs: behind SSH, or a child process. Keeps
 * to one packet under way for the pool and for each pipeline, as the server processes each on a thread of its own. Must
 * not know how the program was started, nor what the fragments mean.
 */
import { FirebreakError } from '../../domain/index.ts';
import {
  encodePacket,
  LineReader,
  type OutOfProcessLine,
  type OutOfProcessPacket,
  type OutOfProcessSignal,
} from '../../protocol/index.ts';
import { fromProtocolError, Mutex, type Outgoing, type PsrpChannel, sessionClosed } from '../psrp/index.ts';
import { Inbox } from './inbox.ts';
import type { ServerProgram } from './server-program.ts';

export interface OutOfProcessOptions {
  /** Host and endpoint for messages. */
  readonly label: string;
  /** Starts the program. @throws FirebreakError, or the signal's reason */
  start(signal: AbortSignal): Promise<ServerProgram>;
}

/** Bytes of fragments in one packet; each waits for its ack, so larger ones are faster. */
const MAX_PAYLOAD_BYTES = 128 * 1024;
/** Bytes that nobody has fetched yet, before we let the server wait. */
const MAX_HELD_BYTES = 8 * 1024 * 1024;
/** Milliseconds for the pool to close before the program is ended. */
const CLOSE_TIMEOUT_MS = 5_000;
/** Characters of foreign output that are kept for an error message. */
const MAX_NOISE = 500;

const POOL = '';

interface Awaited {
  resolve(): void;
  reject(error: unknown): void;
}

export class OutOfProcessChannel implements PsrpChannel {
  readonly label: string;
  readonly maxPayloadBytes = MAX_PAYLOAD_BYTES;
  readonly isPushing = true;
  readonly #options: OutOfProcessOptions;
  readonly #reader = new LineReader();
  readonly #inboxes = new Map<string, Inbox>([[POOL, new Inbox()]]);
  readonly #turns = new Map<string, Mutex>([[POOL, new Mutex()]]);
  readonly #awaited = new Map<string, Awaited>();
  #program: ServerProgram | undefined;
  #end: unknown;
  #noise = '';
  #hasSpoken = false;
  #isClosing = false;

  constructor(options: OutOfProcessOptions) {
    this.label = options.label;
    this.#options = options;
  }

  get clientAddress(): string | undefined {
    return this.#program?.clientAddress;
  }

  async open(_poolId: string, data: Uint8Array, signal: AbortSignal): Promise<void> {
    const program = await this.#options.start(signal);
    this.#program = program;
    if (this.#end !== undefined) program.destroy();
    program.output.on('data', (bytes: Uint8Array) => this.#onBytes(bytes));
    program.errors?.on('data', (bytes: Uint8Array) => this.#addNoise(Buffer.from(bytes).toString('utf8')));
    // the streams' own errors are told by `ended`
    for (const stream of [program.input, program.output, program.errors]) stream?.on('error', () => undefined);
    void program.ended.then((why) => this.#fail(this.#endOf(why)));
    await this.#exchange({ kind: 'Data', id: null, stream: 'Default', data }, 'DataAck', signal);
  }

  negotiated(): void {
    // the framing is the same for every version
  }

  async start(pipelineId: string, data: Uint8Array, signal: AbortSignal): Promise<void> {
    this.#inboxes.set(pipelineId, new Inbox());
    this.#turns.set(pipelineId, new Mutex());
    await this.#exchange({ kind: 'Command', id: pipelineId }, 'CommandAck', signal);
    await this.#exchange({ kind: 'Data', id: pipelineId, stream: 'Default', data }, 'DataAck', signal);
  }

  async send({ stream, pipelineId, data }: Outgoing, signal: AbortSignal): Promise<void> {
    const name = stream === 'pr' ? 'PromptResponse' : 'Default';
    await this.#exchange({ kind: 'Data', id: pipelineId ?? null, stream: name, data }, 'DataAck', signal);
  }

  async receive(
    pipelineId: string | undefined,
    take: (data: Uint8Array) => void,
    signal: AbortSignal,
  ): Promise<boolean> {
    const inbox = this.#inboxes.get(pipelineId ?? POOL);
    if (inbox === undefined) return true;
    const onAbort = (): void => inbox.nudge();
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      if (!signal.aborted && this.#end === undefined) await inbox.wait();
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
    const chunks = inbox.takeAll();
    this.#letFlow();
    // what came before the end is still good
    if (chunks.length === 0) {
      if (signal.aborted) throw signal.reason;
      if (this.#end !== undefined) throw this.#end;
    }
    for (const data of chunks) take(data);
    return false;
  }

  async stop(pipelineId: string, signal: AbortSignal): Promise<void> {
    // past the turn of the pipeline's data: input that the script does not read is never acknowledged
    await this.#ask({ kind: 'Signal', id: pipelineId }, 'SignalAck', signal);
  }

  async release(pipelineId: string): Promise<void> {
    this.#inboxes.delete(pipelineId);
    this.#turns.delete(pipelineId);
    await this.#ask({ kind: 'Close', id: pipelineId }, 'CloseAck', new AbortController().signal);
  }

  async close(): Promise<void> {
    const program = this.#program;
    if (program === undefined || this.#end !== undefined) {
      this.destroy();
      return;
    }
    // a pool does not close before its pipelines have; that they were stopped for it is no answer to their callers
    this.#isClosing = true;
    for (const id of this.#turns.keys()) {
      if (id === POOL) continue;
      for (const kind of ['Signal', 'Close'] as const) program.input.write(encodePacket({ kind, id }));
    }
    const timeout = AbortSignal.timeout(CLOSE_TIMEOUT_MS);
    await this.#ask({ kind: 'Close', id: null }, 'CloseAck', timeout).catch(() => undefined);
    this.#fail(sessionClosed(this.label));
    await program.close().catch(() => undefined);
    program.destroy();
  }

  destroy(): void {
    this.#fail(sessionClosed(this.label));
    this.#program?.destroy();
  }

  /** In turn with the other packets of that pool or pipeline. */
  async #exchange(packet: OutOfProcessPacket, answer: OutOfProcessSignal, signal: AbortSignal): Promise<void> {
    const turn = this.#turns.get(packet.id ?? POOL);
    const release = turn === undefined ? undefined : await turn.acquire(signal);
    try {
      await this.#ask(packet, answer, signal);
    } finally {
      release?.();
    }
  }

  #ask(packet: OutOfProcessPacket, answer: OutOfProcessSignal, signal: AbortSignal): Promise<void> {
    const program = this.#program;
    if (this.#end !== undefined) return Promise.reject(this.#end);
    if (program === undefined) return Promise.reject(sessionClosed(this.label));
    if (signal.aborted) return Promise.reject(signal.reason);
    const key = keyOf(answer, packet.id);
    return new Promise((resolve, reject) => {
      const onAbort = (): void => settle(() => reject(signal.reason));
      const settle = (how: () => void): void => {
        signal.removeEventListener('abort', onAbort);
        this.#awaited.delete(key);
        how();
      };
      signal.addEventListener('abort', onAbort, { once: true });
      this.#awaited.set(key, { resolve: () => settle(resolve), reject: (error) => settle(() => reject(error)) });
      program.input.write(encodePacket(packet));
      this.#letFlow();
    });
  }

  #onBytes(bytes: Uint8Array): void {
    if (this.#end !== undefined) return;
    try {
      for (const line of this.#reader.push(bytes)) this.#onLine(line);
    } catch (error) {
      this.#fail(this.#asError(error));
      this.#program?.destroy();
    }
    this.#letFlow();
  }

  #onLine(line: OutOfProcessLine): void {
    if (line.kind !== 'packet') {
      this.#addNoise(line.text);
      return;
    }
    this.#hasSpoken = true;
    const { packet } = line;
    if (packet.kind === 'Data') {
      if (!this.#isClosing) this.#inboxes.get(packet.id ?? POOL)?.put(packet.data);
    }
    // an answer that nobody waits for any more is no error: its caller has given up
    else this.#awaited.get(keyOf(packet.kind, packet.id))?.resolve();
  }

  /** Acks share the stream with data: it must flow while we wait for one, and while nobody has too much to fetch. */
  #letFlow(): void {
    const output = this.#program?.output;
    if (output === undefined) return;
    let held = 0;
    for (const inbox of this.#inboxes.values()) held += inbox.bytes;
    if (held > MAX_HELD_BYTES && this.#awaited.size === 0) output.pause();
    else if (output.isPaused()) output.resume();
  }

  #fail(error: unknown): void {
    if (this.#end !== undefined) return;
    this.#end = error;
    for (const awaited of [...this.#awaited.values()]) awaited.reject(error);
    for (const inbox of this.#inboxes.values()) inbox.nudge();
  }

  #addNoise(text: string): void {
    const printable = text.replace(/[^\P{C}\s]|\ufffd/gu, '?');
    this.#noise = `${this.#noise} ${printable}`.replace(/\s+/g, ' ').trim().slice(-MAX_NOISE);
  }

  #said(): string {
    return this.#noise === '' ? '' : `; it said: ${this.#noise}`;
  }

  #asError(error: unknown): unknown {
    const failure = fromProtocolError(this.label, error);
    if (this.#hasSpoken || !(failure instanceof FirebreakError)) return failure;
    return this.#notPowerShell(`its answer is not PowerShell's${this.#said()}`, error);
  }

  #endOf(why: FirebreakError): FirebreakError {
    if (this.#hasSpoken || why.code !== 'FB_SESSION_CLOSED') {
      if (this.#noise === '') return why;
      return new FirebreakError(why.code, `${why.message}${this.#said()}`, { remedy: why.remedy, cause: why });
    }
    return this.#notPowerShell(`${why.message.replace(`${this.label}: `, '')}${this.#said()}`, why);
  }

  #notPowerShell(what: string, cause: unknown): FirebreakError {
    return new FirebreakError('FB_PROTOCOL_PSRP', `${this.label}: PowerShell does not answer: ${what}`, {
      remedy:
        'log on by hand and start the same program; a login script must not print anything, and the name (shell:) must be right',
      cause,
    });
  }
}

function keyOf(kind: OutOfProcessSignal, id: string | null): string {
  return `${kind} ${id ?? POOL}`;
}
