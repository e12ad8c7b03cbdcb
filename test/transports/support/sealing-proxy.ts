/**
 * Stands before a FakeWinrm as Windows' HTTP layer does with its default settings: Negotiate only, sealed bodies only.
 * A test may look at every answer before it leaves, cut the connections, forget the logins.
 */
import { randomBytes } from 'node:crypto';
import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import {
  Acceptor,
  decodeSealedBody,
  encodeSealedBody,
  isSealedType,
  type NtlmSession,
  ntHash,
  SEALED_CONTENT_TYPE,
  SOAP_CONTENT_TYPE,
} from '../../../src/protocol/index.ts';

export interface SealedExchange {
  /** What the sealed request asked for, e.g. `Receive`. */
  readonly action: string;
  readonly status: number;
  readonly xml: string;
  readonly response: ServerResponse;
  /** The sealed answer. */
  readonly sealed: Buffer;
  /** Sends it. */
  proceed(body?: Buffer): void;
}

export interface SealingProxyOptions {
  /** The service behind. */
  readonly port: number;
  readonly password?: string;
  readonly onAnswer?: (exchange: SealedExchange) => void;
  /** Every connection ends with its first sealed answer. */
  readonly closesEarly?: boolean;
}

interface Login {
  acceptor?: Acceptor | undefined;
  session?: NtlmSession | undefined;
}

export class SealingProxy {
  /** Logins that came to an end, granted or not. */
  logins = 0;
  refusals = 0;
  /** Sealed requests, by their action. */
  readonly actions: string[] = [];
  /** Anything but an empty body in the clear. */
  readonly inTheClear: string[] = [];
  readonly #options: SealingProxyOptions;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #logins = new WeakMap<Socket, Login>();

  private constructor(options: SealingProxyOptions) {
    this.#options = options;
    this.#server = createServer((request, response) => {
      this.#serve(request, response).catch(() => response.destroy());
    });
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
  }

  static async start(options: SealingProxyOptions): Promise<SealingProxy> {
    const proxy = new SealingProxy(options);
    await new Promise<void>((resolve) => {
      proxy.#server.listen(0, '127.0.0.1', resolve);
    });
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Ends all connections. Resolves when they are closed on this side. */
  async cut(): Promise<void> {
    const closed = [...this.#sockets].map((socket) => new Promise((resolve) => socket.once('close', resolve)));
    for (const socket of this.#sockets) socket.destroy();
    await Promise.all(closed);
  }

  /** Connections stay, but nobody is logged on any more. */
  forgetLogins(): void {
    this.#logins = new WeakMap();
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const isSealed = isSealedType(request.headers['content-type'] ?? '');
    if (body.length > 0 && !isSealed) this.inTheClear.push(body.toString('utf8'));
    const login = this.#logins.get(request.socket) ?? {};
    this.#logins.set(request.socket, login);
    const token = /^Negotiate (.+)$/.exec(request.headers.authorization ?? '')?.[1];
    if (token !== undefined) this.#negotiate(login, Buffer.from(token, 'base64'), response);
    else if (login.session === undefined || !isSealed) refuse(response);
    else await this.#forward(login.session, body, response);
  }

  #negotiate(login: Login, token: Buffer, response: ServerResponse): void {
    login.acceptor ??= new Acceptor({
      computer: 'WEB01',
      randomBytes,
      now: Date.now,
      ntHashOf: (user) => (user === 'admin' ? ntHash(this.#options.password ?? 'secret') : undefined),
    });
    const step = login.acceptor.step(token);
    if (step.kind === 'continue') {
      refuse(response, ` ${Buffer.from(step.token).toString('base64')}`);
      return;
    }
    this.logins += 1;
    login.acceptor = undefined;
    if (step.verdict.kind === 'refused') {
      this.refusals += 1;
      refuse(response);
      return;
    }
    login.session = step.verdict.session;
    const last = step.token === undefined ? {} : { 'www-authenticate': `Negotiate ${base64(step.token)}` };
    response.writeHead(200, { ...last, 'content-length': 0 }).end();
  }

  async #forward(session: NtlmSession, body: Buffer, response: ServerResponse): Promise<void> {
    const xml = session.unseal(decodeSealedBody(body)).toString('utf8');
    const action = /shell\/(\w+)<|transfer\/(\w+)</.exec(xml);
    this.actions.push(action?.[1] ?? action?.[2] ?? '');
    const answer = await this.#ask(xml);
    const sealed = encodeSealedBody(session.seal(Buffer.from(answer.xml)));
    const proceed = (bytes: Buffer = sealed): void => {
      const headers = { 'content-type': SEALED_CONTENT_TYPE, 'content-length': bytes.length };
      const isLast = this.#options.closesEarly === true;
      response.writeHead(answer.status, isLast ? { ...headers, connection: 'close' } : headers).end(bytes);
    };
    const exchange = { action: this.actions.at(-1)!, ...answer, response, sealed, proceed };
    if (this.#options.onAnswer === undefined) proceed();
    else this.#options.onAnswer(exchange);
  }

  #ask(xml: string): Promise<{ readonly status: number; readonly xml: string }> {
    return new Promise((resolve, reject) => {
      const authorization = `Basic ${base64(Buffer.from('admin:secret'))}`;
      const headers = { 'content-type': SOAP_CONTENT_TYPE, authorization };
      const options = { host: '127.0.0.1', port: this.#options.port, path: '/wsman', method: 'POST', headers };
      httpRequest(options, (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (part: string) => {
          text += part;
        });
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, xml: text }));
      })
        .on('error', reject)
        .end(xml);
    });
  }
}

function refuse(response: ServerResponse, token = ''): void {
  response.writeHead(401, { 'www-authenticate': [`Negotiate${token}`, 'Kerberos'], 'content-length': 0 }).end();
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
