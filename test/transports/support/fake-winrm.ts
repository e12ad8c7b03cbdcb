/**
 * A WinRM service on 127.0.0.1 that speaks real HTTP, with the protocol's server half and a PSRP simulator behind it.
 * A test may look at every request and answer it in its own way.
 */
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TlsOptions } from 'node:tls';
import {
  buildCommandResponse,
  buildCreateResponse,
  buildDeleteResponse,
  buildFault,
  buildReceiveResponse,
  buildSendResponse,
  buildSignalResponse,
  FAULTS,
  parseWsmanRequest,
  SIGNAL,
  SOAP_CONTENT_TYPE,
  type WsmanFault,
  type WsmanRequest,
} from '../../../src/protocol/index.ts';
import { type PipelineHandler, PsrpSimulator, type SimulatorOptions } from './psrp-simulator.ts';

export interface Exchange {
  readonly request: WsmanRequest;
  readonly incoming: IncomingMessage;
  readonly response: ServerResponse;
  /** Answers as the service itself would. */
  proceed(): Promise<void>;
  fault(fault: WsmanFault): void;
}

export interface FakeWinrmOptions extends SimulatorOptions {
  /** Where it listens; 127.0.0.1 when absent. */
  readonly address?: string;
  /** What a client must send instead of Basic with the password. */
  readonly authorization?: string;
  /** HTTPS with these. */
  readonly tls?: TlsOptions;
  readonly password?: string;
  /** Milliseconds before a Receive without output is answered by TimedOut. */
  readonly receiveTimeoutMs?: number;
  /** Bytes of stream data in one Receive response. */
  readonly receiveBytes?: number;
  readonly intercept?: (exchange: Exchange) => Promise<void> | void;
}

interface Stream {
  readonly chunks: Uint8Array[];
  wake: () => void;
}

export class FakeWinrm {
  readonly operations: string[] = [];
  readonly signals: string[] = [];
  openCommands = 0;
  maxOpenCommands = 0;
  connections = 0;
  readonly #options: FakeWinrmOptions;
  readonly #handler: PipelineHandler;
  readonly #server: Server;
  readonly #streams = new Map<string, Stream>();
  #simulator: PsrpSimulator | undefined;
  #shellId = '';

  private constructor(handler: PipelineHandler, options: FakeWinrmOptions) {
    this.#handler = handler;
    this.#options = options;
    const serve: RequestListener = (incoming, response) => {
      this.#serve(incoming, response).catch(() => response.destroy());
    };
    this.#server = options.tls === undefined ? createServer(serve) : createTlsServer(options.tls, serve);
    this.#server.on('connection', () => {
      this.connections += 1;
    });
  }

  static async start(handler: PipelineHandler, options: FakeWinrmOptions = {}): Promise<FakeWinrm> {
    const fake = new FakeWinrm(handler, options);
    await new Promise<void>((resolve) => {
      fake.#server.listen(0, options.address ?? '127.0.0.1', resolve);
    });
    return fake;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
  }

  async #serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const { authorization, password = 'secret' } = this.#options;
    const wanted = authorization ?? `Basic ${Buffer.from(`admin:${password}`).toString('base64')}`;
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    if (incoming.headers.authorization !== wanted) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="WSMAN"' }).end();
      return;
    }
    const request = parseWsmanRequest(Buffer.concat(chunks).toString('utf8'));
    this.operations.push(request.operation);
    const exchange: Exchange = {
      request,
      incoming,
      response,
      proceed: () => this.#answer(request, response),
      fault: (fault) => reply(response, 500, buildFault(request, randomUUID(), fault)),
    };
    if (this.#options.intercept === undefined) await exchange.proceed();
    else await this.#options.intercept(exchange);
  }

  async #answer(request: WsmanRequest, response: ServerResponse): Promise<void> {
    const { body } = request;
    const ok = (xml: string): void => reply(response, 200, xml);
    switch (body.kind) {
      case 'create':
        this.#simulator = new PsrpSimulator(this.#handler, this.#options, (commandId, data) =>
          this.#push(commandId, data),
        );
        this.#shellId = body.shellId ?? randomUUID().toUpperCase();
        if (body.creationXml !== undefined) this.#simulator.open(body.creationXml);
        ok(
          buildCreateResponse(request, randomUUID(), {
            shellId: this.#shellId,
            address: request.to,
            resourceUri: request.resourceUri,
            owner: 'LAB\\admin',
            clientIp: '127.0.0.1',
            inputStreams: body.inputStreams,
            outputStreams: body.outputStreams,
          }),
        );
        break;
      case 'command': {
        const id = (body.commandId ?? '').toLowerCase();
        this.#stream(id);
        this.openCommands += 1;
        this.maxOpenCommands = Math.max(this.maxOpenCommands, this.openCommands);
        this.#simulator?.command(id, Buffer.from(body.arguments[0] ?? '', 'base64'));
        ok(buildCommandResponse(request, randomUUID(), body.commandId ?? ''));
        break;
      }
      case 'send':
        for (const stream of body.streams) this.#simulator?.input((stream.commandId ?? '').toLowerCase(), stream.data);
        ok(buildSendResponse(request, randomUUID()));
        break;
      case 'signal': {
        const id = (body.commandId ?? '').toLowerCase();
        this.signals.push(body.code);
        if (body.code === SIGNAL.powershellCtrlC) this.#simulator?.stop(id);
        else {
          this.openCommands -= 1;
          this.#streams.delete(id);
        }
        ok(buildSignalResponse(request, randomUUID()));
        break;
      }
      case 'receive':
        await this.#receive(request, body.commandId, response);
        break;
      case 'delete':
        ok(buildDeleteResponse(request, randomUUID()));
        break;
      default:
        reply(response, 500, buildFault(request, randomUUID(), FAULTS.actionNotSupported));
    }
  }

  async #receive(request: WsmanRequest, commandId: string | undefined, response: ServerResponse): Promise<void> {
    const stream = this.#stream((commandId ?? '').toLowerCase());
    if (stream.chunks.length === 0) {
      const timeout = this.#options.receiveTimeoutMs ?? 20_000;
      await Promise.race([
        new Promise<void>((resolve) => {
          stream.wake = resolve;
        }),
        new Promise<void>((resolve) => {
          setTimeout(resolve, timeout).unref();
        }),
      ]);
    }
    if (stream.chunks.length === 0) {
      reply(response, 500, buildFault(request, randomUUID(), FAULTS.timedOut));
      return;
    }
    const taken: Uint8Array[] = [];
    for (let bytes = 0; stream.chunks.length > 0 && bytes < (this.#options.receiveBytes ?? 100_000); ) {
      const next = stream.chunks.shift() as Uint8Array;
      bytes += next.length;
      taken.push(next);
    }
    const name = { name: 'stdout', ...(commandId === undefined ? {} : { commandId }) };
    const xml = buildReceiveResponse(request, randomUUID(), {
      streams: taken.map((data) => ({ ...name, data })),
      ...(commandId === undefined ? {} : { commandState: { commandId, state: 'running' as const } }),
    });
    reply(response, 200, xml);
  }

  #push(commandId: string | null, data: Uint8Array): void {
    const stream = this.#stream(commandId ?? '');
    stream.chunks.push(data);
    // later, so that what is emitted together is received together
    setImmediate(() => stream.wake());
  }

  #stream(key: string): Stream {
    const known = this.#streams.get(key);
    if (known !== undefined) return known;
    const stream: Stream = { chunks: [], wake: () => undefined };
    this.#streams.set(key, stream);
    return stream;
  }
}

export function reply(response: ServerResponse, status: number, xml: string, type = SOAP_CONTENT_TYPE): void {
  const bytes = Buffer.from(xml, 'utf8');
  response.writeHead(status, { 'content-type': type, 'content-length': bytes.length }).end(bytes);
}
