/** The bodies of the messages that a client sends (MS-PSRP 2.2.2). Must not know states or fragments. */
import {
  encodeClixml,
  enumValue,
  listOf,
  messageObject,
  PsObject,
  PsPrimitive,
  type PsValue,
} from '../clixml/index.ts';

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
}

const PROTOCOL_VERSION = '2.3';

/** 2.2.2.1. A client that declares 2.4 would receive secure strings in clear text. */
export function sessionCapability(): string {
  return encodeClixml(
    messageObject({
      protocolversion: new PsPrimitive('Version', PROTOCOL_VERSION),
      PSVersion: new PsPrimitive('Version', '2.0'),
      SerializationVersion: new PsPrimitive('Version', '1.1.0.1'),
    }),
  );
}

/** 2.2.2.2 */
export function initRunspacePool(minRunspaces: number, maxRunspaces: number): string {
  return encodeClixml(
    messageObject({
      MinRunspaces: minRunspaces,
      MaxRunspaces: maxRunspaces,
      PSThreadOptions: enumValue('System.Management.Automation.Runspaces.PSThreadOptions', 'Default', 0),
      ApartmentState: apartmentState(),
      HostInfo: hostInfo(false),
      ApplicationArguments: null,
    }),
  );
}

/** 2.2.2.10 */
export function createPipeline(spec: PipelineSpec): string {
  return encodeClixml(
    messageObject({
      NoInput: spec.noInput ?? true,
      ApartmentState: apartmentState(),
      RemoteStreamOptions: enumValue('System.Management.Automation.RemoteStreamOptions', '0', 0),
      AddToHistory: spec.addToHistory ?? false,
      HostInfo: hostInfo(true),
      PowerShell: messageObject({
        IsNested: false,
        ExtraCmds: null,
        Cmds: listOf(spec.commands.map(command), LIST_TYPE),
        History: null,
        RedirectShellErrorOutputPipe: true,
      }),
      IsNested: false,
    }),
  );
}

/** 2.2.2.28: the answer to a host call that wanted a value: there is nobody to ask. */
export function hostCallRefused(callId: number, method: PsValue, message: string): string {
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
  return encodeClixml(messageObject({ ci: BigInt(callId), mi: method, mr: null, me: record }));
}

const LIST_TYPE =
  'System.Collections.Generic.List`1[[System.Management.Automation.PSObject, System.Management.Automation, Version=1.0.0.0, Culture=neutral, PublicKeyToken=31bf3856ad364e35]]';

function command(each: PsCommand): PsObject {
  return messageObject({
    Cmd: each.text,
    IsScript: each.isScript,
    UseLocalScope: each.useLocalScope ?? null,
    MergeMyResult: merge(),
    MergeToResult: merge(),
    MergePreviousResults: merge(),
    MergeError: merge(),
    MergeWarning: merge(),
    MergeVerbose: merge(),
    MergeDebug: merge(),
    MergeInformation: merge(),
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
function hostInfo(useRunspaceHost: boolean): PsObject {
  return messageObject({
    _isHostNull: true,
    _isHostUINull: true,
    _isHostRawUINull: true,
    _useRunspaceHost: useRunspaceHost,
  });
}
