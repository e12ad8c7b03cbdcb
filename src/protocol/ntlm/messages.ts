/**
 * The three messages of NTLM as bytes (MS-NLMP 2.2.1). Every offset and length is checked against the message. Must not
 * know keys or responses.
 */
import { ProtocolError } from '../errors.ts';
import { FLAG } from './constants.ts';

export interface NegotiateMessage {
  readonly flags: number;
}

export interface ChallengeMessage {
  readonly flags: number;
  /** 8 bytes */
  readonly serverChallenge: Uint8Array;
  readonly targetName: string;
  readonly targetInfo: Uint8Array;
}

export interface AuthenticateMessage {
  readonly flags: number;
  readonly lmResponse: Uint8Array;
  readonly ntResponse: Uint8Array;
  readonly domain: string;
  readonly user: string;
  readonly workstation: string;
  readonly encryptedSessionKey: Uint8Array;
}

const SIGNATURE = Buffer.from('NTLMSSP\0', 'latin1');
/** Windows 10, NTLMSSP_REVISION_W2K3: clients that send zeros are taken for ancient by some filters. */
const VERSION = Buffer.from([10, 0, 0x63, 0x45, 0, 0, 0, 15]);
/** Where the MIC stands in an AUTHENTICATE_MESSAGE. */
const MIC_OFFSET = 72;
const MIC_BYTES = 16;
/** Far above what any domain's target information needs. */
const MAX_MESSAGE_BYTES = 64 * 1024;

/** True for bytes that start as an NTLM message does. */
export function isNtlm(bytes: Uint8Array): boolean {
  return SIGNATURE.equals(bytes.subarray(0, SIGNATURE.length));
}

export function encodeNegotiate(message: NegotiateMessage): Buffer {
  const bytes = Buffer.alloc(40);
  start(bytes, 1);
  bytes.writeUInt32LE(message.flags >>> 0, 12);
  bytes.writeUInt32LE(40, 20);
  bytes.writeUInt32LE(40, 28);
  VERSION.copy(bytes, 32);
  return bytes;
}

/** @throws ProtocolError FB_PROTOCOL_AUTH */
export function decodeNegotiate(bytes: Uint8Array): NegotiateMessage {
  const view = open(bytes, 1, 16);
  return { flags: view.readUInt32LE(12) };
}

export function encodeChallenge(message: ChallengeMessage): Buffer {
  const fixed = Buffer.alloc(56);
  start(fixed, 2);
  const writer = new PayloadWriter(fixed);
  writer.field(
    12,
    (message.flags & FLAG.unicode) === 0 ? Buffer.from(message.targetName, 'latin1') : utf16(message.targetName),
  );
  fixed.writeUInt32LE(message.flags >>> 0, 20);
  fixed.set(message.serverChallenge, 24);
  writer.field(40, message.targetInfo);
  VERSION.copy(fixed, 48);
  return writer.finish();
}

/** @throws ProtocolError FB_PROTOCOL_AUTH */
export function decodeChallenge(bytes: Uint8Array): ChallengeMessage {
  const view = open(bytes, 2, 32);
  const flags = view.readUInt32LE(20);
  const isComplete = view.length >= 48;
  return {
    flags,
    serverChallenge: Buffer.from(view.subarray(24, 32)),
    targetName: text(field(view, 12), flags),
    targetInfo: isComplete && (flags & FLAG.targetInfo) !== 0 ? field(view, 40) : new Uint8Array(0),
  };
}

/** With room for the MIC, filled with zeros. */
export function encodeAuthenticate(message: AuthenticateMessage): Buffer {
  const fixed = Buffer.alloc(MIC_OFFSET + MIC_BYTES);
  start(fixed, 3);
  const writer = new PayloadWriter(fixed);
  // in the order in which Windows lays them out
  writer.field(28, utf16(message.domain));
  writer.field(36, utf16(message.user));
  writer.field(44, utf16(message.workstation));
  writer.field(12, message.lmResponse);
  writer.field(20, message.ntResponse);
  writer.field(52, message.encryptedSessionKey);
  fixed.writeUInt32LE(message.flags >>> 0, 60);
  VERSION.copy(fixed, 64);
  return writer.finish();
}

/** @throws ProtocolError FB_PROTOCOL_AUTH */
export function decodeAuthenticate(bytes: Uint8Array): AuthenticateMessage {
  const view = open(bytes, 3, 64);
  const flags = view.readUInt32LE(60);
  return {
    flags,
    lmResponse: field(view, 12),
    ntResponse: field(view, 20),
    domain: text(field(view, 28), flags),
    user: text(field(view, 36), flags),
    workstation: text(field(view, 44), flags),
    encryptedSessionKey: field(view, 52),
  };
}

/** A copy of the message with this MIC; zeros are what the MIC itself is computed over. */
export function withMic(authenticate: Uint8Array, mic?: Uint8Array): Buffer {
  if (authenticate.length < MIC_OFFSET + MIC_BYTES) throw bad('has no room for its MIC');
  const copy = Buffer.from(authenticate);
  copy.set(mic ?? Buffer.alloc(MIC_BYTES), MIC_OFFSET);
  return copy;
}

/** @throws ProtocolError FB_PROTOCOL_AUTH */
export function micOf(authenticate: Uint8Array): Uint8Array {
  if (authenticate.length < MIC_OFFSET + MIC_BYTES) throw bad('has no room for its MIC');
  return authenticate.subarray(MIC_OFFSET, MIC_OFFSET + MIC_BYTES);
}

export function utf16(value: string): Buffer {
  return Buffer.from(value, 'utf16le');
}

/** Lengths and offsets into the fixed part, values behind it. */
class PayloadWriter {
  readonly #fixed: Buffer;
  readonly #values: Uint8Array[] = [];
  #end: number;

  constructor(fixed: Buffer) {
    this.#fixed = fixed;
    this.#end = fixed.length;
  }

  field(at: number, value: Uint8Array): void {
    this.#fixed.writeUInt16LE(value.length, at);
    this.#fixed.writeUInt16LE(value.length, at + 2);
    this.#fixed.writeUInt32LE(this.#end, at + 4);
    this.#values.push(value);
    this.#end += value.length;
  }

  finish(): Buffer {
    return Buffer.concat([this.#fixed, ...this.#values]);
  }
}

function start(bytes: Buffer, type: number): void {
  SIGNATURE.copy(bytes);
  bytes.writeUInt32LE(type, 8);
}

function open(bytes: Uint8Array, type: number, minBytes: number): Buffer {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (view.length > MAX_MESSAGE_BYTES) throw bad('is too large');
  if (!isNtlm(view) || view.length < 12) throw bad('does not start as one');
  if (view.readUInt32LE(8) !== type) throw bad(`is of type ${view.readUInt32LE(8)} where ${type} is due`);
  if (view.length < minBytes) throw bad('is cut off');
  return view;
}

function field(view: Buffer, at: number): Buffer {
  const length = view.readUInt16LE(at);
  const offset = view.readUInt32LE(at + 4);
  if (length === 0) return Buffer.alloc(0);
  if (offset + length > view.length) throw bad('points behind its end');
  return view.subarray(offset, offset + length);
}

function text(bytes: Buffer, flags: number): string {
  if ((flags & FLAG.unicode) === 0) return bytes.toString('latin1');
  if (bytes.length % 2 !== 0) throw bad('has half a character');
  return bytes.toString('utf16le');
}

function bad(what: string): ProtocolError {
  return new ProtocolError('FB_PROTOCOL_AUTH', `the NTLM message ${what}`);
}
