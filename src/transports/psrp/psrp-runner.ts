/**
 * Runs pipelines over one runspace pool, whatever carries the fragments: one at a time, each with its deadline. Nothing is
 * ever sent again from here. Must not know how bytes travel, nor modules or results.
 *
 * A pipeline costs two steps before its result: start, receive. Its release on the host is not waited for.
 */
import { randomUUID } from 'node:crypto';
import { FirebreakError, type JsonObject, type Prompter, type Session } from '../../domain/index.ts';
import type { AttachedRunner, PipelineEnd, PipelineRunner, RunOptions } from '../../powershell/index.ts';
import type { PipelineClient, PipelineSpec } from '../../protocol/index.ts';
import type { PsrpChannel } from './channel.ts';
import { Deadline } from './deadline.ts';
import { cancelled, fromProtocolError, sessionClosed } from './failures.ts';
import { Mutex, waitFor } from './mutex.ts';
import { NotThere, PipelineRun } from './pipeline-run.ts';
import { PoolSession } from './pool-session.ts';

/** Milliseconds that closing waits for releases under way. */
const CLOSE_TIMEOUT_MS = 5_000;
/** Finished pipelines whose release is not answered yet, before the next one waits for it. */
const MAX_UNRELEASED = 2;
/** A call that has less time than this is better tried again by its caller than waited for while the host is away. */
const PATIENT_FROM_MS = 120_000;
/** Milliseconds for which a host that is away in mid-pipeline is waited for: as long as PowerShell itself does. */
const MAX_PATIENCE_MS = 240_000;

export interface PsrpRunnerOptions {
  /** Answers what scripts ask; without one they get an error. */
  readonly prompter?: Prompter | undefined;
  /** The pool to connect to; a new one when absent. */
  readonly poolId?: string;
}

interface Waiting {
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
}

/** A pipeline and how it comes to be: started by us, or joined. */
interface Prepared {
  readonly pipeline: PipelineClient;
  /** Another process can find it: a host that cannot be reached is waited for, and `detach` leaves it running. */
  readonly isKept: boolean;
  readonly isJoined?: boolean;
  readonly begin: (signal: AbortSignal) => Promise<void>;
}

export class PsrpRunner implements PipelineRunner {
  readonly #channel: PsrpChannel;
  readonly #prompter: Prompter | undefined;
  readonly #link: PoolSession;
  readonly #mutex = new Mutex();
  readonly #releases = new Set<Promise<void>>();
  #state: 'new' | 'open' | 'closed' = 'new';
  #brokenBy: unknown;
  #leaving: Promise<void> | undefined;
  /** Under way since the pool was given up. */
  #freeing: Promise<void> | undefined;

  constructor(channel: PsrpChannel, options: PsrpRunnerOptions = {}) {
    this.#channel = channel;
    this.#prompter = options.prompter;
    this.#link = new PoolSession(options.poolId ?? randomUUID(), channel, (error) => this.#break(error));
  }

  get label(): string {
    return this.#channel.label;
  }

  get shell(): Session['shell'] {
    return this.#link.shell;
  }

  get clientAddress(): string | undefined {
    return this.#channel.clientAddress;
  }

  get maxCommandBytes(): number {
    return this.#channel.maxPayloadBytes;
  }

  /**
   * Opens the carrier and a new pool.
   * @throws FirebreakError FB_CONNECT_*, FB_AUTH_*, FB_PROTOCOL_*, FB_SESSION_QUOTA, FB_DEADLINE, FB_CANCELLED
   */
  open(options: Waiting): Promise<void> {
    return this.#establish(options, (signal) => this.#link.open(signal));
  }

  /** True when the carrier and the host let another process find a pipeline again. */
  get canAttach(): boolean {
    return this.#channel.receipt?.(randomUUID()) !== undefined;
  }

  run(spec: PipelineSpec, options: RunOptions): Promise<PipelineEnd> {
    return this.#queue(options, async (signal) => {
      const pipelineId = randomUUID();
      // hosts before PowerShell 5 have Write-Host as a host call only
      const hasHost = this.#prompter !== undefined || !this.#link.pool.speaks(3);
      const noInput = options.input === undefined;
      const pipeline = this.#link.pool.createPipeline(pipelineId, { ...spec, noInput, hasHost });
      const pieces = await this.#link.encrypted(() => pipeline.start(this.#channel.maxPayloadBytes), signal);
      const receipt = options.onReceipt === undefined ? undefined : this.#channel.receipt?.(pipelineId);
      if (receipt !== undefined) await waitFor(Promise.resolve(options.onReceipt?.(receipt)), signal);
      const isKept = receipt !== undefined;
      return { pipeline, isKept, begin: (teardown) => this.#start(pipeline, pieces, teardown) };
    });
  }

  async attach(receipt: JsonObject, options: Waiting): Promise<AttachedRunner | null> {
    const adopted = this.#channel.adopt?.(receipt);
    if (adopted === undefined || adopted === null) return null;
    const { channel, poolId, pipelineId } = adopted;
    const runner = new PsrpRunner(channel, { prompter: this.#prompter, poolId });
    try {
      await runner.#establish(
        options,
        (signal) => runner.#link.connect(signal),
        () => runner.leave(),
      );
    } catch (error) {
      if (isGone(error)) return null;
      throw error;
    }
    return { runner, leave: () => runner.leave(), join: (joining) => runner.#join(pipelineId, joining) };
  }

  async sweep(keep: readonly JsonObject[], options: Waiting): Promise<number> {
    if (this.#channel.sweep === undefined) return 0;
    const deadline = new Deadline(this.label, 'sweeping', options);
    try {
      return await waitFor(this.#channel.sweep(keep, deadline.signal), deadline.signal);
    } finally {
      deadline.dispose();
    }
  }

  /** Lets go of the pool without ending it, where the carrier can. Never rejects. */
  leave(): Promise<void> {
    if (this.#channel.leave === undefined || this.#state === 'closed') return this.close();
    this.#state = 'closed';
    this.#leaving = this.#channel.leave().finally(() => this.#link.end());
    return this.#leaving;
  }

  /** Frees the pool on the host, if that is quick; the carrier is gone afterwards in any case. */
  async close(): Promise<void> {
    if (this.#state === 'closed') return this.#leaving;
    const wasOpen = this.#state === 'open' && this.#brokenBy === undefined;
    this.#state = 'closed';
    try {
      if (!wasOpen) {
        // cut short it would leave to the host what may still run in the pool
        if (this.#freeing === undefined) this.#channel.destroy();
        else await this.#freeing;
        return;
      }
      await Promise.race([Promise.allSettled(this.#releases), sleep(CLOSE_TIMEOUT_MS)]);
      await this.#channel.close();
    } finally {
      this.#link.end();
    }
  }

  async #establish(
    options: Waiting,
    establish: (signal: AbortSignal) => Promise<void>,
    giveUp = (): Promise<void> => this.close(),
  ): Promise<void> {
    const deadline = new Deadline(this.label, 'opening the session', options);
    try {
      await establish(deadline.signal);
      this.#state = 'open';
    } catch (error) {
      if (this.#link.isOnHost) this.#state = 'open';
      void giveUp();
      throw fromProtocolError(this.label, error);
    } finally {
      deadline.dispose();
    }
  }

  async #queue(options: RunOptions, prepare: (signal: AbortSignal) => Promise<Prepared>): Promise<PipelineEnd> {
    const deadline = new Deadline(this.label, 'the pipeline', options);
    const end = performance.now() + options.timeoutMs;
    try {
      this.#assertUsable();
      const release = await this.#mutex.acquire(deadline.signal);
      const result = this.#pump(options, { signal: deadline.signal, end }, prepare);
      // the next pipeline starts only when this one is over on the host, whenever its caller stopped waiting
      void result.then(release, release);
      return await waitFor(result, deadline.signal);
    } catch (error) {
      throw fromProtocolError(this.label, error);
    } finally {
      deadline.dispose();
    }
  }

  async #pump(
    options: RunOptions,
    until: { readonly signal: AbortSignal; readonly end: number },
    prepare: (signal: AbortSignal) => Promise<Prepared>,
  ): Promise<PipelineEnd> {
    const { signal } = until;
    this.#assertUsable();
    while (this.#releases.size >= MAX_UNRELEASED) await Promise.race(this.#releases);
    if (signal.aborted) throw signal.reason;
    const { pipeline, isKept, isJoined = false, begin } = await prepare(signal);
    const detach = isKept ? options.detach : undefined;
    const run = new PipelineRun({
      channel: this.#channel,
      link: this.#link,
      prompter: this.#prompter,
      pipeline,
      isJoined,
      options,
      signal,
      isLeft: () => detach?.aborted === true,
      isPatient: (awayMs) => {
        const leftMs = until.end - performance.now();
        // half of the time is the caller's, to try again
        const isInTime = isKept ? leftMs > 0 : options.timeoutMs >= PATIENT_FROM_MS && awayMs < leftMs;
        return isInTime && !this.#isClosed() && awayMs < MAX_PATIENCE_MS && options.isPatient?.(awayMs) !== false;
      },
    });
    const onDetach = (): void => void this.leave();
    if (detach?.aborted) throw cancelled(this.label);
    detach?.addEventListener('abort', onDetach, { once: true });
    try {
      return await run.end(begin);
    } catch (error) {
      if (run.isOver) throw error;
      if (detach?.aborted) throw cancelled(this.label);
      if (this.#isClosed()) throw sessionClosed(this.label, error);
      const failure = fromProtocolError(this.label, error);
      if (!isNotThere(failure)) this.#break(failure, isKept);
      throw failure;
    } finally {
      detach?.removeEventListener('abort', onDetach);
      if (run.isOver) this.#release(pipeline);
    }
  }

  /** The rest of a pipeline that runs in the pool already; null when it has none such. */
  async #join(pipelineId: string, options: Omit<RunOptions, 'onReceipt'>): Promise<PipelineEnd | null> {
    try {
      return await this.#queue(options, () => {
        const pipeline = this.#link.pool.attachPipeline(pipelineId);
        const begin = async (teardown: AbortSignal): Promise<void> => {
          try {
            await this.#channel.join?.(pipeline.id, teardown);
          } catch (error) {
            throw isGone(error) ? new NotThere('the pool has no such pipeline') : error;
          }
        };
        return Promise.resolve({ pipeline, isKept: true, isJoined: true, begin });
      });
    } catch (error) {
      if (isNotThere(error)) return null;
      throw error;
    }
  }

  async #start(pipeline: PipelineClient, pieces: readonly Uint8Array[], signal: AbortSignal): Promise<void> {
    const [first = new Uint8Array(0), ...others] = pieces;
    await this.#channel.start(pipeline.id, first, signal);
    for (const data of others) await this.#channel.send({ stream: 'stdin', pipelineId: pipeline.id, data }, signal);
  }

  /** Frees the finished pipeline on the host, else its quota of commands would fill up. */
  #release(pipeline: PipelineClient): void {
    const released = this.#channel
      .release(pipeline.id)
      .catch(() => undefined)
      .finally(() => this.#releases.delete(released));
    this.#releases.add(released);
  }

  /** The state of the streams is unknown: this session is of no more use. */
  #break(error: unknown, isKept = false): void {
    if (this.#brokenBy !== undefined || this.#state === 'closed') return;
    this.#brokenBy = error;
    this.#link.end();
    // what another process may pick up does not end with our connection
    if (isKept && error instanceof FirebreakError && error.code.startsWith('FB_CONNECT_')) this.#channel.destroy();
    // the carrier may still reach the host to free the pool
    else this.#freeing = this.#channel.close();
  }

  /** A method, because the state changes while a pipeline waits. */
  #isClosed(): boolean {
    return this.#state === 'closed';
  }

  #assertUsable(): void {
    if (this.#state !== 'open' || this.#brokenBy !== undefined) throw sessionClosed(this.label, this.#brokenBy);
  }
}

function isNotThere(error: unknown): boolean {
  return error instanceof NotThere;
}

function isGone(error: unknown): boolean {
  return error instanceof FirebreakError && error.code === 'FB_SESSION_CLOSED';
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}
