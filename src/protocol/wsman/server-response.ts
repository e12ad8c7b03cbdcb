/**
 * Server half: response envelopes as text, in the shape that Windows gives them. `id` is the MessageID of the response
 * (a fresh GUID), handed in because randomness is not ours. Must not know sockets or sessions.
 */
import { escapeXmlText } from '../xml-text.ts';
import { ANONYMOUS, COMMAND_STATE, FAULT_ACTION, FAULT_CODE, NS } from './constants.ts';
import type { WsmanRequest } from './server-request.ts';
import { encodeBase64, formatDuration } from './values.ts';

/** What a response needs of its request. */
export type RespondTo = Pick<WsmanRequest, 'action' | 'messageId'>;

/** A shell as the Create response describes it. */
export interface ShellDescription {
  readonly shellId: string;
  /** The address that the client used, e.g. `http://web01:5985/wsman`. */
  readonly address: string;
  readonly resourceUri: string;
  readonly owner: string;
  readonly clientIp: string;
  readonly processId?: number;
  readonly name?: string;
  readonly inputStreams: readonly string[];
  readonly outputStreams: readonly string[];
  readonly idleTimeoutMs?: number;
  readonly maxIdleTimeoutMs?: number;
  readonly bufferMode?: string;
  readonly state?: 'Connected' | 'Disconnected';
  readonly runTimeMs?: number;
  readonly inactivityMs?: number;
  readonly locale?: string;
  /** The UI culture of the machine. */
  readonly dataLocale?: string;
}

export interface ReceivedStreams {
  readonly streams: readonly {
    readonly name: string;
    /** Absent for a runspace pool. */
    readonly commandId?: string;
    readonly data: Uint8Array;
    readonly end?: boolean;
  }[];
  readonly commandState?: {
    readonly commandId: string;
    readonly state: 'running' | 'pending' | 'done';
    readonly exitCode?: number;
  };
}

export interface WsmanFault {
  /** Qualified with the usual prefixes: `s:Sender`, `s:Receiver`. */
  readonly code: 's:Sender' | 's:Receiver';
  /** `w:TimedOut`, `a:ActionNotSupported`, … */
  readonly subcode: string;
  /** Windows error code of f:WSManFault; some faults of real hosts have only the subcode. */
  readonly windowsCode?: number;
  readonly reason: string;
  readonly machine?: string;
}

/** Faults with the texts of an English Windows; sent with HTTP status 500. */
export const FAULTS = {
  timedOut: {
    code: 's:Receiver',
    subcode: 'w:TimedOut',
    windowsCode: FAULT_CODE.timedOut,
    reason: 'The WS-Management service cannot complete the operation within the time specified in OperationTimeout.  ',
  },
  shellNotFound: {
    code: 's:Sender',
    subcode: 'w:InvalidSelectors',
    windowsCode: FAULT_CODE.shellNotFound,
    reason:
      'The request for the Windows Remote Shell with ShellId failed because the shell was not found on the server. Possible causes are: the specified ShellId is incorrect or the shell no longer exists on the server. Provide the correct ShellId or create a new shell and retry the operation. ',
  },
  accessDenied: {
    code: 's:Sender',
    subcode: 'w:AccessDenied',
    windowsCode: FAULT_CODE.accessDenied,
    reason: 'Access is denied. ',
  },
  tooManyShells: {
    code: 's:Receiver',
    subcode: 'w:QuotaLimit',
    windowsCode: FAULT_CODE.tooManyShells,
    reason:
      'The WS-Management service cannot process the request. The maximum number of concurrent shells for this user has been exceeded. Close existing shells or raise the quota for this user. ',
  },
  tooManyOperations: {
    code: 's:Receiver',
    subcode: 'w:QuotaLimit',
    windowsCode: FAULT_CODE.tooManyOperations,
    reason:
      'The WS-Management service cannot process the request. The maximum number of concurrent operations for this user has been exceeded. Close existing operations for this user, or raise the quota for this user. ',
  },
  envelopeTooLarge: {
    code: 's:Sender',
    subcode: 'w:EncodingLimit',
    windowsCode: FAULT_CODE.envelopeTooLarge,
    reason: 'The SOAP packet is larger than the limit that the WS-Management service accepts. ',
  },
  actionNotSupported: {
    code: 's:Sender',
    subcode: 'a:ActionNotSupported',
    reason: 'The WS-Management service does not support the action specified in the request. ',
  },
  invalidResourceUri: {
    code: 's:Sender',
    subcode: 'a:DestinationUnreachable',
    reason:
      'The WS-Management service cannot process the request. The resource URI is missing or it has an incorrect format. Check the documentation or use the following command for information on how to construct a resource URI: "winrm help uris". ',
  },
  unknownResource: {
    code: 's:Sender',
    subcode: 'a:DestinationUnreachable',
    windowsCode: FAULT_CODE.unknownResource,
    reason:
      'The WS-Management service cannot process the request. The resource URI was not found in the WS-Management catalog. The catalog contains the metadata that describes resources, or logical endpoints. ',
  },
  schemaValidation: {
    code: 's:Sender',
    subcode: 'w:SchemaValidationError',
    reason: 'The SOAP XML in the message does not match the corresponding XML schema definition. ',
  },
  shellDisconnected: {
    code: 's:Receiver',
    subcode: 'w:InternalError',
    windowsCode: FAULT_CODE.shellDisconnected,
    reason:
      'The WinRM Shell client cannot process the request. The shell is disconnected: reconnect or connect to it first. ',
  },
  connectedToOtherClient: {
    code: 's:Receiver',
    subcode: 'w:InternalError',
    windowsCode: FAULT_CODE.connectedToOtherClient,
    reason: 'The WinRM Shell client cannot process the request. The shell is connected to a different client. ',
  },
  idleTimeoutOutOfBounds: {
    code: 's:Sender',
    subcode: 'w:InvalidParameter',
    windowsCode: FAULT_CODE.idleTimeoutOutOfBounds,
    reason: 'The idle time-out that was asked for is not within the bounds that the service allows. ',
  },
  invalidEnumerationContext: {
    code: 's:Sender',
    subcode: 'n:InvalidEnumerationContext',
    reason: 'The supplied enumeration context is invalid. ',
  },
  internalError: {
    code: 's:Receiver',
    subcode: 'w:InternalError',
    reason: 'The WS-Management service could not complete the request. ',
  },
} as const satisfies Record<string, WsmanFault>;

export function buildCreateResponse(to: RespondTo, id: string, shell: ShellDescription): string {
  const shellId = escapeXmlText(shell.shellId);
  const uri = escapeXmlText(shell.resourceUri);
  return envelope(
    to,
    id,
    `<x:ResourceCreated><a:Address>${escapeXmlText(shell.address)}</a:Address><a:ReferenceParameters>` +
      `<w:ResourceURI>${uri}</w:ResourceURI><w:SelectorSet><w:Selector Name="ShellId">${shellId}</w:Selector></w:SelectorSet>` +
      `</a:ReferenceParameters></x:ResourceCreated>${shellElement(shell)}`,
  );
}

function shellElement(shell: ShellDescription): string {
  const field = (name: string, value: string | number | undefined): string =>
    value === undefined ? '' : `<rsp:${name}>${escapeXmlText(String(value))}</rsp:${name}>`;
  return (
    `<rsp:Shell xmlns:rsp="${NS.shell}">` +
    field('ShellId', shell.shellId) +
    field('Name', shell.name) +
    field('ResourceUri', shell.resourceUri) +
    field('Owner', shell.owner) +
    field('ClientIP', shell.clientIp) +
    field('ProcessId', shell.processId) +
    field('IdleTimeOut', formatDuration(shell.idleTimeoutMs ?? 7_200_000)) +
    field('InputStreams', shell.inputStreams.join(' ')) +
    field('OutputStreams', shell.outputStreams.join(' ')) +
    field('MaxIdleTimeOut', formatDuration(shell.maxIdleTimeoutMs ?? 2_147_483_647)) +
    field('Locale', shell.locale ?? 'en-US') +
    field('DataLocale', shell.dataLocale ?? 'en-US') +
    field('CompressionMode', 'NoCompression') +
    field('ProfileLoaded', 'Yes') +
    field('Encoding', 'UTF8') +
    field('BufferMode', shell.bufferMode ?? 'Block') +
    field('State', shell.state ?? 'Connected') +
    field('ShellRunTime', wholeSeconds(shell.runTimeMs ?? 0)) +
    field('ShellInactivity', wholeSeconds(shell.inactivityMs ?? 0)) +
    '</rsp:Shell>'
  );
}

/** `P0DT1H2M3S`, as shells tell their age. */
function wholeSeconds(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const [day, hour, minute] = [86_400, 3_600, 60].map((unit) => Math.floor(seconds / unit));
  return `P${day}DT${(hour ?? 0) % 24}H${(minute ?? 0) % 60}M${seconds % 60}S`;
}

export function buildGetResponse(to: RespondTo, id: string, shell: ShellDescription): string {
  return envelope(to, id, shellElement(shell));
}

/** `context` is for the next Pull; undefined when these were the last. */
export function buildEnumerateResponse(
  to: RespondTo,
  id: string,
  shells: readonly ShellDescription[],
  context: string | undefined,
): string {
  const items = `<w:Items>${shells.map(shellElement).join('')}</w:Items>`;
  const rest = context === undefined ? '<w:EndOfSequence/>' : '';
  return envelope(
    to,
    id,
    `<n:EnumerateResponse><n:EnumerationContext>${escapeXmlText(context ?? '')}</n:EnumerationContext>${items}${rest}</n:EnumerateResponse>`,
  );
}

export function buildPullResponse(
  to: RespondTo,
  id: string,
  shells: readonly ShellDescription[],
  context: string | undefined,
): string {
  const items = `<n:Items>${shells.map(shellElement).join('')}</n:Items>`;
  const rest =
    context === undefined
      ? '<n:EndOfSequence/>'
      : `<n:EnumerationContext>${escapeXmlText(context)}</n:EnumerationContext>`;
  return envelope(to, id, `<n:PullResponse>${rest}${items}</n:PullResponse>`);
}

export function buildDisconnectResponse(to: RespondTo, id: string): string {
  return envelope(to, id, '');
}

export function buildReconnectResponse(to: RespondTo, id: string): string {
  return envelope(to, id, '');
}

/** `data`: PSRP fragments of the pool; absent when a command was connected to. */
export function buildConnectResponse(to: RespondTo, id: string, data?: Uint8Array): string {
  const answer =
    data === undefined ? '' : `<connectResponseXml xmlns="${NS.powershell}">${encodeBase64(data)}</connectResponseXml>`;
  return envelope(to, id, `<rsp:ConnectResponse xmlns:rsp="${NS.shell}">${answer}</rsp:ConnectResponse>`);
}

export function buildCommandResponse(to: RespondTo, id: string, commandId: string): string {
  const body = `<rsp:CommandId>${escapeXmlText(commandId)}</rsp:CommandId>`;
  return envelope(to, id, `<rsp:CommandResponse xmlns:rsp="${NS.shell}">${body}</rsp:CommandResponse>`);
}

export function buildReceiveResponse(to: RespondTo, id: string, received: ReceivedStreams): string {
  const parts = received.streams.map((stream) => {
    const command = stream.commandId === undefined ? '' : ` CommandId="${escapeXmlText(stream.commandId)}"`;
    const end = stream.end === true ? ' End="true"' : '';
    return `<rsp:Stream Name="${escapeXmlText(stream.name)}"${command}${end}>${encodeBase64(stream.data)}</rsp:Stream>`;
  });
  const state = received.commandState;
  if (state !== undefined) {
    const exit = state.exitCode === undefined ? '' : `<rsp:ExitCode>${state.exitCode}</rsp:ExitCode>`;
    const attributes = `CommandId="${escapeXmlText(state.commandId)}" State="${COMMAND_STATE[state.state]}"`;
    parts.push(`<rsp:CommandState ${attributes}>${exit}</rsp:CommandState>`);
  }
  return envelope(to, id, `<rsp:ReceiveResponse xmlns:rsp="${NS.shell}">${parts.join('')}</rsp:ReceiveResponse>`);
}

export function buildSendResponse(to: RespondTo, id: string): string {
  return envelope(to, id, `<rsp:SendResponse xmlns:rsp="${NS.shell}"/>`);
}

export function buildSignalResponse(to: RespondTo, id: string): string {
  return envelope(to, id, `<rsp:SignalResponse xmlns:rsp="${NS.shell}"/>`);
}

export function buildDeleteResponse(to: RespondTo, id: string): string {
  return envelope(to, id, '');
}

/** To be sent with HTTP status 500. `messageId` is empty when the request could not be read. */
export function buildFault(to: Pick<RespondTo, 'messageId'>, id: string, fault: WsmanFault): string {
  const reason = escapeXmlText(fault.reason);
  const code = fault.windowsCode === undefined ? '' : ` Code="${fault.windowsCode}"`;
  const machine = fault.machine === undefined ? '' : ` Machine="${escapeXmlText(fault.machine)}"`;
  const detail =
    fault.windowsCode === undefined
      ? ''
      : `<s:Detail><f:WSManFault xmlns:f="${NS.fault}"${code}${machine}><f:Message>${reason}</f:Message></f:WSManFault></s:Detail>`;
  return wrap(
    FAULT_ACTION,
    to.messageId,
    id,
    `<s:Fault><s:Code><s:Value>${fault.code}</s:Value><s:Subcode><s:Value>${escapeXmlText(fault.subcode)}</s:Value></s:Subcode></s:Code>` +
      `<s:Reason><s:Text xml:lang="en-US">${reason}</s:Text></s:Reason>${detail}</s:Fault>`,
  );
}

function envelope(to: RespondTo, id: string, body: string): string {
  return wrap(`${to.action}Response`, to.messageId, id, body);
}

function wrap(action: string, relatesTo: string, id: string, body: string): string {
  const relates = relatesTo === '' ? '' : `<a:RelatesTo>${escapeXmlText(relatesTo)}</a:RelatesTo>`;
  return (
    `<s:Envelope xml:lang="en-US" xmlns:s="${NS.soap}" xmlns:a="${NS.addressing}" xmlns:x="${NS.transfer}" ` +
    `xmlns:n="${NS.enumeration}" xmlns:w="${NS.wsman}" xmlns:p="${NS.microsoft}"><s:Header>` +
    `<a:Action>${escapeXmlText(action)}</a:Action><a:MessageID>uuid:${id.toUpperCase()}</a:MessageID>` +
    `<a:To>${ANONYMOUS}</a:To>${relates}</s:Header><s:Body>${body}</s:Body></s:Envelope>`
  );
}
