/**
 * A connection on which every envelope is sealed with the key of an NTLM login (MS-WSMV 2.2.9.1). The login belongs to
 * the socket: a new socket, or a 401, means a new login, and no envelope ever leaves in the clear. Must not know SOAP.
 *
 * A request is sealed again and sent again in two cases only, once: the socket was gone before its first byte, or the
 * host answered 401, which it does before it looks at a request.
 */
import { randomBytes } from 'node:crypto';
import { FirebreakError, type Secret } from '../../domain/index.ts';
import {
  createInitiator,
  decodeSealedBody,
  encodeSealedBody,
  type Initiator,
  isSealedType,
  type NtlmSession,
  SEALED_CONTENT_TYPE,
  SOAP_CONTENT_TYPE,
} from '../../protocol/index.ts';
import {
  answeredInTheClear,
  fromHttpStatus,
  fromProtocolError,
  loginDenied,
  loginUnfinished,
  negotiateMissing,
  noAnswer,
  sessionClosed,
} from './failures.ts';
import {
  type HttpAnswer,
  HttpConnection,
  type HttpConnectionOptions,
  type PostOptions,
  SocketGone,
} from './http-connection.ts';
import { Mutex } from './mutex.ts';

export interface SealedLogin {
  readonly kind: 'ntlm' | 'negotiate';
  readonly user: string;
  readonly password: Secret;
  readonly targetName: string;
}

interface Established {
  readonly http: HttpConnection;
  readonly session: NtlmSession;
}

/** Messages of ours in one login: SPNEGO with another first choice of the host's needs three. */
const MAX_LEGS = 4;

export class SealedConnection {
  readonly #where: HttpConnectionOptions;
  readonly #login: SealedLogin;
  readonly #mutex = new Mutex();
  #established: Established | undefined;
  /** The one that is in use or logging on, for `destroy`. */
  #http: HttpConnection | undefined;
  #isDestroyed = false;
  #pending = 0;
  #polls = 0;

  constructor(where: HttpConnectionOptions, login: SealedLogin) {
    this.#where = { ...where, isOneSocket: true };
    this.#login = login;
  }

  get isDead(): boolean {
    return this.#isDestroyed;
  }

  get isBusy(): boolean {
    return this.#pending > 0;
  }

  get isPolling(): boolean {
    return this.#polls > 0;
  }

  async post(xml: string, options: PostOptions): Promise<HttpAnswer> {
    const poll = options.isPoll ? 1 : 0;
    this.#pending += 1;
    this.#polls += poll;
    try {
      const end = performance.now() + options.timeoutMs;
      const release = await this.#turn(options);
      try {
        return await this.#exchange(xml, () => ({
          ...options,
          timeoutMs: Math.max(0, end - performance.now()),
        }));
      } catch (error) {
        // where the two ciphers stand is unknown
        this.#drop();
        throw fromProtocolError(this.#where.label, error);
      } finally {
        release();
      }
    } finally {
      this.#pending -= 1;
      this.#polls -= poll;
    }
  }

  destroy(): void {
    this.#isDestroyed = true;
    this.#drop();
  }

  /** Sealed messages must be sent in the order in which they are sealed. */
  async #turn(options: PostOptions): Promise<() => void> {
    const { signal, timeoutMs } = options;
    const waiting = new AbortController();
    const onAbort = (): void => waiting.abort(signal?.reason);
    const timer = setTimeout(() => waiting.abort(noAnswer(this.#where.label, timeoutMs)), Math.max(0, timeoutMs));
    if (signal?.aborted) onAbort();
    signal?.addEventListener('abort', onAbort, { once: true });
    try {
      return await this.#mutex.acquire(waiting.signal);
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    }
  }

  async #exchange(xml: string, options: () => PostOptions): Promise<HttpAnswer> {
    for (let isAgain = false; ; isAgain = true) {
      const { http, session } = await this.#logOn(options);
      const body = encodeSealedBody(session.seal(Buffer.from(xml, 'utf8')));
      try {
        const answer = await http.post(body, { 'content-type': SEALED_CONTENT_TYPE }, options());
        if (answer.status !== 401) return this.#open(answer, session);
        if (isAgain) throw loginDenied(this.#where.label);
      } catch (error) {
        if (!(error instanceof SocketGone)) throw error;
        if (isAgain) throw this.#lost(error);
      }
      this.#drop();
    }
  }

  #open(answer: HttpAnswer, session: NtlmSession): HttpAnswer {
    if (isSealedType(answer.contentType)) {
      return { ...answer, contentType: SOAP_CONTENT_TYPE, body: session.unseal(decodeSealedBody(answer.body)) };
    }
    // anything but these two has no envelope that could be taken for an answer
    if (answer.status === 200 || answer.status === 500) throw answeredInTheClear(this.#where.label, answer.status);
    throw fromHttpStatus(this.#where.label, answer);
  }

  async #logOn(options: () => PostOptions): Promise<Established> {
    if (this.#isDestroyed) throw sessionClosed(this.#where.label);
    if (this.#established !== undefined && !this.#established.http.isDead) return this.#established;
    this.#drop();
    const http = new HttpConnection(this.#where);
    this.#http = http;
    const { kind, user, password, targetName } = this.#login;
    const initiator = createInitiator(kind, {
      user,
      password: password.reveal(),
      targetName,
      randomBytes,
      now: Date.now,
    });
    try {
      this.#established = { http, session: await this.#handshake(http, initiator, options) };
      return this.#established;
    } catch (error) {
      throw error instanceof SocketGone ? loginUnfinished(this.#where.label, 'the host closed the connection') : error;
    }
  }

  async #handshake(http: HttpConnection, initiator: Initiator, options: () => PostOptions): Promise<NtlmSession> {
    const { label } = this.#where;
    let token = initiator.step();
    for (let leg = 1; leg <= MAX_LEGS && token !== undefined; leg += 1) {
      const authorization = `Negotiate ${Buffer.from(token).toString('base64')}`;
      const answer = await http.post('', { authorization }, { ...options(), isPoll: false });
      const reply = tokenOf(answer.challenges);
      const { session } = initiator;
      if (answer.status === 401) {
        if (session !== undefined) throw loginDenied(label);
        if (reply === undefined) throw negotiateMissing(label, answer.challenges);
        token = initiator.step(reply);
        continue;
      }
      if (answer.status !== 200) throw fromHttpStatus(label, answer);
      if (session === undefined) throw loginUnfinished(label, 'the host asked for no password');
      if (reply !== undefined) initiator.step(reply);
      return session;
    }
    throw loginUnfinished(label, 'the host kept asking');
  }

  #drop(): void {
    this.#established = undefined;
    this.#http?.destroy();
    this.#http = undefined;
  }

  #lost(cause: unknown): FirebreakError {
    return new FirebreakError('FB_CONNECT_LOST', `${this.#where.label}: the connection was lost`, {
      remedy: 'the host may have restarted or lost its network; try again',
      cause,
    });
  }
}

/** The token of a `Negotiate` challenge; undefined when there is none. */
function tokenOf(challenges: readonly string[]): Uint8Array | undefined {
  for (const challenge of challenges) {
    const token = /^\s*Negotiate\s+([A-Za-z0-9+/]+=*)/i.exec(challenge)?.[1];
    if (token !== undefined) return Buffer.from(token, 'base64');
  }
  return undefined;
}
