/** The bodies of the messages that a client sends (MS-PSRP 2.2.2). Must not know states or fragments. */
import { enumValue, hashtable, listOf, messageObject, PsObject, PsPrimitive, type PsValue } from '../clixml/index.ts';
import type { HostCall } from './host-call.ts';

/** A command of a pipeline: text to run, or the name of a command. */
export interface PsCommand {
  readonly text: string;
  readonly isScript: boolean;
  /** undefined leaves it to the host: commands in their own scope, scripts in the session's. */
  readonly useLocalScope?: boolean;
  readonly parameters: readonly PsParameter[];
}

/** Without a name the value binds by position. */
export interface PsParameter {
  readonly name: string | null;
  readonly value: PsValue;
}

export interface PipelineSpec {
  readonly commands: readonly PsCommand[];
  /** False when PIPELINE_INPUT will follow. */
  readonly noInput?: boolean;
  readonly addToHistory?: boolean;
  /** True when host calls can be answered (or refused) on our side; without it the host refuses prompts itself. */
  readonly hasHost?: boolean;
}

/** The part of the pool's state on which the shape of messages depends. */
interface Peer {
  speaks(minor: number): boolean;
}

const PROTOCOL_VERSION = '2.3';

/** 2.2.2.1. A client that declares 2.4 would receive secure strings in clear text. */
export function sessionCapability(): PsObject {
  return messageObject({
    protocolversion: new PsPrimitive('Version', PROTOCOL_VERSION),
    PSVersion: new PsPrimitive('Version', '2.0'),
    SerializationVersion: new PsPrimitive('Version', '1.1.0.1'),
  });
}

/** 2.2.2.2 */
export function initRunspacePool(minRunspaces: number, maxRunspaces: number): PsObject {
  return messageObject({
    MinRunspaces: minRunspaces,
    MaxRunspaces: maxRunspaces,
    PSThreadOptions: enumValue('System.Management.Automation.Runspaces.PSThreadOptions', 'Default', 0),
    ApartmentState: apartmentState(),
    HostInfo: noHost(false),
    ApplicationArguments: null,
  });
}

/** CONNECT_RUNSPACEPOOL; without figures the pool stays as large as it is. */
export function connectRunspacePool(): PsObject {
  return messageObject({});
}

/** 2.2.2.3 */
export function publicKey(blob: string): PsObject {
  return messageObject({ PublicKey: blob });
}

/** 2.2.2.6, 2.2.2.7, 2.2.2.11, 2.2.2.31: requests that RUNSPACE_AVAILABILITY answers. */
export function callMessage(callId: number, properties: { readonly [name: string]: PsValue }): PsObject {
  return messageObject({ ...properties, ci: BigInt(callId) });
}

/** 2.2.2.10 */
export function createPipeline(spec: PipelineSpec, peer: Peer): PsObject {
  return messageObject({
    NoInput: spec.noInput ?? true,
    ApartmentState: apartmentState(),
    RemoteStreamOptions: enumValue('System.Management.Automation.RemoteStreamOptions', '0', 0),
    AddToHistory: spec.addToHistory ?? false,
    HostInfo: spec.hasHost === true ? ownHost() : noHost(true),
    PowerShell: messageObject({
      IsNested: false,
      ExtraCmds: null,
      Cmds: listOf(
        spec.commands.map((each) => command(each, peer)),
        LIST_TYPE,
      ),
      History: null,
      RedirectShellErrorOutputPipe: true,
    }),
    IsNested: false,
  });
}

/** 2.2.2.28: what a host call that wanted a value gets. */
export function hostCallAnswered(call: HostCall, value: PsValue): PsObject {
  return messageObject({ ci: BigInt(call.callId), mi: call.method, mr: value });
}

/** 2.2.2.28: a host call that nobody can answer. */
export function hostCallRefused(call: HostCall, message: string): PsObject {
  const type = 'System.Management.Automation.Host.HostException';
  const exception = new PsObject({
    typeNames: [type, 'System.Management.Automation.RuntimeException', 'System.Exception', 'System.Object'],
    text: `${type}: ${message}`,
    adapted: new Map<string, PsValue>([
      ['Message', message],
      ['HResult', -2146233087],
    ]),
  });
  const record = new PsObject({
    typeNames: ['System.Management.Automation.ErrorRecord', 'System.Object'],
    text: message,
    extended: new Map<string, PsValue>([
      ['Exception', exception],
      ['TargetObject', null],
      ['FullyQualifiedErrorId', 'FB_HOST_NOT_INTERACTIVE'],
      ['InvocationInfo', null],
      ['ErrorCategory_Category', 7],
      ['ErrorCategory_Activity', ''],
      ['ErrorCategory_Reason', 'HostException'],
      ['ErrorCategory_TargetName', ''],
      ['ErrorCategory_TargetType', ''],
      ['ErrorCategory_Message', 'InvalidOperation: (:) [], HostException'],
      ['SerializeExtendedInfo', false],
    ]),
  });
  return messageObject({ ci: BigInt(call.callId), mi: call.method, mr: null, me: record });
}

const LIST_TYPE =
  'System.Collections.Generic.List`1[[System.Management.Automation.PSObject, System.Management.Automation, Version=1.0.0.0, Culture=neutral, PublicKeyToken=31bf3856ad364e35]]';

/** 2.2.3.12: merging of error … debug came with protocol 2.2, of information with 2.3. */
function command(each: PsCommand, peer: Peer): PsObject {
  const merges = ['MergeMyResult', 'MergeToResult', 'MergePreviousResults'];
  if (peer.speaks(2)) merges.push('MergeError', 'MergeWarning', 'MergeVerbose', 'MergeDebug');
  if (peer.speaks(3)) merges.push('MergeInformation');
  return messageObject({
    Cmd: each.text,
    IsScript: each.isScript,
    UseLocalScope: each.useLocalScope ?? null,
    ...Object.fromEntries(merges.map((name) => [name, merge()])),
    Args: listOf(
      each.parameters.map((parameter) => messageObject({ N: parameter.name, V: parameter.value })),
      LIST_TYPE,
    ),
  });
}

function merge(): PsObject {
  return enumValue('System.Management.Automation.Runspaces.PipelineResultTypes', 'None', 0);
}

function apartmentState(): PsObject {
  return enumValue('System.Threading.ApartmentState', 'Unknown', 2);
}

/** 2.2.3.14: no host on our side: Write-Host becomes an information record, prompts fail on the host at once. */
function noHost(useRunspaceHost: boolean): PsObject {
  return messageObject({
    _isHostNull: true,
    _isHostUINull: true,
    _isHostRawUINull: true,
    _useRunspaceHost: useRunspaceHost,
  });
}

/** A host without a screen of its own; the figures are what a console of 120 by 50 would tell. */
function ownHost(): PsObject {
  const at = (x: number, y: number): PsObject => messageObject({ x, y });
  const size = (width: number, height: number): PsObject => messageObject({ width, height });
  const coordinates = 'System.Management.Automation.Host.Coordinates';
  const dimensions = 'System.Management.Automation.Host.Size';
  const data: readonly (readonly [string, PsValue])[] = [
    ['System.ConsoleColor', 7],
    ['System.ConsoleColor', 0],
    [coordinates, at(0, 0)],
    [coordinates, at(0, 0)],
    ['System.Int32', 25],
    [dimensions, size(120, 3000)],
    [dimensions, size(120, 50)],
    [dimensions, size(120, 50)],
    [dimensions, size(120, 50)],
    ['System.String', 'Firebreak'],
  ];
  const entries = data.map(([T, V], index) => [index, messageObject({ T, V })] as const);
  return messageObject({
    _hostDefaultData: messageObject({ data: hashtable(entries) }),
    _isHostNull: false,
    _isHostUINull: false,
    _isHostRawUINull: false,
    _useRunspaceHost: false,
  });
}
