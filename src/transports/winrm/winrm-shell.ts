/**
 * One PowerShell shell on a WinRM service: fragments of a runspace pool carried by WS-Man. Nothing but Receive is ever
 * sent again, and that only after the service said that there is nothing yet. Must not know what the fragments mean.
 */
import { randomUUID } from 'node:crypto';
import { FirebreakError } from '../../domain/index.ts';
import { SIGNAL, WsmanClient } from '../../protocol/index.ts';
import { type Outgoing, type PsrpChannel, poolNotOpened } from '../psrp/index.ts';
import type { ConnectionOptions } from './connection.ts';
import { WsmanChannel } from './wsman-channel.ts';

/** Milliseconds for Create, Command, Send, Signal to be answered. */
const ANSWER_TIMEOUT_MS = 60_000;
/** Milliseconds that a Receive may take beyond its OperationTimeout: then the connection is dead. */
const RECEIVE_SLACK_MS = 15_000;
/** Milliseconds for Delete when closing. */
const CLOSE_TIMEOUT_MS = 5_000;

export class WinrmShell implements PsrpChannel {
  readonly label: string;
  /** Each Receive is a request. */
  readonly isPushing = false;
  readonly #wsman: WsmanClient;
  readonly #channel: WsmanChannel;
  #clientAddress: string | undefined;
  #maxPayloadBytes: number;

  constructor(connection: ConnectionOptions) {
    this.label = connection.label;
    this.#wsman = new WsmanClient({
      url: `${connection.origin}/wsman`,
      newGuid: randomUUID,
      ...(connection.resourceUri === undefined ? {} : { resourceUri: connection.resourceUri }),
    });
    this.#channel = new WsmanChannel(connection);
    this.#maxPayloadBytes = this.#wsman.maxPayloadBytes;
  }

  get clientAddress(): string | undefined {
    return this.#clientAddress;
  }

  get maxPayloadBytes(): number {
    return this.#maxPayloadBytes;
  }

  async open(poolId: string, data: Uint8Array, signal: AbortSignal): Promise<void> {
    const request = this.#wsman.create(poolId, data);
    const created = await this.#channel.exchange(request, { timeoutMs: ANSWER_TIMEOUT_MS, signal });
    if (created.kind === 'fault') throw poolNotOpened(this.label, created.reason);
    this.#wsman.created(created);
    this.#clientAddress = created.clientIp;
    this.#maxPayloadBytes = this.#wsman.maxPayloadBytes;
  }

  negotiated(protocolVersion: string): void {
    if (protocolVersion !== '2.1') this.#wsman.useLargeEnvelopes();
    this.#maxPayloadBytes = this.#wsman.maxPayloadBytes;
  }

  async start(pipelineId: string, data: Uint8Array, signal: AbortSignal): Promise<void> {
    const options = { timeoutMs: ANSWER_TIMEOUT_MS, signal };
    this.#refuseFault(await this.#channel.exchange(this.#wsman.command(pipelineId, data), options));
  }

  async send(outgoing: Outgoing, signal: AbortSignal): Promise<void> {
    const { stream, pipelineId, data } = outgoing;
    const request = this.#wsman.send({ name: stream, commandId: pipelineId, data });
    this.#refuseFault(await this.#channel.exchange(request, { timeoutMs: ANSWER_TIMEOUT_MS, signal }));
  }

  /** One Receive. */
  async receive(
    pipelineId: string | undefined,
    take: (data: Uint8Array) => void,
    signal: AbortSignal,
  ): Promise<boolean> {
    const timeoutMs = this.#wsman.operationTimeoutMs + RECEIVE_SLACK_MS;
    const answer = await this.#channel.exchange(this.#wsman.receive(pipelineId), { timeoutMs, signal });
    if (answer.kind === 'fault') return false;
    for (const stream of answer.streams) {
      if (stream.name === 'stdout') take(stream.data);
    }
    return answer.isDone;
  }

  async stop(pipelineId: string, signal: AbortSignal): Promise<void> {
    const request = this.#wsman.signal(pipelineId, SIGNAL.powershellCtrlC);
    await this.#channel.exchange(request, { timeoutMs: ANSWER_TIMEOUT_MS, signal });
  }

  async release(pipelineId: string): Promise<void> {
    await this.#channel.exchange(this.#wsman.signal(pipelineId, SIGNAL.terminate), { timeoutMs: ANSWER_TIMEOUT_MS });
  }

  async close(): Promise<void> {
    try {
      await this.#channel.exchange(this.#wsman.delete(), { timeoutMs: CLOSE_TIMEOUT_MS });
    } catch {
      // the host frees the shell itself when its idle time is over
    } finally {
      this.#channel.destroy();
    }
  }

  destroy(): void {
    this.#channel.destroy();
  }

  #refuseFault(answer: { readonly kind: string; readonly reason?: string }): void {
    if (answer.kind !== 'fault') return;
    const message = `${this.label}: the host did not take the command in time (${answer.reason ?? ''})`;
    throw new FirebreakError('FB_CONNECT_LOST', message, { remedy: 'the host is overloaded: try again later' });
  }
}
