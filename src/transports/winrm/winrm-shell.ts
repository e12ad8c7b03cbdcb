/**
 * One PowerShell shell on a WinRM service: fragments of a runspace pool carried by WS-Man. Nothing but Receive is ever
 * sent again after a connection was lost; Create and Command only when the service itself refused them for a quota, so
 * that nothing was begun. Must not know what the fragments mean.
 */
import { randomUUID } from 'node:crypto';
import { FirebreakError, type JsonObject } from '../../domain/index.ts';
import { FAULT_CODE, SIGNAL, WsmanClient, type WsmanFaultInfo } from '../../protocol/index.ts';
import { type Adopted, type Outgoing, type PsrpChannel, poolNotOpened, type ReceiveOptions } from '../psrp/index.ts';
import type { ConnectionOptions } from './connection.ts';
import { answerLost, fromFault } from './failures.ts';
import { KeepAlive } from './keep-alive.ts';
import { ReceiveTrail } from './receive-trail.ts';
import { Releases } from './releases.ts';
import { retry } from './retry.ts';
import { readReceipt, type ShellReceipt } from './shell-receipt.ts';
import { sweepShells } from './shell-sweep.ts';
import { WsmanChannel } from './wsman-channel.ts';

/** Milliseconds for Create, Command, Send, Signal to be answered. */
const ANSWER_TIMEOUT_MS = 60_000;
/** Milliseconds that a Receive may take beyond its OperationTimeout: then the connection is dead. */
const RECEIVE_SLACK_MS = 15_000;
/** Milliseconds for Delete or Disconnect when closing. */
const CLOSE_TIMEOUT_MS = 5_000;
/** Milliseconds for which a Create, or a Command, that a quota refused is tried again. */
const CREATE_QUOTA_MS = 30_000;
const COMMAND_QUOTA_MS = 5_000;
/** Milliseconds for which a shell of a dead client is asked for before it counts as somebody else's. */
const TAKE_OVER_MS = 30_000;
/** Milliseconds that a Receive may wait which only says that we are still there (the least that WinRM takes). */
const SIGN_OF_LIFE_MS = 500;
const LONGEST_SILENCE_MS = 600_000;
/** Finished commands that wait to be freed: WinRM 2.0 lets a user have 15 operations, later versions 1,500. */
const MOST_FINISHED = 32;
const MOST_FINISHED_2_0 = 4;

const RETRIED = { firstMs: 500, longestMs: 5_000 };
const CONNECTION_LOST = /^FB_CONNECT_/;

export interface WinrmShellOptions {
  /** Shown on the host. */
  readonly name?: string;
  /** Of a shell that another process has created: `connect` is called instead of `open`. */
  readonly receipt?: ShellReceipt;
}

export class WinrmShell implements PsrpChannel {
  readonly label: string;
  /** Each Receive is a request. */
  readonly isPushing = false;
  readonly #connection: ConnectionOptions;
  readonly #name: string | undefined;
  readonly #wsman: WsmanClient;
  readonly #channel: WsmanChannel;
  readonly #trail = new ReceiveTrail();
  readonly #life = new AbortController();
  readonly #keepAlive = new KeepAlive(() => this.#showLife());
  readonly #releases = new Releases((pipelineId) =>
    this.#channel.exchange(this.#wsman.signal(pipelineId, SIGNAL.terminate), { timeoutMs: ANSWER_TIMEOUT_MS }),
  );
  #poolId = '';
  #clientAddress: string | undefined;
  #owner: string | undefined;
  #maxPayloadBytes: number;
  /** WinRM 3.0 and later: the shell outlives its client. */
  #canAttach = false;
  /** The pool's answer to `connect`, until it is received. */
  #connected: Uint8Array | undefined;
  #takePool: ((data: Uint8Array) => void) | undefined;
  #poolReceive: Promise<unknown> = Promise.resolve();

  constructor(connection: ConnectionOptions, options: WinrmShellOptions = {}) {
    const { receipt } = options;
    const resourceUri = receipt?.resourceUri ?? connection.resourceUri;
    this.label = connection.label;
    this.#connection = connection;
    this.#name = options.name;
    this.#wsman = new WsmanClient({
      url: `${connection.origin}/wsman`,
      newGuid: randomUUID,
      ...(resourceUri === undefined ? {} : { resourceUri }),
      ...(receipt === undefined ? {} : { sessionId: receipt.client }),
    });
    if (receipt !== undefined) {
      this.#wsman.created({ selectors: new Map([['ShellId', receipt.shell]]), resourceUri });
    }
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
    this.#poolId = poolId;
    const options = { timeoutMs: ANSWER_TIMEOUT_MS, signal };
    // refused for a quota: nothing was created
    const create = (name: { readonly name?: string }) =>
      retry(() => this.#channel.exchange(this.#wsman.create(poolId, data, name), options), {
        ...RETRIED,
        signal,
        isWorth: (error, failingMs) => isQuota(error) && failingMs <= CREATE_QUOTA_MS,
      });
    const created = await create(this.#name === undefined ? {} : { name: this.#name }).catch((error: unknown) => {
      // WinRM 2.0 may know no names: refused as well
      if (this.#name === undefined || !isRefusal(error)) throw error;
      return create({});
    });
    if (created.kind === 'fault') throw poolNotOpened(this.label, created.reason);
    this.#wsman.created(created);
    this.#clientAddress = created.clientIp;
    this.#owner = created.owner;
    this.#maxPayloadBytes = this.#wsman.maxPayloadBytes;
    this.#keepAlive.intervalMs = silenceOf(created.idleTimeoutMs);
  }

  negotiated(protocolVersion: string): void {
    if (protocolVersion !== '2.1') {
      this.#wsman.useLargeEnvelopes();
      this.#canAttach = true;
    }
    this.#maxPayloadBytes = this.#wsman.maxPayloadBytes;
  }

  start(pipelineId: string, data: Uint8Array, signal: AbortSignal): Promise<void> {
    const options = { timeoutMs: ANSWER_TIMEOUT_MS, signal };
    return this.#keepAlive.during(async () => {
      await this.#releases.makeRoom(this.#canAttach ? MOST_FINISHED : MOST_FINISHED_2_0);
      if (signal.aborted) throw signal.reason;
      const send = () => this.#channel.exchange(this.#wsman.command(pipelineId, data), options);
      // refused for a quota: nothing was begun
      const isWorth = (error: FirebreakError, failingMs: number): boolean =>
        isQuota(error) && failingMs <= COMMAND_QUOTA_MS;
      const answer = await retry(send, { ...RETRIED, signal, isWorth });
      this.#refuseFault(answer);
    });
  }

  send(outgoing: Outgoing, signal: AbortSignal): Promise<void> {
    const { stream, pipelineId, data } = outgoing;
    return this.#keepAlive.during(async () => {
      const request = this.#wsman.send({ name: stream, commandId: pipelineId, data });
      this.#refuseFault(await this.#channel.exchange(request, { timeoutMs: ANSWER_TIMEOUT_MS, signal }));
    });
  }

  receive(
    pipelineId: string | undefined,
    take: (data: Uint8Array) => void,
    signal: AbortSignal,
    options: ReceiveOptions = {},
  ): Promise<boolean> {
    const isPatient = options.isPatient ?? (() => false);
    if (pipelineId !== undefined) return this.#keepAlive.during(() => this.#poll(pipelineId, take, signal, isPatient));
    this.#takePool = take;
    const answered = this.#connected;
    if (answered !== undefined) {
      this.#connected = undefined;
      take(answered);
      return Promise.resolve(false);
    }
    return this.#inTurn(() => this.#keepAlive.during(() => this.#poll(undefined, take, signal, isPatient)));
  }

  async stop(pipelineId: string, signal: AbortSignal): Promise<void> {
    const request = this.#wsman.signal(pipelineId, SIGNAL.powershellCtrlC);
    await this.#channel.exchange(request, { timeoutMs: ANSWER_TIMEOUT_MS, signal });
  }

  release(pipelineId: string): Promise<void> {
    this.#releases.add(pipelineId);
    return Promise.resolve();
  }

  async close(): Promise<void> {
    this.#releases.end();
    try {
      await this.#channel.exchange(this.#wsman.delete(), { timeoutMs: CLOSE_TIMEOUT_MS });
    } catch {
      // the host frees the shell itself when its idle time is over
    } finally {
      this.destroy();
    }
  }

  destroy(): void {
    this.#keepAlive.end();
    this.#releases.end();
    this.#life.abort();
    this.#channel.destroy();
  }

  receipt(pipelineId: string): (JsonObject & ShellReceipt) | undefined {
    const { shellId, sessionId, resourceUri } = this.#wsman;
    if (!this.#canAttach || shellId === undefined) return undefined;
    return {
      transport: 'winrm',
      shell: shellId,
      client: sessionId,
      resourceUri,
      pool: this.#poolId,
      pipeline: pipelineId,
    };
  }

  adopt(receipt: JsonObject): Adopted | null {
    const known = readReceipt(receipt);
    if (known === null) return null;
    const name = this.#name === undefined ? {} : { name: this.#name };
    const channel = new WinrmShell(this.#connection, { ...name, receipt: known });
    return { channel, poolId: known.pool, pipelineId: known.pipeline };
  }

  /**
   * The dead client's session id makes us that client (MS-WSMV 3.1.4.16), so that the shell is ours even while the service
   * still takes it for connected, and however often this happens. Disconnect first: it ends the dead client's Receives.
   */
  async connect(poolId: string, data: Uint8Array, signal: AbortSignal): Promise<void> {
    this.#poolId = poolId;
    const options = { timeoutMs: ANSWER_TIMEOUT_MS, signal, isFaultData: true };
    this.#connected = await retry(
      async () => {
        const left = await this.#channel.exchange(this.#wsman.disconnect(), options);
        if (left.kind === 'fault' && isGone(left)) throw fromFault(this.label, 'disconnect', left);
        const answer = await this.#channel.exchange(this.#wsman.connect({ connectXml: data }), options);
        if (answer.kind === 'fault') throw fromFault(this.label, 'connect', answer);
        return answer.data ?? new Uint8Array(0);
      },
      {
        ...RETRIED,
        signal,
        isWorth: (error, failingMs) => error.code === 'FB_PROTOCOL_SOAP' && failingMs <= TAKE_OVER_MS,
      },
    );
  }

  async join(pipelineId: string, signal: AbortSignal): Promise<void> {
    const options = { timeoutMs: ANSWER_TIMEOUT_MS, signal, isFaultData: true };
    const answer = await this.#channel.exchange(this.#wsman.connect({ commandId: pipelineId }), options);
    if (answer.kind !== 'fault') return;
    // whatever the host calls it: it has no such command
    const cause = fromFault(this.label, 'connect', answer);
    throw new FirebreakError('FB_SESSION_CLOSED', `${this.label}: the host has no such pipeline any more`, { cause });
  }

  async leave(): Promise<void> {
    this.#releases.end();
    try {
      // else the host would take the shell for connected until its idle time is over
      if (this.#canAttach) await this.#channel.exchange(this.#wsman.disconnect(), { timeoutMs: CLOSE_TIMEOUT_MS });
    } catch {
      // it goes on in any case, and is taken over by its session id
    } finally {
      this.destroy();
    }
  }

  async sweep(keep: readonly JsonObject[], signal: AbortSignal): Promise<number> {
    const { shellId } = this.#wsman;
    if (this.#name === undefined || this.#owner === undefined || shellId === undefined || !this.#canAttach) return 0;
    const kept = keep.map((receipt) => readReceipt(receipt)?.shell ?? '');
    const ids = new Set([shellId, ...kept].map((id) => id.toUpperCase()));
    return sweepShells(this.#channel, this.#wsman, { name: this.#name, owner: this.#owner, keep: ids }, signal);
  }

  /** One Receive; a host that cannot be reached is asked again for as long as `isPatient` says. */
  async #poll(
    commandId: string | undefined,
    take: (data: Uint8Array) => void,
    signal: AbortSignal,
    isPatient: NonNullable<ReceiveOptions['isPatient']>,
    operationTimeoutMs = this.#wsman.operationTimeoutMs,
  ): Promise<boolean> {
    const timeoutMs = operationTimeoutMs + RECEIVE_SLACK_MS;
    const send = () =>
      this.#channel.exchange(this.#wsman.receive(commandId, operationTimeoutMs), { timeoutMs, signal });
    const isWorth = (error: FirebreakError, failingMs: number): boolean => {
      if (!CONNECTION_LOST.test(error.code)) return false;
      this.#trail.suspect();
      return isPatient(failingMs);
    };
    const answer = await retry(send, { ...RETRIED, signal, isWorth });
    if (answer.kind === 'fault') return false;
    for (const { name, data } of answer.streams) {
      if (name !== 'stdout') continue;
      if (!this.#trail.follow(data)) throw answerLost(this.label);
      take(data);
    }
    if (answer.isDone && this.#trail.isSuspect) throw answerLost(this.label);
    return answer.isDone;
  }

  /** The pool's stream is received by one at a time. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#poolReceive.then(work, work);
    this.#poolReceive = turn.catch(() => undefined);
    return turn;
  }

  /** A shell that nobody asks anything of for its idle time is ended by the host. */
  async #showLife(): Promise<void> {
    const take = this.#takePool ?? (() => undefined);
    const { signal } = this.#life;
    try {
      await this.#inTurn(() => this.#poll(undefined, take, signal, () => false, SIGN_OF_LIFE_MS));
    } catch {
      // whoever uses the shell next is told
    }
  }

  #refuseFault(answer: { readonly kind: string; readonly reason?: string }): void {
    if (answer.kind !== 'fault') return;
    const message = `${this.label}: the host did not take the command in time (${answer.reason ?? ''})`;
    throw new FirebreakError('FB_CONNECT_LOST', message, { remedy: 'the host is overloaded: try again later' });
  }
}

function isQuota(error: FirebreakError): boolean {
  return error.code === 'FB_SESSION_QUOTA';
}

function isRefusal(error: unknown): boolean {
  return error instanceof FirebreakError && error.code === 'FB_PROTOCOL_SOAP';
}

/** No later try can change that. */
function isGone(fault: WsmanFaultInfo): boolean {
  return fault.windowsCode === FAULT_CODE.shellNotFound || fault.windowsCode === FAULT_CODE.accessDenied;
}

/** A third of the idle time, so that one sign of life may be lost. */
function silenceOf(idleTimeoutMs: number | undefined): number | undefined {
  return idleTimeoutMs === undefined ? undefined : Math.min(LONGEST_SILENCE_MS, Math.max(1_000, idleTimeoutMs / 3));
}
