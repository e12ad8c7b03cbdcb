/**
 * Who is on a connection: Basic for each request, Negotiate (SPNEGO or bare NTLM) and Kerberos for the connection and
 * with sealed bodies. Must not know what the envelopes say.
 *
 * The machine itself decides and counts every logon, but it takes passwords, and NTLM sends none. So the proof is checked
 * here with the account's password of the profile, and the machine is asked with that password when the proof is right
 * (it may still refuse: locked out, disabled) and with an empty one, which nobody may use over the network, when not.
 * Kerberos alike: a user of the realm is the account of that name.
 */
import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import {
  Acceptor,
  isKerberosFirst,
  ntHash,
  ProtocolError,
  SEALED_CONTENT_TYPE,
  SEALED_KERBEROS_CONTENT_TYPE,
} from '../../../src/protocol/index.ts';
import { type KerberosAcceptor, KerberosRefusal, type KerberosSealed, type KerberosService } from './kerberos.ts';

/** How a user logged on, as the machine records it. */
export type Auth = 'basic' | 'ntlm' | 'kerberos';

export interface KerberosLogins {
  readonly service: KerberosService;
  /** Users of other realms are refused. */
  readonly realm: string;
}

export interface LoginOptions {
  /** NetBIOS name of the machine. */
  readonly machine: string;
  /** False: as Windows does by default, no Basic over HTTP and no body in the clear. */
  readonly allowUnencrypted: boolean;
  /** Which channel bindings a login must have (CbtHardeningLevel); absent: they are not looked at. */
  readonly binding?: { readonly channelBindings: Uint8Array; readonly mayOmitBindings: boolean };
  /** The password of an account of the profile; undefined: the front knows no such account. */
  passwordOf(user: string, domain: string): string | undefined;
  /** Asked once for each connection and credential; a refusal is asked again, so that the machine counts it. */
  logon(user: string, password: string, auth: Auth): Promise<{ readonly granted: boolean; readonly admin: boolean }>;
  /** Absent: the machine is in no domain. */
  readonly kerberos?: KerberosLogins;
}

/** What seals bodies after a login of the connection. */
export interface SealingSession {
  seal(plaintext: Uint8Array): KerberosSealed;
  /** @throws ProtocolError, KerberosRefusal */
  unseal(message: KerberosSealed): Buffer;
}

export interface Logon {
  readonly user: string;
  readonly isAdmin: boolean;
  /** There after Negotiate and Kerberos. */
  readonly session?: SealingSession;
  /** Content type of sealed answers. */
  readonly sealedType?: string;
  /** `basic` when absent. */
  readonly auth?: Auth;
}

export type LoginStep =
  | { readonly kind: 'granted'; readonly logon: Logon; readonly challenge?: string }
  | { readonly kind: 'refused'; readonly challenges: string[] };

interface Connection {
  readonly basic: Map<string, Logon>;
  acceptor?: Acceptor | undefined;
  kerberos?: KerberosAcceptor | undefined;
  negotiated?: Logon | undefined;
}

export class Logins {
  readonly #options: LoginOptions;
  readonly #connections = new WeakMap<Socket, Connection>();

  constructor(options: LoginOptions) {
    this.#options = options;
  }

  async authenticate(request: IncomingMessage): Promise<LoginStep> {
    const connection = this.#connections.get(request.socket) ?? { basic: new Map<string, Logon>() };
    this.#connections.set(request.socket, connection);
    const [, scheme, credentials] = /^(\S+)\s+([A-Za-z0-9+/=]+)$/.exec(request.headers.authorization ?? '') ?? [];
    const kind = scheme?.toLowerCase();
    if (kind === 'negotiate' || kind === 'kerberos') {
      const token = Buffer.from(credentials!, 'base64');
      const isKerberos = connection.kerberos !== undefined || kind === 'kerberos' || isKerberosFirst(token);
      const { kerberos } = this.#options;
      if (kerberos === undefined || !isKerberos) return this.#negotiate(connection, token);
      return this.#kerberos(connection, token, kerberos, kind === 'kerberos' ? 'Kerberos' : 'Negotiate');
    }
    const logon = kind === 'basic' ? await this.#basic(connection, credentials!) : connection.negotiated;
    return logon === undefined ? this.#refused() : { kind: 'granted', logon };
  }

  /** The connection is of no more use for sealed bodies. */
  forget(socket: Socket): void {
    this.#connections.delete(socket);
  }

  async #basic(connection: Connection, credentials: string): Promise<Logon | undefined> {
    if (!this.#options.allowUnencrypted) return undefined;
    const before = connection.basic.get(credentials);
    if (before !== undefined) return before;
    const text = Buffer.from(credentials, 'base64').toString('utf8');
    const colon = text.indexOf(':');
    if (colon < 1) return undefined;
    const logon = await this.#logon(text.slice(0, colon), text.slice(colon + 1), 'basic');
    if (logon !== undefined) connection.basic.set(credentials, logon);
    return logon;
  }

  async #negotiate(connection: Connection, token: Uint8Array): Promise<LoginStep> {
    const { passwordOf } = this.#options;
    connection.negotiated = undefined;
    const acceptor = connection.acceptor ?? this.#newAcceptor();
    connection.acceptor = acceptor;
    const step = attempt(() => acceptor.step(token));
    if (step instanceof KerberosRefusal) return this.#refused();
    if (step?.kind === 'continue') return { kind: 'refused', challenges: [`Negotiate ${base64(step.token)}`] };
    connection.acceptor = undefined;
    if (step === undefined) return this.#refused();
    const { verdict } = step;
    const name = verdict.domain === '' ? verdict.user : `${verdict.domain}\\${verdict.user}`;
    if (verdict.kind === 'refused') {
      if (verdict.reason !== 'anonymous') await this.#options.logon(name, '', 'ntlm');
      return this.#refused();
    }
    const logon = await this.#logon(name, passwordOf(verdict.user, verdict.domain)!, 'ntlm');
    if (logon === undefined) return this.#refused();
    connection.negotiated = { ...logon, session: verdict.session, sealedType: SEALED_CONTENT_TYPE, auth: 'ntlm' };
    return {
      kind: 'granted',
      logon: connection.negotiated,
      ...(step.token === undefined ? {} : { challenge: `Negotiate ${base64(step.token)}` }),
    };
  }

  async #kerberos(
    connection: Connection,
    token: Uint8Array,
    { service, realm }: KerberosLogins,
    scheme: 'Negotiate' | 'Kerberos',
  ): Promise<LoginStep> {
    const before = connection.kerberos;
    if (connection.negotiated !== undefined) before?.close();
    const { binding } = this.#options;
    const isGoingOn = connection.negotiated === undefined && before !== undefined;
    const acceptor = isGoingOn ? before : service.newAcceptor(binding?.channelBindings);
    connection.negotiated = undefined;
    connection.kerberos = undefined;
    const step = attempt(() => acceptor.step(token));
    if (step === undefined || step instanceof KerberosRefusal) {
      const error = step?.token;
      return error === undefined ? this.#refused() : { kind: 'refused', challenges: [`${scheme} ${base64(error)}`] };
    }
    connection.kerberos = acceptor;
    const answer = step.token === undefined ? undefined : `${scheme} ${base64(step.token)}`;
    if (!step.isDone) return { kind: 'refused', challenges: [answer ?? scheme] };
    if (binding?.mayOmitBindings === false && !step.isBound) return this.#refused();
    const [user, of] = splitPrincipal(step.principal ?? '');
    const password = of === realm ? (this.#options.passwordOf(user, '') ?? '') : '';
    const logon = await this.#logon(user, password, 'kerberos');
    if (logon === undefined) return this.#refused();
    const sealedType = scheme === 'Kerberos' ? SEALED_KERBEROS_CONTENT_TYPE : SEALED_CONTENT_TYPE;
    connection.negotiated = { ...logon, session: acceptor, sealedType, auth: 'kerberos' };
    return {
      kind: 'granted',
      logon: connection.negotiated,
      ...(answer === undefined ? {} : { challenge: answer }),
    };
  }

  #newAcceptor(): Acceptor {
    const { machine, passwordOf, binding } = this.#options;
    return new Acceptor({
      ...binding,
      computer: machine,
      randomBytes,
      now: Date.now,
      ntHashOf: (user, domain) => {
        const password = passwordOf(user, domain);
        return password === undefined ? undefined : ntHash(password);
      },
    });
  }

  async #logon(user: string, password: string, auth: Auth): Promise<Logon | undefined> {
    const result = await this.#options.logon(user, password, auth);
    return result.granted ? { user, isAdmin: result.admin } : undefined;
  }

  #refused(): LoginStep {
    const basic = this.#options.allowUnencrypted ? ['Basic realm="WSMAN"'] : [];
    const kerberos = this.#options.kerberos === undefined ? [] : ['Kerberos'];
    return { kind: 'refused', challenges: ['Negotiate', ...kerberos, ...basic] };
  }
}

/** The client sent something that is no token, which is no more than a refused login: undefined, or with a last word. */
function attempt<Result>(work: () => Result): Result | KerberosRefusal | undefined {
  try {
    return work();
  } catch (thrown) {
    if (thrown instanceof ProtocolError) return undefined;
    if (thrown instanceof KerberosRefusal) return thrown;
    throw thrown;
  }
}

function splitPrincipal(principal: string): readonly [user: string, realm: string] {
  const at = principal.lastIndexOf('@');
  return at < 0 ? [principal, ''] : [principal.slice(0, at), principal.slice(at + 1)];
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
