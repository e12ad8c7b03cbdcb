/**
 * Requests and answers of one shell over at most two HTTP connections: one as a rule; a second one only while the first
 * waits for an answer (to stop a pipeline, to tidy up behind one). Must not know PSRP.
 */
import { FirebreakError } from '../../domain/index.ts';
import {
  parseWsmanResponse,
  type WsmanFaultInfo,
  type WsmanRequestText,
  type WsmanResponse,
} from '../../protocol/index.ts';
import { type ConnectionOptions, createConnection, type WsmanConnection } from './connection.ts';
import { fromFault, fromHttpStatus, fromProtocolError, sessionClosed } from './failures.ts';

export interface ExchangeOptions {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  /** Every fault comes back as data, not only TimedOut. */
  readonly isFaultData?: boolean;
}

type Answer<K extends WsmanResponse['kind']> = Extract<WsmanResponse, { kind: K }>;

/** Milliseconds to set up a connection. */
const CONNECT_TIMEOUT_MS = 15_000;
const MAX_CONNECTIONS = 2;

export class WsmanChannel {
  readonly #options: ConnectionOptions;
  readonly #connections: WsmanConnection[] = [];
  #isClosed = false;

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  /**
   * @throws FirebreakError: every fault but TimedOut (which comes back as data) unless `isFaultData`, and what WsmanConnection.post throws
   */
  async exchange<K extends WsmanRequestText['operation'] & WsmanResponse['kind']>(
    request: WsmanRequestText<K>,
    options: ExchangeOptions,
  ): Promise<Answer<K> | WsmanFaultInfo>;
  async exchange(request: WsmanRequestText, options: ExchangeOptions): Promise<WsmanResponse> {
    const label = this.#options.label;
    const answer = await this.#connection().post(request.xml, {
      ...options,
      connectTimeoutMs: CONNECT_TIMEOUT_MS,
      isPoll: request.operation === 'receive',
    });
    const isSoap = /^application\/soap\+xml\b/i.test(answer.contentType);
    if (!isSoap || (answer.status !== 200 && answer.status !== 500)) throw fromHttpStatus(label, answer);
    let response: WsmanResponse;
    try {
      response = parseWsmanResponse(request, answer.body.toString('utf8'));
    } catch (error) {
      throw fromProtocolError(label, error);
    }
    if (response.kind !== 'fault') {
      if (answer.status === 200) return response;
      throw new FirebreakError('FB_PROTOCOL_HTTP', `${label}: HTTP ${answer.status} without a SOAP fault`);
    }
    if (!response.isTimedOut && options.isFaultData !== true) throw fromFault(label, request.operation, response);
    return response;
  }

  /** Tears all connections down at once. */
  destroy(): void {
    this.#isClosed = true;
    for (const connection of this.#connections) connection.destroy();
  }

  #connection(): WsmanConnection {
    if (this.#isClosed) throw sessionClosed(this.#options.label);
    const alive = this.#connections.filter((connection) => !connection.isDead);
    this.#connections.splice(0, this.#connections.length, ...alive);
    const idle = alive.find((connection) => !connection.isBusy);
    if (idle !== undefined) return idle;
    // nothing may queue behind a Receive: it can take as long as its OperationTimeout
    const quick = alive.find((connection) => !connection.isPolling);
    if (quick !== undefined && alive.length >= MAX_CONNECTIONS) return quick;
    const connection = createConnection(this.#options);
    this.#connections.push(connection);
    return connection;
  }
}
