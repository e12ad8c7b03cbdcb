/**
 * Client half: request envelopes of one PowerShell shell. Identifiers come in from outside: randomness is not ours.
 * Must not know sockets, authentication or what the data means.
 */
import { escapeXml, escapeXmlText } from '../xml-text.ts';
import { ACTIONS, ANONYMOUS, NS, RESOURCE, type WsmanOperation } from './constants.ts';
import { encodeBase64, formatDuration } from './values.ts';

export interface WsmanRequestText<K extends WsmanOperation = WsmanOperation> {
  /** `uuid:…`; the response's RelatesTo must be the same. */
  readonly messageId: string;
  readonly operation: K;
  readonly xml: string;
}

export interface WsmanClientOptions {
  /** e.g. `http://web01:5985/wsman` */
  readonly url: string;
  readonly resourceUri?: string;
  /** A new GUID at each call. */
  readonly newGuid: () => string;
  readonly operationTimeoutMs?: number;
  /** p:SessionId (MS-WSMV 3.1.4.1.37), by which the service knows its client again; a new one when absent. */
  readonly sessionId?: string;
}

/** What a Create may ask for besides the shell itself (MS-WSMV 2.2.4.37); the service's defaults where absent. */
export interface CreateOptions {
  /** Shown by `winrm enumerate shell` and Get-PSSession. */
  readonly name?: string;
  readonly idleTimeoutMs?: number;
  /** What becomes of output while no client is connected: it waits (Block) or is thrown away (Drop). */
  readonly bufferMode?: BufferMode;
}

export type BufferMode = 'Block' | 'Drop';

/** What a request says beyond its operation. */
interface Parts {
  readonly options?: string;
  /** Of another resource than the shell at hand. */
  readonly resourceUri?: string;
  readonly selectors?: ReadonlyMap<string, string>;
  readonly operationTimeoutMs?: number;
}

const NO_SELECTORS: ReadonlyMap<string, string> = new Map();
const PROTOCOL_OPTION =
  '<w:OptionSet s:mustUnderstand="true"><w:Option Name="protocolversion" MustComply="true">2.3</w:Option></w:OptionSet>';
/** Items in one answer to Enumerate or Pull. */
const MAX_ITEMS = 100;

/** Bytes: what every WinRM version takes (2008 R2's default). */
const SMALL_ENVELOPE = 153_600;
/** Bytes: the default of WinRM 3.0 and later. */
const LARGE_ENVELOPE = 512_000;
/** Bytes of an envelope that are kept free when a payload is sized. */
const RESERVE = 256;

/** Builds the envelopes; knows the shell's id once the Create response was taken in with `created()`. */
export class WsmanClient {
  readonly #url: string;
  readonly #newGuid: () => string;
  readonly sessionId: string;
  readonly operationTimeoutMs: number;
  #resourceUri: string;
  #selectors = NO_SELECTORS;
  #maxEnvelopeSize = SMALL_ENVELOPE;

  constructor(options: WsmanClientOptions) {
    this.#url = options.url;
    this.#resourceUri = options.resourceUri ?? RESOURCE.powershell;
    this.#newGuid = options.newGuid;
    this.sessionId = (options.sessionId ?? options.newGuid()).toUpperCase();
    this.operationTimeoutMs = options.operationTimeoutMs ?? 20_000;
  }

  get resourceUri(): string {
    return this.#resourceUri;
  }

  /** Of the shell at hand, undefined until it is known. */
  get shellId(): string | undefined {
    return this.#selectors.get('ShellId');
  }

  /** Takes over selectors and resource URI of the Create response. */
  created(shell: { readonly selectors: ReadonlyMap<string, string>; readonly resourceUri: string | undefined }): void {
    this.#selectors = shell.selectors;
    if (shell.resourceUri) this.#resourceUri = shell.resourceUri;
  }

  /** Use the larger envelopes of WinRM 3.0 and later; to be called when the peer's protocolversion is 2.2 or above. */
  useLargeEnvelopes(): void {
    this.#maxEnvelopeSize = LARGE_ENVELOPE;
  }

  /** Bytes of PSRP fragments that fit into one Command or Send. */
  get maxPayloadBytes(): number {
    const empty = this.send({ name: 'stdin', commandId: this.sessionId, data: new Uint8Array(0) }).xml.length;
    return Math.floor(((this.#maxEnvelopeSize - empty - RESERVE) * 3) / 4);
  }

  create(shellId: string, creationXml: Uint8Array, options: CreateOptions = {}): WsmanRequestText<'create'> {
    const { name, idleTimeoutMs, bufferMode } = options;
    const named = name === undefined ? '' : ` Name="${escapeXml(name)}"`;
    return this.#request(
      'create',
      `<rsp:Shell ShellId="${shellId.toUpperCase()}"${named}>` +
        (idleTimeoutMs === undefined ? '' : `<rsp:IdleTimeOut>${formatDuration(idleTimeoutMs)}</rsp:IdleTimeOut>`) +
        '<rsp:InputStreams>stdin pr</rsp:InputStreams><rsp:OutputStreams>stdout</rsp:OutputStreams>' +
        (bufferMode === undefined ? '' : `<rsp:BufferMode>${bufferMode}</rsp:BufferMode>`) +
        `<creationXml xmlns="${NS.powershell}">${encodeBase64(creationXml)}</creationXml></rsp:Shell>`,
      { options: PROTOCOL_OPTION },
    );
  }

  command(commandId: string, data: Uint8Array): WsmanRequestText<'command'> {
    return this.#request(
      'command',
      `<rsp:CommandLine CommandId="${commandId.toUpperCase()}"><rsp:Command/>` +
        `<rsp:Arguments>${encodeBase64(data)}</rsp:Arguments></rsp:CommandLine>`,
    );
  }

  /** Without a command id: what the runspace pool has to say. */
  receive(commandId?: string, operationTimeoutMs = this.operationTimeoutMs): WsmanRequestText<'receive'> {
    const command = commandId === undefined ? '' : ` CommandId="${commandId.toUpperCase()}"`;
    return this.#request(
      'receive',
      `<rsp:Receive><rsp:DesiredStream${command}>stdout</rsp:DesiredStream></rsp:Receive>`,
      {
        options:
          '<w:OptionSet s:mustUnderstand="true"><w:Option Name="WSMAN_CMDSHELL_OPTION_KEEPALIVE">TRUE</w:Option></w:OptionSet>',
        operationTimeoutMs,
      },
    );
  }

  send(stream: {
    readonly name: 'stdin' | 'pr';
    readonly commandId: string | undefined;
    readonly data: Uint8Array;
  }): WsmanRequestText<'send'> {
    const command = stream.commandId === undefined ? '' : ` CommandId="${stream.commandId.toUpperCase()}"`;
    return this.#request(
      'send',
      `<rsp:Send><rsp:Stream Name="${stream.name}"${command}>${encodeBase64(stream.data)}</rsp:Stream></rsp:Send>`,
    );
  }

  /** `code`: one of SIGNAL. */
  signal(commandId: string, code: string): WsmanRequestText<'signal'> {
    return this.#request(
      'signal',
      `<rsp:Signal CommandId="${commandId.toUpperCase()}"><rsp:Code>${escapeXml(code)}</rsp:Code></rsp:Signal>`,
    );
  }

  delete(): WsmanRequestText<'delete'> {
    return this.#request('delete', '');
  }

  /** MS-WSMV 3.1.4.15: commands go on and their output waits on the host. */
  disconnect(options: Pick<CreateOptions, 'idleTimeoutMs' | 'bufferMode'> = {}): WsmanRequestText<'disconnect'> {
    const { idleTimeoutMs, bufferMode } = options;
    return this.#request(
      'disconnect',
      '<rsp:Disconnect>' +
        (idleTimeoutMs === undefined ? '' : `<rsp:IdleTimeOut>${formatDuration(idleTimeoutMs)}</rsp:IdleTimeOut>`) +
        (bufferMode === undefined ? '' : `<rsp:BufferMode>${bufferMode}</rsp:BufferMode>`) +
        '</rsp:Disconnect>',
    );
  }

  /** MS-WSMV 3.1.4.16: from the same client, which is known by its session id. Harmless on a connected shell of ours. */
  reconnect(): WsmanRequestText<'reconnect'> {
    return this.#request('reconnect', '');
  }

  /**
   * MS-WSMV 3.1.4.17: from another client, to a disconnected shell (with `connectXml`: SESSION_CAPABILITY and
   * CONNECT_RUNSPACEPOOL), or to one of its commands.
   */
  connect(to: { readonly connectXml: Uint8Array } | { readonly commandId: string }): WsmanRequestText<'connect'> {
    if ('commandId' in to) {
      return this.#request('connect', `<rsp:Connect CommandId="${to.commandId.toUpperCase()}"/>`);
    }
    const data = `<connectXml xmlns="${NS.powershell}">${encodeBase64(to.connectXml)}</connectXml>`;
    return this.#request('connect', `<rsp:Connect>${data}</rsp:Connect>`, { options: PROTOCOL_OPTION });
  }

  /** The shells of the host, all that the user may see (MS-WSMV 3.1.4.8). */
  enumerateShells(): WsmanRequestText<'enumerate'> {
    return this.#request(
      'enumerate',
      `<n:Enumerate xmlns:n="${NS.enumeration}"><w:OptimizeEnumeration/><w:MaxElements>${MAX_ITEMS}</w:MaxElements></n:Enumerate>`,
      { resourceUri: RESOURCE.shell, selectors: NO_SELECTORS },
    );
  }

  pullShells(enumerationContext: string): WsmanRequestText<'pull'> {
    return this.#request(
      'pull',
      `<n:Pull xmlns:n="${NS.enumeration}"><n:EnumerationContext>${escapeXmlText(enumerationContext)}</n:EnumerationContext>` +
        `<n:MaxElements>${MAX_ITEMS}</n:MaxElements></n:Pull>`,
      { resourceUri: RESOURCE.shell, selectors: NO_SELECTORS },
    );
  }

  /** The state of the shell at hand; any request keeps it from being idle. */
  get(): WsmanRequestText<'get'> {
    return this.#request('get', '', { resourceUri: RESOURCE.shell });
  }

  /** Deletes another shell than the one at hand. */
  deleteOther(shell: { readonly shellId: string; readonly resourceUri: string }): WsmanRequestText<'delete'> {
    const selectors = new Map([['ShellId', shell.shellId]]);
    return this.#request('delete', '', { resourceUri: shell.resourceUri, selectors });
  }

  #request<K extends WsmanOperation>(operation: K, body: string, parts: Parts = {}): WsmanRequestText<K> {
    const messageId = `uuid:${this.#newGuid().toUpperCase()}`;
    let selectors = '';
    for (const [name, value] of parts.selectors ?? this.#selectors) {
      selectors += `<w:Selector Name="${escapeXmlText(name)}">${escapeXmlText(value)}</w:Selector>`;
    }
    const xml =
      `<s:Envelope xmlns:s="${NS.soap}" xmlns:a="${NS.addressing}" xmlns:w="${NS.wsman}" xmlns:p="${NS.microsoft}" ` +
      `xmlns:rsp="${NS.shell}"><s:Header><a:Action s:mustUnderstand="true">${ACTIONS[operation]}</a:Action>` +
      '<p:DataLocale s:mustUnderstand="false" xml:lang="en-US"/><w:Locale s:mustUnderstand="false" xml:lang="en-US"/>' +
      `<w:MaxEnvelopeSize s:mustUnderstand="true">${this.#maxEnvelopeSize}</w:MaxEnvelopeSize>` +
      `<a:MessageID>${messageId}</a:MessageID>` +
      `<w:OperationTimeout>${formatDuration(parts.operationTimeoutMs ?? this.operationTimeoutMs)}</w:OperationTimeout>` +
      `<a:ReplyTo><a:Address s:mustUnderstand="true">${ANONYMOUS}</a:Address></a:ReplyTo>` +
      `<w:ResourceURI s:mustUnderstand="true">${escapeXmlText(parts.resourceUri ?? this.#resourceUri)}</w:ResourceURI>` +
      `<p:SessionId s:mustUnderstand="false">uuid:${this.sessionId}</p:SessionId>` +
      `<a:To>${escapeXmlText(this.#url)}</a:To>${parts.options ?? ''}` +
      `${selectors === '' ? '' : `<w:SelectorSet>${selectors}</w:SelectorSet>`}</s:Header><s:Body>${body}</s:Body></s:Envelope>`;
    return { messageId, operation, xml };
  }
}
