/**
 * One keep-alive HTTP connection to a WinRM service: a POST at a time, bounded in time and size. It never sends a
 * request twice. Must not know SOAP.
 */
import { Client, type Dispatcher } from 'undici';
import { SOAP_CONTENT_TYPE } from '../../protocol/index.ts';
import { connectTimeout, fromHttpError, noAnswer } from './failures.ts';

export interface HttpAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly challenges: readonly string[];
  readonly body: string;
}

export interface ConnectionOptions {
  readonly label: string;
  /** `http://address:port` */
  readonly origin: string;
  readonly authorization: string;
  /** Source address; the system's choice when absent. */
  readonly source?: string;
}

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
/** Below the 120 seconds after which http.sys drops idle connections. */
const IDLE_MS = 60_000;

export class HttpConnection {
  readonly #label: string;
  readonly #client: Client;
  readonly #headers: Readonly<Record<string, string>>;
  #isConnected = false;
  #pending = 0;
  #polls = 0;

  constructor(options: ConnectionOptions) {
    this.#label = options.label;
    this.#headers = {
      'content-type': SOAP_CONTENT_TYPE,
      authorization: options.authorization,
      'user-agent': 'Firebreak',
      'accept-encoding': 'identity',
    };
    this.#client = new Client(options.origin, {
      pipelining: 1,
      keepAliveTimeout: IDLE_MS,
      keepAliveMaxTimeout: IDLE_MS,
      maxResponseSize: MAX_ANSWER_BYTES,
      // all waiting is bounded by the timers in post()
      connectTimeout: 0,
      headersTimeout: 0,
      bodyTimeout: 0,
      allowH2: false,
      ...(options.source === undefined ? {} : { localAddress: options.source }),
    });
    this.#client.on('connect', () => {
      this.#isConnected = true;
    });
    this.#client.on('disconnect', () => {
      this.#isConnected = false;
    });
  }

  /** True when it was torn down and cannot be used again. */
  get isDead(): boolean {
    return this.#client.destroyed;
  }

  get isBusy(): boolean {
    return this.#pending > 0;
  }

  get isPolling(): boolean {
    return this.#polls > 0;
  }

  /**
   * @throws FirebreakError FB_CONNECT_*, FB_PROTOCOL_HTTP, FB_ENVIRONMENT (source address); the signal's reason when it aborts
   */
  async post(body: string, options: PostOptions): Promise<HttpAnswer> {
    const poll = options.isPoll ? 1 : 0;
    this.#pending += 1;
    this.#polls += poll;
    try {
      return await this.#post(body, options);
    } finally {
      this.#pending -= 1;
      this.#polls -= poll;
    }
  }

  #post(body: string, options: PostOptions): Promise<HttpAnswer> {
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
        else this.#client.destroy(toError(error)).catch(() => undefined);
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
        { method: 'POST', path: '/wsman', headers: this.#headers, body },
        {
          onRequestStart: (started) => {
            controller = started;
            if (isSettled) started.abort(new Error('given up'));
          },
          onResponseStart: (started, status, headers) => {
            // before waiting for a body that will never come
            if (Number(headers['content-length'] ?? 0) > MAX_ANSWER_BYTES) started.abort(new Error('it is too large'));
            answer.start(status, headers);
          },
          onResponseData: (_controller, chunk) => answer.add(chunk),
          onResponseEnd: () => settle(() => resolve(answer.finish())),
          onResponseError: (_controller, error) => fail(fromHttpError(this.#label, error)),
        },
      );
    });
  }

  /** Tears the connection down at once. */
  destroy(): void {
    this.#client.destroy().catch(() => undefined);
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
      body: body.toString('utf8'),
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
