/**
 * What a transport gives to this folder: raw pipelines over one runspace. Here end bytes, there begin modules, bound
 * parameters and plain results.
 */
import type {
  HostPath,
  InvokeOptions,
  JsonObject,
  PushOptions,
  Session,
  TransferOptions,
  Transferred,
} from '../domain/index.ts';
import type { PipelineEvent, PipelineSpec, PsValue } from '../protocol/index.ts';

export interface RunOptions {
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  /** Called in order for everything but states; what it throws ends the run. */
  readonly onEvent: (event: PipelineEvent) => void;
  /** Objects for the pipeline's input, sent as they come; an error of it ends the run. */
  readonly input?: AsyncIterable<PsValue> | Iterable<PsValue>;
  /** Called and awaited before the pipeline starts, where the runner can attach to it later. */
  readonly onReceipt?: NonNullable<InvokeOptions['onReceipt']>;
  /** See InvokeOptions. */
  readonly detach?: AbortSignal;
  /** See InvokeOptions. */
  readonly isPatient?: NonNullable<InvokeOptions['isPatient']>;
}

export interface PipelineEnd {
  readonly state: 'completed' | 'failed' | 'stopped';
  /** The terminating error record, null when there is none. */
  readonly error: PsValue;
}

/** A transport's own way of copying files. */
export interface FileTransfer {
  /** @throws as Session.push */
  push(source: Parameters<Session['push']>[0], destination: HostPath, options: PushOptions): Promise<Transferred>;
  /** @throws as Session.fetch */
  fetch(source: HostPath, destination: string, options: TransferOptions): Promise<Transferred>;
}

export interface PipelineRunner {
  /** Host and endpoint for messages: `web01 (10.0.0.11:5985)`. */
  readonly label: string;
  readonly shell: Session['shell'];
  readonly clientAddress: string | undefined;
  /** Bytes of CREATE_PIPELINE that travel in the first request. */
  readonly maxCommandBytes: number;
  /** Used instead of pipelines where present. */
  readonly files?: FileTransfer;
  /**
   * Runs one pipeline; calls queue up. Past the deadline or after an abort the pipeline is stopped on the host in the background.
   * @throws FirebreakError FB_CONNECT_*, FB_SESSION_*, FB_DEADLINE, FB_CANCELLED, FB_PROTOCOL_*; what `onEvent` and `input` throw
   */
  run(spec: PipelineSpec, options: RunOptions): Promise<PipelineEnd>;
  /** True when pipelines of this host can be found again by another process. */
  readonly canAttach?: boolean;
  /**
   * Takes over the session in which a pipeline of that receipt was started. Null: there is none any more.
   * @throws FirebreakError FB_CONNECT_*, FB_AUTH_*, FB_DEADLINE, FB_CANCELLED, FB_PROTOCOL_*
   */
  attach?(receipt: JsonObject, options: Pick<RunOptions, 'signal' | 'timeoutMs'>): Promise<AttachedRunner | null>;
  /** See Session.sweep. */
  sweep?(keep: readonly JsonObject[], options: Pick<RunOptions, 'signal' | 'timeoutMs'>): Promise<number>;
  close(): Promise<void>;
}

/** A session of another process, taken over. */
export interface AttachedRunner {
  /** For further pipelines in the same runspace; closing it ends the session on the host. */
  readonly runner: PipelineRunner;
  /** Lets session and pipeline go on without us. Never rejects, never hangs. */
  leave(): Promise<void>;
  /** Waits for the end of the receipt's pipeline; null when the session has no such pipeline (any more). @throws as `run` */
  join(options: Omit<RunOptions, 'onReceipt' | 'input'>): Promise<PipelineEnd | null>;
}
