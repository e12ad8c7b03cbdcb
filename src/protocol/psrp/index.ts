export { Defragmenter, FRAGMENT_HEADER_BYTES, fragment } from './fragments.ts';
export { type HostCall, type HostRequest, readHostRequest } from './host-call.ts';
export {
  DESTINATION,
  decodeMessage,
  EMPTY_GUID,
  encodeMessage,
  MESSAGE_TYPE,
} from './messages.ts';
export type { PipelineSpec, PsCommand, PsParameter } from './outgoing.ts';
export { PipelineClient, type PipelineEvent } from './pipeline-client.ts';
export { type PoolEvent, RunspacePoolClient } from './pool-client.ts';
export {
  readErrorRecord,
  readInformationRecord,
  readMessageRecord,
  readProgressRecord,
} from './records.ts';
export { exchangeKey, SessionKey } from './session-key.ts';
