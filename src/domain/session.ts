/**
 * What every transport yields: a PowerShell session on one host. Values are bound as parameters, never spliced into
 * script text. Knows nothing of how bytes travel.
 */
import type { Readable } from 'node:stream';
import type { Json, JsonObject } from './json.ts';
import type { ConnectionSettings, PlannedHost, TransportName } from './plan.ts';
import type { HostCredential, Secret } from './secret.ts';

/** A path in the host's own syntax (`C:\ProgramData\…`). */
export type HostPath = string;

/**
 * A parameter value: plain JSON, bytes, or a date; transports bind it as the nearest PowerShell type. A Secret goes as a
 * SecureString, a HostCredential as a PSCredential, both encrypted with the session's key (MS-PSRP 2.2.5.1.24).
 */
export type ParameterValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | Date
  | Secret
  | HostCredential
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
  /** Modules of ours that the script calls; loaded before. Its output is then that of a FunctionCall: without `$type`. */
  readonly modules?: readonly string[];
}

export interface InvokeOptions {
  readonly signal: AbortSignal;
  /** Deadline of the whole call in milliseconds; after it the pipeline is stopped and FB_DEADLINE thrown. */
  readonly timeoutMs: number;
  /** Called for each record as it comes, before the call resolves. */
  readonly onRecord?: (record: StreamRecord) => void;
  /** Objects for the pipeline's input (`$input`, `process {}`), sent as they come. */
  readonly input?: AsyncIterable<ParameterValue> | Iterable<ParameterValue>;
  /**
   * Called before the pipeline starts with what `Session.reattach` needs to find it again from another process, and
   * awaited: when it has resolved, the receipt is durable. Not called where the transport or the host cannot do that.
   */
  readonly onReceipt?: (receipt: JsonObject) => Promise<void>;
  /**
   * When it aborts after `onReceipt` was called, the session lets go of the pipeline, which goes on on the host for
   * `Session.reattach`, and the call throws FB_CANCELLED. Without a receipt it does nothing.
   */
  readonly detach?: AbortSignal;
  /**
   * A caller that waits for less than the transport does: asked each time that a host which is away in mid-call could be
   * waited for, with the milliseconds since the way was lost; false ends the call with FB_CONNECT_LOST.
   */
  readonly isPatient?: (awayMs: number) => boolean;
}

/** Asks the user what a script asks (Read-Host, Get-Credential, confirmation); absent = nobody can be asked and the script gets an error. */
export interface Prompter {
  readLine(question: string, signal: AbortSignal): Promise<string>;
  readSecret(question: string, signal: AbortSignal): Promise<Secret>;
  /** Index into `choices`. */
  choose(question: string, choices: readonly string[], preset: number, signal: AbortSignal): Promise<number>;
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
  /** Bytes of the file that are at the destination by now, those of an earlier, interrupted transfer included. */
  readonly onProgress?: (bytes: number) => void;
}

export interface PushOptions extends TransferOptions {
  /** Expected SHA-256 in lower-case hex; checked on the host after the transfer. A file there that already has it is not sent again. */
  readonly sha256: string;
}

export interface Transferred {
  readonly bytes: number;
  readonly sha256: string;
  /** True when the file was there already. */
  readonly skipped: boolean;
}

export type LanguageMode = 'FullLanguage' | 'ConstrainedLanguage' | 'RestrictedLanguage' | 'NoLanguage';

export interface Session {
  readonly shell: { readonly version: string; readonly edition: string };
  /** Known once a call of ours was refused by it; `undefined` until then. */
  readonly languageMode: LanguageMode | undefined;
  /** The address from which the host sees us, where the transport tells (WS-Man: rsp:ClientIP of the shell). */
  readonly clientAddress: string | undefined;
  /** True when every call with `onReceipt` gets one: the transport and this host can do that. */
  readonly canReattach?: boolean;
  /**
   * @throws FirebreakError FB_CONNECT_LOST (outcome of the call unknown), FB_INVOKE_FAILED, FB_DEADLINE, FB_CANCELLED, FB_PROTOCOL_*
   */
  invoke<T extends Json = Json>(call: FunctionCall | ScriptCall, options: InvokeOptions): Promise<Invocation<T>>;
  /**
   * Picks up a pipeline that was started with `onReceipt` in another session, even if its process is gone: waits for its
   * end and gives its output and errors, also those that had been delivered before. Progress and the other streams of
   * the time before are not repeated. The session in which it ran is closed afterwards. Nothing is ever started twice.
   *
   * `not-started`: the host never got the pipeline, and never will. Null: there is no such pipeline any more, or the host
   * cannot do that: what became of it is not known.
   * @throws as invoke; FB_CONNECT_*, FB_DEADLINE and FB_CANCELLED leave the pipeline where it is
   */
  reattach<T extends Json = Json>(
    receipt: JsonObject,
    options: InvokeOptions,
  ): Promise<Invocation<T> | 'not-started' | null>;
  /**
   * Writes a file on the host, creating its folder; an interrupted transfer goes on where it stopped.
   * @param source the content from that byte on
   * @throws FB_TRANSFER_HASH, FB_TRANSFER_FAILED and those of invoke
   */
  push(source: (start: number) => Readable, destination: HostPath, options: PushOptions): Promise<Transferred>;
  /**
   * Copies a file of the host to `destination` on this machine, through `destination.….part`; an interrupted transfer goes on where it stopped.
   * @throws FB_TRANSFER_HASH (the file changed under way), FB_TRANSFER_FAILED and those of invoke
   */
  fetch(source: HostPath, destination: string, options: TransferOptions): Promise<Transferred>;
  /**
   * Ends sessions that dead processes have left on the host: those of this user, opened under the same name
   * (`OpenOptions.name`), but for this one and those of `keep` (receipts). Their number; 0 where the host cannot tell.
   * @throws as invoke
   */
  sweep?(
    keep: readonly JsonObject[],
    options: { readonly signal: AbortSignal; readonly timeoutMs: number },
  ): Promise<number>;
  close(): Promise<void>;
}

export interface OpenOptions {
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  /** What the host shows as the session's name, where it shows one: who looks there sees whose it is. */
  readonly name?: string;
  readonly prompter?: Prompter;
}

/** Opens sessions; one per transport. @throws FB_CONNECT_*, FB_AUTH_*, FB_PROTOCOL_*, FB_DEADLINE, FB_CANCELLED */
export interface Transport {
  open(target: Target, options: OpenOptions): Promise<Session>;
  /**
   * After an error with `relay`: waits until the way to the target is there again. Resolves at once where nothing is known
   * to be wrong. `wasReached`: an earlier process got through.
   * @throws FB_CONNECT_* with `relay`, not retryable (it is given up), FB_CANCELLED
   */
  ready?(target: Target, options: { readonly signal: AbortSignal; readonly wasReached: boolean }): Promise<void>;
  /** Ends what is kept open between sessions. Never rejects. */
  close?(): Promise<void>;
}

/** Where and how to reach a host; secrets are resolved just before. */
export interface Target {
  readonly host: string;
  readonly transport: TransportName;
  readonly address: string;
  readonly port: number;
  readonly useTls: boolean;
  readonly auth: PlannedHost['auth'];
  /** Empty: none is needed (own identity, certificate, agent). */
  readonly user: string;
  /** Empty: none is needed. */
  readonly password: Secret;
  /** Basic over plain HTTP is refused unless this is set. */
  readonly allowUnencrypted: boolean;
  readonly settings: ConnectionSettings;
  /** Of `settings.privateKey`. */
  readonly passphrase?: Secret;
  /** The host in between (`transport: relay`). */
  readonly relay?: Target;
}
