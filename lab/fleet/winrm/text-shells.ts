/**
 * WinRS: the text shells of one machine (resource URI …/windows/shell/cmd). Commands run in the engine, on the machine.
 * Must not know HTTP or who may log on.
 */
import { randomUUID } from 'node:crypto';
import {
  buildCommandResponse,
  buildCreateResponse,
  buildDeleteResponse,
  buildReceiveResponse,
  buildSendResponse,
  buildSignalResponse,
  FAULTS,
  readTextCommand,
  readTextShellOptions,
  SIGNAL,
  type WsmanRequest,
} from '../../../src/protocol/index.ts';
import { LabError } from '../errors.ts';
import { ABORTED, Fault } from './fault.ts';
import { TextOutput, type Written } from './text-output.ts';

/** What text shells need of the engine, for one host. */
export interface TextSessions {
  openText(shell: {
    readonly session: string;
    readonly user: string;
    readonly auth: string;
    readonly clientAddress: string;
    readonly directory?: string;
    readonly codepage?: string;
    readonly environment: { readonly [name: string]: string };
  }): Promise<void>;
  startText(session: string, command: string, spec: { line: string; program: boolean; input: boolean }): Promise<void>;
  sendText(session: string, command: string, data: Uint8Array, end: boolean): Promise<void>;
  signalText(session: string, command: string, code: 'terminate' | 'ctrl_c'): Promise<void>;
  closeText(session: string): Promise<void>;
}

interface TextShellsOptions {
  readonly sessions: TextSessions;
  /** e.g. `http://127.83.0.11:5985/wsman` */
  readonly url: string;
  readonly uiCulture: string;
  readonly maxEnvelopeBytes: number;
  readonly maxTimeoutMs: number;
  /** Refuses one shell more of the user, or one operation. @throws Fault */
  checkShells(user: string): void;
  checkOperations(user: string): void;
}

interface TextCaller {
  readonly user: string;
  readonly auth: string;
  readonly address: string;
  readonly signal: AbortSignal;
}

type Body<Kind extends WsmanRequest['body']['kind']> = Extract<WsmanRequest['body'], { readonly kind: Kind }>;

/** Room in a response for everything but the streams' base64. */
const ENVELOPE_RESERVE = 2_048;

class TextShell {
  readonly id: string;
  readonly user: string;
  readonly outputs = new Map<string, TextOutput>();
  /**
   * Commands ever started: each stays an operation of the user until the shell is deleted. Terminating it does not give
   * the operation back.
   */
  started = 0;

  constructor(id: string, user: string) {
    this.id = id;
    this.user = user;
  }

  get operations(): number {
    return [...this.outputs.values()].reduce((sum, output) => sum + output.waiting, this.started);
  }

  close(): void {
    for (const output of this.outputs.values()) output.close();
  }
}

export class TextShells {
  readonly #options: TextShellsOptions;
  readonly #shells = new Map<string, TextShell>();

  constructor(options: TextShellsOptions) {
    this.#options = options;
  }

  has(shellId: string | undefined): boolean {
    return this.#get(shellId) !== undefined;
  }

  countOf(user: string): number {
    return this.#of(user).length;
  }

  operationsOf(user: string): number {
    return this.#of(user).reduce((sum, shell) => sum + shell.operations, 0);
  }

  onOutput(session: string, command: string, stream: Written['stream'], data: Buffer): void {
    this.#get(session)?.outputs.get(command.toUpperCase())?.push(stream, data);
  }

  onExit(session: string, command: string, exitCode: number): void {
    this.#get(session)?.outputs.get(command.toUpperCase())?.done(exitCode);
  }

  onClosed(session: string): void {
    this.#get(session)?.close();
    this.#shells.delete(session.toUpperCase());
  }

  dropAll(): void {
    for (const shell of this.#shells.values()) shell.close();
    this.#shells.clear();
  }

  /** The response to a request for a text shell. @throws Fault, LabError */
  respond(request: WsmanRequest, caller: TextCaller): Promise<string> | string {
    const { body } = request;
    if (body.kind === 'create') return this.#create(request, body, caller);
    const shell = this.#get(request.shellId);
    if (shell === undefined) throw new Fault(FAULTS.shellNotFound);
    switch (body.kind) {
      case 'command':
        return this.#command(request, body, shell);
      case 'receive':
        return this.#receive(request, body, shell, caller);
      case 'send':
        return this.#send(request, body, shell);
      case 'signal':
        return this.#signal(request, body, shell);
      case 'delete':
        return this.#delete(request, shell);
      default:
        throw new Fault(FAULTS.actionNotSupported, `The lab's text shells have no ${request.operation}. `);
    }
  }

  async #create(request: WsmanRequest, body: Body<'create'>, caller: TextCaller): Promise<string> {
    this.#options.checkShells(caller.user);
    const { codepage } = readTextShellOptions(request);
    const id = randomUUID().toUpperCase();
    this.#shells.set(id, new TextShell(id, caller.user));
    try {
      await this.#options.sessions.openText({
        session: id,
        user: caller.user,
        auth: caller.auth,
        clientAddress: caller.address,
        environment: Object.fromEntries(body.environment),
        ...(codepage === undefined ? {} : { codepage }),
        ...(body.workingDirectory === undefined ? {} : { directory: body.workingDirectory }),
      });
    } catch (cause) {
      this.#shells.delete(id);
      if (cause instanceof LabError && cause.code === 'lab.no-directory') {
        throw new Fault({ ...FAULTS.internalError, windowsCode: 2147942667 }, cause.message);
      }
      throw cause;
    }
    return buildCreateResponse(request, randomUUID(), {
      shellId: id,
      address: this.#options.url,
      resourceUri: request.resourceUri,
      owner: caller.user,
      clientIp: caller.address,
      inputStreams: body.inputStreams,
      outputStreams: body.outputStreams,
      dataLocale: this.#options.uiCulture,
      ...(body.idleTimeoutMs === undefined ? {} : { idleTimeoutMs: body.idleTimeoutMs }),
    });
  }

  async #command(request: WsmanRequest, body: Body<'command'>, shell: TextShell): Promise<string> {
    this.#options.checkOperations(shell.user);
    const { line, skipCmd, isConsole } = readTextCommand(request, body);
    const id = (body.commandId ?? randomUUID()).toUpperCase();
    if (shell.outputs.has(id)) throw new Fault({ ...FAULTS.internalError, windowsCode: 183 });
    shell.outputs.set(id, new TextOutput());
    shell.started += 1;
    try {
      await this.#options.sessions.startText(shell.id, id, { line, program: skipCmd, input: !isConsole });
    } catch (cause) {
      shell.outputs.delete(id);
      if (cause instanceof LabError && cause.code === 'lab.no-program') {
        throw new Fault({ ...FAULTS.internalError, windowsCode: 2147942402 }, `${cause.message} `);
      }
      throw cause;
    }
    return buildCommandResponse(request, randomUUID(), id);
  }

  async #receive(request: WsmanRequest, body: Body<'receive'>, shell: TextShell, caller: TextCaller): Promise<string> {
    const { maxEnvelopeBytes, maxTimeoutMs } = this.#options;
    const commandId = body.commandId?.toUpperCase();
    const output = commandId === undefined ? undefined : shell.outputs.get(commandId);
    if (commandId === undefined || output === undefined) throw new Fault(FAULTS.shellNotFound);
    this.#options.checkOperations(shell.user);
    const envelope = Math.min(request.maxEnvelopeSize ?? maxEnvelopeBytes, maxEnvelopeBytes);
    const maxBytes = Math.max(1, Math.floor(((envelope - ENVELOPE_RESERVE) * 3) / 4));
    const timeoutMs = Math.min(request.operationTimeoutMs ?? maxTimeoutMs, maxTimeoutMs);
    const fetched = await output.fetch(maxBytes, timeoutMs, caller.signal);
    if (fetched.kind === 'timed-out') throw new Fault(FAULTS.timedOut);
    if (fetched.kind === 'closed') throw new Fault(ABORTED);
    const { written, exitCode } = fetched;
    const streams = written
      .filter(({ stream }) => body.streams.length === 0 || body.streams.includes(stream))
      .map(({ stream, data }) => ({ name: stream, commandId, data, end: false }));
    const ends = exitCode === undefined ? [] : (['stdout', 'stderr'] as const);
    return buildReceiveResponse(request, randomUUID(), {
      streams: [...streams, ...ends.map((name) => ({ name, commandId, data: Buffer.alloc(0), end: true }))],
      commandState: exitCode === undefined ? { commandId, state: 'running' } : { commandId, state: 'done', exitCode },
    });
  }

  async #send(request: WsmanRequest, body: Body<'send'>, shell: TextShell): Promise<string> {
    for (const { commandId, name, data, end } of body.streams) {
      if (commandId === undefined || !shell.outputs.has(commandId.toUpperCase())) throw new Fault(FAULTS.shellNotFound);
      if (name.toLowerCase() !== 'stdin') throw new Fault(FAULTS.schemaValidation);
      await this.#options.sessions.sendText(shell.id, commandId, data, end);
    }
    return buildSendResponse(request, randomUUID());
  }

  async #signal(request: WsmanRequest, body: Body<'signal'>, shell: TextShell): Promise<string> {
    const code = body.code.toLowerCase();
    const isTerminate = code === SIGNAL.terminate.toLowerCase();
    if (!isTerminate && ![SIGNAL.ctrlC, SIGNAL.ctrlBreak].some((stop) => stop.toLowerCase() === code)) {
      throw new Fault(FAULTS.schemaValidation, `The lab knows no signal ${body.code}. `);
    }
    const id = body.commandId?.toUpperCase();
    const output = id === undefined ? undefined : shell.outputs.get(id);
    // A command that was terminated before is gone, which is what the client wants.
    if (id !== undefined && output !== undefined) {
      await this.#options.sessions.signalText(shell.id, id, isTerminate ? 'terminate' : 'ctrl_c');
      if (isTerminate) {
        output.close();
        shell.outputs.delete(id);
      }
    }
    return buildSignalResponse(request, randomUUID());
  }

  async #delete(request: WsmanRequest, shell: TextShell): Promise<string> {
    this.onClosed(shell.id);
    await this.#options.sessions.closeText(shell.id);
    return buildDeleteResponse(request, randomUUID());
  }

  #get(id: string | undefined): TextShell | undefined {
    return id === undefined ? undefined : this.#shells.get(id.toUpperCase());
  }

  #of(user: string): TextShell[] {
    return [...this.#shells.values()].filter((shell) => shell.user.toLowerCase() === user.toLowerCase());
  }
}
