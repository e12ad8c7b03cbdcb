/**
 * Client half: response envelopes as data. Faults are data too: some are no error (TimedOut means "ask again").
 * Must not know sockets or what the streams carry.
 */
import type { WsmanRequestText } from './client-request.ts';
import { COMMAND_STATE, FAULT_ACTION, FAULT_CODE, NS } from './constants.ts';
import { decodeBase64, parseDuration } from './values.ts';
import { attribute, child, childrenOf, childText, parseXml, soapError, type XmlElement } from './xml.ts';

export interface WsmanFaultInfo {
  readonly kind: 'fault';
  /** Windows error code of f:WSManFault, undefined when the fault has only a subcode. */
  readonly windowsCode: number | undefined;
  /** Local name, e.g. `TimedOut`; empty when there is none. */
  readonly subcode: string;
  readonly reason: string;
  /** No output yet: the same Receive is to be sent again. */
  readonly isTimedOut: boolean;
}

interface CreatedShell {
  readonly kind: 'create';
  readonly shellId: string;
  readonly selectors: ReadonlyMap<string, string>;
  readonly resourceUri: string | undefined;
  /** The address from which the host sees the client. */
  readonly clientIp: string | undefined;
  /** The account as the host writes it. */
  readonly owner: string | undefined;
  readonly idleTimeoutMs: number | undefined;
}

interface ReceivedData {
  readonly kind: 'receive';
  readonly streams: readonly {
    readonly name: string;
    readonly commandId: string | undefined;
    readonly data: Uint8Array;
  }[];
  readonly isDone: boolean;
  readonly exitCode: number | undefined;
}

/** A shell as Get and Enumerate describe it (MS-WSMV 2.2.4.37). Hosts before Windows 8 tell less. */
export interface ShellInfo {
  readonly shellId: string;
  readonly name: string | undefined;
  readonly resourceUri: string | undefined;
  /** `DOMAIN\\user` */
  readonly owner: string | undefined;
  readonly clientIp: string | undefined;
  /** Absent on hosts whose shells cannot be disconnected. */
  readonly state: 'Connected' | 'Disconnected' | undefined;
  readonly idleTimeoutMs: number | undefined;
  readonly runTimeMs: number | undefined;
  readonly inactivityMs: number | undefined;
}

interface ListedShells<K> {
  readonly kind: K;
  readonly shells: readonly ShellInfo[];
  /** For the next Pull; undefined when that was all. */
  readonly context: string | undefined;
}

/** One type for each, so that the answer to a request is the one of its kind. */
type Acknowledged<K> = K extends string ? { readonly kind: K } : never;

export type WsmanResponse =
  | WsmanFaultInfo
  | CreatedShell
  | ReceivedData
  | { readonly kind: 'command'; readonly commandId: string | undefined }
  | ListedShells<'enumerate'>
  | ListedShells<'pull'>
  | { readonly kind: 'get'; readonly shell: ShellInfo }
  /** PSRP fragments of the pool; undefined for a command. */
  | { readonly kind: 'connect'; readonly data: Uint8Array | undefined }
  | Acknowledged<'send' | 'signal' | 'delete' | 'disconnect' | 'reconnect'>;

/**
 * Reads the response to a request of the client half.
 * @throws ProtocolError FB_PROTOCOL_SOAP: not an envelope, the answer to something else, or without what it must have
 */
export function parseWsmanResponse(
  request: Pick<WsmanRequestText, 'messageId' | 'operation'>,
  xml: string,
): WsmanResponse {
  const envelope = parseXml(xml);
  if (envelope.uri !== NS.soap || envelope.local !== 'Envelope')
    throw soapError('the answer is not a SOAP 1.2 envelope');
  const header = child(envelope, NS.soap, 'Header');
  const body = child(envelope, NS.soap, 'Body');
  const relatesTo = childText(header, NS.addressing, 'RelatesTo');
  const fault = child(body, NS.soap, 'Fault');
  if (
    relatesTo?.toUpperCase() !== request.messageId.toUpperCase() &&
    !(fault !== undefined && relatesTo === undefined)
  ) {
    throw soapError('the answer belongs to another request (RelatesTo differs from our MessageID)');
  }
  if (fault !== undefined || childText(header, NS.addressing, 'Action') === FAULT_ACTION) return parseFault(fault);
  switch (request.operation) {
    case 'create':
      return parseCreated(body);
    case 'command': {
      const command = child(body, NS.shell, 'CommandResponse');
      if (command === undefined) throw soapError('the Command response has no rsp:CommandResponse');
      return { kind: 'command', commandId: childText(command, NS.shell, 'CommandId') };
    }
    case 'receive':
      return parseReceived(child(body, NS.shell, 'ReceiveResponse'));
    case 'send':
    case 'signal':
    case 'delete':
    case 'disconnect':
    case 'reconnect':
      return { kind: request.operation };
    case 'connect': {
      const data = childText(child(body, NS.shell, 'ConnectResponse'), NS.powershell, 'connectResponseXml');
      return { kind: 'connect', data: data === undefined ? undefined : decodeBase64(data) };
    }
    case 'get': {
      const shell = child(body, NS.shell, 'Shell');
      if (shell === undefined) throw soapError('the Get response describes no shell');
      return { kind: 'get', shell: parseShell(shell) };
    }
    case 'enumerate':
      return parseListed('enumerate', child(body, NS.enumeration, 'EnumerateResponse'));
    case 'pull':
      return parseListed('pull', child(body, NS.enumeration, 'PullResponse'));
  }
}

/** The items of an optimized Enumerate stand in WS-Management's namespace, those of a Pull in WS-Enumeration's. */
function parseListed<K extends 'enumerate' | 'pull'>(kind: K, response: XmlElement | undefined): ListedShells<K> {
  if (response === undefined) throw soapError(`the answer to ${kind} is none`);
  const { wsman, enumeration } = NS;
  const items = child(response, wsman, 'Items') ?? child(response, enumeration, 'Items');
  const isAll = [wsman, enumeration].some((uri) => child(response, uri, 'EndOfSequence') !== undefined);
  const context = childText(response, enumeration, 'EnumerationContext');
  return {
    kind,
    shells: childrenOf(items, NS.shell, 'Shell').map(parseShell),
    context: isAll || context === '' ? undefined : context,
  };
}

function parseShell(shell: XmlElement): ShellInfo {
  const text = (name: string): string | undefined => childText(shell, NS.shell, name);
  const shellId = text('ShellId') ?? attribute(shell, 'ShellId');
  if (shellId === undefined || shellId === '') throw soapError('a shell has no id');
  const state = text('State');
  return {
    shellId,
    name: text('Name'),
    resourceUri: text('ResourceUri'),
    owner: text('Owner'),
    clientIp: text('ClientIP'),
    state: state === 'Connected' || state === 'Disconnected' ? state : undefined,
    idleTimeoutMs: durationOf(shell, 'IdleTimeOut'),
    runTimeMs: durationOf(shell, 'ShellRunTime'),
    inactivityMs: durationOf(shell, 'ShellInactivity'),
  };
}

function parseCreated(body: XmlElement | undefined): CreatedShell {
  const created = child(body, NS.transfer, 'ResourceCreated');
  const parameters = child(created, NS.addressing, 'ReferenceParameters');
  const selectorSet = childrenOf(child(parameters, NS.wsman, 'SelectorSet'), NS.wsman, 'Selector');
  const selectors = new Map(selectorSet.map((each) => [attribute(each, 'Name') ?? '', each.text.trim()]));
  const shell = child(body, NS.shell, 'Shell');
  const shellId = selectors.get('ShellId') ?? childText(shell, NS.shell, 'ShellId');
  if (shellId === undefined || shellId === '') throw soapError('the Create response names no shell');
  if (!selectors.has('ShellId')) selectors.set('ShellId', shellId);
  return {
    kind: 'create',
    shellId,
    selectors,
    resourceUri: childText(parameters, NS.wsman, 'ResourceURI'),
    clientIp: childText(shell, NS.shell, 'ClientIP'),
    owner: childText(shell, NS.shell, 'Owner'),
    idleTimeoutMs: durationOf(shell, 'IdleTimeOut'),
  };
}

function durationOf(element: XmlElement | undefined, name: string): number | undefined {
  const text = childText(element, NS.shell, name);
  return text === undefined || text === '' ? undefined : parseDuration(text);
}

function parseReceived(response: XmlElement | undefined): ReceivedData {
  if (response === undefined) throw soapError('the Receive response has no rsp:ReceiveResponse');
  const state = child(response, NS.shell, 'CommandState');
  const exitCode = childText(state, NS.shell, 'ExitCode');
  return {
    kind: 'receive',
    streams: childrenOf(response, NS.shell, 'Stream').map((stream) => ({
      name: attribute(stream, 'Name') ?? '',
      commandId: attribute(stream, 'CommandId'),
      data: decodeBase64(stream.text),
    })),
    isDone: attribute(state, 'State') === COMMAND_STATE.done,
    exitCode: exitCode === undefined ? undefined : Number(exitCode),
  };
}

function parseFault(fault: XmlElement | undefined): WsmanFaultInfo {
  const code = child(fault, NS.soap, 'Code');
  const subcode = childText(child(code, NS.soap, 'Subcode'), NS.soap, 'Value')?.replace(/^.*:/, '') ?? '';
  const detail = child(fault, NS.soap, 'Detail');
  const wsmanFault = child(detail, NS.fault, 'WSManFault');
  const number = Number(attribute(wsmanFault, 'Code') ?? Number.NaN);
  const windowsCode = Number.isSafeInteger(number) ? number : undefined;
  const message = wholeText(child(wsmanFault, NS.fault, 'Message'));
  const reason = message || wholeText(child(child(fault, NS.soap, 'Reason'), NS.soap, 'Text'));
  const isTimedOut = windowsCode === FAULT_CODE.timedOut || (windowsCode === undefined && subcode === 'TimedOut');
  return { kind: 'fault', windowsCode, subcode, reason: reason.slice(0, 2000), isTimedOut };
}

/** Provider faults nest their text in further elements. */
function wholeText(element: XmlElement | undefined): string {
  if (element === undefined) return '';
  return [element.text, ...element.children.map(wholeText)].join(' ').replace(/\s+/g, ' ').trim();
}
