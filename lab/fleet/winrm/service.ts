/**
 * WinRM's answers to WS-Man requests for PowerShell shells: one request envelope in, one response envelope out. The
 * sessions themselves run in the engine. Must not know HTTP or who may log on.
 */
import { randomUUID } from 'node:crypto';
import {
  buildCommandResponse,
  buildCreateResponse,
  buildDeleteResponse,
  buildFault,
  buildGetResponse,
  buildReceiveResponse,
  buildSendResponse,
  buildSignalResponse,
  FAULTS,
  NS,
  ProtocolError,
  parseWsmanRequest,
  RESOURCE,
  SIGNAL,
  type WsmanFault,
  type WsmanRequest,
} from '../../../src/protocol/index.ts';
import { LabError } from '../errors.ts';
import { ABORTED, Fault } from './fault.ts';
import type { Fetched, Output } from './output.ts';
import { IDLE, QUOTA, Shell, ShellTable } from './shells.ts';
import { bufferModeOf, idleTimeoutOf, ShellSurvival } from './survival.ts';
import { type TextSessions, TextShells } from './text-shells.ts';

/** What the service needs of the engine, for one host. */
export interface Sessions extends TextSessions {
  open(session: {
    readonly session: string;
    readonly user: string;
    readonly auth: string;
    readonly configuration: string;
    readonly clientAddress: string;
    readonly data: Uint8Array;
  }): Promise<void>;
  command(session: string, command: string, data: Uint8Array): Promise<void>;
  send(session: string, command: string | null, stream: string, data: Uint8Array): Promise<void>;
  signal(session: string, command: string, code: 'terminate' | 'ctrl_c'): Promise<void>;
  close(session: string): Promise<void>;
  /** Answers SESSION_CAPABILITY and CONNECT_RUNSPACEPOOL of a new client. */
  connect(session: string, data: Uint8Array): Promise<Uint8Array>;
}

export interface Caller {
  readonly user: string;
  /** How the user logged on: `basic`, `ntlm`, … Only Basic leaves the machine something to log on further with. */
  readonly auth: string;
  readonly isAdmin: boolean;
  readonly address: string;
  /** Aborts when the client has gone away. */
  readonly signal: AbortSignal;
}

export interface Answer {
  readonly status: 200 | 500;
  readonly xml: string;
}

export interface ServiceOptions {
  readonly sessions: Sessions;
  /** NetBIOS name, for faults. */
  readonly machine: string;
  /** e.g. `http://127.83.0.11:5985/wsman` */
  readonly url: string;
  readonly uiCulture: string;
  /** False before WinRM 3.0: shells have no name and no state, and end with their client's wish only. */
  readonly canDisconnect: boolean;
}

/** MaxTimeoutms and MaxEnvelopeSizekb of WinRM 3.0 and later. */
const MAX_TIMEOUT_MS = 60_000;
export const MAX_ENVELOPE_BYTES = 512_000;
/** Room in a response for everything but the streams' base64. */
const ENVELOPE_RESERVE = 2_048;

/** MS-WSMV 3.1.4.1.31.7; Get tells the state. */
const WHILE_DISCONNECTED: ReadonlySet<string> = new Set(['disconnect', 'reconnect', 'connect', 'delete', 'get']);

export class WinrmService {
  readonly #options: ServiceOptions;
  readonly #shells = new ShellTable();
  readonly #survival: ShellSurvival;
  /** WinRS; its shells and operations count with the others. */
  readonly text: TextShells;

  constructor(options: ServiceOptions) {
    this.#options = options;
    this.#survival = new ShellSurvival(options, this.#shells);
    this.text = new TextShells({
      ...options,
      maxEnvelopeBytes: MAX_ENVELOPE_BYTES,
      maxTimeoutMs: MAX_TIMEOUT_MS,
      checkShells: (user) => this.#checkShells(user),
      checkOperations: (user) => this.#checkOperations(user),
    });
  }

  /** The engine sent data of a session. */
  onData(session: string, command: string | null, data: Buffer): void {
    this.#output(session, command)?.push(data);
  }

  /** The engine ended a pipeline. */
  onDone(session: string, command: string): void {
    this.#output(session, command)?.done();
  }

  /** The engine ended a session. */
  onClosed(session: string): void {
    this.#shells.remove(session);
    this.text.onClosed(session);
  }

  /** The machine went down: no shell survives that. */
  dropAll(): void {
    this.#shells.removeAll();
    this.text.dropAll();
  }

  async answer(xml: string, caller: Caller): Promise<Answer> {
    let request: WsmanRequest | undefined;
    try {
      request = parseWsmanRequest(xml);
      return { status: 200, xml: await this.#respond(request, caller) };
    } catch (thrown) {
      const fault = { ...faultOf(thrown), machine: this.#options.machine };
      return { status: 500, xml: buildFault({ messageId: request?.messageId ?? '' }, randomUUID(), fault) };
    }
  }

  async #respond(request: WsmanRequest, caller: Caller): Promise<string> {
    if (!caller.isAdmin) throw new Fault(FAULTS.accessDenied);
    const isText =
      request.body.kind === 'create' ? request.resourceUri === RESOURCE.cmd : this.text.has(request.shellId);
    if (isText) return this.text.respond(request, caller);
    if (request.body.kind === 'create') return this.#create(request, request.body, caller);
    if (request.body.kind === 'enumerate') return this.#survival.enumerate(request, request.body, caller);
    if (request.body.kind === 'pull') return this.#survival.pull(request, request.body, caller);
    const shell = this.#shells.get(request.shellId);
    // another user's shell is not there for this one
    if (shell === undefined || !isSameUser(shell.user, caller.user)) throw new Fault(FAULTS.shellNotFound);
    // a look at it counts as idle time here: a client must not live on looks alone (confidence L)
    const leave = request.body.kind === 'get' ? (): void => undefined : shell.enter();
    try {
      return await this.#respondFor(shell, request, caller);
    } finally {
      leave();
    }
  }

  async #respondFor(shell: Shell, request: WsmanRequest, caller: Caller): Promise<string> {
    const { body } = request;
    if (shell.state === 'Disconnected' && !WHILE_DISCONNECTED.has(body.kind)) throw new Fault(FAULTS.shellDisconnected);
    switch (body.kind) {
      case 'command':
        return this.#command(request, body, shell);
      case 'receive':
        return this.#receive(request, body, shell, caller);
      case 'send':
        return this.#send(request, body, shell);
      case 'signal':
        return this.#signal(request, body, shell);
      case 'get':
        return buildGetResponse(request, randomUUID(), this.#survival.describe(shell));
      case 'delete':
        this.#shells.remove(shell.id);
        await this.#options.sessions.close(shell.id);
        return buildDeleteResponse(request, randomUUID());
      case 'disconnect':
      case 'reconnect':
      case 'connect':
        return this.#survival.respond(shell, request);
      default:
        throw new Fault(FAULTS.actionNotSupported, `The lab has no ${request.operation} (${request.action}). `);
    }
  }

  #onIdle(shell: Shell): void {
    if (this.#shells.get(shell.id) !== shell) return;
    this.#shells.remove(shell.id);
    this.#options.sessions.close(shell.id).catch(() => undefined);
  }

  async #create(
    request: WsmanRequest,
    body: WsmanRequest['body'] & { kind: 'create' },
    caller: Caller,
  ): Promise<string> {
    if (!request.resourceUri.startsWith(`${NS.powershell}/`)) {
      throw new Fault(FAULTS.invalidResourceUri);
    }
    if (body.creationXml === undefined) throw new Fault(FAULTS.schemaValidation);
    this.#checkShells(caller.user);
    const id = isGuid(body.shellId) ? body.shellId.toUpperCase() : randomUUID().toUpperCase();
    if (this.#shells.get(id) !== undefined) {
      throw new Fault({ ...FAULTS.internalError, windowsCode: 183 }, 'Cannot create a shell that already exists. ');
    }
    const shell: Shell = new Shell({
      id,
      user: caller.user,
      resourceUri: request.resourceUri,
      name: body.name,
      clientAddress: caller.address,
      client: request.sessionId,
      idleTimeoutMs: idleTimeoutOf(body.idleTimeoutMs) ?? IDLE.defaultMs,
      bufferMode: bufferModeOf(body.bufferMode) ?? 'Block',
      inputStreams: body.inputStreams,
      outputStreams: body.outputStreams,
      now: () => performance.now(),
      onIdle: () => this.#onIdle(shell),
    });
    // Known before the engine answers: its first data may come ahead of the answer.
    this.#shells.add(shell);
    try {
      await this.#options.sessions.open({
        session: id,
        user: caller.user,
        auth: caller.auth,
        configuration: request.resourceUri,
        clientAddress: caller.address,
        data: body.creationXml,
      });
    } catch (cause) {
      this.#shells.remove(id);
      throw cause;
    }
    return buildCreateResponse(request, randomUUID(), this.#survival.describe(shell));
  }

  async #command(
    request: WsmanRequest,
    body: WsmanRequest['body'] & { kind: 'command' },
    shell: Shell,
  ): Promise<string> {
    this.#checkOperations(shell.user);
    const id = isGuid(body.commandId) ? body.commandId.toUpperCase() : randomUUID().toUpperCase();
    shell.addCommand(id);
    try {
      await this.#options.sessions.command(shell.id, id, Buffer.from(body.arguments.join(''), 'base64'));
    } catch (cause) {
      shell.removeCommand(id);
      throw cause;
    }
    return buildCommandResponse(request, randomUUID(), id);
  }

  async #receive(
    request: WsmanRequest,
    body: WsmanRequest['body'] & { kind: 'receive' },
    shell: Shell,
    caller: Caller,
  ): Promise<string> {
    this.#checkOperations(shell.user);
    const { commandId } = body;
    const output = commandId === undefined ? shell.pool : shell.command(commandId);
    if (output === undefined) throw new Fault(FAULTS.shellNotFound);
    const envelope = Math.min(request.maxEnvelopeSize ?? MAX_ENVELOPE_BYTES, MAX_ENVELOPE_BYTES);
    const maxBytes = Math.max(1, Math.floor(((envelope - ENVELOPE_RESERVE) * 3) / 4));
    const timeoutMs = Math.min(request.operationTimeoutMs ?? MAX_TIMEOUT_MS, MAX_TIMEOUT_MS);
    const fetched: Fetched = await output.fetch(maxBytes, timeoutMs, caller.signal);
    if (fetched.kind === 'timed-out') throw new Fault(FAULTS.timedOut);
    if (fetched.kind === 'closed') throw new Fault(ABORTED);
    const command = commandId === undefined ? {} : { commandId };
    return buildReceiveResponse(request, randomUUID(), {
      streams: fetched.chunks.map((data) => ({ name: 'stdout', ...command, data })),
      ...(commandId === undefined
        ? {}
        : { commandState: { commandId, state: fetched.isDone ? ('done' as const) : ('running' as const) } }),
    });
  }

  async #send(request: WsmanRequest, body: WsmanRequest['body'] & { kind: 'send' }, shell: Shell): Promise<string> {
    for (const stream of body.streams) {
      if (stream.commandId !== undefined && shell.command(stream.commandId) === undefined) {
        throw new Fault(FAULTS.shellNotFound);
      }
      await this.#options.sessions.send(shell.id, stream.commandId ?? null, stream.name, stream.data);
    }
    return buildSendResponse(request, randomUUID());
  }

  async #signal(request: WsmanRequest, body: WsmanRequest['body'] & { kind: 'signal' }, shell: Shell): Promise<string> {
    const { commandId, code } = body;
    if (commandId === undefined || shell.command(commandId) === undefined) throw new Fault(FAULTS.shellNotFound);
    const isTerminate = code.toLowerCase() === SIGNAL.terminate.toLowerCase();
    const isStop = [SIGNAL.powershellCtrlC, SIGNAL.ctrlC].some((stop) => stop.toLowerCase() === code.toLowerCase());
    if (!isTerminate && !isStop) throw new Fault(FAULTS.schemaValidation, `The lab knows no signal ${code}. `);
    await this.#options.sessions.signal(shell.id, commandId, isTerminate ? 'terminate' : 'ctrl_c');
    if (isTerminate) shell.removeCommand(commandId);
    return buildSignalResponse(request, randomUUID());
  }

  #checkShells(user: string): void {
    const count = this.#shells.countOf(user) + this.text.countOf(user);
    if (count >= QUOTA.shellsPerUser) throw new Fault(FAULTS.tooManyShells);
  }

  #checkOperations(user: string): void {
    const count = this.#shells.operationsOf(user) + this.text.operationsOf(user);
    if (count >= QUOTA.operationsPerUser) throw new Fault(FAULTS.tooManyOperations);
  }

  #output(session: string, command: string | null): Output | undefined {
    const shell = this.#shells.get(session);
    return command === null ? shell?.pool : shell?.command(command);
  }
}

function isSameUser(left: string, right: string): boolean {
  return left.toLowerCase() === right.toLowerCase();
}

function faultOf(thrown: unknown): WsmanFault {
  if (thrown instanceof Fault) return thrown.fault;
  if (thrown instanceof ProtocolError) return { ...FAULTS.schemaValidation, reason: thrown.message };
  if (thrown instanceof LabError) {
    // The session ended in the engine before this front was told.
    if (thrown.code === 'lab.no-configuration') return FAULTS.unknownResource;
    if (thrown.code === 'lab.no-session' || thrown.code === 'lab.no-command') return FAULTS.shellNotFound;
    return { ...FAULTS.internalError, reason: `${thrown.message} (${thrown.code})` };
  }
  throw thrown;
}

function isGuid(text: string | undefined): text is string {
  return text !== undefined && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
}
