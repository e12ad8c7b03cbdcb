export {
  type HostCall,
  PipelineClient,
  type PipelineEvent,
  type PipelineState,
  type PoolEvent,
  type PoolState,
  RunspacePoolClient,
  type RunspacePoolOptions,
} from './client.ts';
export { Defragmenter, type DefragmenterOptions, FRAGMENT_HEADER_BYTES, fragment } from './fragments.ts';
export {
  DESTINATION,
  decodeMessage,
  EMPTY_GUID,
  encodeMessage,
  MESSAGE_TYPE,
  type PsrpMessage,
} from './messages.ts';
export type { PipelineSpec, PsCommand, PsParameter } from './outgoing.ts';
export {
  type ErrorRecordData,
  type ProgressData,
  readErrorRecord,
  readInformationRecord,
  readMessageRecord,
  readProgressRecord,
} from './records.ts';
