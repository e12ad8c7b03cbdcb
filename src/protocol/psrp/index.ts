export {
  PipelineClient,
  type PipelineEvent,
  type PoolEvent,
  RunspacePoolClient,
} from './client.ts';
export { Defragmenter, FRAGMENT_HEADER_BYTES, fragment } from './fragments.ts';
export {
  DESTINATION,
  decodeMessage,
  EMPTY_GUID,
  encodeMessage,
  MESSAGE_TYPE,
} from './messages.ts';
export type { PipelineSpec, PsCommand, PsParameter } from './outgoing.ts';
export {
  readErrorRecord,
  readInformationRecord,
  readMessageRecord,
  readProgressRecord,
} from './records.ts';
