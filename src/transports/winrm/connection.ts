/**
 * What carries envelopes to a WinRM service, whatever the login: Basic, or sealed. Must not know what envelopes say.
 */
import type { Secret } from '../../domain/index.ts';
import { type Headers, type HttpAnswer, HttpConnection, type PostOptions } from './http-connection.ts';
import { SealedConnection } from './sealed-connection.ts';

export interface Login {
  readonly auth: 'basic' | 'ntlm' | 'negotiate';
  readonly user: string;
  readonly password: Secret;
}

export interface ConnectionOptions {
  readonly label: string;
  /** `http://address:port` */
  readonly origin: string;
  /** Service principal name. */
  readonly targetName: string;
  readonly login: Login;
  /** Source address; the system's choice when absent. */
  readonly source?: string;
}

/** One request at a time; each is sent once. */
export interface WsmanConnection {
  /** True when it was torn down and cannot be used again. */
  readonly isDead: boolean;
  readonly isBusy: boolean;
  /** True while a request is under way that the service may hold back for long. */
  readonly isPolling: boolean;
  /** @throws FirebreakError FB_CONNECT_*, FB_AUTH_DENIED, FB_PROTOCOL_AUTH, FB_PROTOCOL_HTTP, FB_ENVIRONMENT; the signal's reason when it aborts */
  post(xml: string, options: PostOptions): Promise<HttpAnswer>;
  /** Tears the connection down at once. */
  destroy(): void;
}

export function createConnection(options: ConnectionOptions): WsmanConnection {
  const { login, targetName, ...where } = options;
  if (login.auth === 'basic') return new BasicConnection(new HttpConnection(where), login);
  return new SealedConnection(where, {
    kind: login.auth,
    user: login.user,
    password: login.password,
    targetName,
  });
}

class BasicConnection implements WsmanConnection {
  readonly #http: HttpConnection;
  readonly #headers: Headers;

  constructor(http: HttpConnection, login: Login) {
    const credentials = Buffer.from(`${login.user}:${login.password.reveal()}`, 'utf8').toString('base64');
    this.#http = http;
    this.#headers = { authorization: `Basic ${credentials}` };
  }

  get isDead(): boolean {
    return this.#http.isDead;
  }

  get isBusy(): boolean {
    return this.#http.isBusy;
  }

  get isPolling(): boolean {
    return this.#http.isPolling;
  }

  post(xml: string, options: PostOptions): Promise<HttpAnswer> {
    return this.#http.post(xml, this.#headers, options);
  }

  destroy(): void {
    this.#http.destroy();
  }
}
