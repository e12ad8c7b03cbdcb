export { WsmanClient, type WsmanClientOptions, type WsmanRequestText } from './client-request.ts';
export {
  type CreatedShell,
  parseWsmanResponse,
  type ReceivedData,
  type WsmanFaultInfo,
  type WsmanResponse,
} from './client-response.ts';
export {
  ACTIONS,
  COMMAND_STATE,
  FAULT_CODE,
  NS,
  RESOURCE,
  SIGNAL,
  SOAP_CONTENT_TYPE,
  type WsmanOperation,
} from './constants.ts';
export { parseWsmanRequest, type WsmanRequest, type WsmanRequestBody } from './server-request.ts';
export {
  buildCommandResponse,
  buildCreateResponse,
  buildDeleteResponse,
  buildFault,
  buildReceiveResponse,
  buildSendResponse,
  buildSignalResponse,
  FAULTS,
  type ReceivedStreams,
  type RespondTo,
  type ShellDescription,
  type WsmanFault,
} from './server-response.ts';
