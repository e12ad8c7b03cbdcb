/**
 * What every transport yields: a PowerShell session on one host. Values are bound as parameters, never spliced into
 * script text. Knows nothing of how bytes travel.
 */
import type { Readable } from 'node:stream';
import type { Json } from './json.ts';
import type { Secret } from './secret.ts';

/** A path in the host's own syntax (`C:\ProgramData\…`). */
export type HostPath = string;

/** A parameter value: plain JSON, bytes, or a date; transports bind it as the nearest PowerShell type. */
export type ParameterValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | Date
  | readonly ParameterValue[]
  | { readonly [key: string]: ParameterValue };

/** Call a function of one of our modules (loaded into the session when first used). */
export interface FunctionCall {
  readonly module: string;
  readonly function: string;
  readonly parameters: { readonly [name: string]: ParameterValue };
}

/** Run a script block; `parameters` are bound to its `param()` block by name. */
export interface ScriptCall {
  readonly script: string;
  readonly parameters?: { readonly [name: string]: ParameterValue };
}

export interface InvokeOptions {
  readonly signal: AbortSignal;
  /** Deadline of the whole call in milliseconds; after it the pipeline is stopped and FB_DEADLINE thrown. */
  readonly timeoutMs: number;
  /** Called for each record as it comes, before the call resolves. */
  readonly onRecord?: (record: StreamRecord) => void;
}

/** An error record of the pipeline: message, FullyQualifiedErrorId, CategoryInfo category, target as text. */
export interface PowerShellError {
  readonly message: string;
  readonly fullyQualifiedErrorId: string;
  readonly category: string;
  readonly target: string | null;
}

export interface ProgressRecord {
  readonly activity: string;
  readonly status: string;
  readonly percentComplete: number;
}

export type StreamRecord =
  | { readonly stream: 'output'; readonly value: Json }
  | { readonly stream: 'error'; readonly value: PowerShellError }
  | { readonly stream: 'warning' | 'verbose' | 'debug'; readonly value: string }
  | { readonly stream: 'information'; readonly value: Json }
  | { readonly stream: 'progress'; readonly value: ProgressRecord };

export interface Streams {
  readonly error: readonly PowerShellError[];
  readonly warning: readonly string[];
  readonly verbose: readonly string[];
  readonly debug: readonly string[];
  readonly information: readonly Json[];
  readonly progress: readonly ProgressRecord[];
}

/**
 * The result of a pipeline that completed (error records allowed). A pipeline that ended in a terminating error makes
 * `invoke` throw FB_INVOKE_FAILED, with the Invocation so far and the record in `details`.
 */
export interface Invocation<T> {
  /** Output objects as plain JSON (see docs/values.md for the mapping). */
  readonly output: readonly T[];
  readonly streams: Streams;
  readonly durationMs: number;
}

export interface TransferOptions {
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  /** Expected SHA-256 in lower-case hex; checked on the host after the transfer. A file there that already has it is not sent again. */
  readonly sha256: string;
  readonly onProgress?: (bytes: number) => void;
}

export interface Transferred {
  readonly bytes: number;
  readonly sha256: string;
  /** True when the host already had the file. */
  readonly skipped: boolean;
}

export interface Session {
  readonly shell: { readonly version: string; readonly edition: string };
  /** The address from which the host sees us, where the transport tells (WS-Man: rsp:ClientIP of the shell). */
  readonly clientAddress: string | undefined;
  /**
   * @throws FirebreakError FB_CONNECT_LOST (outcome of the call unknown), FB_INVOKE_FAILED, FB_DEADLINE, FB_CANCELLED, FB_PROTOCOL_*
   */
  invoke<T extends Json = Json>(call: FunctionCall | ScriptCall, options: InvokeOptions): Promise<Invocation<T>>;
  /** Writes the stream to a file on the host, creating its folder. @throws FB_TRANSFER_HASH, FB_TRANSFER_FAILED and those of invoke */
  push(source: () => Readable, destination: HostPath, options: TransferOptions): Promise<Transferred>;
  close(): Promise<void>;
}

/** Opens sessions; one per transport. @throws FB_CONNECT_*, FB_AUTH_*, FB_PROTOCOL_*, FB_DEADLINE, FB_CANCELLED */
export interface Transport {
  open(target: Target, options: { readonly signal: AbortSignal; readonly timeoutMs: number }): Promise<Session>;
}

/** Where and how to reach a host; secrets are resolved just before. */
export interface Target {
  readonly host: string;
  readonly transport: 'winrm';
  readonly address: string;
  readonly port: number;
  readonly useTls: boolean;
  readonly auth: 'basic' | 'negotiate' | 'ntlm' | 'kerberos' | 'certificate';
  readonly user: string;
  readonly password: Secret;
  /** Basic over plain HTTP is refused unless this is set. */
  readonly allowUnencrypted: boolean;
  /** Source address of our connection; absent = the system's choice. */
  readonly source?: string;
}
