/** `firebreak exec`: one script as one pipeline on each host, nothing else. */
import PQueue from 'p-queue';
import {
  type ErrorRecord,
  FirebreakError,
  type Json,
  type PlannedHost,
  type Prompter,
  type StreamRecord,
  type Streams,
  toErrorRecord,
} from '../domain/index.ts';
import type { Connector } from './connect.ts';

export interface ExecResult {
  readonly host: string;
  /** The pipeline completed; error records are allowed. */
  readonly ok: boolean;
  readonly output: readonly Json[];
  readonly streams: Streams;
  readonly durationMs: number;
  readonly error: Pick<ErrorRecord, 'code' | 'message' | 'remedy'> | null;
}

export interface ExecOptions {
  readonly hosts: readonly PlannedHost[];
  readonly script: string;
  readonly forks: number;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** Answers what the script asks; absent = the script gets an error. */
  readonly prompter?: Prompter | undefined;
  readonly onRecord: (host: string, record: StreamRecord) => void;
  readonly onResult: (result: ExecResult) => void;
}

export async function exec(connector: Connector, options: ExecOptions): Promise<readonly ExecResult[]> {
  const queue = new PQueue({ concurrency: options.forks });
  return queue.addAll(
    options.hosts.map((host) => async () => {
      const result = await execOn(connector, host, options);
      options.onResult(result);
      return result;
    }),
  );
}

async function execOn(connector: Connector, host: PlannedHost, options: ExecOptions): Promise<ExecResult> {
  const started = performance.now();
  const output: Json[] = [];
  const streams = { error: [], warning: [], verbose: [], debug: [], information: [], progress: [] } as MutableStreams;
  const onRecord = (record: StreamRecord): void => {
    if (record.stream === 'output') output.push(record.value);
    else (streams[record.stream] as unknown[]).push(record.value);
    options.onRecord(host.name, record);
  };
  const result = (error: ExecResult['error']): ExecResult => ({
    host: host.name,
    ok: error === null,
    output,
    streams,
    durationMs: Math.round(performance.now() - started),
    error,
  });
  try {
    const { signal, timeoutMs, prompter } = options;
    // Nothing there could run it: the relay need not be asked.
    if (host.via !== undefined) {
      throw new FirebreakError(
        'FB_STEP_REFUSED',
        `${host.name} has no PowerShell: it is reached through relay ${host.via.name}`,
        {
          remedy: `leave it out, or run the script on ${host.via.name}`,
        },
      );
    }
    const open = { signal, timeoutMs, ...(prompter === undefined ? {} : { prompter }) };
    const session = await connector.open(host, open);
    try {
      const left = options.timeoutMs - (performance.now() - started);
      if (left <= 0) throw new FirebreakError('FB_DEADLINE', `${host.name}: connecting took the whole time-out`);
      await session.invoke({ script: options.script }, { signal: options.signal, timeoutMs: left, onRecord });
    } finally {
      await session.close();
    }
    return result(null);
  } catch (thrown) {
    const { code, message, remedy } = toErrorRecord(thrown);
    return result({ code, message, remedy });
  }
}

type MutableStreams = { -readonly [K in keyof Streams]: Streams[K][number][] };
