/**
 * The session key of a runspace pool (MS-PSRP 3.1.5.4.3 ff.): the client's RSA key goes to the host, the host's AES key
 * comes back encrypted with it. Secure strings travel under that key. Must not know messages.
 */
import {
  constants,
  createCipheriv,
  createDecipheriv,
  generateKeyPair,
  type KeyObject,
  privateDecrypt,
} from 'node:crypto';
import { psrpError } from './fragments.ts';

/** PUBLICKEYBLOB for CALG_RSA_KEYX and "RSA1", 2048 bits; exponent and modulus follow, little-endian. */
const PUBLIC_BLOB = Buffer.from('06020000 00a40000 52534131 00080000'.replaceAll(' ', ''), 'hex');
const MODULUS_BYTES = 256;
/** SIMPLEBLOB header before the encrypted key. */
const REPLY_HEADER_BYTES = 12;
const KEY_BYTES = 32;
/** The protocol has none; each text under one key starts alike. */
const IV = Buffer.alloc(16);

let shared: Promise<KeyObject> | undefined;

/**
 * The RSA key of this process, made when first needed. One for all sessions: making it takes some 100 ms of processor
 * time, and each host wraps a key of its own with it.
 */
export function exchangeKey(): Promise<KeyObject> {
  shared ??= new Promise((resolve, reject) => {
    generateKeyPair('rsa', { modulusLength: 8 * MODULUS_BYTES, publicExponent: 65537 }, (error, _public, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });
  return shared;
}

/** What PUBLIC_KEY carries, before base64. */
export function publicKeyBlob(key: KeyObject): Uint8Array {
  const { n, e } = key.export({ format: 'jwk' });
  const modulus = Buffer.from(n ?? '', 'base64url').reverse();
  const exponent = Buffer.alloc(4);
  Buffer.from(e ?? '', 'base64url')
    .reverse()
    .copy(exponent);
  return new Uint8Array(Buffer.concat([PUBLIC_BLOB, exponent, modulus]));
}

/** AES-256-CBC over UTF-16LE: the content of SS elements. */
export class SessionKey {
  readonly #key: Uint8Array;

  constructor(key: Uint8Array) {
    if (key.length !== KEY_BYTES) throw psrpError('the session key has a wrong length');
    this.#key = key;
  }

  /** Reads ENCRYPTED_SESSION_KEY. @throws ProtocolError FB_PROTOCOL_PSRP */
  static fromReply(reply: Uint8Array, key: KeyObject): SessionKey {
    if (reply.length !== REPLY_HEADER_BYTES + MODULUS_BYTES) throw psrpError('the session key has a wrong length');
    const wrapped = Buffer.from(reply.subarray(REPLY_HEADER_BYTES)).reverse();
    let padded: Buffer;
    try {
      // PKCS #1 v1.5 is taken off here: some builds of OpenSSL refuse to
      padded = privateDecrypt({ key, padding: constants.RSA_NO_PADDING }, wrapped);
    } catch (error) {
      throw psrpError('the session key cannot be decrypted', error);
    }
    const end = padded.indexOf(0, 2);
    if (padded[0] !== 0 || padded[1] !== 2 || end < 10) throw psrpError('the session key cannot be decrypted');
    return new SessionKey(new Uint8Array(padded.subarray(end + 1)));
  }

  /** Base64, as in SS. */
  encrypt(text: string): string {
    const cipher = createCipheriv('aes-256-cbc', this.#key, IV);
    return Buffer.concat([cipher.update(text, 'utf16le'), cipher.final()]).toString('base64');
  }

  /** @throws ProtocolError FB_PROTOCOL_PSRP */
  decrypt(base64: string): string {
    try {
      const decipher = createDecipheriv('aes-256-cbc', this.#key, IV);
      return Buffer.concat([decipher.update(base64, 'base64'), decipher.final()]).toString('utf16le');
    } catch (error) {
      throw psrpError('a secure string cannot be decrypted', error);
    }
  }
}
