/**
 * Server half: a request envelope as data. Must not know sockets, shells or what the service does with the request.
 */
import { ACTIONS, NS, type WsmanOperation } from './constants.ts';
import { decodeBase64, parseDuration } from './values.ts';
import { attribute, child, childrenOf, childText, parseXml, soapError, type XmlElement } from './xml.ts';

/** MS-WSMV 3.1.4: what the body of each operation carries. */
type WsmanRequestBody =
  | {
      readonly kind: 'create';
      /** Shell id proposed by the client (PSRP: the runspace pool id), as written. */
      readonly shellId: string | undefined;
      readonly name: string | undefined;
      readonly inputStreams: readonly string[];
      readonly outputStreams: readonly string[];
      readonly idleTimeoutMs: number | undefined;
      readonly bufferMode: string | undefined;
      readonly workingDirectory: string | undefined;
      readonly environment: ReadonlyMap<string, string>;
      /** PSRP fragments (SESSION_CAPABILITY, INIT_RUNSPACEPOOL). */
      readonly creationXml: Uint8Array | undefined;
    }
  | {
      readonly kind: 'command';
      /** Id proposed by the client (PSRP: the pipeline id), as written. */
      readonly commandId: string | undefined;
      readonly commandLine: string;
      readonly arguments: readonly string[];
    }
  | { readonly kind: 'receive'; readonly commandId: string | undefined; readonly streams: readonly string[] }
  | {
      readonly kind: 'send';
      readonly streams: readonly {
        readonly name: string;
        readonly commandId: string | undefined;
        readonly data: Uint8Array;
        readonly end: boolean;
      }[];
    }
  | { readonly kind: 'signal'; readonly commandId: string | undefined; readonly code: string }
  | {
      readonly kind: 'connect';
      readonly name: string | undefined;
      /** Of the command to connect to; absent for the shell itself. */
      readonly commandId: string | undefined;
      readonly connectXml: Uint8Array | undefined;
    }
  | {
      readonly kind: 'disconnect';
      readonly idleTimeoutMs: number | undefined;
      readonly bufferMode: string | undefined;
    }
  | { readonly kind: 'enumerate'; readonly maxElements: number | undefined }
  | { readonly kind: 'pull'; readonly context: string; readonly maxElements: number | undefined }
  | { readonly kind: 'reconnect' | 'delete' | 'get' | 'identify' | 'unknown' };

export interface WsmanRequest {
  readonly action: string;
  /** The operation that the action names; `identify` has no addressing headers; `unknown` for any other action. */
  readonly operation: WsmanOperation | 'identify' | 'unknown';
  readonly resourceUri: string;
  /** ShellId selector as written; compare without case. */
  readonly shellId: string | undefined;
  readonly selectors: ReadonlyMap<string, string>;
  /** OptionSet, e.g. `protocolversion`, `WSMAN_CMDSHELL_OPTION_KEEPALIVE`. */
  readonly options: ReadonlyMap<string, string>;
  /** `uuid:…`; goes back as RelatesTo. */
  readonly messageId: string;
  /** `uuid:…` of the client's session, for disconnect and reconnect. */
  readonly sessionId: string | undefined;
  readonly to: string;
  readonly operationTimeoutMs: number | undefined;
  /** Bytes that the client takes in one response. */
  readonly maxEnvelopeSize: number | undefined;
  readonly locale: string | undefined;
  readonly dataLocale: string | undefined;
  readonly body: WsmanRequestBody;
}

const OPERATIONS: ReadonlyMap<string, WsmanOperation> = new Map(
  (Object.keys(ACTIONS) as WsmanOperation[]).map((operation) => [ACTIONS[operation], operation]),
);

/** @throws ProtocolError FB_PROTOCOL_SOAP when the text is not a WS-Man request */
export function parseWsmanRequest(xml: string): WsmanRequest {
  const envelope = parseXml(xml);
  if (envelope.uri !== NS.soap || envelope.local !== 'Envelope') throw soapError('not a SOAP 1.2 envelope');
  const header = child(envelope, NS.soap, 'Header');
  const body = child(envelope, NS.soap, 'Body');
  if (body === undefined) throw soapError('the envelope has no body');
  const action = childText(header, NS.addressing, 'Action') ?? '';
  const isIdentify = action === '' && child(body, NS.identity, 'Identify') !== undefined;
  const operation = isIdentify ? 'identify' : (OPERATIONS.get(action) ?? 'unknown');
  const messageId = childText(header, NS.addressing, 'MessageID') ?? '';
  if (messageId === '' && !isIdentify) throw soapError('the request has no MessageID');
  const selectors = namedValues(child(header, NS.wsman, 'SelectorSet'), 'Selector');
  const timeout = childText(header, NS.wsman, 'OperationTimeout');
  const maxEnvelopeSize = Number(childText(header, NS.wsman, 'MaxEnvelopeSize') ?? Number.NaN);
  return {
    action,
    operation,
    resourceUri: childText(header, NS.wsman, 'ResourceURI') ?? '',
    shellId: selectors.get('ShellId'),
    selectors,
    options: namedValues(child(header, NS.wsman, 'OptionSet'), 'Option'),
    messageId,
    sessionId: childText(header, NS.microsoft, 'SessionId'),
    to: childText(header, NS.addressing, 'To') ?? '',
    operationTimeoutMs: timeout === undefined ? undefined : parseDuration(timeout),
    maxEnvelopeSize: Number.isSafeInteger(maxEnvelopeSize) ? maxEnvelopeSize : undefined,
    locale: attribute(child(header, NS.wsman, 'Locale'), 'lang'),
    dataLocale: attribute(child(header, NS.microsoft, 'DataLocale'), 'lang'),
    body: parseBody(operation, body),
  };
}

function parseBody(operation: WsmanRequest['operation'], body: XmlElement): WsmanRequestBody {
  switch (operation) {
    case 'create':
      return parseCreate(child(body, NS.shell, 'Shell'));
    case 'command': {
      const line = child(body, NS.shell, 'CommandLine');
      return {
        kind: 'command',
        commandId: attribute(line, 'CommandId'),
        commandLine: child(line, NS.shell, 'Command')?.text ?? '',
        arguments: childrenOf(line, NS.shell, 'Arguments').map((argument) => argument.text),
      };
    }
    case 'receive': {
      const desired = child(child(body, NS.shell, 'Receive'), NS.shell, 'DesiredStream');
      return { kind: 'receive', commandId: attribute(desired, 'CommandId'), streams: words(desired?.text) };
    }
    case 'send':
      return {
        kind: 'send',
        streams: childrenOf(child(body, NS.shell, 'Send'), NS.shell, 'Stream').map((stream) => ({
          name: attribute(stream, 'Name') ?? '',
          commandId: attribute(stream, 'CommandId'),
          data: decodeBase64(stream.text),
          end: /^(?:true|1)$/i.test(attribute(stream, 'End') ?? attribute(stream, 'Unpaused') ?? ''),
        })),
      };
    case 'signal': {
      const signal = child(body, NS.shell, 'Signal');
      return {
        kind: 'signal',
        commandId: attribute(signal, 'CommandId'),
        code: childText(signal, NS.shell, 'Code') ?? '',
      };
    }
    case 'connect': {
      const connect = child(body, NS.shell, 'Connect');
      const data = childText(connect, NS.powershell, 'connectXml');
      return {
        kind: 'connect',
        name: attribute(connect, 'Name'),
        commandId: attribute(connect, 'CommandId'),
        connectXml: data === undefined ? undefined : decodeBase64(data),
      };
    }
    case 'disconnect': {
      const disconnect = child(body, NS.shell, 'Disconnect');
      return {
        kind: 'disconnect',
        idleTimeoutMs: durationOf(disconnect, 'IdleTimeOut'),
        bufferMode: childText(disconnect, NS.shell, 'BufferMode'),
      };
    }
    case 'enumerate': {
      const max = childText(child(body, NS.enumeration, 'Enumerate'), NS.wsman, 'MaxElements');
      return { kind: 'enumerate', maxElements: countOf(max) };
    }
    case 'pull': {
      const pull = child(body, NS.enumeration, 'Pull');
      return {
        kind: 'pull',
        context: childText(pull, NS.enumeration, 'EnumerationContext') ?? '',
        maxElements: countOf(childText(pull, NS.enumeration, 'MaxElements')),
      };
    }
    default:
      return { kind: operation };
  }
}

function durationOf(element: XmlElement | undefined, name: string): number | undefined {
  const text = childText(element, NS.shell, name);
  return text === undefined ? undefined : parseDuration(text);
}

function countOf(text: string | undefined): number | undefined {
  const number = Number(text ?? Number.NaN);
  return Number.isSafeInteger(number) && number > 0 ? number : undefined;
}

function parseCreate(shell: XmlElement | undefined): WsmanRequestBody {
  if (shell === undefined) throw soapError('the Create request has no rsp:Shell');
  const creation = childText(shell, NS.powershell, 'creationXml');
  const environment = childrenOf(child(shell, NS.shell, 'Environment'), NS.shell, 'Variable');
  return {
    kind: 'create',
    shellId: attribute(shell, 'ShellId'),
    name: attribute(shell, 'Name'),
    inputStreams: words(childText(shell, NS.shell, 'InputStreams')),
    outputStreams: words(childText(shell, NS.shell, 'OutputStreams')),
    idleTimeoutMs: durationOf(shell, 'IdleTimeOut') ?? durationOf(shell, 'IdleTimeout'),
    bufferMode: childText(shell, NS.shell, 'BufferMode'),
    workingDirectory: childText(shell, NS.shell, 'WorkingDirectory'),
    environment: new Map(environment.map((variable) => [attribute(variable, 'Name') ?? '', variable.text])),
    creationXml: creation === undefined ? undefined : decodeBase64(creation),
  };
}

function namedValues(set: XmlElement | undefined, local: string): ReadonlyMap<string, string> {
  return new Map(
    childrenOf(set, NS.wsman, local).map((element) => [attribute(element, 'Name') ?? '', element.text.trim()]),
  );
}

function words(text: string | undefined): readonly string[] {
  return (text ?? '').split(/\s+/).filter((word) => word !== '');
}
