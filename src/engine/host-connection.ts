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
/** A host that starts may refuse whom it let in before. The tries stay below every usual lock-out, and far apart. */
const REFUSALS_IN_A_ROW = 3;
const AFTER_REFUSAL_MS = 20_000;
const LOST = /^FB_(CONNECT|SESSION|PROTOCOL)_|^FB_DEADLINE$|^FB_CANCELLED$/;

export class HostConnection {
  readonly #deps: EngineDeps;
  readonly #host: PlannedHost;
  readonly #onFirst: (session: Session, signal: AbortSignal) => Promise<void>;
  #session: Promise<Session> | null = null;
  #isKnown = false;
  /** A refused logon that is final: further attempts would lock the account out. */
  #denied: FirebreakError | null = null;
  /** Whether the host has ever let this run in. */
  #wasGranted: boolean;
  #refusals = 0;
  /** No logon before this time. */
  #notBefore = 0;
  /** True while the host is expected to be away for a while. */
  isWaiting = false;

  readonly #name: string;

  /**
   * @param wasGranted an earlier process of the run has been on the host with the same account
   * @param name what the host shows as the name of our sessions
   */
  constructor(
    deps: EngineDeps,
    host: PlannedHost,
    wasGranted: boolean,
    name: string,
    onFirst: (session: Session, signal: AbortSignal) => Promise<void>,
  ) {
    this.#name = name;
    this.#deps = deps;
    this.#host = host;
    this.#wasGranted = wasGranted;
    this.#onFirst = onFirst;
  }

  /** True once a session was open and the machine was looked at. */
  get isKnown(): boolean {
    return this.#isKnown;
  }

  /** True while a session is open or being opened. */
  get isOpen(): boolean {
    return this.#session !== null;
  }

  /** True once a refused logon is final. */
  get isDenied(): boolean {
    return this.#denied !== null;
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
    const session = await this.#logOn(signal, remainingMs);
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

  async #logOn(signal: AbortSignal, remainingMs: number): Promise<Session> {
    if (this.#denied !== null) throw this.#denied;
    const { clock } = this.#deps;
    const startedAt = clock.now();
    const heldBackMs = this.#notBefore - startedAt;
    if (heldBackMs > 0) await clock.sleep(Math.min(heldBackMs, Math.max(1, remainingMs)), signal);
    const leftMs = remainingMs - (clock.now() - startedAt);
    const timeoutMs = Math.max(1, Math.min(leftMs, this.#openMs()));
    try {
      const session = await this.#deps.openSession(this.#host, { signal, timeoutMs, name: this.#name });
      this.#wasGranted = true;
      this.#refusals = 0;
      return session;
    } catch (thrown) {
      if (thrown instanceof FirebreakError && DENIED.test(thrown.code)) throw this.#refused(thrown);
      throw asUnreached(thrown, this.#host);
    }
  }

  /** A relay takes its time to find that a host is away; cutting it short costs its session. */
  #openMs(): number {
    return this.isWaiting && this.#host.via === undefined ? OPEN_WHILE_WAITING_MS : OPEN_MS;
  }

  /** The account that was good before this restart may be good again in a moment; any other refusal is final. */
  #refused(thrown: FirebreakError): FirebreakError {
    this.#refusals += 1;
    if (thrown.code !== 'FB_AUTH_DENIED' || !this.#wasGranted || this.#refusals >= REFUSALS_IN_A_ROW) {
      this.#denied = thrown;
      return thrown;
    }
    this.#notBefore = this.#deps.clock.now() + AFTER_REFUSAL_MS;
    return new FirebreakError('FB_CONNECT_LOST', `${thrown.message}, after it was let in before`, {
      remedy: thrown.remedy,
      cause: thrown,
    });
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
  const way = host.via === undefined ? `:${host.port})` : `) through relay ${host.via.name}`;
  return new FirebreakError('FB_CONNECT_TIMEOUT', `${host.name} (${host.address}${way}: no answer in time`, {
    remedy: thrown.remedy,
    cause: thrown,
  });
}
