export {
  type ActivationRequest,
  decodeActivation,
  decodeActivationReply,
  decodeGetClassObject,
  decodeGetClassObjectReply,
  encodeActivation,
  encodeActivationReply,
  encodeGetClassObject,
  encodeGetClassObjectReply,
  type GetClassObjectRequest,
  REMOTE_ACTIVATION,
  REMOTE_ACTIVATION_CALL,
  REMOTE_GET_CLASS_OBJECT,
  SYSTEM_ACTIVATOR,
} from './activation.ts';
export { RpcClient, type RpcClientEvent } from './client.ts';
export { encodePdu, type Pdu, PduReader, type Syntax } from './pdu.ts';
export { type RpcCall, RpcServer, type RpcServerEvent } from './server.ts';
