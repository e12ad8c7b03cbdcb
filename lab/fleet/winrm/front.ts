/**
 * An HTTP or HTTPS listener of one machine's WinRM: limits, sealed bodies, connections that die or fall silent with the machine.
 * Must not know what the envelopes say.
 */
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { Server as NetServer, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import {
  decodeSealedBody,
  encodeSealedBody,
  isSealedType,
  ProtocolError,
  SEALED_CONTENT_TYPE,
  SOAP_CONTENT_TYPE,
} from '../../../src/protocol/index.ts';
import { LabError } from '../errors.ts';
import { certificateAccount, MUTUAL } from './certificate-login.ts';
import { KerberosRefusal } from './kerberos.ts';
import { type LoginOptions, type LoginStep, Logins, type SealingSession } from './logins.ts';
import { MAX_ENVELOPE_BYTES, type WinrmService } from './service.ts';

interface FrontOptions {
  readonly address: string;
  readonly port: number;
  readonly service: WinrmService;
  readonly login: LoginOptions;
  /** HTTPS with this certificate; clients' certificates count when they come from `ca`. All PEM. */
  readonly tls?: { readonly cert: string; readonly key: string; readonly ca: string };
}

/** http.sys drops an idle connection after two minutes. */
const IDLE_MS = 120_000;
/** The port may still be held for a moment by whoever kept it silent. */
const LISTEN_ATTEMPTS = 40;
const LISTEN_DELAY_MS = 50;
/** What sealing adds to an envelope. */
const SEAL_BYTES = 1_024;

export class WinrmFront {
  readonly #options: FrontOptions;
  readonly #sockets = new Set<Socket>();
  readonly #silent = new WeakSet<Socket>();
  readonly #logins: Logins;
  #server: Server | undefined;
  /** Closed while connections were still to stay. */
  readonly #retired: Server[] = [];

  constructor(options: FrontOptions) {
    this.#options = options;
    this.#logins = new Logins(options.login);
  }

  get isListening(): boolean {
    return this.#server !== undefined;
  }

  /**
   * Starts to listen; connections that fell silent are then reset, as the first packet after a loss would find: who
   * tries again at once finds somebody listening.
   */
  async open(): Promise<void> {
    await this.#untilListening();
    for (const socket of this.#sockets) {
      if (!this.#silent.has(socket)) continue;
      if (socket instanceof TLSSocket) socket.destroy();
      else socket.resetAndDestroy();
    }
    this.#dropRetired();
  }

  async #untilListening(): Promise<void> {
    for (let attempt = 1; this.#server === undefined; attempt += 1) {
      try {
        this.#server = await this.#listen();
      } catch (cause) {
        const { code } = cause as NodeJS.ErrnoException;
        if (code !== 'EADDRINUSE' || attempt === LISTEN_ATTEMPTS) {
          throw new LabError(
            'lab.listen',
            `cannot listen on ${this.#options.address}:${this.#options.port} (${code ?? 'unknown'})`,
          );
        }
        await new Promise((resolve) => setTimeout(resolve, LISTEN_DELAY_MS));
      }
    }
  }

  /**
   * Stops to listen. `silent`: the cable is out, open connections answer nothing more and stay until `open` or `end`;
   * else they are closed at once.
   */
  async close(how: 'silent' | 'at-once'): Promise<void> {
    for (const socket of this.#sockets) {
      if (how === 'silent') this.#silent.add(socket);
      else socket.destroy();
    }
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    // The HTTP server's own close() would say goodbye on idle connections, which a dead line cannot do.
    NetServer.prototype.close.call(server);
    this.#retired.push(server);
    if (how === 'at-once') this.#dropRetired();
  }

  /** The lab ends. */
  async end(): Promise<void> {
    await this.close('at-once');
    for (const socket of this.#sockets) socket.destroy();
  }

  #dropRetired(): void {
    for (const server of this.#retired.splice(0)) server.close();
  }

  #listen(): Promise<Server> {
    const server = this.#newServer((request, response) => {
      void this.#serve(request, response);
    });
    const keep = (socket: Socket): void => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    };
    server.on('connection', keep);
    server.on('secureConnection', keep);
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host: this.#options.address, port: this.#options.port }, () => {
        server.off('error', reject);
        resolve(server);
      });
    });
  }

  #newServer(listener: RequestListener): Server {
    const { tls } = this.#options;
    const limits = { keepAliveTimeout: IDLE_MS, requestTimeout: 0 };
    if (tls === undefined) return createServer(limits, listener);
    const server = createTlsServer({ ...limits, ...tls, requestCert: true, rejectUnauthorized: false }, listener);
    // a client that does not like the certificate
    server.on('tlsClientError', (_error, socket) => socket.destroy());
    return server;
  }

  async #logOn(request: IncomingMessage): Promise<LoginStep> {
    if (request.headers.authorization !== MUTUAL) return this.#logins.authenticate(request);
    const { passwordOf, logon } = this.#options.login;
    const user = certificateAccount(request.socket);
    const password = user === undefined ? undefined : passwordOf(user, '');
    // the mapping holds the account's password, so that this logon is as good as one by Basic
    const result = user === undefined || password === undefined ? undefined : await logon(user, password, 'basic');
    if (user === undefined || result?.granted !== true) return { kind: 'refused', challenges: ['Negotiate'] };
    return { kind: 'granted', logon: { user, isAdmin: result.admin } };
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const gone = new AbortController();
    response.on('close', () => gone.abort());
    const reply = (
      status: number,
      headers: { [name: string]: string | string[] },
      body: string | Buffer = '',
    ): void => {
      if (this.#silent.has(request.socket) || response.destroyed) return;
      response.writeHead(status, {
        Server: 'Microsoft-HTTPAPI/2.0',
        'Content-Length': Buffer.byteLength(body),
        ...headers,
      });
      response.end(body);
    };
    try {
      const body = await readBody(request);
      if (this.#silent.has(request.socket)) return;
      const refused = refusal(request, body);
      if (refused !== undefined) {
        reply(refused, {});
        return;
      }
      const login = await this.#logOn(request);
      if (login.kind === 'refused') {
        reply(401, { 'WWW-Authenticate': login.challenges });
        return;
      }
      const { logon, challenge } = login;
      const isSealed = isSealedType(request.headers['content-type'] ?? '');
      const plain = this.#opened(body ?? Buffer.alloc(0), isSealed, logon.session);
      if (typeof plain === 'number') {
        this.#logins.forget(request.socket);
        reply(plain, {});
        return;
      }
      const headers: { [name: string]: string } = challenge === undefined ? {} : { 'WWW-Authenticate': challenge };
      if (logon.session !== undefined && plain.length === 0) {
        // the last leg of a login, which has no envelope
        reply(200, headers);
        return;
      }
      const answer = await this.#options.service.answer(plain.toString('utf8'), {
        user: logon.user,
        auth: logon.auth ?? 'basic',
        isAdmin: logon.isAdmin,
        address: plainAddress(request.socket.remoteAddress),
        signal: gone.signal,
      });
      if (isSealed && logon.session !== undefined) {
        const { session, sealedType = SEALED_CONTENT_TYPE } = logon;
        const sealed = encodeSealedBody(session.seal(Buffer.from(answer.xml, 'utf8')), sealedType);
        reply(answer.status, { ...headers, 'Content-Type': sealedType }, sealed);
      } else reply(answer.status, { ...headers, 'Content-Type': SOAP_CONTENT_TYPE }, answer.xml);
    } catch {
      // A client that broke off, or an engine that is ending: there is nobody to answer.
      request.socket.destroy();
    }
  }

  /** The envelope, or the status that refuses it. */
  #opened(body: Buffer, isSealed: boolean, session: SealingSession | undefined): Buffer | number {
    if (!isSealed) return this.#options.login.allowUnencrypted || body.length === 0 ? body : 500;
    if (session === undefined) return 415;
    try {
      return session.unseal(decodeSealedBody(body));
    } catch (thrown) {
      if (thrown instanceof ProtocolError || thrown instanceof KerberosRefusal) return 400;
      throw thrown;
    }
  }
}

/** undefined: more than an envelope may have. */
async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const max = MAX_ENVELOPE_BYTES + (isSealedType(request.headers['content-type'] ?? '') ? SEAL_BYTES : 0);
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length <= max) chunks.push(chunk);
  }
  return length > max ? undefined : Buffer.concat(chunks);
}

function refusal(request: IncomingMessage, body: Buffer | undefined): number | undefined {
  if (new URL(request.url ?? '/', 'http://localhost').pathname.toLowerCase() !== '/wsman') return 404;
  if (request.method !== 'POST') return 405;
  if (body === undefined) return 413;
  const type = (request.headers['content-type'] ?? '').toLowerCase();
  if (isSealedType(type)) return undefined;
  const charset = /charset\s*=\s*"?([a-z0-9-]+)/.exec(type)?.[1] ?? 'utf-8';
  if (body.length > 0 && (!type.startsWith('application/soap+xml') || charset !== 'utf-8')) return 415;
  return undefined;
}

function plainAddress(address: string | undefined): string {
  return (address ?? '').replace(/^::ffff:/, '');
}
