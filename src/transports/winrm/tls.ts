/**
 * TLS to a WinRM service: the handshake, whom to trust, sessions that are taken up again, and the channel binding for
 * the login. Nothing is sent before the certificate was judged. Must not know HTTP.
 */
import { createHash, type X509Certificate } from 'node:crypto';
import { isIP, type Socket } from 'node:net';
import {
  type ConnectionOptions,
  checkServerIdentity,
  connect,
  createSecureContext,
  getCACertificates,
  type SecureContext,
  type TLSSocket,
} from 'node:tls';
import { tlsServerEndPoint } from '../../protocol/index.ts';
import { handshakeFailed, notPinned, untrusted } from './tls-failures.ts';

export interface TlsOptions {
  /** What the host may be called by its certificate; the first is also the name that it is asked for. */
  readonly names: readonly string[];
  /** False: whatever certificate it has, unless `fingerprint` is given. */
  readonly isVerified: boolean;
  /** SHA-256 of the one certificate, lower-case hex. */
  readonly fingerprint: string | undefined;
  readonly context: SecureContext;
  readonly sessions: SessionSlot;
}

/** The last TLS session with one host, to take it up again; Node does not tell the certificate a second time. */
export interface SessionSlot {
  known?: { readonly session: Buffer; readonly certificate: X509Certificate };
}

export interface SecuredSocket {
  readonly socket: TLSSocket;
  /** RFC 5929 `tls-server-end-point:…`; undefined when the certificate's kind has none. */
  readonly channelBinding: Uint8Array | undefined;
}

interface Trust {
  /** PEM; the system's when absent, nobody when `none`. */
  readonly ca: string | undefined;
  readonly pair: { readonly cert: string; readonly key: string } | undefined;
}

/** Sessions that are kept for taking up again, and kinds of trust. */
const MAX_SLOTS = 1_024;
const MAX_CONTEXTS = 64;

/** Contexts cost milliseconds and a megabyte each (the system's authorities): hosts with the same settings share one. */
export class SecureContexts {
  readonly #contexts = new Map<string, SecureContext>();
  readonly #slots = new Map<string, SessionSlot>();

  get(trust: Trust): SecureContext {
    const key = keyOf(trust);
    const known = this.#contexts.get(key);
    if (known !== undefined) return known;
    const context = createSecureContext({
      ca: trust.ca === undefined ? systemAuthorities() : trust.ca === 'none' ? [] : trust.ca,
      // http.sys asks for a client's certificate by renegotiation, or after the handshake in TLS 1.3, which OpenSSL's client would have to allow
      ...(trust.pair === undefined ? {} : { ...trust.pair, maxVersion: 'TLSv1.2' as const }),
    });
    keep(this.#contexts, key, context, MAX_CONTEXTS);
    return context;
  }

  /** One slot for each host and kind of trust. */
  sessionsOf(host: string, trust: Trust): SessionSlot {
    const key = `${host}|${keyOf(trust)}`;
    const slot = this.#slots.get(key) ?? {};
    keep(this.#slots, key, slot, MAX_SLOTS);
    return slot;
  }
}

/**
 * @throws FirebreakError FB_TLS_UNTRUSTED, FB_TLS_FAILED, FB_CONNECT_LOST; whoever gives up destroys `tcp`
 */
export async function secure(tcp: Socket, options: TlsOptions, label: string): Promise<SecuredSocket> {
  const { context, sessions } = options;
  const before = sessions.known;
  const name = options.names[0] ?? '';
  const isName = isIP(name.replace(/%.*$/s, '')) === 0;
  let latest: Buffer | undefined;
  let trusted: X509Certificate | undefined;
  const socket = await handshake(
    tcp,
    {
      secureContext: context,
      // judged below, where the certificate can be told about
      rejectUnauthorized: false,
      checkServerIdentity: () => undefined,
      ALPNProtocols: ['http/1.1'],
      ...(isName ? { servername: name } : {}),
      ...(before === undefined ? {} : { session: before.session }),
    },
    label,
    (session) => {
      latest = session;
      if (trusted !== undefined) sessions.known = { session, certificate: trusted };
    },
  );
  try {
    const certificate = socket.isSessionReused() ? before?.certificate : socket.getPeerX509Certificate();
    if (certificate === undefined) throw handshakeFailed(label, new Error('the host has no certificate'));
    judge(socket, certificate, options, label);
    trusted = certificate;
    if (latest !== undefined) sessions.known = { session: latest, certificate };
    return { socket, channelBinding: tlsServerEndPoint(certificate.raw) };
  } catch (error) {
    delete sessions.known;
    socket.destroy();
    throw error;
  }
}

function handshake(
  tcp: Socket,
  options: ConnectionOptions,
  label: string,
  onSession: (session: Buffer) => void,
): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ ...options, socket: tcp });
    // what comes when nobody waits has been told already, or is told by the next to use it
    socket.on('error', () => undefined);
    const onError = (error: unknown): void => {
      socket.off('secureConnect', onSecure);
      tcp.off('close', onClose);
      socket.destroy();
      reject(handshakeFailed(label, error));
    };
    // whoever gives up destroys the socket below, which is no error of this one
    const onClose = (): void => onError(Object.assign(new Error('closed'), { code: 'ECONNRESET' }));
    const onSecure = (): void => {
      socket.off('error', onError);
      tcp.off('close', onClose);
      resolve(socket);
    };
    socket.once('error', onError);
    tcp.once('close', onClose);
    socket.once('secureConnect', onSecure);
    socket.on('session', onSession);
  });
}

function judge(socket: TLSSocket, certificate: X509Certificate, options: TlsOptions, label: string): void {
  if (options.fingerprint !== undefined) {
    if (fingerprintOf(certificate) !== options.fingerprint) throw notPinned(label, certificate, options.fingerprint);
    return;
  }
  if (!options.isVerified) return;
  // typed as Error, in truth the code of OpenSSL's verdict
  const verdict = socket.authorizationError as unknown;
  if (!socket.authorized) throw untrusted(label, certificate, codeOf(verdict));
  const legacy = certificate.toLegacyObject();
  const isNamed = options.names.some((name) => checkServerIdentity(name.replace(/%.*$/s, ''), legacy) === undefined);
  if (!isNamed) throw untrusted(label, certificate, 'ERR_TLS_CERT_ALTNAME_INVALID', options.names);
}

function codeOf(verdict: unknown): string {
  if (typeof verdict === 'string') return verdict;
  const code = typeof verdict === 'object' && verdict !== null && 'code' in verdict ? verdict.code : undefined;
  return typeof code === 'string' ? code : String(verdict);
}

function fingerprintOf(certificate: X509Certificate): string {
  return certificate.fingerprint256.replaceAll(':', '').toLowerCase();
}

/** Those of the operating system, and of NODE_EXTRA_CA_CERTS; where a system has none, Node's own. */
function systemAuthorities(): string[] {
  const system = getCACertificates('system');
  const base = system.length === 0 ? getCACertificates('bundled') : system;
  // a folder of certificates has most of them under several names
  return [...new Set([...base, ...getCACertificates('extra')])];
}

function keyOf({ ca, pair }: Trust): string {
  return createHash('sha256')
    .update(JSON.stringify([ca ?? null, pair?.cert ?? null, pair?.key ?? null]))
    .digest('base64');
}

/** Puts it last; the one that was not used for longest goes when there are too many. */
function keep<Value>(map: Map<string, Value>, key: string, value: Value, max: number): void {
  map.delete(key);
  map.set(key, value);
  const [oldest] = map.keys();
  if (map.size > max && oldest !== undefined) map.delete(oldest);
}
