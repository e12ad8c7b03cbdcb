/**
 * One session a host: opened when first needed, opened anew after it was lost or dropped. Must not know what travels
 * over it, nor what has to be done once the machine is known (`onFirst`).
 */
import { FirebreakError, type PlannedHost, type Session } from '../domain/index.ts';
import type { EngineDeps } from './deps.ts';

/** Longest wait for a session while something is read or changed. */
const OPEN_MS = 60_000;
/** While waiting for a host to come back, attempts are short and many. */
const OPEN_WHILE_WAITING_MS = 20_000;
const CLOSE_MS = 5_000;
const DENIED = /^FB_(AUTH|CREDENTIAL)_/;
const LOST = /^FB_(CONNECT|SESSION|PROTOCOL)_|^FB_DEADLINE$|^FB_CANCELLED$/;

export class HostConnection {
  readonly #deps: EngineDeps;
  readonly #host: PlannedHost;
  readonly #onFirst: (session: Session, signal: AbortSignal) => Promise<void>;
  #session: Promise<Session> | null = null;
  #isKnown = false;
  /** A refused logon is not tried again: further attempts would lock the account out. */
  #denied: FirebreakError | null = null;
  /** True while the host is expected to be away for a while. */
  isWaiting = false;

  constructor(deps: EngineDeps, host: PlannedHost, onFirst: (session: Session, signal: AbortSignal) => Promise<void>) {
    this.#deps = deps;
    this.#host = host;
    this.#onFirst = onFirst;
  }

  /** True once a session was open and the machine was looked at. */
  get isKnown(): boolean {
    return this.#isKnown;
  }

  session(signal: AbortSignal, remainingMs: number): Promise<Session> {
    if (this.#session === null) {
      const opening = this.#open(signal, remainingMs);
      this.#session = opening;
      opening.catch(() => {
        if (this.#session === opening) this.#session = null;
      });
    }
    return this.#session;
  }

  async #open(signal: AbortSignal, remainingMs: number): Promise<Session> {
    if (this.#denied !== null) throw this.#denied;
    const timeoutMs = Math.max(1, Math.min(remainingMs, this.isWaiting ? OPEN_WHILE_WAITING_MS : OPEN_MS));
    let session: Session;
    try {
      session = await this.#deps.openSession(this.#host, { signal, timeoutMs });
    } catch (thrown) {
      if (thrown instanceof FirebreakError && DENIED.test(thrown.code)) this.#denied = thrown;
      throw asUnreached(thrown, this.#host);
    }
    if (this.#isKnown) return session;
    try {
      await this.#onFirst(session, signal);
    } catch (thrown) {
      await this.#close(session);
      throw thrown;
    }
    this.#isKnown = true;
    return session;
  }

  /** Called with every error of an action: a session that may be broken is not used again. */
  async dropIfLost(thrown: unknown): Promise<void> {
    if (thrown instanceof FirebreakError && LOST.test(thrown.code)) await this.drop();
  }

  /** Does not wait for the host. */
  async drop(): Promise<void> {
    const session = this.#session;
    this.#session = null;
    session?.then((opened) => opened.close()).catch(() => {});
  }

  async close(): Promise<void> {
    const session = this.#session;
    this.#session = null;
    if (session !== null) {
      await session.then(
        (opened) => this.#close(opened),
        () => {},
      );
    }
  }

  /** A session that does not close is the host's affair. */
  async #close(session: Session): Promise<void> {
    const closed = new AbortController();
    const tooLong = this.#deps.clock.sleep(CLOSE_MS, closed.signal).catch(() => {});
    await Promise.race([session.close().catch(() => {}), tooLong]);
    closed.abort();
  }
}

/** A deadline that passes while connecting means that the host was not reached. */
function asUnreached(thrown: unknown, host: PlannedHost): unknown {
  if (!(thrown instanceof FirebreakError) || thrown.code !== 'FB_DEADLINE') return thrown;
  return new FirebreakError('FB_CONNECT_TIMEOUT', `${host.name} (${host.address}:${host.port}): no answer in time`, {
    remedy: thrown.remedy,
    cause: thrown,
  });
}
