/**
 * What carries envelopes to a WinRM service, whatever the login: in each request's header, or of the connection. Must not know what envelopes say.
 */
import type { Secret } from '../../domain/index.ts';
import type { Endpoint } from './endpoint.ts';
import { certificateDenied } from './failures.ts';
import { type Headers, type HttpAnswer, HttpConnection, type PostOptions } from './http-connection.ts';
import type { KerberosSettings } from './login-attempt.ts';
import { SealedConnection } from './sealed-connection.ts';

export interface Login {
  readonly auth: 'basic' | 'ntlm' | 'negotiate' | 'kerberos' | 'certificate';
  readonly user: string;
  readonly password: Secret;
  /** Names and places that only Kerberos needs. */
  readonly kerberos: KerberosSettings;
}

export interface ConnectionOptions extends Endpoint {
  /** Service principal name. */
  readonly targetName: string;
  readonly login: Login;
  /** Of the session configuration, for the envelopes; `…/Microsoft.PowerShell` when absent. */
  readonly resourceUri?: string;
}

/** One request at a time; each is sent once. */
export interface WsmanConnection {
  /** True when it was torn down and cannot be used again. */
  readonly isDead: boolean;
  readonly isBusy: boolean;
  /** True while a request is under way that the service may hold back for long. */
  readonly isPolling: boolean;
  /** @throws FirebreakError FB_CONNECT_*, FB_TLS_*, FB_AUTH_DENIED, FB_PROTOCOL_AUTH, FB_PROTOCOL_HTTP, FB_ENVIRONMENT; the signal's reason when it aborts */
  post(xml: string, options: PostOptions): Promise<HttpAnswer>;
  /** Tears the connection down at once. */
  destroy(): void;
}

export function createConnection(options: ConnectionOptions): WsmanConnection {
  const { login, targetName, ...where } = options;
  if (login.auth === 'basic' || login.auth === 'certificate') {
    return new HeaderConnection(where, login);
  }
  return new SealedConnection(where, {
    kind: login.auth,
    user: login.user,
    password: login.password,
    targetName,
    kerberos: login.kerberos,
  });
}

/** Basic; or the fixed word that lets the host look at the certificate of the TLS connection (MS-WSMV 2.2.1.1). */
function authorizationOf(login: Login): string {
  if (login.auth === 'certificate') return 'http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/https/mutual';
  const credentials = Buffer.from(`${login.user}:${login.password.reveal()}`, 'utf8').toString('base64');
  return `Basic ${credentials}`;
}

class HeaderConnection implements WsmanConnection {
  readonly #label: string;
  readonly #auth: Login['auth'];
  readonly #http: HttpConnection;
  readonly #headers: Headers;

  constructor(where: Endpoint, login: Login) {
    this.#label = where.label;
    this.#auth = login.auth;
    this.#http = new HttpConnection(where);
    this.#headers = { authorization: authorizationOf(login) };
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

  async post(xml: string, options: PostOptions): Promise<HttpAnswer> {
    const answer = await this.#http.post(xml, this.#headers, options);
    if (answer.status === 401 && this.#auth === 'certificate') throw certificateDenied(this.#label);
    return answer;
  }

  destroy(): void {
    this.#http.destroy();
  }
}
