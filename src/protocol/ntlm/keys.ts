/** Hashes, responses and keys of NTLMv2 with extended session security (MS-NLMP 3.3.2, 3.4.5). Must not know messages. */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { md4 } from './md4.ts';
import { utf16 } from './messages.ts';
import { Rc4 } from './rc4.ts';

export interface SessionKeys {
  readonly clientSigning: Uint8Array;
  readonly clientSealing: Uint8Array;
  readonly serverSigning: Uint8Array;
  readonly serverSealing: Uint8Array;
}

export interface TempOptions {
  /** FILETIME, 8 bytes. */
  readonly timestamp: Uint8Array;
  /** 8 bytes */
  readonly clientChallenge: Uint8Array;
  readonly targetInfo: Uint8Array;
}

/** MD4 of the password: as good as the password itself, so to be kept as one. */
export function ntHash(password: string): Buffer {
  return md4(utf16(password));
}

/** NTOWFv2 */
export function responseKey(hash: Uint8Array, user: string, domain: string): Buffer {
  return hmacMd5(hash, utf16(upperCase(user) + domain));
}

/** Character by character, as Windows does it: "ß" stays, where JavaScript would make two of it. */
function upperCase(text: string): string {
  return Array.from(text, (character) => {
    const upper = character.toUpperCase();
    return upper.length === character.length ? upper : character;
  }).join('');
}

/** The client's part of the response, "temp" in the specification. */
export function encodeTemp(options: TempOptions): Buffer {
  const head = Buffer.alloc(28);
  head[0] = 1;
  head[1] = 1;
  head.set(options.timestamp, 8);
  head.set(options.clientChallenge, 16);
  return Buffer.concat([head, options.targetInfo, Buffer.alloc(4)]);
}

/** Where target information stands in an NT response: behind the proof and the head of `temp`. */
export const TARGET_INFO_OFFSET = 16 + 28;

/** NTProofStr */
export function proof(key: Uint8Array, serverChallenge: Uint8Array, temp: Uint8Array): Buffer {
  return hmacMd5(key, serverChallenge, temp);
}

/** The session base key, which is the key exchange key of NTLMv2. */
export function sessionBaseKey(key: Uint8Array, ntProof: Uint8Array): Buffer {
  return hmacMd5(key, ntProof);
}

export function lmv2Response(key: Uint8Array, serverChallenge: Uint8Array, clientChallenge: Uint8Array): Buffer {
  return Buffer.concat([hmacMd5(key, serverChallenge, clientChallenge), clientChallenge]);
}

/** RC4K: encrypts and decrypts. */
export function rc4k(key: Uint8Array, value: Uint8Array): Buffer {
  return new Rc4(key).apply(value);
}

export function messageMic(key: Uint8Array, ...messages: readonly Uint8Array[]): Buffer {
  return hmacMd5(key, ...messages);
}

/** SIGNKEY and SEALKEY for 128 bits. */
export function sessionKeys(exportedSessionKey: Uint8Array): SessionKeys {
  const key = (magic: string): Buffer =>
    createHash('md5').update(exportedSessionKey).update(`session key to ${magic} key magic constant\0`).digest();
  return {
    clientSigning: key('client-to-server signing'),
    clientSealing: key('client-to-server sealing'),
    serverSigning: key('server-to-client signing'),
    serverSealing: key('server-to-client sealing'),
  };
}

/** MsvAvChannelBindings: MD5 of a gss_channel_bindings_struct that has nothing but application data. */
export function channelBindingHash(applicationData: Uint8Array): Buffer {
  const head = Buffer.alloc(20);
  head.writeUInt32LE(applicationData.length, 16);
  return createHash('md5').update(head).update(applicationData).digest();
}

export function hmacMd5(key: Uint8Array, ...parts: readonly Uint8Array[]): Buffer {
  const hmac = createHmac('md5', key);
  for (const part of parts) hmac.update(part);
  return hmac.digest();
}

export function isSame(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && timingSafeEqual(left, right);
}

/** Milliseconds since 1970 → FILETIME. */
export function fileTime(ms: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE((BigInt(Math.trunc(ms)) + 11_644_473_600_000n) * 10_000n);
  return bytes;
}
