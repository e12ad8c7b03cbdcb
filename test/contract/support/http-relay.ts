/**
 * A man in the middle of a WinRM connection: passes bytes on as they are, request by request, until the message at which
 * it is to go wrong; does there what a broken network, a broken proxy or a broken host would do, once. Counts what
 * reached the host. Before TLS it has its own certificate, for else it could not tell the messages apart.
 */
import { randomBytes } from 'node:crypto';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { createServer as createTlsServer } from 'node:tls';
import { isSealedType } from '../../../src/protocol/index.ts';
import { digestOf, NtlmListener } from './ntlm-listener.ts';

/** A message of a session. `hello`: the first one of TLS; `receive`: of the pipeline; `pool`: Receive of the runspace pool. */
export const HTTP_POINTS = [
  'hello',
  'leg 1',
  'leg 2',
  'create',
  'pool',
  'command',
  'receive',
  'send',
  'signal',
  'delete',
] as const;
export type HttpPoint = (typeof HTTP_POINTS)[number];

export const HTTP_FAULTS = [
  'cut before it reaches the host',
  'cut in the middle of the request',
  'cut instead of the answer',
  'cut in the middle of the answer',
  'reset instead of the answer',
  'late answer',
  'silence instead of the answer',
  'silence in the middle of the answer',
  'silence before it reaches the host',
  'Content-Length too small',
  'Content-Length too large',
  'Content-Length too large, then the end',
  'garbage instead of the answer',
  'garbage in the body',
  'answer of another request',
  '401',
  '503',
  'HTML page',
] as const;
export type HttpFault = (typeof HTTP_FAULTS)[number];

/** Those that can happen to a TLS handshake. */
export const HELLO_FAULTS = [
  'cut before it reaches the host',
  'reset instead of the answer',
  'late answer',
  'silence before it reaches the host',
  'garbage instead of the answer',
  'HTML page',
] as const satisfies readonly HttpFault[];

/** Milliseconds by which an answer is late, and still in time. */
const LATE_MS = 400;
const HTML = '<html><head><title>Sign in</title></head><body>Guest network: accept the terms</body></html>';
/** What one of them means for the connection after the fault. */
type Next = 'go on' | 'over';

export interface HttpRelayOptions {
  readonly host: string;
  readonly port: number;
  readonly at: HttpPoint;
  readonly fault: HttpFault;
  /** For reading along in sealed connections. */
  readonly hash: Uint8Array;
  readonly tls?: { readonly cert: string; readonly key: string };
  /** Of a 401. */
  readonly challenge: string;
}

interface Request {
  readonly bytes: Buffer;
  readonly point: HttpPoint | undefined;
}

export class HttpRelay {
  /** The fault has happened. */
  fired = false;
  /** It may happen yet. */
  isArmed = true;
  /** Requests that reached the host, and may do so once: operation and what tells them apart. */
  readonly reached: string[] = [];
  readonly #options: HttpRelayOptions;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #answered = '';

  private constructor(options: HttpRelayOptions) {
    this.#options = options;
    const serve = (socket: Socket): void => void this.#serve(socket).catch(() => socket.destroy());
    const tls = options.tls === undefined ? undefined : createTlsServer(options.tls, serve);
    tls?.on('tlsClientError', () => undefined);
    this.#server = createServer((socket) => {
      this.#keep(socket);
      if (tls === undefined) serve(socket);
      else if (options.at === 'hello' && this.isArmed && !this.fired) void this.#goWrongAtHello(socket, tls);
      else tls.emit('connection', socket);
    });
  }

  static async start(options: HttpRelayOptions): Promise<HttpRelay> {
    const relay = new HttpRelay(options);
    await new Promise<void>((done) => {
      relay.#server.listen(0, '127.0.0.1', done);
    });
    return relay;
  }

  get port(): number {
    return (this.#server.address() as { readonly port: number }).port;
  }

  /** Requests that reached the host twice. */
  get doubled(): readonly string[] {
    return this.reached.filter((each, index) => this.reached.indexOf(each) !== index);
  }

  async end(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((done) => {
      this.#server.close(() => done());
    });
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => this.#sockets.delete(socket));
  }

  async #serve(client: Socket): Promise<void> {
    client.on('error', () => undefined);
    const host = connect(this.#options.port, this.#options.host);
    this.#keep(host);
    client.on('close', () => host.destroy());
    const listener = new NtlmListener(this.#options.hash);
    const requests = messagesOf(client);
    const answers = hearing(messagesOf(host), listener);
    for await (const bytes of requests) {
      const request = this.#read(bytes, listener);
      const next = this.#isHere(request) ? await this.#goWrong(request, client, host, answers) : undefined;
      if (next === 'go on') continue;
      if (next === 'over') {
        // leaving the loop would close the connection, which silence does not
        await closed(client);
        return;
      }
      const answer = await this.#ask(request, host, answers);
      if (answer === undefined) break;
      client.write(answer);
    }
    client.end();
    host.end();
  }

  #isHere({ point }: Request): boolean {
    return this.isArmed && !this.fired && point === this.#options.at;
  }

  async #ask(request: Request, host: Socket, answers: AsyncIterator<Buffer>): Promise<Buffer | undefined> {
    this.#count(request);
    host.write(request.bytes);
    const { value } = await answers.next();
    if (value !== undefined && request.point !== this.#options.at) this.#answered = text(value as Buffer);
    return value as Buffer | undefined;
  }

  #count({ point, bytes }: Request): void {
    if (point === 'create' || point === 'command' || point === 'send') {
      this.reached.push(`${point} ${digestOf(this.#names.get(bytes) ?? '')}`);
    }
  }

  readonly #names = new WeakMap<Buffer, string>();

  #read(bytes: Buffer, listener: NtlmListener): Request {
    const head = text(bytes.subarray(0, bytes.indexOf('\r\n\r\n') + 4));
    const body = bytes.subarray(head.length);
    const token = /^authorization: (?:negotiate|ntlm) (\S+)/im.exec(head)?.[1];
    if (token !== undefined) {
      listener.token(token);
      const isFirst = !Buffer.from(token, 'base64').includes('NTLMSSP\0\x03');
      if (body.length === 0) return { bytes, point: isFirst ? 'leg 1' : 'leg 2' };
    }
    const isSealed = isSealedType(/^content-type: (.*)$/im.exec(head)?.[1]?.trim() ?? '');
    const xml = isSealed ? listener.open(body) : body.toString('utf8');
    // the message's own id is another one each time, also when it says the same
    this.#names.set(bytes, xml.replace(/uuid:[0-9A-F-]{36}<\/[a-z]+:MessageID>/i, ''));
    return { bytes, point: pointOf(xml) };
  }

  async #goWrongAtHello(client: Socket, tls: Server): Promise<void> {
    this.fired = true;
    switch (this.#options.fault) {
      case 'late answer':
        await delay(LATE_MS);
        tls.emit('connection', client);
        return;
      case 'garbage instead of the answer':
        client.write(randomBytes(4096));
        return;
      case 'HTML page':
        client.end(answerOf('400 Bad Request', 'Content-Type: text/html', HTML));
        return;
      case 'reset instead of the answer':
        client.once('data', () => client.resetAndDestroy());
        return;
      case 'cut before it reaches the host':
        client.destroy();
        return;
      default:
      // silence
    }
  }

  /** The fault itself. */
  async #goWrong(request: Request, client: Socket, host: Socket, answers: AsyncIterator<Buffer>): Promise<Next> {
    this.fired = true;
    const { fault, challenge } = this.#options;
    switch (fault) {
      case 'cut before it reaches the host':
        client.destroy();
        return 'over';
      case 'cut in the middle of the request':
        await write(host, request.bytes.subarray(0, request.bytes.length - 40));
        client.destroy();
        return 'over';
      case 'silence before it reaches the host':
        return 'over';
      case '401':
        // as a host says it: before it looks at the request
        await write(client, answerOf('401 Unauthorized', challenge, ''));
        return 'go on';
      case '503':
        await write(client, answerOf('503 Service Unavailable', 'Content-Type: text/html', HTML));
        return 'go on';
      default:
    }
    const answer = await this.#ask(request, host, answers);
    if (answer === undefined) throw new Error('the host said nothing');
    const split = answer.indexOf('\r\n\r\n') + 4;
    const head = text(answer.subarray(0, split));
    const body = answer.subarray(split);
    const withLength = (length: number): Buffer =>
      Buffer.concat([Buffer.from(head.replace(/(content-length: )\d+/i, `$1${length}`), 'latin1'), body]);
    switch (fault) {
      case 'cut instead of the answer':
        client.end();
        return 'over';
      case 'reset instead of the answer':
        client.resetAndDestroy();
        return 'over';
      case 'cut in the middle of the answer':
        await write(client, answer.subarray(0, answer.length - 1 - Math.floor(body.length / 2)));
        client.end();
        return 'over';
      case 'late answer':
        await delay(LATE_MS);
        await write(client, answer);
        return 'go on';
      case 'silence in the middle of the answer':
        await write(client, answer.subarray(0, answer.length - 1 - Math.floor(body.length / 2)));
        return 'over';
      case 'Content-Length too small':
        await write(client, withLength(Math.floor(body.length / 2)));
        return 'go on';
      case 'Content-Length too large':
        await write(client, withLength(body.length + 1000));
        return 'over';
      case 'Content-Length too large, then the end':
        await write(client, withLength(body.length + 1000));
        client.end();
        return 'over';
      case 'garbage instead of the answer':
        await write(client, randomBytes(4096));
        return 'over';
      case 'garbage in the body':
        await write(client, Buffer.concat([answer.subarray(0, split), randomBytes(body.length)]));
        return 'go on';
      case 'answer of another request':
        await write(client, Buffer.from(this.#answered, 'latin1'));
        return 'go on';
      case 'HTML page':
        await write(client, answerOf('200 OK', 'Content-Type: text/html', HTML));
        return 'go on';
      default:
        // silence instead of the answer
        return 'over';
    }
  }
}

function pointOf(xml: string): HttpPoint | undefined {
  const action = /(?:transfer|shell)\/(Create|Delete|Command|Receive|Send|Signal)</.exec(xml)?.[1]?.toLowerCase();
  if (action === 'receive' && !/CommandId=/.test(xml)) return 'pool';
  return HTTP_POINTS.find((point) => point === action);
}

/** Whole HTTP messages with a Content-Length, one by one. */
async function* messagesOf(socket: Socket): AsyncGenerator<Buffer, undefined> {
  let held: Buffer = Buffer.alloc(0);
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    held = Buffer.concat([held, chunk]);
    for (;;) {
      const split = held.indexOf('\r\n\r\n');
      if (split < 0) break;
      const length = Number(/^content-length: (\d+)/im.exec(text(held.subarray(0, split)))?.[1] ?? 0);
      const end = split + 4 + length;
      if (held.length < end) break;
      yield held.subarray(0, end);
      held = held.subarray(end);
    }
  }
  return undefined;
}

/** The host's messages; the listener hears its half of a login. */
async function* hearing(answers: AsyncIterable<Buffer>, listener: NtlmListener): AsyncGenerator<Buffer, undefined> {
  for await (const answer of answers) {
    const head = text(answer.subarray(0, answer.indexOf('\r\n\r\n')));
    for (const [, token = ''] of head.matchAll(/www-authenticate: (?:negotiate|ntlm) (\S+)/gi)) listener.token(token);
    yield answer;
  }
  return undefined;
}

function answerOf(status: string, header: string, body: string): Buffer {
  return Buffer.from(`HTTP/1.1 ${status}\r\nContent-Length: ${body.length}\r\n${header}\r\n\r\n${body}`);
}

function closed(socket: Socket): Promise<void> {
  return new Promise((done) => {
    if (socket.destroyed) done();
    else socket.once('close', () => done());
  });
}

function write(socket: Socket, bytes: Uint8Array): Promise<void> {
  return new Promise((done) => {
    socket.write(bytes, () => done());
  });
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1');
}
