/**
 * One keep-alive HTTP connection to a WinRM service: a POST at a time, bounded in time and size. It never sends a
 * request twice. Must not know SOAP, nor by which way the socket reaches the service.
 */
import { type buildConnector, Client, type Dispatcher } from 'undici';
import type { FirebreakError } from '../../domain/index.ts';
import { SOAP_CONTENT_TYPE } from '../../protocol/index.ts';
import { waitFor } from '../psrp/index.ts';
import type { Endpoint } from './endpoint.ts';
import { fromHttpError, noAnswer, onTlsPort } from './failures.ts';
import { type OpenedSocket, openSocket } from './open-socket.ts';

export interface HttpAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly challenges: readonly string[];
  readonly body: Buffer;
}

export interface HttpConnectionOptions extends Endpoint {
  /** For a login that belongs to the socket: when it is gone, so is this connection. */
  readonly isOneSocket?: boolean;
}

export type Headers = Readonly<Record<string, string>>;

export interface PostOptions {
  /** Milliseconds from now to the last byte of the answer. */
  readonly timeoutMs: number;
  /** Milliseconds for setting up the connection, when one is needed. */
  readonly connectTimeoutMs: number;
  /** True for a request that the service may hold back for long. */
  readonly isPoll: boolean;
  /** Aborting tears the connection down. */
  readonly signal?: AbortSignal;
}

/** Bytes: several times MaxEnvelopeSize; an answer that is larger is no answer of WinRM. */
const MAX_ANSWER_BYTES = 4 * 1024 * 1024;
const COMMON_HEADERS: Headers = {
  'content-type': SOAP_CONTENT_TYPE,
  'user-agent': 'Firebreak',
  'accept-encoding': 'identity',
};
/** Below the 120 seconds after which http.sys drops idle connections. */
const IDLE_MS = 60_000;
/** Milliseconds for a new socket when the old one was lost under a waiting request. */
const RECONNECT_TIMEOUT_MS = 15_000;

/** The one socket is gone, and not a byte of the request was sent. */
export class SocketGone extends Error {
  override readonly name = 'SocketGone';
}

export class HttpConnection {
  readonly #label: string;
  readonly #options: HttpConnectionOptions;
  readonly #client: Client;
  readonly #teardown = new AbortController();
  #sockets = 0;
  #opening: Promise<void> | undefined;
  /** Opened, and not yet in use. */
  #parked: OpenedSocket | undefined;
  #channelBinding: Uint8Array | undefined;
  #isConnected = false;
  #hasAnswered = false;
  #pending = 0;
  #polls = 0;

  constructor(options: HttpConnectionOptions) {
    this.#label = options.label;
    this.#options = options;
    // the socket comes from us, with TLS where there is any
    this.#client = new Client(options.origin.replace(/^https:/, 'http:'), {
      pipelining: 1,
      keepAliveTimeout: IDLE_MS,
      keepAliveMaxTimeout: IDLE_MS,
      maxResponseSize: MAX_ANSWER_BYTES,
      connect: (_target, connected) => this.#give(connected),
      // all waiting is bounded by the timers in post()
      headersTimeout: 0,
      bodyTimeout: 0,
      allowH2: false,
    });
    this.#client.on('connect', () => {
      this.#isConnected = true;
    });
    this.#client.on('disconnect', () => {
      this.#isConnected = false;
    });
  }

  /** True when it was torn down, or has lost its one socket, and cannot be used again. */
  get isDead(): boolean {
    if (this.#client.destroyed) return true;
    const isOpen = this.#isConnected || this.#opening !== undefined || this.#parked?.socket.destroyed === false;
    return this.#options.isOneSocket === true && this.#sockets > 0 && !isOpen;
  }

  get isBusy(): boolean {
    return this.#pending > 0;
  }

  get isPolling(): boolean {
    return this.#polls > 0;
  }

  /**
   * Opens the socket if there is none; gives the channel binding of its TLS (RFC 5929 `tls-server-end-point:…`),
   * undefined where there is none.
   * @throws as post
   */
  async connect(options: Omit<PostOptions, 'isPoll'>): Promise<Uint8Array | undefined> {
    const { signal } = options;
    if (signal?.aborted) throw signal.reason;
    if (this.#opening !== undefined) await waitFor(this.#opening, signal ?? this.#teardown.signal);
    else if (!this.#isConnected && this.#parked?.socket.destroyed !== false) await this.#open(options);
    return this.#channelBinding;
  }

  /**
   * @throws FirebreakError FB_CONNECT_*, FB_TLS_*, FB_PROTOCOL_HTTP, FB_ENVIRONMENT (source address), FB_AUTH_DENIED (of a
   * proxy); SocketGone; the signal's reason when it aborts
   */
  async post(body: string | Uint8Array, headers: Headers, options: PostOptions): Promise<HttpAnswer> {
    const poll = options.isPoll ? 1 : 0;
    this.#pending += 1;
    this.#polls += poll;
    try {
      const end = performance.now() + options.timeoutMs;
      if (!this.#isConnected) await this.connect(options);
      const timeoutMs = Math.max(0, end - performance.now());
      return await this.#post(body, { ...COMMON_HEADERS, ...headers }, { ...options, timeoutMs });
    } finally {
      this.#pending -= 1;
      this.#polls -= poll;
    }
  }

  #post(body: string | Uint8Array, headers: Headers, options: PostOptions): Promise<HttpAnswer> {
    const { signal, timeoutMs } = options;
    return new Promise((resolve, reject) => {
      let controller: Dispatcher.DispatchController | undefined;
      let isSettled = false;
      const settle = (finish: () => void): void => {
        if (isSettled) return;
        isSettled = true;
        clearTimeout(timer);
        signal?.removeEventListener('abort', onAbort);
        finish();
      };
      const fail = (error: unknown): void => settle(() => reject(error));
      /** Gives up: the connection is of no use with an answer outstanding. */
      const abandon = (error: unknown): void => {
        fail(error);
        if (controller !== undefined) controller.abort(toError(error));
        else this.#tearDown(toError(error));
      };
      const onAbort = (): void => abandon(signal?.reason);
      const timer = setTimeout(() => abandon(noAnswer(this.#label, timeoutMs)), Math.max(0, timeoutMs));
      if (signal?.aborted) {
        fail(signal.reason);
        return;
      }
      signal?.addEventListener('abort', onAbort, { once: true });
      const answer = new AnswerCollector();
      this.#client.dispatch(
        { method: 'POST', path: '/wsman', headers, body },
        {
          onRequestStart: (started) => {
            controller = started;
            if (isSettled) started.abort(new Error('given up'));
          },
          onResponseStart: (started, status, received) => {
            // before waiting for a body that will never come
            if (Number(received['content-length'] ?? 0) > MAX_ANSWER_BYTES) started.abort(new Error('it is too large'));
            this.#hasAnswered = true;
            answer.start(status, received);
          },
          onResponseData: (_controller, chunk) => answer.add(chunk),
          onResponseEnd: () => settle(() => resolve(answer.finish())),
          onResponseError: (_controller, error) => fail(error instanceof SocketGone ? error : this.#failure(error)),
        },
      );
    });
  }

  #failure(error: unknown): FirebreakError {
    const failure = fromHttpError(this.#label, error);
    // a port that has answered HTTP before speaks HTTP
    const isKnown = this.#options.tls !== undefined || this.#hasAnswered;
    return isKnown ? failure : onTlsPort(failure, this.#options.port);
  }

  /** Tears the connection down at once. */
  destroy(): void {
    this.#tearDown(new Error('closed'));
  }

  #tearDown(reason: Error): void {
    this.#teardown.abort(reason);
    this.#parked?.socket.destroy();
    this.#client.destroy(reason).catch(() => undefined);
  }

  async #open(options: Omit<PostOptions, 'isPoll'>): Promise<void> {
    if (this.#options.isOneSocket === true && this.#sockets > 0) throw new SocketGone('the socket is gone');
    this.#sockets += 1;
    const { signal: outer, timeoutMs, connectTimeoutMs } = options;
    const inner = this.#teardown.signal;
    const opened = openSocket(this.#options, {
      timeoutMs: Math.min(timeoutMs, connectTimeoutMs),
      signal: outer === undefined ? inner : AbortSignal.any([outer, inner]),
    });
    this.#opening = opened.then((it) => {
      this.#parked = it;
      this.#channelBinding = it.channelBinding;
    });
    try {
      await this.#opening;
    } finally {
      this.#opening = undefined;
    }
  }

  /** Hands the parked socket over to the HTTP client; opens another when that one was lost on the way. */
  #give(connected: buildConnector.Callback): void {
    const parked = this.#parked;
    this.#parked = undefined;
    if (parked !== undefined && !parked.socket.destroyed) {
      // the client cannot take it while it is still asking
      queueMicrotask(() => connected(null, parked.socket));
      return;
    }
    this.#open({ timeoutMs: RECONNECT_TIMEOUT_MS, connectTimeoutMs: RECONNECT_TIMEOUT_MS }).then(
      () => {
        const fresh = this.#parked!;
        this.#parked = undefined;
        connected(null, fresh.socket);
      },
      (error: unknown) => connected(toError(error), null),
    );
  }
}

class AnswerCollector {
  #status = 0;
  #headers: Readonly<Record<string, string | string[] | undefined>> = {};
  readonly #chunks: Buffer[] = [];

  start(status: number, headers: Readonly<Record<string, string | string[] | undefined>>): void {
    this.#status = status;
    this.#headers = headers;
  }

  add(chunk: Buffer): void {
    this.#chunks.push(chunk);
  }

  finish(): HttpAnswer {
    const first = this.#chunks[0];
    const body = this.#chunks.length === 1 && first !== undefined ? first : Buffer.concat(this.#chunks);
    return {
      status: this.#status,
      contentType: this.#all('content-type')[0] ?? '',
      challenges: this.#all('www-authenticate'),
      body,
    };
  }

  #all(name: string): readonly string[] {
    const value = this.#headers[name];
    if (value === undefined) return [];
    return typeof value === 'string' ? [value] : value;
  }
}

function toError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error('aborted');
}
