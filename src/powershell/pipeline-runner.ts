/**
 * What a transport gives to this folder: raw pipelines over one runspace. Here end bytes, there begin modules, bound
 * parameters and plain results.
 */
import type { Session } from '../domain/index.ts';
import type { PipelineEvent, PipelineSpec, PsValue } from '../protocol/index.ts';

export interface RunOptions {
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  /** Called in order for everything but states; what it throws ends the run. */
  readonly onEvent: (event: PipelineEvent) => void;
}

export interface PipelineEnd {
  readonly state: 'completed' | 'failed' | 'stopped';
  /** The terminating error record, null when there is none. */
  readonly error: PsValue;
}

export interface PipelineRunner {
  /** Host and endpoint for messages: `web01 (10.0.0.11:5985)`. */
  readonly label: string;
  readonly shell: Session['shell'];
  readonly clientAddress: string | undefined;
  /** Bytes of CREATE_PIPELINE that travel in the first request. */
  readonly maxCommandBytes: number;
  /**
   * Runs one pipeline; calls queue up. Past the deadline or after an abort the pipeline is stopped on the host in the background.
   * @throws FirebreakError FB_CONNECT_*, FB_SESSION_*, FB_DEADLINE, FB_CANCELLED, FB_PROTOCOL_*
   */
  run(spec: PipelineSpec, options: RunOptions): Promise<PipelineEnd>;
  close(): Promise<void>;
}
