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
}

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
  readonly #sessionId: string;
  readonly operationTimeoutMs: number;
  #resourceUri: string;
  #selectors: ReadonlyMap<string, string> = new Map();
  #maxEnvelopeSize = SMALL_ENVELOPE;

  constructor(options: WsmanClientOptions) {
    this.#url = options.url;
    this.#resourceUri = options.resourceUri ?? RESOURCE.powershell;
    this.#newGuid = options.newGuid;
    this.#sessionId = options.newGuid().toUpperCase();
    this.operationTimeoutMs = options.operationTimeoutMs ?? 20_000;
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
    const empty = this.send({ name: 'stdin', commandId: this.#sessionId, data: new Uint8Array(0) }).xml.length;
    return Math.floor(((this.#maxEnvelopeSize - empty - RESERVE) * 3) / 4);
  }

  create(shellId: string, creationXml: Uint8Array): WsmanRequestText<'create'> {
    return this.#request(
      'create',
      `<rsp:Shell ShellId="${shellId.toUpperCase()}"><rsp:InputStreams>stdin pr</rsp:InputStreams>` +
        '<rsp:OutputStreams>stdout</rsp:OutputStreams>' +
        `<creationXml xmlns="${NS.powershell}">${encodeBase64(creationXml)}</creationXml></rsp:Shell>`,
      '<w:OptionSet s:mustUnderstand="true"><w:Option Name="protocolversion" MustComply="true">2.3</w:Option></w:OptionSet>',
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
  receive(commandId?: string): WsmanRequestText<'receive'> {
    const command = commandId === undefined ? '' : ` CommandId="${commandId.toUpperCase()}"`;
    return this.#request(
      'receive',
      `<rsp:Receive><rsp:DesiredStream${command}>stdout</rsp:DesiredStream></rsp:Receive>`,
      '<w:OptionSet s:mustUnderstand="true"><w:Option Name="WSMAN_CMDSHELL_OPTION_KEEPALIVE">TRUE</w:Option></w:OptionSet>',
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

  #request<K extends WsmanOperation>(operation: K, body: string, options = ''): WsmanRequestText<K> {
    const messageId = `uuid:${this.#newGuid().toUpperCase()}`;
    let selectors = '';
    for (const [name, value] of this.#selectors) {
      selectors += `<w:Selector Name="${escapeXmlText(name)}">${escapeXmlText(value)}</w:Selector>`;
    }
    const xml =
      `<s:Envelope xmlns:s="${NS.soap}" xmlns:a="${NS.addressing}" xmlns:w="${NS.wsman}" xmlns:p="${NS.microsoft}" ` +
      `xmlns:rsp="${NS.shell}"><s:Header><a:Action s:mustUnderstand="true">${ACTIONS[operation]}</a:Action>` +
      '<p:DataLocale s:mustUnderstand="false" xml:lang="en-US"/><w:Locale s:mustUnderstand="false" xml:lang="en-US"/>' +
      `<w:MaxEnvelopeSize s:mustUnderstand="true">${this.#maxEnvelopeSize}</w:MaxEnvelopeSize>` +
      `<a:MessageID>${messageId}</a:MessageID>` +
      `<w:OperationTimeout>${formatDuration(this.operationTimeoutMs)}</w:OperationTimeout>` +
      `<a:ReplyTo><a:Address s:mustUnderstand="true">${ANONYMOUS}</a:Address></a:ReplyTo>` +
      `<w:ResourceURI s:mustUnderstand="true">${escapeXmlText(this.#resourceUri)}</w:ResourceURI>` +
      `<p:SessionId s:mustUnderstand="false">uuid:${this.#sessionId}</p:SessionId>` +
      `<a:To>${escapeXmlText(this.#url)}</a:To>${options}` +
      `${selectors === '' ? '' : `<w:SelectorSet>${selectors}</w:SelectorSet>`}</s:Header><s:Body>${body}</s:Body></s:Envelope>`;
    return { messageId, operation, xml };
  }
}
