export { type BufferMode, type CreateOptions, WsmanClient, type WsmanRequestText } from './client-request.ts';
export {
  parseWsmanResponse,
  type ShellInfo,
  type WsmanFaultInfo,
  type WsmanResponse,
} from './client-response.ts';
export {
  FAULT_CODE,
  NS,
  RESOURCE,
  SIGNAL,
  SOAP_CONTENT_TYPE,
} from './constants.ts';
export {
  decodeSealedBody,
  encodeSealedBody,
  isSealedType,
  SEALED_CONTENT_TYPE,
  SEALED_KERBEROS_CONTENT_TYPE,
} from './sealed-body.ts';
export { parseWsmanRequest, type WsmanRequest } from './server-request.ts';
export {
  buildCommandResponse,
  buildConnectResponse,
  buildCreateResponse,
  buildDeleteResponse,
  buildDisconnectResponse,
  buildEnumerateResponse,
  buildFault,
  buildGetResponse,
  buildPullResponse,
  buildReceiveResponse,
  buildReconnectResponse,
  buildSendResponse,
  buildSignalResponse,
  FAULTS,
  type ShellDescription,
  type WsmanFault,
} from './server-response.ts';
export { readTextCommand, readTextShellOptions } from './text-shell.ts';
