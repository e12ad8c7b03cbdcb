/**
 * The sessions on one relay: opened when needed, never more than allowed, shared by all hosts behind it.
 *
 *   working ── a session is lost in a call ──→ lost ── ready(): open again, less and less often ─┬─ opened ─→ working
 *   working ── none can be opened ───────────→ lost                                              └─ grace over → given up
 *   given up, or never there: refused at once; every RETRY_MS one call tries again, and if it opens: working
 *
 * A call that was under way is never repeated here: whoever made it must find out what became of it. Must not know what
 * is done over the sessions, nor the hosts behind.
 */
import { FirebreakError, type Session } from '../../domain/index.ts';
import { formatDuration } from '../../util/index.ts';
import { cancelled, isLoss, isUnsettled, relayGivenUp, relayLost, relayUnreachable } from './failures.ts';
import { FairQueue } from './fair-queue.ts';

/** Time, so that tests need not wait. Milliseconds. */
export interface RelayTime {
  now(): number;
  /** @throws when the signal aborts */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

export interface RelayPoolOptions {
  readonly name: string;
  readonly open: (options: { readonly signal: AbortSignal; readonly timeoutMs: number }) => Promise<Session>;
  readonly sessions: number;
  readonly graceMs: number;
  readonly time: RelayTime;
}

const OPEN_MS = 60_000;
/** How long a relay that could not be reached is not tried again by whoever comes next. */
const RETRY_MS = 30_000;
const FIRST_DELAY_MS = 1_000;
const LONGEST_DELAY_MS = 30_000;
/** Sessions that nobody refers to any more are kept for the next host that long. */
const LINGER_MS = 60_000;
const CLOSE_MS = 5_000;
/** A relay that starts may refuse whom it let in before; the tries stay below every usual lock-out. */
const REFUSALS_IN_A_ROW = 3;
const AFTER_REFUSAL_MS = 20_000;
const DENIED = /^FB_(AUTH|CREDENTIAL)_/;

interface Waiter {
  readonly resolve: (slot: Slot) => void;
  readonly reject: (error: FirebreakError) => void;
}

interface Slot {
  readonly session: Session;
  /** Sessions older than the last loss are not trusted. */
  readonly generation: number;
}

interface Failure {
  readonly error: FirebreakError;
  readonly at: number;
  readonly isFinal: boolean;
}

export class RelayPool {
  readonly #options: RelayPoolOptions;
  readonly #queue = new FairQueue<Waiter>();
  readonly #closing = new AbortController();
  #free: Slot[] = [];
  #busy = 0;
  #opening: Promise<boolean> | null = null;
  /** Lowered when the relay's own quota is smaller. */
  #limit: number;
  #generation = 0;
  #wasUp = false;
  #failure: Failure | null = null;
  /** Since when nothing has worked; null while the relay works. */
  #lostAt: number | null = null;
  /** Losses and failed openings since then. */
  #troubles = 0;
  #refusals = 0;
  #recovery: Promise<void> | null = null;
  #references = 0;
  #linger: NodeJS.Timeout | undefined;

  constructor(options: RelayPoolOptions) {
    this.#options = options;
    this.#limit = Math.max(1, options.sessions);
  }

  /** A host comes. */
  retain(): void {
    this.#references += 1;
    clearTimeout(this.#linger);
  }

  /** A host has gone. */
  release(): void {
    this.#references -= 1;
    if (this.#references > 0) return;
    this.#linger = setTimeout(() => this.#drop(), LINGER_MS);
    this.#linger.unref();
  }

  /**
   * One call in a session of its own. Waiting for a session is no time of the call; only the signal ends it.
   * @throws FB_CONNECT_* with `relay`, FB_CANCELLED, and whatever `work` throws
   */
  async run<T>(host: string, signal: AbortSignal, work: (session: Session) => Promise<T>): Promise<T> {
    const slot = await this.#take(host, signal);
    let isKept = false;
    try {
      const result = await work(slot.session);
      isKept = true;
      this.#works();
      return result;
    } catch (thrown) {
      if (isLoss(thrown)) throw this.#lose(slot, thrown);
      isKept = !isUnsettled(thrown);
      if (isKept) this.#works();
      throw thrown;
    } finally {
      this.#busy -= 1;
      if (isKept && slot.generation === this.#generation && !this.#closing.signal.aborted) this.#free.push(slot);
      else void this.#close(slot);
      this.#serve();
    }
  }

  /** See InvokeOptions: calls under way wait for the relay no longer than the calls that come after them. */
  readonly isPatient = (awayMs: number): boolean => {
    const { time, graceMs } = this.#options;
    return Math.max(awayMs, this.#lostAt === null ? 0 : time.now() - this.#lostAt) < graceMs;
  };

  /** See Transport.ready. */
  async ready(signal: AbortSignal, wasReached: boolean): Promise<void> {
    this.#wasUp ||= wasReached;
    if (this.#lostAt === null && this.#failure === null) return;
    this.#recovery ??= this.#recover().finally(() => {
      this.#recovery = null;
    });
    await orAborted(this.#recovery, signal, this.#options.name);
  }

  async close(): Promise<void> {
    clearTimeout(this.#linger);
    this.#closing.abort();
    for (const waiter of this.#queue.drain()) waiter.reject(cancelled(this.#options.name));
    await this.#opening;
    await Promise.all(this.#free.splice(0).map((slot) => this.#close(slot)));
  }

  async #take(host: string, signal: AbortSignal): Promise<Slot> {
    if (signal.aborted || this.#closing.signal.aborted) throw cancelled(host);
    return new Promise<Slot>((resolve, reject) => {
      const onAbort = (): void => {
        this.#queue.remove(host, waiter);
        reject(cancelled(host));
      };
      const waiter: Waiter = {
        resolve: (slot) => {
          signal.removeEventListener('abort', onAbort);
          resolve(slot);
        },
        reject: (error) => {
          signal.removeEventListener('abort', onAbort);
          reject(error);
        },
      };
      signal.addEventListener('abort', onAbort, { once: true });
      this.#queue.push(host, waiter);
      this.#serve();
    });
  }

  #serve(): void {
    while (!this.#queue.isEmpty) {
      const slot = this.#free.pop();
      if (slot !== undefined) {
        this.#busy += 1;
        this.#queue.next()?.resolve(slot);
        continue;
      }
      const known = this.#refusal();
      if (known !== null && this.#busy === 0 && this.#opening === null) {
        for (const waiter of this.#queue.drain()) waiter.reject(known);
      } else if (known === null && this.#opening === null && this.#busy < this.#limit) void this.#open();
      return;
    }
  }

  /** What is known of a relay that cannot be reached; null when it is time to try (again). */
  #refusal(): FirebreakError | null {
    if (this.#failure === null) return null;
    const isFresh = this.#options.time.now() - this.#failure.at < RETRY_MS;
    return isFresh || this.#failure.isFinal ? this.#failure.error : null;
  }

  /** One at a time, so that a wrong password is shown once. True when it opened. Never rejects. */
  #open(): Promise<boolean> {
    this.#opening ??= this.#openNow().finally(() => {
      this.#opening = null;
      this.#serve();
    });
    return this.#opening;
  }

  async #openNow(): Promise<boolean> {
    const { open } = this.#options;
    const { signal } = this.#closing;
    try {
      const session = await open({ signal, timeoutMs: OPEN_MS });
      const slot = { session, generation: this.#generation };
      if (signal.aborted) {
        await this.#close(slot);
        return false;
      }
      this.#free.push(slot);
      this.#wasUp = true;
      this.#refusals = 0;
      this.#failure = null;
      return true;
    } catch (thrown) {
      if (!signal.aborted) this.#failed(thrown);
      return false;
    }
  }

  #failed(thrown: unknown): void {
    if (this.#busy > 0) {
      // The others do the work; the relay may not allow more.
      if (thrown instanceof FirebreakError && thrown.code === 'FB_SESSION_QUOTA') this.#limit = this.#busy;
      else this.#note(thrown, false);
      return;
    }
    const code = thrown instanceof FirebreakError ? thrown.code : 'FB_BUG';
    if (DENIED.test(code)) this.#refusals += 1;
    const mayPass = this.#wasUp && this.#refusals < REFUSALS_IN_A_ROW;
    const isRetryable = thrown instanceof FirebreakError && thrown.retryable;
    this.#lostAt ??= this.#options.time.now();
    this.#troubles += 1;
    this.#note(thrown, code === 'FB_AUTH_DENIED' ? !mayPass : !isRetryable && !this.#wasUp);
  }

  #note(thrown: unknown, isFinal: boolean): void {
    const { name, time } = this.#options;
    this.#failure = { error: relayUnreachable(name, thrown, isFinal), at: time.now(), isFinal };
  }

  #lose(slot: Slot, thrown: FirebreakError): FirebreakError {
    this.#lostAt ??= this.#options.time.now();
    if (slot.generation === this.#generation) {
      this.#generation += 1;
      this.#troubles += 1;
      this.#drop();
    }
    return relayLost(this.#options.name, thrown);
  }

  #works(): void {
    this.#lostAt = null;
    this.#troubles = 0;
  }

  async #recover(): Promise<void> {
    const { time, graceMs, name } = this.#options;
    const since = this.#lostAt ?? time.now();
    for (;;) {
      const failure = this.#failure;
      if (failure !== null && (failure.isFinal || !this.#wasUp)) throw relayUnreachable(name, failure.error, true);
      const delayMs = this.#delay();
      if (time.now() - since + delayMs > graceMs) {
        throw relayGivenUp(name, failure?.error ?? null, formatDuration(graceMs));
      }
      await time.sleep(delayMs, this.#closing.signal);
      if (this.#free.length > 0 || (this.#lostAt === null && this.#failure === null)) return;
      if (await this.#open()) return;
      if (this.#closing.signal.aborted) throw cancelled(name);
    }
  }

  #delay(): number {
    const doubled = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(10, Math.max(0, this.#troubles - 1)));
    return this.#refusals > 0 ? Math.max(AFTER_REFUSAL_MS, doubled) : doubled;
  }

  #drop(): void {
    for (const slot of this.#free.splice(0)) void this.#close(slot);
  }

  /** A session that does not close is the relay's affair. */
  async #close({ session }: Slot): Promise<void> {
    const closed = new AbortController();
    const tooLong = this.#options.time.sleep(CLOSE_MS, closed.signal).catch(() => {});
    await Promise.race([session.close().catch(() => {}), tooLong]);
    closed.abort();
  }
}

async function orAborted(work: Promise<void>, signal: AbortSignal, name: string): Promise<void> {
  let onAbort = (): void => {};
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(cancelled(name));
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
    // nobody may be left to hear of it
    work.catch(() => {});
  }
}
