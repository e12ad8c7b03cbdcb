/**
 * The two activation calls of DCOM that the scan makes, both halves, in NDR (MS-DCOM 3.1.2.5.2.3): RemoteGetClassObject
 * with an object reference that is none, and RemoteActivation with a name that is none. Replies are read in the one shape
 * that a refusal has, without references. Must not know what an answer says about a patch.
 */
import { NdrReader, NdrWriter, rpcError } from './ndr.ts';
import type { Syntax } from './pdu.ts';

/** ISystemActivator, in MS-DCOM IRemoteSCMActivator. */
export const SYSTEM_ACTIVATOR: Syntax = { uuid: '000001a0-0000-0000-c000-000000000046', version: 0 };
export const REMOTE_GET_CLASS_OBJECT = 3;
/** IActivation of MS-DCOM. */
export const REMOTE_ACTIVATION: Syntax = { uuid: '4d9f4ab8-7d1c-11cf-861e-0020af6e7c57', version: 0 };
export const REMOTE_ACTIVATION_CALL = 0;

export interface OrpcThis {
  readonly major: number;
  readonly minor: number;
  readonly flags: number;
  /** Causality id. */
  readonly cid: string;
}

/** Of both requests: version 5.6, and the flag that Windows' own clients set. */
const ORPC: Omit<OrpcThis, 'cid'> = { major: 5, minor: 6, flags: 1 };
const REFERENT = 0x20000;
const MAX_OBJREF_BYTES = 4096;
const MAX_NAME_CHARACTERS = 256;
const MAX_INTERFACES = 16;
const NIL = '00000000-0000-0000-0000-000000000000';
const REPLY_BYTES = { getClassObject: 16, activation: 68 } as const;

export interface GetClassObjectRequest {
  readonly orpc: OrpcThis;
  /** The marshalled object reference; null: a null pointer. */
  readonly objref: Uint8Array | null;
}

export function encodeGetClassObject(cid: string, objref: Uint8Array): Buffer {
  const stub = orpcThis(cid);
  // MInterfacePointer: its conformance comes first (C706 14.3.7.1).
  stub.u32(REFERENT).u32(objref.length).u32(objref.length).bytes(objref);
  return stub.finish();
}

/** @throws ProtocolError FB_PROTOCOL_RPC */
export function decodeGetClassObject(bytes: Uint8Array): GetClassObjectRequest {
  const stub = new NdrReader(bytes, 'RemoteGetClassObject');
  return { orpc: readOrpcThis(stub), objref: readObjref(stub) };
}

export function encodeGetClassObjectReply(hresult: number): Buffer {
  return orpcThat().u32(0).u32(hresult).finish();
}

/** The HRESULT, unsigned. @throws ProtocolError FB_PROTOCOL_RPC: not 16 bytes, or with references */
export function decodeGetClassObjectReply(bytes: Uint8Array): number {
  const stub = replyOf(bytes, REPLY_BYTES.getClassObject, 'RemoteGetClassObject');
  readNull(stub);
  return stub.u32();
}

export interface ActivationRequest {
  readonly orpc: OrpcThis;
  readonly clsid: string;
  readonly objectName: string | null;
  readonly iids: readonly string[];
}

/** For one interface and no protocol sequence. */
export function encodeActivation(cid: string, call: Omit<ActivationRequest, 'orpc'>): Buffer {
  const { clsid, objectName, iids } = call;
  const stub = orpcThis(cid).uuid(clsid);
  if (objectName === null) stub.u32(0);
  else {
    const length = objectName.length + 1;
    stub
      .u32(REFERENT)
      .u32(length)
      .u32(0)
      .u32(length)
      .bytes(Buffer.from(`${objectName}\0`, 'utf16le'));
  }
  // No storage, implementation level, mode.
  stub.u32(0).u32(0).u32(0);
  stub
    .u32(iids.length)
    .u32(REFERENT + 4)
    .u32(iids.length);
  for (const iid of iids) stub.uuid(iid);
  return stub.u16(0).u32(0).finish();
}

/** @throws ProtocolError FB_PROTOCOL_RPC */
export function decodeActivation(bytes: Uint8Array): ActivationRequest {
  const stub = new NdrReader(bytes, 'RemoteActivation');
  const orpc = readOrpcThis(stub);
  const clsid = stub.uuid();
  const objectName = readName(stub);
  readObjref(stub);
  stub.u32();
  stub.u32();
  const count = stub.u32();
  if (count < 1 || count > MAX_INTERFACES) throw rpcError('RemoteActivation asks for too many interfaces, or none');
  if (stub.u32() === 0 || stub.u32() !== count) throw rpcError('RemoteActivation contradicts itself');
  return { orpc, clsid, objectName, iids: Array.from({ length: count }, () => stub.uuid()) };
}

/** The reply to a call for one interface that did not succeed. @param returned the status of the call itself */
export function encodeActivationReply(hresult: number, returned = 0): Buffer {
  const stub = orpcThat().u64(0n).u32(0).uuid(NIL).u32(0).u16(5).u16(6).u32(hresult);
  stub.u32(1).u32(0).u32(1).u32(hresult);
  return stub.u32(returned).finish();
}

/** The HRESULT of the activation, unsigned. @throws ProtocolError FB_PROTOCOL_RPC: not 68 bytes, or with references */
export function decodeActivationReply(bytes: Uint8Array): number {
  const stub = replyOf(bytes, REPLY_BYTES.activation, 'RemoteActivation');
  stub.u64();
  readNull(stub);
  stub.uuid();
  stub.u32();
  stub.u32();
  return stub.u32();
}

function orpcThis(cid: string): NdrWriter {
  return new NdrWriter().u16(ORPC.major).u16(ORPC.minor).u32(ORPC.flags).u32(0).uuid(cid).u32(0);
}

function orpcThat(): NdrWriter {
  return new NdrWriter().u32(0).u32(0);
}

function readOrpcThis(stub: NdrReader): OrpcThis {
  const version = { major: stub.u16(), minor: stub.u16() };
  const flags = stub.u32();
  stub.u32();
  const cid = stub.uuid();
  if (stub.u32() !== 0) throw rpcError('extensions of ORPC are not spoken here');
  return { ...version, flags, cid };
}

function readObjref(stub: NdrReader): Buffer | null {
  if (stub.u32() === 0) return null;
  const size = stub.u32();
  if (size > MAX_OBJREF_BYTES) throw rpcError('an object reference is too long');
  if (stub.u32() !== size) throw rpcError('an object reference contradicts its size');
  return stub.bytes(size);
}

function readName(stub: NdrReader): string | null {
  if (stub.u32() === 0) return null;
  const size = stub.u32();
  const offset = stub.u32();
  const count = stub.u32();
  if (size > MAX_NAME_CHARACTERS || offset !== 0 || count > size || count === 0) throw rpcError('a name is malformed');
  const text = stub.bytes(count * 2).toString('utf16le');
  if (!text.endsWith('\0')) throw rpcError('a name does not end');
  return text.slice(0, -1);
}

function replyOf(bytes: Uint8Array, length: number, what: string): NdrReader {
  if (bytes.length !== length) throw rpcError(`the answer to ${what} has ${bytes.length} bytes instead of ${length}`);
  const stub = new NdrReader(bytes, `the answer to ${what}`);
  stub.u32();
  readNull(stub);
  return stub;
}

function readNull(stub: NdrReader): void {
  if (stub.u32() !== 0) throw rpcError('the answer holds a reference where none fits in');
}
