/**
 * One PowerShell shell on a WinRM service: a runspace pool and its pipelines pumped through WS-Man. Nothing but Receive
 * is ever sent again, and that only after the service said that there is nothing yet. Must not know modules or results.
 *
 * A pipeline costs two round trips before its result: Command, Receive. The Signal that frees it on the host follows
 * without being waited for.
 */
import { randomUUID } from 'node:crypto';
import { FirebreakError, type Session } from '../../domain/index.ts';
import type { PipelineEnd, PipelineRunner, RunOptions } from '../../powershell/index.ts';
import {
  entryOf,
  type PipelineClient,
  type PipelineEvent,
  type PipelineSpec,
  type PoolEvent,
  type PsValue,
  RunspacePoolClient,
  readErrorRecord,
  SIGNAL,
  textOf,
  WsmanClient,
} from '../../protocol/index.ts';
import type { ConnectionOptions } from './connection.ts';
import { Deadline } from './deadline.ts';
import { fromProtocolError, sessionClosed } from './failures.ts';
import { Mutex, waitFor } from './mutex.ts';
import { WsmanChannel } from './wsman-channel.ts';

/** Milliseconds for Create, Command, Send, Signal, Delete to be answered. */
const ANSWER_TIMEOUT_MS = 60_000;
/** Milliseconds that a Receive may take beyond its OperationTimeout: then the connection is dead. */
const RECEIVE_SLACK_MS = 15_000;
/** Milliseconds that a stopped pipeline gets to end before the session is given up. */
const STOP_GRACE_MS = 10_000;
/** Milliseconds for Delete when closing. */
const CLOSE_TIMEOUT_MS = 5_000;
/** Bytes of fragments that one pipeline may send us. */
const MAX_PIPELINE_BYTES = 512 * 1024 * 1024;
/** Finished pipelines whose Signal is not answered yet, before the next Command waits for it. */
const MAX_UNSIGNALLED = 2;

const NOT_INTERACTIVE = 'Firebreak runs without a user at the keyboard: the script must not ask for input';

export class WinrmShell implements PipelineRunner {
  readonly label: string;
  readonly #wsman: WsmanClient;
  readonly #channel: WsmanChannel;
  readonly #pool = new RunspacePoolClient({ poolId: randomUUID() });
  readonly #mutex = new Mutex();
  readonly #signals = new Set<Promise<void>>();
  #shell: Session['shell'] = { version: '', edition: 'Desktop' };
  #clientAddress: string | undefined;
  #protocolVersion = '2.1';
  #maxPayloadBytes = 0;
  #state: 'new' | 'open' | 'closed' = 'new';
  #brokenBy: unknown;

  constructor(connection: ConnectionOptions) {
    this.label = connection.label;
    this.#wsman = new WsmanClient({ url: `${connection.origin}/wsman`, newGuid: randomUUID });
    this.#channel = new WsmanChannel(connection);
  }

  get shell(): Session['shell'] {
    return this.#shell;
  }

  get clientAddress(): string | undefined {
    return this.#clientAddress;
  }

  get maxCommandBytes(): number {
    return this.#maxPayloadBytes;
  }

  /** Create, then Receive until the pool is open. */
  async open(options: { readonly signal: AbortSignal; readonly timeoutMs: number }): Promise<void> {
    const deadline = new Deadline(this.label, 'opening the session', options);
    const { signal } = deadline;
    try {
      const request = this.#wsman.create(this.#pool.id, this.#pool.openData());
      const created = await this.#channel.exchange(request, { timeoutMs: ANSWER_TIMEOUT_MS, signal });
      if (created.kind === 'fault') throw this.#openFailed(created.reason);
      this.#wsman.created(created);
      this.#state = 'open';
      this.#clientAddress = created.clientIp;
      while (this.#pool.state === 'opening') {
        await this.#receive(undefined, signal, (data) => {
          for (const event of this.#pool.receive(data)) this.#onPoolEvent(event);
        });
      }
      if (this.#pool.state !== 'opened') throw this.#openFailed(`the runspace pool is ${this.#pool.state}`);
      if (this.#protocolVersion !== '2.1') this.#wsman.useLargeEnvelopes();
      this.#maxPayloadBytes = this.#wsman.maxPayloadBytes;
    } catch (error) {
      void this.close();
      throw fromProtocolError(this.label, error);
    } finally {
      deadline.dispose();
    }
  }

  async run(spec: PipelineSpec, options: RunOptions): Promise<PipelineEnd> {
    const deadline = new Deadline(this.label, 'the pipeline', options);
    try {
      this.#assertUsable();
      const release = await this.#mutex.acquire(deadline.signal);
      const run = this.#runNow(spec, options.onEvent, deadline.signal);
      // the next pipeline starts only when this one is over on the host, whenever its caller stopped waiting
      void run.settled.then(release);
      return await waitFor(run.result, deadline.signal);
    } finally {
      deadline.dispose();
    }
  }

  /** Deletes the shell, if that is quick; the connections are gone afterwards in any case. */
  async close(): Promise<void> {
    if (this.#state === 'closed') return;
    const wasOpen = this.#state === 'open' && this.#brokenBy === undefined;
    this.#state = 'closed';
    try {
      if (wasOpen) {
        await Promise.race([Promise.allSettled(this.#signals), sleep(CLOSE_TIMEOUT_MS)]);
        await this.#channel.exchange(this.#wsman.delete(), { timeoutMs: CLOSE_TIMEOUT_MS });
      }
    } catch {
      // the host frees the shell itself when its idle time is over
    } finally {
      this.#channel.destroy();
    }
  }

  #runNow(
    spec: PipelineSpec,
    onEvent: (event: PipelineEvent) => void,
    signal: AbortSignal,
  ): { readonly result: Promise<PipelineEnd>; readonly settled: Promise<void> } {
    const result = this.#pump(spec, onEvent, signal);
    const settled = result.then(
      () => undefined,
      () => undefined,
    );
    return { result, settled };
  }

  async #pump(spec: PipelineSpec, onEvent: (event: PipelineEvent) => void, signal: AbortSignal): Promise<PipelineEnd> {
    this.#assertUsable();
    while (this.#signals.size >= MAX_UNSIGNALLED) await Promise.race(this.#signals);
    if (signal.aborted) throw signal.reason;
    const pipeline = this.#pool.createPipeline(randomUUID(), spec);
    const teardown = new AbortController();
    const stop = (): void => this.#stop(pipeline, started, teardown);
    let started: Promise<unknown> = Promise.resolve();
    let thrown: { readonly error: unknown } | undefined;
    const deliver = (event: PipelineEvent): void => {
      if (signal.aborted || thrown !== undefined) return;
      try {
        onEvent(event);
      } catch (error) {
        thrown = { error };
        stop();
      }
    };
    try {
      started = this.#start(pipeline, teardown.signal);
      signal.addEventListener('abort', stop, { once: true });
      await started;
      const end = await this.#drain(pipeline, deliver, teardown.signal);
      this.#tidy(pipeline);
      if (thrown !== undefined) throw thrown.error;
      return end;
    } catch (error) {
      if (thrown !== undefined && pipeline.isOver) throw thrown.error;
      if (this.#isClosed()) throw sessionClosed(this.label, error);
      const failure = fromProtocolError(this.label, error);
      this.#break(failure);
      throw failure;
    } finally {
      signal.removeEventListener('abort', stop);
      teardown.abort();
    }
  }

  async #start(pipeline: PipelineClient, signal: AbortSignal): Promise<void> {
    const [first = new Uint8Array(0), ...others] = pipeline.start(this.#maxPayloadBytes);
    const options = { timeoutMs: ANSWER_TIMEOUT_MS, signal };
    this.#refuseFault(await this.#channel.exchange(this.#wsman.command(pipeline.id, first), options));
    for (const data of others) await this.#send('stdin', pipeline.id, data, signal);
  }

  async #send(name: 'stdin' | 'pr', commandId: string, data: Uint8Array, signal: AbortSignal): Promise<void> {
    const options = { timeoutMs: ANSWER_TIMEOUT_MS, signal };
    this.#refuseFault(await this.#channel.exchange(this.#wsman.send({ name, commandId, data }), options));
  }

  async #drain(
    pipeline: PipelineClient,
    deliver: (event: PipelineEvent) => void,
    signal: AbortSignal,
  ): Promise<PipelineEnd> {
    let error: PsValue = null;
    let received = 0;
    while (!pipeline.isOver) {
      const unanswered: (PipelineEvent & { kind: 'hostCall' })[] = [];
      const isDone = await this.#receive(pipeline.id, signal, (data) => {
        received += data.length;
        if (received > MAX_PIPELINE_BYTES) throw this.#tooMuch();
        for (const event of pipeline.receive(data)) {
          if (event.kind === 'state') error = event.error;
          else if (event.kind === 'hostCall' && event.wantsAnswer) unanswered.push(event);
          else deliver(event);
        }
      });
      if (isDone && !pipeline.isOver) {
        throw new FirebreakError('FB_PROTOCOL_PSRP', `${this.label}: the host ended a pipeline without saying how`);
      }
      for (const call of unanswered) {
        for (const data of pipeline.refuseHostCall(call, NOT_INTERACTIVE, this.#maxPayloadBytes)) {
          await this.#send('pr', pipeline.id, data, signal);
        }
      }
    }
    const state = pipeline.state === 'completed' || pipeline.state === 'failed' ? pipeline.state : 'stopped';
    return { state, error };
  }

  /** One Receive; true when the command is done as the service sees it. */
  async #receive(
    commandId: string | undefined,
    signal: AbortSignal,
    take: (data: Uint8Array) => void,
  ): Promise<boolean> {
    const timeoutMs = this.#wsman.operationTimeoutMs + RECEIVE_SLACK_MS;
    const answer = await this.#channel.exchange(this.#wsman.receive(commandId), { timeoutMs, signal });
    if (answer.kind === 'fault') return false;
    for (const stream of answer.streams) {
      if (stream.name === 'stdout') take(stream.data);
    }
    return answer.isDone;
  }

  /** Stops the pipeline on the host in the background; the pump goes on until the host says that it is over. */
  #stop(pipeline: PipelineClient, started: Promise<unknown>, teardown: AbortController): void {
    const giveUp = setTimeout(() => teardown.abort(sessionClosed(this.label)), STOP_GRACE_MS);
    teardown.signal.addEventListener('abort', () => clearTimeout(giveUp), { once: true });
    const request = this.#wsman.signal(pipeline.id, SIGNAL.powershellCtrlC);
    started
      .then(() => this.#channel.exchange(request, { timeoutMs: STOP_GRACE_MS, signal: teardown.signal }))
      .catch((error: unknown) => teardown.abort(error));
  }

  /** Frees the finished pipeline on the host, else its quota of commands would fill up. */
  #tidy(pipeline: PipelineClient): void {
    const request = this.#wsman.signal(pipeline.id, SIGNAL.terminate);
    const signalled = this.#channel
      .exchange(request, { timeoutMs: ANSWER_TIMEOUT_MS })
      .then(
        () => undefined,
        () => undefined,
      )
      .finally(() => this.#signals.delete(signalled));
    this.#signals.add(signalled);
  }

  #onPoolEvent(event: PoolEvent): void {
    if (event.kind === 'capability') this.#protocolVersion = event.protocolVersion;
    if (event.kind === 'applicationPrivateData') {
      const table = entryOf(event.data, 'PSVersionTable');
      const version = textOf(entryOf(table, 'PSVersion')) ?? '';
      // hosts before 5.1 do not tell their edition
      const edition = Number.parseInt(version, 10) >= 6 ? 'Core' : 'Desktop';
      this.#shell = { version, edition: textOf(entryOf(table, 'PSEdition')) ?? edition };
    }
    if (event.kind === 'state' && (event.state === 'broken' || event.state === 'closed')) {
      const why = event.error === null ? `it is ${event.state}` : readErrorRecord(event.error).message;
      throw this.#openFailed(why);
    }
  }

  #refuseFault(answer: { readonly kind: string; readonly reason?: string }): void {
    if (answer.kind !== 'fault') return;
    const message = `${this.label}: the host did not take the command in time (${answer.reason ?? ''})`;
    throw new FirebreakError('FB_CONNECT_LOST', message, { remedy: 'the host is overloaded: try again later' });
  }

  #openFailed(why: string): FirebreakError {
    return new FirebreakError('FB_PROTOCOL_PSRP', `${this.label}: the host did not open a PowerShell session: ${why}`, {
      remedy: 'on the host: Enable-PSRemoting -Force; see the log Microsoft-Windows-PowerShell/Operational',
    });
  }

  #tooMuch(): FirebreakError {
    const megabytes = MAX_PIPELINE_BYTES / 1024 / 1024;
    return new FirebreakError('FB_PROTOCOL_PSRP', `${this.label}: a pipeline gave more than ${megabytes} MiB`, {
      remedy: 'let the script give less output, or write it to a file on the host',
    });
  }

  /** The state of the streams is unknown: this session is of no more use. */
  #break(error: unknown): void {
    if (this.#brokenBy !== undefined || this.#state === 'closed') return;
    this.#brokenBy = error;
    // a fresh connection may still reach the host to free the shell
    void this.#channel
      .exchange(this.#wsman.delete(), { timeoutMs: CLOSE_TIMEOUT_MS })
      .catch(() => undefined)
      .finally(() => this.#channel.destroy());
  }

  /** A method, because the state changes while a pipeline waits. */
  #isClosed(): boolean {
    return this.#state === 'closed';
  }

  #assertUsable(): void {
    if (this.#state !== 'open' || this.#brokenBy !== undefined) throw sessionClosed(this.label, this.#brokenBy);
  }
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}
