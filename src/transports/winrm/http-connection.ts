/**
 * One keep-alive HTTP connection to a WinRM service: a POST at a time, bounded in time and size. It never sends a
 * request twice. Must not know SOAP.
 */
import { connect, type Socket } from 'node:net';
import { type buildConnector, Client, type Dispatcher } from 'undici';
import { SOAP_CONTENT_TYPE } from '../../protocol/index.ts';
import { connectTimeout, fromHttpError, noAnswer } from './failures.ts';

export interface HttpAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly challenges: readonly string[];
  readonly body: Buffer;
}

export interface HttpConnectionOptions {
  readonly label: string;
  /** `http://address:port` */
  readonly origin: string;
  /** Source address; the system's choice when absent. */
  readonly source?: string;
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

/** The one socket is gone, and not a byte of the request was sent. */
export class SocketGone extends Error {
  override readonly name = 'SocketGone';
}

export class HttpConnection {
  readonly #label: string;
  readonly #client: Client;
  readonly #isOneSocket: boolean;
  #sockets = 0;
  readonly #source: string | undefined;
  /** The socket whose handshake is under way: giving up must end it, not leave it to the system's own time-out. */
  #connecting: Socket | undefined;
  #isConnected = false;
  #pending = 0;
  #polls = 0;

  constructor(options: HttpConnectionOptions) {
    this.#label = options.label;
    this.#source = options.source;
    this.#isOneSocket = options.isOneSocket ?? false;
    this.#client = new Client(options.origin, {
      pipelining: 1,
      keepAliveTimeout: IDLE_MS,
      keepAliveMaxTimeout: IDLE_MS,
      maxResponseSize: MAX_ANSWER_BYTES,
      connect: (target, connected) => this.#connect(target, connected),
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
    return this.#client.destroyed || (this.#isOneSocket && this.#sockets > 0 && !this.#isConnected);
  }

  get isBusy(): boolean {
    return this.#pending > 0;
  }

  get isPolling(): boolean {
    return this.#polls > 0;
  }

  /**
   * @throws FirebreakError FB_CONNECT_*, FB_PROTOCOL_HTTP, FB_ENVIRONMENT (source address); SocketGone; the signal's reason when it aborts
   */
  async post(body: string | Uint8Array, headers: Headers, options: PostOptions): Promise<HttpAnswer> {
    const poll = options.isPoll ? 1 : 0;
    this.#pending += 1;
    this.#polls += poll;
    try {
      return await this.#post(body, { ...COMMON_HEADERS, ...headers }, options);
    } finally {
      this.#pending -= 1;
      this.#polls -= poll;
    }
  }

  #post(body: string | Uint8Array, headers: Headers, options: PostOptions): Promise<HttpAnswer> {
    const { signal, timeoutMs, connectTimeoutMs } = options;
    return new Promise((resolve, reject) => {
      let controller: Dispatcher.DispatchController | undefined;
      let isSettled = false;
      const settle = (finish: () => void): void => {
        if (isSettled) return;
        isSettled = true;
        clearTimeout(timer);
        clearTimeout(connectTimer);
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
      const connectTimer = setTimeout(
        () => {
          if (!this.#isConnected) abandon(connectTimeout(this.#label, connectTimeoutMs));
        },
        Math.max(0, Math.min(connectTimeoutMs, timeoutMs)),
      );
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
            answer.start(status, received);
          },
          onResponseData: (_controller, chunk) => answer.add(chunk),
          onResponseEnd: () => settle(() => resolve(answer.finish())),
          onResponseError: (_controller, error) =>
            fail(error instanceof SocketGone ? error : fromHttpError(this.#label, error)),
        },
      );
    });
  }

  /** Tears the connection down at once. */
  destroy(): void {
    this.#tearDown(new Error('closed'));
  }

  #tearDown(reason: Error): void {
    this.#connecting?.destroy(reason);
    this.#client.destroy(reason).catch(() => undefined);
  }

  #connect(target: buildConnector.Options, connected: buildConnector.Callback): void {
    if (this.#isOneSocket && this.#sockets > 0) {
      connected(new SocketGone('the socket is gone'), null);
      return;
    }
    this.#sockets += 1;
    const socket = connect({
      host: target.hostname,
      port: Number(target.port) || 80,
      noDelay: true,
      ...(this.#source === undefined ? {} : { localAddress: this.#source }),
    });
    this.#connecting = socket;
    const onError = (error: Error): void => {
      this.#connecting = undefined;
      connected(error, null);
    };
    socket.once('error', onError);
    socket.once('connect', () => {
      this.#connecting = undefined;
      socket.off('error', onError);
      socket.setKeepAlive(true, IDLE_MS);
      connected(null, socket);
    });
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
