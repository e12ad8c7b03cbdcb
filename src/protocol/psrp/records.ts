/** Records of a pipeline's streams (MS-PSRP 2.2.3.15, 2.2.2.22 ff.) as plain data. Must not know how they came. */
import { numberOf, PsObject, type PsValue, propertyOf, textOf } from '../clixml/index.ts';

export interface ErrorRecordData {
  readonly message: string;
  readonly fullyQualifiedErrorId: string;
  /** Name of the ErrorCategory, e.g. `ObjectNotFound`. */
  readonly category: string;
  readonly target: string | null;
}

export interface ProgressData {
  readonly activity: string;
  readonly status: string;
  /** -1 = unknown. */
  readonly percentComplete: number;
}

/** ErrorCategory by number. */
const CATEGORIES: readonly string[] = [
  'NotSpecified',
  'OpenError',
  'CloseError',
  'DeviceError',
  'DeadlockDetected',
  'InvalidArgument',
  'InvalidData',
  'InvalidOperation',
  'InvalidResult',
  'InvalidType',
  'MetadataError',
  'NotImplemented',
  'NotInstalled',
  'ObjectNotFound',
  'OperationStopped',
  'OperationTimeout',
  'SyntaxError',
  'ParserError',
  'PermissionDenied',
  'ResourceBusy',
  'ResourceExists',
  'ResourceUnavailable',
  'ReadError',
  'WriteError',
  'FromStdErr',
  'SecurityError',
  'ProtocolError',
  'ConnectionError',
  'AuthenticationError',
  'LimitsExceeded',
  'QuotaExceeded',
  'NotEnabled',
];

export function readErrorRecord(record: PsValue): ErrorRecordData {
  const exception = propertyOf(record, 'Exception');
  const message =
    textOf(propertyOf(record, 'ErrorDetails_Message')) ??
    textOf(propertyOf(exception, 'Message')) ??
    textOf(record) ??
    'an error record without a message';
  const category = numberOf(propertyOf(record, 'ErrorCategory_Category')) ?? 0;
  return {
    message,
    fullyQualifiedErrorId: textOf(propertyOf(record, 'FullyQualifiedErrorId')) ?? '',
    category: CATEGORIES[category] ?? String(category),
    target: textOf(propertyOf(record, 'TargetObject')) ?? null,
  };
}

/** Text of a warning, verbose or debug record. */
export function readMessageRecord(record: PsValue): string {
  return textOf(propertyOf(record, 'InformationalRecord_Message')) ?? textOf(record) ?? '';
}

export function readProgressRecord(record: PsValue): ProgressData {
  return {
    activity: textOf(propertyOf(record, 'Activity')) ?? '',
    status: textOf(propertyOf(record, 'StatusDescription')) ?? '',
    percentComplete: numberOf(propertyOf(record, 'PercentComplete')) ?? -1,
  };
}

/** What was written: the data of Write-Information, the text of Write-Host. */
export function readInformationRecord(record: PsValue): PsValue {
  const data = propertyOf(record, 'MessageData');
  if (data === undefined) return textOf(record) ?? null;
  if (data instanceof PsObject && data.typeNames.some((name) => name.endsWith('.HostInformationMessage'))) {
    return textOf(propertyOf(data, 'Message')) ?? textOf(data) ?? '';
  }
  return data;
}
