/**
 * A runspace pool on its channel: opening, connecting, the pool's own traffic, the session key. A polled channel is asked
 * for the pool's data only while something is expected there. Must not know pipelines.
 */
import type { Session } from '../../domain/index.ts';
import {
  EncryptionNeeded,
  entryOf,
  exchangeKey,
  type PoolEvent,
  RunspacePoolClient,
  readErrorRecord,
  textOf,
} from '../../protocol/index.ts';
import type { PsrpChannel } from './channel.ts';
import { fromProtocolError, poolNotOpened, sessionClosed } from './failures.ts';
import { waitFor } from './mutex.ts';
import { NOT_INTERACTIVE } from './prompts.ts';

export class PoolSession {
  readonly pool: RunspacePoolClient;
  readonly #channel: PsrpChannel;
  /** Ends with the session. */
  readonly #life = new AbortController();
  readonly #onLost: (error: unknown) => void;
  #shell: Session['shell'] = { version: '', edition: 'Desktop' };
  #isOnHost = false;
  #receiving: Promise<void> | undefined;
  #exchanging: Promise<void> | undefined;

  /** `onLost`: the pool ended, or its data made no sense, after it was open. */
  constructor(poolId: string, channel: PsrpChannel, onLost: (error: unknown) => void) {
    this.pool = new RunspacePoolClient({ poolId });
    this.#channel = channel;
    this.#onLost = onLost;
  }

  get shell(): Session['shell'] {
    return this.#shell;
  }

  /** True from the moment at which the host may hold a pool that must be freed. */
  get isOnHost(): boolean {
    return this.#isOnHost;
  }

  /** Aborts when the session ends. */
  get life(): AbortSignal {
    return this.#life.signal;
  }

  async open(signal: AbortSignal): Promise<void> {
    await this.#channel.open(this.pool.id, this.pool.openData(), signal);
    this.#isOnHost = true;
    await this.#untilOpened(signal);
  }

  async connect(signal: AbortSignal): Promise<void> {
    if (this.#channel.connect === undefined) throw new Error('this carrier cannot connect to a pool');
    await this.#channel.connect(this.pool.id, this.pool.connectData(), signal);
    this.#isOnHost = true;
    await this.#untilOpened(signal);
  }

  /** Stops waiting for anything. */
  end(): void {
    this.#life.abort(sessionClosed(this.#channel.label));
  }

  /** Waits once for data of the pool. @throws what the channel throws */
  receive(): Promise<void> {
    this.#receiving ??= this.#receiveNow().finally(() => {
      this.#receiving = undefined;
    });
    return this.#receiving;
  }

  /** What `encode` gives; when it needs the session key, the keys are exchanged first. */
  async encrypted<T>(encode: () => T, signal: AbortSignal): Promise<T> {
    try {
      return encode();
    } catch (error) {
      if (!(error instanceof EncryptionNeeded)) throw error;
    }
    await waitFor(this.#exchangeKeys(), signal);
    return encode();
  }

  async #untilOpened(signal: AbortSignal): Promise<void> {
    const { label } = this.#channel;
    let isDone = false;
    while (!this.#isOpened()) {
      if (isDone) throw poolNotOpened(label, 'it ended without a word');
      isDone = await this.#channel.receive(undefined, (data) => this.#take(data), signal);
    }
    if (this.#channel.isPushing) void this.#watch();
  }

  #isOpened(): boolean {
    const { state } = this.pool;
    if (state === 'opening' || state === 'connecting') return false;
    if (state !== 'opened') throw poolNotOpened(this.#channel.label, `the runspace pool is ${state}`);
    return true;
  }

  async #watch(): Promise<void> {
    try {
      while (!this.#life.signal.aborted) await this.receive();
    } catch (error) {
      if (!this.#life.signal.aborted) this.#onLost(fromProtocolError(this.#channel.label, error));
    }
  }

  async #receiveNow(): Promise<void> {
    const isDone = await this.#channel.receive(undefined, (data) => this.#take(data), this.#life.signal);
    if (isDone) throw sessionClosed(this.#channel.label);
  }

  #take(data: Uint8Array): void {
    for (const event of this.pool.receive(data)) this.#onEvent(event);
  }

  #onEvent(event: PoolEvent): void {
    switch (event.kind) {
      case 'capability':
        this.#channel.negotiated(event.protocolVersion);
        break;
      case 'applicationPrivateData': {
        const table = entryOf(event.data, 'PSVersionTable');
        const version = textOf(entryOf(table, 'PSVersion')) ?? '';
        // hosts before 5.1 do not tell their edition
        const edition = Number.parseInt(version, 10) >= 6 ? 'Core' : 'Desktop';
        this.#shell = { version, edition: textOf(entryOf(table, 'PSEdition')) ?? edition };
        break;
      }
      case 'state':
        if (event.state === 'broken' || event.state === 'closed') {
          const why = event.error === null ? `it is ${event.state}` : readErrorRecord(event.error).message;
          throw poolNotOpened(this.#channel.label, why);
        }
        break;
      case 'keyRequested':
        this.#exchangeKeys().catch((error: unknown) => this.#onLost(fromProtocolError(this.#channel.label, error)));
        break;
      case 'hostCall':
        if (event.wantsAnswer) void this.#send(this.pool.refuseHostCall(event, NOT_INTERACTIVE)).catch(() => undefined);
        break;
      default:
    }
  }

  #exchangeKeys(): Promise<void> {
    if (this.pool.hasSessionKey) return Promise.resolve();
    this.#exchanging ??= this.#exchangeNow().finally(() => {
      this.#exchanging = undefined;
    });
    return this.#exchanging;
  }

  async #exchangeNow(): Promise<void> {
    const { signal } = this.#life;
    const key = await exchangeKey();
    await this.#send(this.pool.publicKeyData(key));
    while (!this.pool.hasSessionKey) {
      if (signal.aborted) throw signal.reason;
      await this.receive();
    }
  }

  async #send(pieces: readonly Uint8Array[]): Promise<void> {
    for (const data of pieces) {
      await this.#channel.send({ stream: 'stdin', pipelineId: undefined, data }, this.#life.signal);
    }
  }
}
