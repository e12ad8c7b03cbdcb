/**
 * What carries PSRP fragments between one runspace pool and its host: WS-Man shells, SSH subsystems, a local process.
 * The runner pulls what the host has to say, so that a carrier that polls and one that is pushed to look alike: a pushed
 * one queues what came for each pipeline until it is asked for. A carrier must not know what the fragments mean.
 */
import type { JsonObject } from '../../domain/index.ts';

export interface Outgoing {
  /** `pr` carries answers to host calls, where the carrier tells the two apart. */
  readonly stream: 'stdin' | 'pr';
  /** undefined: the pool itself. */
  readonly pipelineId: string | undefined;
  readonly data: Uint8Array;
}

/**
 * One pool on one host. GUIDs are lower case. Everything throws FirebreakError (FB_CONNECT_*, FB_AUTH_*, FB_SESSION_*,
 * FB_PROTOCOL_*) or the signal's reason; after an error nothing but `close` and `destroy` is called.
 */
export interface PsrpChannel {
  /** Host and endpoint for messages: `web01 (10.0.0.11:5985)`. */
  readonly label: string;
  /** The address from which the host sees us, once open and where the carrier tells. */
  readonly clientAddress: string | undefined;
  /** Bytes of fragments that one `start` or `send` may carry; may grow with `negotiated`. */
  readonly maxPayloadBytes: number;
  /** True when waiting for the pool's own data costs no request: then the runner always does. */
  readonly isPushing: boolean;

  /** Connects, logs on and delivers the pool's first fragments. */
  open(poolId: string, data: Uint8Array, signal: AbortSignal): Promise<void>;
  /** The host's protocol version (`2.1` …), once known. */
  negotiated(protocolVersion: string): void;
  /** Begins a pipeline with the first fragments of CREATE_PIPELINE. Resolves when the host has it. Never sent twice. */
  start(pipelineId: string, data: Uint8Array, signal: AbortSignal): Promise<void>;
  /** Resolves when the host has taken it, which is the backpressure. Never sent twice. */
  send(outgoing: Outgoing, signal: AbortSignal): Promise<void>;
  /**
   * Waits for fragments of the pipeline (undefined: of the pool) and hands them to `take` in order; may return without any.
   * True when the carrier knows that no more will come. Only one call for each at a time.
   */
  receive(
    pipelineId: string | undefined,
    take: (data: Uint8Array) => void,
    signal: AbortSignal,
    options?: ReceiveOptions,
  ): Promise<boolean>;
  /** Asks the host to stop a pipeline; its end comes by `receive`. */
  stop(pipelineId: string, signal: AbortSignal): Promise<void>;
  /** Frees a pipeline that has ended. */
  release(pipelineId: string): Promise<void>;
  /** Frees the pool on the host if that is quick, then tears everything down. Never rejects, never hangs. */
  close(): Promise<void>;
  /** Tears everything down at once; pending calls reject. */
  destroy(): void;

  /**
   * Where the carrier and the host can: attaches to a pool that another process has left (MS-PSRP 3.1.4.10), instead of
   * `open`, from a client that is still connected too; its answer comes by `receive`. FB_SESSION_CLOSED: it is gone.
   */
  connect?(poolId: string, data: Uint8Array, signal: AbortSignal): Promise<void>;
  /** Attaches to a pipeline that another process has started, instead of `start`. FB_SESSION_CLOSED: the pool has none such. */
  join?(pipelineId: string, signal: AbortSignal): Promise<void>;
  /** What another process needs for `adopt`; undefined when this host cannot do that. */
  receipt?(pipelineId: string): JsonObject | undefined;
  /** Another carrier to the same host, for `connect` to the pool of a receipt; null when it is not of this kind of carrier. */
  adopt?(receipt: JsonObject): Adopted | null;
  /** Lets pool and pipelines go on without us and tears everything down. Never rejects, never hangs. */
  leave?(): Promise<void>;
  /** Ends pools that dead processes of ours have left on the host, but for this one and those of `keep`; their number. */
  sweep?(keep: readonly JsonObject[], signal: AbortSignal): Promise<number>;
}

export interface ReceiveOptions {
  /**
   * Asked at each failure to reach the host, with the milliseconds since the first: is it waited for, or does the
   * connection count as lost? Lost when absent.
   */
  readonly isPatient?: (awayMs: number) => boolean;
}

export interface Adopted {
  readonly channel: PsrpChannel;
  readonly poolId: string;
  readonly pipelineId: string;
}
