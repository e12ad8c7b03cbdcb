/**
 * The PowerShell shells of one machine as WinRM counts and names them. Must not know HTTP, SOAP or the engine's wire.
 */
import { Output } from './output.ts';

/** Defaults of WinRM 3.0 and later (facts on WinRM; confidence H). */
export const QUOTA = { shellsPerUser: 30, operationsPerUser: 1500 } as const;

/** IdleTimeoutms and MaxIdleTimeoutms of the PowerShell plug-in, MinimumIdleTimeout (facts on WinRM; confidence H, M, M). */
export const IDLE = { defaultMs: 7_200_000, maxMs: 2_147_483_647, minMs: 60_000 } as const;

export type BufferMode = 'Block' | 'Drop';

export interface ShellOptions {
  readonly id: string;
  readonly user: string;
  readonly resourceUri: string;
  readonly name: string | undefined;
  readonly clientAddress: string;
  /** p:SessionId of who created it; undefined for clients before WinRM 3.0. */
  readonly client: string | undefined;
  readonly idleTimeoutMs: number;
  readonly bufferMode: BufferMode;
  readonly inputStreams: readonly string[];
  readonly outputStreams: readonly string[];
  /** Milliseconds, monotonic. */
  readonly now: () => number;
  /** The shell was idle for too long. */
  readonly onIdle: () => void;
}

/**
 * Connected ─Disconnect→ Disconnected ─Reconnect, Connect→ Connected. A client that is gone without a word leaves the
 * shell connected and idle (MS-WSMV 3.1.6.5), until its idle time is over.
 */
export class Shell {
  readonly options: ShellOptions;
  /** What the runspace pool sends outside of pipelines. */
  readonly pool = new Output();
  readonly #commands = new Map<string, Output>();
  readonly createdAt: number;
  #state: 'Connected' | 'Disconnected' = 'Connected';
  #client: string | undefined;
  #idleTimeoutMs: number;
  #bufferMode: BufferMode;
  #operations = 0;
  #lastActive: number;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: ShellOptions) {
    this.options = options;
    this.#client = options.client;
    this.#idleTimeoutMs = options.idleTimeoutMs;
    this.#bufferMode = options.bufferMode;
    this.createdAt = options.now();
    this.#lastActive = this.createdAt;
    this.#watch();
  }

  get id(): string {
    return this.options.id;
  }

  get user(): string {
    return this.options.user;
  }

  get state(): 'Connected' | 'Disconnected' {
    return this.#state;
  }

  /** p:SessionId of the client that it is connected to. */
  get client(): string | undefined {
    return this.#client;
  }

  get idleTimeoutMs(): number {
    return this.#idleTimeoutMs;
  }

  get bufferMode(): BufferMode {
    return this.#bufferMode;
  }

  /** Milliseconds since the last request ended; 0 while one is under way. */
  get inactivityMs(): number {
    return this.#operations > 0 ? 0 : this.options.now() - this.#lastActive;
  }

  /** Receives that wait are answered before; what comes after waits for the next client, or is dropped. */
  disconnect(change: {
    readonly idleTimeoutMs: number | undefined;
    readonly bufferMode: BufferMode | undefined;
  }): void {
    this.#idleTimeoutMs = change.idleTimeoutMs ?? this.#idleTimeoutMs;
    this.#bufferMode = change.bufferMode ?? this.#bufferMode;
    this.#state = 'Disconnected';
    for (const output of this.#outputs()) output.disconnect(this.#bufferMode);
    this.#watch();
  }

  connect(client: string | undefined): void {
    this.#client = client;
    this.#state = 'Connected';
    for (const output of this.#outputs()) output.connect();
  }

  /** A request for this shell is under way until the returned function is called. */
  enter(): () => void {
    this.#operations += 1;
    clearTimeout(this.#timer);
    return () => {
      this.#operations -= 1;
      this.#lastActive = this.options.now();
      this.#watch();
    };
  }

  #watch(): void {
    clearTimeout(this.#timer);
    if (this.#operations > 0) return;
    this.#timer = setTimeout(() => this.options.onIdle(), Math.min(this.#idleTimeoutMs, IDLE.maxMs)).unref();
  }

  #outputs(): readonly Output[] {
    return [this.pool, ...this.#commands.values()];
  }

  addCommand(id: string): Output {
    const output = new Output();
    if (this.#state === 'Disconnected') output.disconnect(this.#bufferMode);
    this.#commands.set(id.toUpperCase(), output);
    return output;
  }

  command(id: string): Output | undefined {
    return this.#commands.get(id.toUpperCase());
  }

  removeCommand(id: string): void {
    this.command(id)?.close();
    this.#commands.delete(id.toUpperCase());
  }

  /** Commands not yet terminated, and Receives that wait. */
  get operations(): number {
    return this.#commands.size + this.#outputs().reduce((sum, output) => sum + output.waiting, 0);
  }

  close(): void {
    clearTimeout(this.#timer);
    for (const output of this.#outputs()) output.close();
  }
}

/** Shell ids are compared without case. */
export class ShellTable {
  readonly #shells = new Map<string, Shell>();

  add(shell: Shell): void {
    this.#shells.set(shell.id.toUpperCase(), shell);
  }

  get(id: string | undefined): Shell | undefined {
    return id === undefined ? undefined : this.#shells.get(id.toUpperCase());
  }

  /** Closes the shell; whoever waits for its output is told. */
  remove(id: string): void {
    this.get(id)?.close();
    this.#shells.delete(id.toUpperCase());
  }

  removeAll(): void {
    for (const shell of this.#shells.values()) shell.close();
    this.#shells.clear();
  }

  countOf(user: string): number {
    return this.#of(user).length;
  }

  operationsOf(user: string): number {
    return this.#of(user).reduce((sum, shell) => sum + shell.operations, 0);
  }

  /** Oldest first. */
  shellsOf(user: string): readonly Shell[] {
    return this.#of(user);
  }

  #of(user: string): Shell[] {
    const name = user.toLowerCase();
    return [...this.#shells.values()].filter((shell) => shell.user.toLowerCase() === name);
  }
}
