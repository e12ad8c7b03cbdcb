/**
 * A connection on which every envelope is sealed with the key of a login (MS-WSMV 2.2.9.1). The login belongs to
 * the socket: a new socket, or a 401, means a new login, and no envelope ever leaves in the clear. Over TLS, as Windows
 * has it, envelopes are not sealed once more: the login is bound to the TLS connection, and its last message already
 * carries the envelope. Must not know SOAP, nor what the login's tokens say.
 *
 * A request is sealed again and sent again in two cases only, once: the socket was gone before its first byte, or the
 * host answered 401, which it does before it looks at a request.
 */
import { FirebreakError } from '../../domain/index.ts';
import { decodeSealedBody, encodeSealedBody, isSealedType, SOAP_CONTENT_TYPE } from '../../protocol/index.ts';
import { Mutex } from '../psrp/index.ts';
import {
  answeredInTheClear,
  fromHttpStatus,
  fromProtocolError,
  kdcSilent,
  kerberosDenied,
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
import { beginLogin, type LoginAttempt, type SealedLogin, type SealedSession } from './login-attempt.ts';

interface Established {
  readonly http: HttpConnection;
  readonly attempt: LoginAttempt;
  readonly session: SealedSession;
}

interface LoggedOn extends Established {
  /** To the envelope that went with the login's last message. */
  readonly answer?: HttpAnswer | undefined;
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
  #attempt: LoginAttempt | undefined;
  /** The host offers Negotiate and not Kerberos by its own name. */
  #isKerberosOffered = true;
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
      const { answer: first, ...established } = await this.#logOn(xml, options);
      if (first !== undefined) return first;
      try {
        const answer = await this.#post(xml, established, options());
        if (answer.status !== 401) return this.#isTls ? answer : this.#open(answer, established.session);
        if (isAgain) throw this.#denied(established.attempt);
      } catch (error) {
        if (!(error instanceof SocketGone)) throw error;
        if (isAgain) throw this.#lost(error);
      }
      this.#drop();
    }
  }

  get #isTls(): boolean {
    return this.#where.tls !== undefined;
  }

  #post(xml: string, { http, attempt, session }: Established, options: PostOptions): Promise<HttpAnswer> {
    if (this.#isTls) return http.post(xml, {}, options);
    const body = encodeSealedBody(session.seal(Buffer.from(xml, 'utf8')), attempt.sealedType);
    return http.post(body, { 'content-type': attempt.sealedType }, options);
  }

  #open(answer: HttpAnswer, session: SealedSession): HttpAnswer {
    if (isSealedType(answer.contentType)) {
      return { ...answer, contentType: SOAP_CONTENT_TYPE, body: session.unseal(decodeSealedBody(answer.body)) };
    }
    // anything but these two has no envelope that could be taken for an answer
    if (answer.status === 200 || answer.status === 500) throw answeredInTheClear(this.#where.label, answer.status);
    throw fromHttpStatus(this.#where.label, answer);
  }

  /** @param xml over TLS, what goes with the last message of a login: then `answer` is the answer to it */
  async #logOn(xml: string, options: () => PostOptions): Promise<LoggedOn> {
    if (this.#isDestroyed) throw sessionClosed(this.#where.label);
    if (this.#established !== undefined && !this.#established.http.isDead) return this.#established;
    this.#drop();
    try {
      const { answer, ...established } =
        (await this.#tryLogOn(xml, options)) ?? (await this.#tryLogOnAgain(xml, options));
      this.#established = established;
      return { ...established, answer };
    } catch (error) {
      throw error instanceof SocketGone ? loginUnfinished(this.#where.label, 'the host closed the connection') : error;
    }
  }

  async #tryLogOnAgain(xml: string, options: () => PostOptions): Promise<LoggedOn> {
    this.#isKerberosOffered = false;
    this.#drop();
    const loggedOn = await this.#tryLogOn(xml, options);
    if (loggedOn === undefined)
      throw loginUnfinished(this.#where.label, 'the host offers one scheme and wants another');
    return loggedOn;
  }

  /** undefined: the host does not know the scheme `Kerberos`, but Negotiate. */
  async #tryLogOn(xml: string, options: () => PostOptions): Promise<LoggedOn | undefined> {
    const http = new HttpConnection(this.#where);
    this.#http = http;
    const channelBinding = await http.connect(options());
    const { label } = this.#where;
    const isKerberosOffered = this.#isKerberosOffered;
    const { attempt, token } = await withTimeout(label, options(), (signal) =>
      beginLogin(label, this.#login, { channelBinding, isKerberosOffered, signal }),
    );
    this.#attempt = attempt;
    if (this.#isDestroyed) {
      attempt.close();
      throw sessionClosed(label);
    }
    return this.#handshake(http, attempt, token, xml, options);
  }

  async #handshake(
    http: HttpConnection,
    attempt: LoginAttempt,
    first: Uint8Array | undefined,
    xml: string,
    options: () => PostOptions,
  ): Promise<LoggedOn | undefined> {
    const { label } = this.#where;
    const step = (reply: Uint8Array): Promise<Uint8Array | undefined> =>
      withTimeout(label, options(), (signal) => attempt.step(reply, signal));
    let token = first;
    for (let leg = 1; leg <= MAX_LEGS && token !== undefined; leg += 1) {
      const authorization = `${attempt.scheme} ${Buffer.from(token).toString('base64')}`;
      const carries = this.#isTls && attempt.isReady;
      const legOptions = carries ? options() : { ...options(), isPoll: false };
      const answer = await http.post(carries ? xml : '', { authorization }, legOptions);
      const reply = tokenOf(answer.challenges, attempt.scheme);
      if (answer.status === 401) {
        if (attempt.session !== undefined) throw this.#denied(attempt);
        if (reply === undefined) {
          if (attempt.scheme === 'Kerberos' && isOffered(answer, 'Negotiate') && !isOffered(answer, 'Kerberos')) {
            return undefined;
          }
          if (attempt.mechanism === 'Kerberos' && isOffered(answer, attempt.scheme)) throw this.#denied(attempt);
          throw negotiateMissing(label, answer.challenges);
        }
        token = await step(reply);
        continue;
      }
      if (answer.status !== 200 && !carries) throw fromHttpStatus(label, answer);
      // an answer from before the login, such as a proxy's, has no token
      if (answer.status !== 200 && answer.status !== 500 && reply === undefined) throw fromHttpStatus(label, answer);
      if (attempt.mechanism === 'NTLM' && attempt.session === undefined) {
        throw loginUnfinished(label, 'the host asked for no password');
      }
      if (reply !== undefined) await step(reply);
      const { session } = attempt;
      if (session === undefined) throw loginUnfinished(label, 'the host has not proved who it is');
      return { http, attempt, session, answer: carries ? answer : undefined };
    }
    throw loginUnfinished(label, 'the host kept asking');
  }

  #denied(attempt: LoginAttempt): FirebreakError {
    const { label } = this.#where;
    return attempt.mechanism === 'Kerberos' ? kerberosDenied(label, this.#isTls) : loginDenied(label, this.#isTls);
  }

  #drop(): void {
    this.#established = undefined;
    this.#http?.destroy();
    this.#http = undefined;
    this.#attempt?.close();
    this.#attempt = undefined;
  }

  #lost(cause: unknown): FirebreakError {
    return new FirebreakError('FB_CONNECT_LOST', `${this.#where.label}: the connection was lost`, {
      remedy: 'the host may have restarted or lost its network; try again',
      cause,
    });
  }
}

/** The token of a challenge; undefined when there is none. */
function tokenOf(challenges: readonly string[], scheme: LoginAttempt['scheme']): Uint8Array | undefined {
  for (const challenge of challenges) {
    const [, name, token] = /^\s*([a-z]+)\s+([A-Za-z0-9+/]+=*)/i.exec(challenge) ?? [];
    if (token !== undefined && name?.toLowerCase() === scheme.toLowerCase()) return Buffer.from(token, 'base64');
  }
  return undefined;
}

function isOffered({ challenges }: HttpAnswer, scheme: string): boolean {
  return challenges.some((challenge) => challenge.trim().split(/[\s,]/)[0]?.toLowerCase() === scheme.toLowerCase());
}

/** What the system's library does may wait for a KDC: for no longer than the request has. */
async function withTimeout<Result>(
  label: string,
  { signal, timeoutMs }: PostOptions,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(kdcSilent(label, timeoutMs)), Math.max(0, timeoutMs));
  const onAbort = (): void => controller.abort(signal?.reason);
  if (signal?.aborted) onAbort();
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    return await work(controller.signal);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
  }
}
