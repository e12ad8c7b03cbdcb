/** Names of DSP0226 (WS-Management) and MS-WSMV: namespaces, actions, resource URIs, signals, fault codes. */

export const NS = {
  soap: 'http://www.w3.org/2003/05/soap-envelope',
  addressing: 'http://schemas.xmlsoap.org/ws/2004/08/addressing',
  transfer: 'http://schemas.xmlsoap.org/ws/2004/09/transfer',
  enumeration: 'http://schemas.xmlsoap.org/ws/2004/09/enumeration',
  wsman: 'http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd',
  microsoft: 'http://schemas.microsoft.com/wbem/wsman/1/wsman.xsd',
  shell: 'http://schemas.microsoft.com/wbem/wsman/1/windows/shell',
  fault: 'http://schemas.microsoft.com/wbem/wsman/1/wsmanfault',
  powershell: 'http://schemas.microsoft.com/powershell',
  identity: 'http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd',
} as const;

export const ACTIONS = {
  create: `${NS.transfer}/Create`,
  delete: `${NS.transfer}/Delete`,
  get: `${NS.transfer}/Get`,
  enumerate: `${NS.enumeration}/Enumerate`,
  pull: `${NS.enumeration}/Pull`,
  command: `${NS.shell}/Command`,
  receive: `${NS.shell}/Receive`,
  send: `${NS.shell}/Send`,
  signal: `${NS.shell}/Signal`,
  disconnect: `${NS.shell}/Disconnect`,
  reconnect: `${NS.shell}/Reconnect`,
  connect: `${NS.shell}/Connect`,
} as const;
export type WsmanOperation = keyof typeof ACTIONS;

export const FAULT_ACTION = 'http://schemas.dmtf.org/wbem/wsman/1/wsman/fault';
export const ANONYMOUS = 'http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous';

export const RESOURCE = {
  powershell: `${NS.powershell}/Microsoft.PowerShell`,
  cmd: `${NS.shell}/cmd`,
  shell: NS.shell,
} as const;

/** Codes of rsp:Signal. The misspelt one is the protocol's own. */
export const SIGNAL = {
  terminate: `${NS.shell}/signal/Terminate`,
  ctrlC: `${NS.shell}/signal/ctrl_c`,
  ctrlBreak: `${NS.shell}/signal/ctrl_break`,
  powershellCtrlC: 'powershell/signal/crtl_c',
} as const;

export const COMMAND_STATE = {
  running: `${NS.shell}/CommandState/Running`,
  pending: `${NS.shell}/CommandState/Pending`,
  done: `${NS.shell}/CommandState/Done`,
} as const;

/** Windows error codes in f:WSManFault/@Code, as decimal numbers. */
export const FAULT_CODE = {
  accessDenied: 5,
  /** ERROR_OPERATION_ABORTED: service or shell ended under a waiting request. */
  operationAborted: 995,
  /** No output within OperationTimeout: the client asks again. */
  timedOut: 2150858793,
  shellNotFound: 2150858843,
  /** ERROR_WSMAN_INVALID_RESOURCE_URI: there is no session configuration of that name. */
  unknownResource: 2150858811,
  tooManyShells: 2150859173,
  tooManyOperations: 2150859174,
  envelopeTooLarge: 2150859025,
  actionNotSupported: 2150858771,
  /** Another Receive of the same stream still waits. */
  receiveInProgress: 2150859047,
  /** The client asked for a longer idle time-out than the service allows. */
  idleTimeoutOutOfBounds: 2150859250,
  shellDisconnected: 2150859204,
  disconnectNotSupported: 2150859205,
  clientSessionMismatch: 2150859206,
  connectedToOtherClient: 2150859213,
  /** The user's own quota, the service's, the number of users with shells. */
  userQuota: 2150859175,
  systemQuota: 2150859176,
  tooManyShellUsers: 2150859179,
  /** Quotas of a session configuration (WSMan:\localhost\Plugin\…\Quotas). */
  pluginShellsPerUser: 2150859236,
  pluginUsers: 2150859237,
  pluginShells: 2150859238,
  pluginOperations: 2150859239,
  pluginOperationsPerUser: 2150859240,
  pluginCommandsPerShell: 2150859241,
} as const;

export const SOAP_CONTENT_TYPE = 'application/soap+xml;charset=UTF-8';
