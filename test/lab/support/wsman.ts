/** Raw WS-Man requests over HTTP, for tests that look at single answers. */
import { randomUUID } from 'node:crypto';
import { Agent, request as httpRequest } from 'node:http';
import {
  parseWsmanResponse,
  SOAP_CONTENT_TYPE,
  WsmanClient,
  type WsmanRequestText,
  type WsmanResponse,
} from '../../../src/protocol/index.ts';

export interface HttpAnswer {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: string;
}

export interface HttpQuestion {
  readonly address: string;
  readonly port?: number;
  readonly path?: string;
  readonly method?: string;
  readonly headers?: { readonly [name: string]: string };
  readonly body?: string | Buffer;
  readonly agent?: Agent;
  readonly localAddress?: string;
}

export function ask(question: HttpQuestion): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      {
        host: question.address,
        port: question.port ?? 5985,
        path: question.path ?? '/wsman',
        method: question.method ?? 'POST',
        headers: { 'Content-Type': SOAP_CONTENT_TYPE, ...question.headers },
        ...(question.agent === undefined ? {} : { agent: question.agent }),
        ...(question.localAddress === undefined ? {} : { localAddress: question.localAddress }),
      },
      (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (text: string) => {
          body += text;
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }));
        response.on('error', reject);
      },
    );
    request.on('error', reject);
    request.end(question.body ?? '');
  });
}

export function basic(user: string, password: string): { readonly Authorization: string } {
  return { Authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` };
}

/** One client of one host: a connection that is kept, a shell. */
export class RawClient {
  readonly agent = new Agent({ keepAlive: true, maxSockets: 4 });
  readonly shellId = randomUUID();
  readonly wsman: WsmanClient;
  readonly #address: string;
  readonly #headers: { readonly Authorization: string };

  constructor(address: string, user: string, password: string, operationTimeoutMs = 20_000) {
    this.#address = address;
    this.#headers = basic(user, password);
    this.wsman = new WsmanClient({ url: `http://${address}:5985/wsman`, newGuid: randomUUID, operationTimeoutMs });
  }

  post(text: string): Promise<HttpAnswer> {
    return ask({ address: this.#address, headers: this.#headers, body: text, agent: this.agent });
  }

  async send(request: WsmanRequestText): Promise<WsmanResponse> {
    return parseWsmanResponse(request, (await this.post(request.xml)).body);
  }

  async create(): Promise<WsmanResponse> {
    const response = await this.send(this.wsman.create(this.shellId, Buffer.from('hello')));
    if (response.kind === 'create') this.wsman.created(response);
    return response;
  }

  close(): void {
    this.agent.destroy();
  }
}
