/**
 * How shells outlive their clients (MS-WSMV 3.1.4.15 to 3.1.4.17), and who can see them. Must not know pipelines or the
 * engine's wire.
 */
import { randomUUID } from 'node:crypto';
import {
  buildConnectResponse,
  buildDisconnectResponse,
  buildEnumerateResponse,
  buildPullResponse,
  buildReconnectResponse,
  FAULTS,
  NS,
  type ShellDescription,
  type WsmanRequest,
} from '../../../src/protocol/index.ts';
import { Fault } from './fault.ts';
import { type BufferMode, IDLE, type Shell, type ShellTable } from './shells.ts';

interface SurvivalOptions {
  readonly sessions: { connect(session: string, data: Uint8Array): Promise<Uint8Array> };
  readonly url: string;
  readonly uiCulture: string;
  readonly canDisconnect: boolean;
}

type Body<Kind extends WsmanRequest['body']['kind']> = Extract<WsmanRequest['body'], { readonly kind: Kind }>;

interface Page {
  readonly shells: readonly ShellDescription[];
  readonly context: string | undefined;
}

export class ShellSurvival {
  readonly #options: SurvivalOptions;
  readonly #shells: ShellTable;

  constructor(options: SurvivalOptions, shells: ShellTable) {
    this.#options = options;
    this.#shells = shells;
  }

  /** Disconnect, Reconnect, Connect. @throws Fault */
  async respond(shell: Shell, request: WsmanRequest): Promise<string> {
    const { body, sessionId } = request;
    if (!this.#options.canDisconnect) throw new Fault(FAULTS.actionNotSupported);
    const isOther = shell.client !== undefined && shell.client.toUpperCase() !== sessionId?.toUpperCase();
    switch (body.kind) {
      case 'disconnect':
        if (shell.state === 'Connected' && isOther) throw new Fault(FAULTS.connectedToOtherClient);
        shell.disconnect({
          idleTimeoutMs: idleTimeoutOf(body.idleTimeoutMs),
          bufferMode: bufferModeOf(body.bufferMode),
        });
        return buildDisconnectResponse(request, randomUUID());
      case 'reconnect':
        if (isOther) throw new Fault(FAULTS.connectedToOtherClient);
        shell.connect(sessionId);
        return buildReconnectResponse(request, randomUUID());
      case 'connect':
        return this.#connect(shell, request, body);
      default:
        throw new Fault(FAULTS.actionNotSupported);
    }
  }

  /** What is not told now is told by Pull; a context names how many shells were told. */
  enumerate(request: WsmanRequest, body: Body<'enumerate'>, caller: { readonly user: string }): string {
    if (request.resourceUri !== NS.shell) throw new Fault(FAULTS.invalidResourceUri);
    const { shells, context } = this.#page(caller.user, 0, body.maxElements ?? 1);
    return buildEnumerateResponse(request, randomUUID(), shells, context);
  }

  pull(request: WsmanRequest, body: Body<'pull'>, caller: { readonly user: string }): string {
    const from = /^uuid:FIREBREAK-LAB-(\d{1,6})$/.exec(body.context)?.[1];
    if (request.resourceUri !== NS.shell || from === undefined) throw new Fault(FAULTS.invalidEnumerationContext);
    const { shells, context } = this.#page(caller.user, Number(from), body.maxElements ?? 1);
    return buildPullResponse(request, randomUUID(), shells, context);
  }

  describe(shell: Shell): ShellDescription {
    const { options, idleTimeoutMs, bufferMode, state, inactivityMs } = shell;
    return {
      shellId: shell.id,
      address: this.#options.url,
      resourceUri: options.resourceUri,
      owner: shell.user,
      clientIp: options.clientAddress,
      inputStreams: options.inputStreams,
      outputStreams: options.outputStreams,
      dataLocale: this.#options.uiCulture,
      idleTimeoutMs,
      maxIdleTimeoutMs: IDLE.maxMs,
      bufferMode,
      state,
      runTimeMs: options.now() - shell.createdAt,
      inactivityMs,
      ...(options.name === undefined ? {} : { name: options.name }),
    };
  }

  async #connect(shell: Shell, request: WsmanRequest, body: Body<'connect'>): Promise<string> {
    if (body.commandId !== undefined) {
      if (shell.state === 'Disconnected') throw new Fault(FAULTS.shellDisconnected);
      if (shell.command(body.commandId) === undefined) throw new Fault(FAULTS.shellNotFound);
      return buildConnectResponse(request, randomUUID());
    }
    if (body.connectXml === undefined) throw new Fault(FAULTS.schemaValidation);
    if (shell.state === 'Connected') throw new Fault(FAULTS.connectedToOtherClient);
    const data = await this.#options.sessions.connect(shell.id, body.connectXml);
    shell.connect(request.sessionId);
    return buildConnectResponse(request, randomUUID(), data);
  }

  #page(user: string, from: number, count: number): Page {
    const all = this.#shells.shellsOf(user);
    const shells = all.slice(from, from + count).map((shell) => this.describe(shell));
    return { shells, context: from + count < all.length ? `uuid:FIREBREAK-LAB-${from + count}` : undefined };
  }
}

/** @throws Fault */
export function idleTimeoutOf(ms: number | undefined): number | undefined {
  if (ms !== undefined && (ms < IDLE.minMs || ms > IDLE.maxMs)) throw new Fault(FAULTS.idleTimeoutOutOfBounds);
  return ms;
}

/** @throws Fault */
export function bufferModeOf(text: string | undefined): BufferMode | undefined {
  if (text === undefined || text === 'Block' || text === 'Drop') return text;
  throw new Fault(FAULTS.schemaValidation, `There is no buffer mode ${text}. `);
}
