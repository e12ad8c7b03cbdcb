/**
 * Runs pipelines over one runspace pool, whatever carries the fragments: one at a time, each with its deadline, stopped
 * on the host when its caller gives up. Nothing is ever sent again from here. Must not know how bytes travel, nor modules
 * or results.
 *
 * A pipeline costs two steps before its result: start, receive. Its release on the host is not waited for.
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
  textOf,
} from '../../protocol/index.ts';
import type { PsrpChannel } from './channel.ts';
import { Deadline } from './deadline.ts';
import { fromProtocolError, poolNotOpened, sessionClosed } from './failures.ts';
import { Mutex, waitFor } from './mutex.ts';

/** Milliseconds that a stopped pipeline gets to end before the session is given up. */
const STOP_GRACE_MS = 10_000;
/** Milliseconds that closing waits for releases under way. */
const CLOSE_TIMEOUT_MS = 5_000;
/** Bytes of fragments that one pipeline may send us. */
const MAX_PIPELINE_BYTES = 512 * 1024 * 1024;
/** Finished pipelines whose release is not answered yet, before the next one waits for it. */
const MAX_UNRELEASED = 2;

const NOT_INTERACTIVE = 'Firebreak runs without a user at the keyboard: the script must not ask for input';

export class PsrpRunner implements PipelineRunner {
  readonly #channel: PsrpChannel;
  readonly #pool = new RunspacePoolClient({ poolId: randomUUID() });
  readonly #mutex = new Mutex();
  readonly #releases = new Set<Promise<void>>();
  #shell: Session['shell'] = { version: '', edition: 'Desktop' };
  #state: 'new' | 'open' | 'closed' = 'new';
  #brokenBy: unknown;

  constructor(channel: PsrpChannel) {
    this.#channel = channel;
  }

  get label(): string {
    return this.#channel.label;
  }

  get shell(): Session['shell'] {
    return this.#shell;
  }

  get clientAddress(): string | undefined {
    return this.#channel.clientAddress;
  }

  get maxCommandBytes(): number {
    return this.#channel.maxPayloadBytes;
  }

  /**
   * Opens the carrier and the pool.
   * @throws FirebreakError FB_CONNECT_*, FB_AUTH_*, FB_PROTOCOL_*, FB_SESSION_QUOTA, FB_DEADLINE, FB_CANCELLED
   */
  async open(options: { readonly signal: AbortSignal; readonly timeoutMs: number }): Promise<void> {
    const deadline = new Deadline(this.label, 'opening the session', options);
    const { signal } = deadline;
    try {
      await this.#channel.open(this.#pool.id, this.#pool.openData(), signal);
      this.#state = 'open';
      while (this.#pool.state === 'opening') {
        const isDone = await this.#channel.receive(undefined, (data) => this.#takePoolData(data), signal);
        if (isDone && this.#pool.state === 'opening') throw poolNotOpened(this.label, 'it ended without a word');
      }
      if (this.#pool.state !== 'opened') throw poolNotOpened(this.label, `the runspace pool is ${this.#pool.state}`);
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
      const result = this.#pump(spec, options.onEvent, deadline.signal);
      // the next pipeline starts only when this one is over on the host, whenever its caller stopped waiting
      void result.then(release, release);
      return await waitFor(result, deadline.signal);
    } finally {
      deadline.dispose();
    }
  }

  /** Frees the pool on the host, if that is quick; the carrier is gone afterwards in any case. */
  async close(): Promise<void> {
    if (this.#state === 'closed') return;
    const wasOpen = this.#state === 'open' && this.#brokenBy === undefined;
    this.#state = 'closed';
    if (!wasOpen) {
      this.#channel.destroy();
      return;
    }
    await Promise.race([Promise.allSettled(this.#releases), sleep(CLOSE_TIMEOUT_MS)]);
    await this.#channel.close();
  }

  async #pump(spec: PipelineSpec, onEvent: (event: PipelineEvent) => void, signal: AbortSignal): Promise<PipelineEnd> {
    this.#assertUsable();
    while (this.#releases.size >= MAX_UNRELEASED) await Promise.race(this.#releases);
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
      this.#release(pipeline);
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
    const [first = new Uint8Array(0), ...others] = pipeline.start(this.#channel.maxPayloadBytes);
    await this.#channel.start(pipeline.id, first, signal);
    for (const data of others) await this.#channel.send({ stream: 'stdin', pipelineId: pipeline.id, data }, signal);
  }

  async #drain(
    pipeline: PipelineClient,
    deliver: (event: PipelineEvent) => void,
    signal: AbortSignal,
  ): Promise<PipelineEnd> {
    let error: PsValue = null;
    let received = 0;
    const unanswered: (PipelineEvent & { kind: 'hostCall' })[] = [];
    const take = (data: Uint8Array): void => {
      received += data.length;
      if (received > MAX_PIPELINE_BYTES) throw this.#tooMuch();
      for (const event of pipeline.receive(data)) {
        if (event.kind === 'state') error = event.error;
        else if (event.kind === 'hostCall' && event.wantsAnswer) unanswered.push(event);
        else deliver(event);
      }
    };
    while (!pipeline.isOver) {
      const isDone = await this.#channel.receive(pipeline.id, take, signal);
      if (isDone && !pipeline.isOver) {
        throw new FirebreakError('FB_PROTOCOL_PSRP', `${this.label}: the host ended a pipeline without saying how`);
      }
      for (const call of unanswered.splice(0)) {
        for (const data of pipeline.refuseHostCall(call, NOT_INTERACTIVE, this.#channel.maxPayloadBytes)) {
          await this.#channel.send({ stream: 'pr', pipelineId: pipeline.id, data }, signal);
        }
      }
    }
    const state = pipeline.state === 'completed' || pipeline.state === 'failed' ? pipeline.state : 'stopped';
    return { state, error };
  }

  /** Stops the pipeline on the host in the background; the pump goes on until the host says that it is over. */
  #stop(pipeline: PipelineClient, started: Promise<unknown>, teardown: AbortController): void {
    const giveUp = setTimeout(() => teardown.abort(sessionClosed(this.label)), STOP_GRACE_MS);
    teardown.signal.addEventListener('abort', () => clearTimeout(giveUp), { once: true });
    started
      .then(() => this.#channel.stop(pipeline.id, teardown.signal))
      .catch((error: unknown) => teardown.abort(error));
  }

  /** Frees the finished pipeline on the host, else its quota of commands would fill up. */
  #release(pipeline: PipelineClient): void {
    const released = this.#channel
      .release(pipeline.id)
      .catch(() => undefined)
      .finally(() => this.#releases.delete(released));
    this.#releases.add(released);
  }

  #takePoolData(data: Uint8Array): void {
    for (const event of this.#pool.receive(data)) this.#onPoolEvent(event);
  }

  #onPoolEvent(event: PoolEvent): void {
    if (event.kind === 'capability') this.#channel.negotiated(event.protocolVersion);
    if (event.kind === 'applicationPrivateData') {
      const table = entryOf(event.data, 'PSVersionTable');
      const version = textOf(entryOf(table, 'PSVersion')) ?? '';
      // hosts before 5.1 do not tell their edition
      const edition = Number.parseInt(version, 10) >= 6 ? 'Core' : 'Desktop';
      this.#shell = { version, edition: textOf(entryOf(table, 'PSEdition')) ?? edition };
    }
    if (event.kind === 'state' && (event.state === 'broken' || event.state === 'closed')) {
      const why = event.error === null ? `it is ${event.state}` : readErrorRecord(event.error).message;
      throw poolNotOpened(this.label, why);
    }
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
    // the carrier may still reach the host to free the pool
    void this.#channel.close();
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
