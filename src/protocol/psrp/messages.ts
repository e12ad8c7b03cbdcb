/** PSRP messages (MS-PSRP 2.2.1): header and CLIXML text. Must not know the state of pools and pipelines. */
import { psrpError } from './fragments.ts';

export const MESSAGE_TYPE = {
  sessionCapability: 0x00010002,
  initRunspacePool: 0x00010004,
  publicKey: 0x00010005,
  encryptedSessionKey: 0x00010006,
  publicKeyRequest: 0x00010007,
  connectRunspacePool: 0x00010008,
  runspacePoolInitData: 0x0002100b,
  resetRunspaceState: 0x0002100c,
  setMaxRunspaces: 0x00021002,
  setMinRunspaces: 0x00021003,
  runspaceAvailability: 0x00021004,
  runspacePoolState: 0x00021005,
  createPipeline: 0x00021006,
  getAvailableRunspaces: 0x00021007,
  userEvent: 0x00021008,
  applicationPrivateData: 0x00021009,
  getCommandMetadata: 0x0002100a,
  runspacePoolHostCall: 0x00021100,
  runspacePoolHostResponse: 0x00021101,
  pipelineInput: 0x00041002,
  endOfPipelineInput: 0x00041003,
  pipelineOutput: 0x00041004,
  errorRecord: 0x00041005,
  pipelineState: 0x00041006,
  debugRecord: 0x00041007,
  verboseRecord: 0x00041008,
  warningRecord: 0x00041009,
  progressRecord: 0x00041010,
  informationRecord: 0x00041011,
  pipelineHostCall: 0x00041100,
  pipelineHostResponse: 0x00041101,
} as const;

export const DESTINATION = { client: 1, server: 2 } as const;

export interface PsrpMessage {
  readonly destination: number;
  /** One of MESSAGE_TYPE, or one that we do not know. */
  readonly type: number;
  /** Lower-case GUIDs. */
  readonly poolId: string;
  readonly pipelineId: string;
  /** CLIXML text. */
  readonly data: string;
}

export const EMPTY_GUID = '00000000-0000-0000-0000-000000000000';
const HEADER_BYTES = 40;
const GUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

export function encodeMessage(message: PsrpMessage): Uint8Array {
  const bytes = Buffer.allocUnsafe(HEADER_BYTES + Buffer.byteLength(message.data));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  view.setUint32(0, message.destination, true);
  view.setUint32(4, message.type, true);
  bytes.set(guidBytes(message.poolId), 8);
  bytes.set(guidBytes(message.pipelineId), 24);
  bytes.write(message.data, HEADER_BYTES);
  return bytes;
}

/** @throws ProtocolError FB_PROTOCOL_PSRP when the header is incomplete */
export function decodeMessage(bytes: Uint8Array): PsrpMessage {
  if (bytes.length < HEADER_BYTES) throw psrpError('a message is shorter than its header');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const hasMark = bytes[40] === 0xef && bytes[41] === 0xbb && bytes[42] === 0xbf;
  const start = bytes.byteOffset + HEADER_BYTES + (hasMark ? 3 : 0);
  return {
    destination: view.getUint32(0, true),
    type: view.getUint32(4, true),
    poolId: guidText(bytes.subarray(8, 24)),
    pipelineId: guidText(bytes.subarray(24, 40)),
    data: Buffer.from(bytes.buffer, start, bytes.byteOffset + bytes.byteLength - start).toString('utf8'),
  };
}

/** The first three groups are little-endian (bytes_le). */
function guidBytes(guid: string): Uint8Array {
  if (!GUID.test(guid)) throw new RangeError('not a GUID');
  const plain = Buffer.from(guid.replaceAll('-', ''), 'hex');
  plain.subarray(0, 4).reverse();
  plain.subarray(4, 6).reverse();
  plain.subarray(6, 8).reverse();
  return plain;
}

function guidText(bytes: Uint8Array): string {
  const plain = Buffer.from(bytes);
  plain.subarray(0, 4).reverse();
  plain.subarray(4, 6).reverse();
  plain.subarray(6, 8).reverse();
  const hex = plain.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
