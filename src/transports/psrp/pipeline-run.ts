/**
 * One pipeline from its first byte to its end: records out, input in, what it asks answered, stopped when its caller gives
 * up. Must not know queues or the fate of the session.
 */
import { FirebreakError, type Prompter } from '../../domain/index.ts';
import type { PipelineEnd, RunOptions } from '../../powershell/index.ts';
import { type HostCall, type PipelineClient, type PsValue, readHostRequest } from '../../protocol/index.ts';
import type { PsrpChannel } from './channel.ts';
import { sessionClosed } from './failures.ts';
import { feedPipeline } from './pipeline-input.ts';
import type { PoolSession } from './pool-session.ts';
import { askUser, NOT_INTERACTIVE } from './prompts.ts';

/** Milliseconds that a stopped pipeline gets to end before the session is given up. */
const STOP_GRACE_MS = 10_000;
/** Milliseconds of silence before a polled pool is asked whether the host waits for our key. */
const SILENCE_MS = 3_000;
/** Bytes of fragments that one pipeline may send us. */
const MAX_PIPELINE_BYTES = 512 * 1024 * 1024;

/** Of a joined pipeline nothing is to be had (any more); the session is as good as before. */
export class NotThere extends Error {
  override readonly name = 'NotThere';
}

export interface PipelineRunParts {
  readonly channel: PsrpChannel;
  readonly link: PoolSession;
  readonly prompter: Prompter | undefined;
  readonly pipeline: PipelineClient;
  readonly options: Pick<RunOptions, 'onEvent' | 'input'>;
  /** Aborts when the caller gives up. */
  readonly signal: AbortSignal;
  /** True for a pipeline of another process, which may have been told the end. */
  readonly isJoined?: boolean;
  /** True when the pipeline is to go on without us: then giving up does not stop it. */
  readonly isLeft?: () => boolean;
  /** See ReceiveOptions. */
  readonly isPatient?: (awayMs: number) => boolean;
}

export class PipelineRun {
  readonly #parts: PipelineRunParts;
  /** Ends whatever waits for the carrier on this pipeline's behalf. */
  readonly #teardown = new AbortController();
  #begun: Promise<unknown> = Promise.resolve();
  #isStopping = false;
  /** What our caller's own code threw. */
  #thrown: { readonly error: unknown } | undefined;
  #inputFailure: { readonly error: unknown } | undefined;

  constructor(parts: PipelineRunParts) {
    this.#parts = parts;
  }

  /** True when the host has said that the pipeline is over: the session is as good as before. */
  get isOver(): boolean {
    return this.#parts.pipeline.isOver;
  }

  /** What the caller's code threw, if that ended the run. */
  get thrown(): { readonly error: unknown } | undefined {
    return this.#thrown;
  }

  /** `begin` starts the pipeline on the host, or joins it. */
  async end(begin: (signal: AbortSignal) => Promise<void>): Promise<PipelineEnd> {
    const { signal, options } = this.#parts;
    const stop = (): void => {
      if (this.#parts.isLeft?.() !== true) this.#stop();
    };
    try {
      this.#begun = begin(this.#teardown.signal);
      signal.addEventListener('abort', stop, { once: true });
      await this.#begun;
      if (options.input !== undefined) this.#feed(options.input);
      const end = await this.#drain();
      if (this.#thrown !== undefined) throw this.#thrown.error;
      if (this.#inputFailure !== undefined && end.state === 'stopped') throw this.#inputFailure.error;
      return end;
    } finally {
      signal.removeEventListener('abort', stop);
      // a reason of ours: the default one is an exception with a stack, made for each run
      this.#teardown.abort('over');
    }
  }

  async #drain(): Promise<PipelineEnd> {
    const { channel, pipeline } = this.#parts;
    let error: PsValue = null;
    let received = 0;
    const calls: HostCall[] = [];
    const take = (data: Uint8Array): void => {
      received += data.length;
      if (received > MAX_PIPELINE_BYTES) throw tooMuch(channel.label);
      for (const event of pipeline.receive(data)) {
        if (event.kind === 'state') error = event.error;
        else if (event.kind === 'hostCall' && event.wantsAnswer) calls.push(event);
        else this.#deliver(() => this.#parts.options.onEvent(event));
      }
    };
    while (!pipeline.isOver) {
      const isDone = await this.#receive(take);
      if (isDone && !pipeline.isOver) {
        if (this.#parts.isJoined === true) throw new NotThere('its end was told to another process');
        throw new FirebreakError('FB_PROTOCOL_PSRP', `${channel.label}: the host ended a pipeline without saying how`);
      }
      for (const call of calls.splice(0)) await this.#answer(call);
    }
    const state = pipeline.state === 'completed' || pipeline.state === 'failed' ? pipeline.state : 'stopped';
    return { state, error };
  }

  async #receive(take: (data: Uint8Array) => void): Promise<boolean> {
    const { channel, link, pipeline, isPatient } = this.#parts;
    const { signal } = this.#teardown;
    const options = isPatient === undefined ? {} : { isPatient };
    if (channel.isPushing || link.pool.hasSessionKey) return channel.receive(pipeline.id, take, signal, options);
    // a script that gives out a secure string waits for our key, which the host asks for on the pool's own stream
    const silence = setTimeout(() => void link.receive().catch(() => undefined), SILENCE_MS);
    try {
      return await channel.receive(pipeline.id, take, signal, options);
    } finally {
      clearTimeout(silence);
    }
  }

  #deliver(give: () => void): void {
    if (this.#parts.signal.aborted || this.#thrown !== undefined) return;
    try {
      give();
    } catch (error) {
      this.#throw(error);
    }
  }

  #throw(error: unknown): void {
    this.#thrown ??= { error };
    this.#stop();
  }

  /** Input runs beside the output; what goes wrong with it stops the pipeline, unless that has ended by itself. */
  #feed(source: NonNullable<RunOptions['input']>): void {
    const { channel, link, pipeline, signal } = this.#parts;
    const isOver = (): boolean => pipeline.isOver || this.#isStopping || signal.aborted;
    const over = new Promise<void>((resolve) => {
      this.#teardown.signal.addEventListener('abort', () => resolve(), { once: true });
    });
    const feeding = feedPipeline(
      {
        pipeline,
        maxBytes: channel.maxPayloadBytes,
        isOver,
        encode: (encode) => link.encrypted(encode, this.#teardown.signal),
        send: async (data) => {
          if (isOver()) return;
          // not cut short with the pipeline, which could cost the connection; but the source is let go of at once
          const sent = channel
            .send({ stream: 'stdin', pipelineId: pipeline.id, data }, link.life)
            .catch((error: unknown) => {
              if (isOver()) return;
              this.#inputFailure ??= { error };
              this.#stop();
            });
          await Promise.race([sent, over]);
        },
      },
      source,
    );
    feeding.catch((error: unknown) => {
      if (!isOver()) this.#throw(error);
    });
  }

  async #answer(call: HostCall): Promise<void> {
    const { channel, link, pipeline } = this.#parts;
    const max = channel.maxPayloadBytes;
    const answer = await this.#ask(call);
    const pieces =
      'why' in answer
        ? pipeline.refuseHostCall(call, answer.why, max)
        : await link.encrypted(() => pipeline.answerHostCall(call, answer.value, max), this.#teardown.signal);
    for (const data of pieces) {
      await channel.send({ stream: 'pr', pipelineId: pipeline.id, data }, this.#teardown.signal);
    }
  }

  async #ask(call: HostCall): Promise<{ readonly value: PsValue } | { readonly why: string }> {
    const { prompter, signal } = this.#parts;
    const request = readHostRequest(call);
    if (prompter === undefined || signal.aborted) return { why: NOT_INTERACTIVE };
    if (request === undefined || request.kind === 'write') {
      return { why: 'Firebreak has no console: the script must not use it' };
    }
    try {
      return { value: await askUser(prompter, request, signal) };
    } catch (error) {
      return { why: `nobody has answered: ${error instanceof Error ? error.message : String(error)}` };
    }
  }

  /** Stops the pipeline on the host in the background; its end comes as any end does. */
  #stop(): void {
    if (this.#isStopping) return;
    this.#isStopping = true;
    const { channel, pipeline } = this.#parts;
    const { signal } = this.#teardown;
    const giveUp = setTimeout(() => this.#teardown.abort(sessionClosed(channel.label)), STOP_GRACE_MS);
    signal.addEventListener('abort', () => clearTimeout(giveUp), { once: true });
    this.#begun.then(() => channel.stop(pipeline.id, signal)).catch((error: unknown) => this.#teardown.abort(error));
  }
}

function tooMuch(label: string): FirebreakError {
  const megabytes = MAX_PIPELINE_BYTES / 1024 / 1024;
  return new FirebreakError('FB_PROTOCOL_PSRP', `${label}: a pipeline gave more than ${megabytes} MiB`, {
    remedy: 'let the script give less output, or write it to a file on the host',
  });
}
