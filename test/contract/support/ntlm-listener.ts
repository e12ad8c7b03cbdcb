/**
 * Reads along in a sealed WinRM connection, knowing the account's password (MS-NLMP 3.4): so that a man in the middle can
 * tell Create from Command although he changes nothing. Must not know HTTP.
 */
import { createHmac } from 'node:crypto';
import { decodeSealedBody } from '../../../src/protocol/index.ts';
import { proof, rc4k, responseKey, sessionBaseKey, sessionKeys } from '../../../src/protocol/ntlm/keys.ts';
import { decodeAuthenticate, decodeChallenge } from '../../../src/protocol/ntlm/messages.ts';
import { Rc4 } from '../../../src/protocol/ntlm/rc4.ts';

const SIGNATURE = Buffer.from('NTLMSSP\0');

/** One connection's client half. */
export class NtlmListener {
  readonly #hash: Uint8Array;
  #serverChallenge: Uint8Array | undefined;
  #cipher: Rc4 | undefined;

  /** @param hash of the password */
  constructor(hash: Uint8Array) {
    this.#hash = hash;
  }

  /** A token of either side, in SPNEGO or bare. */
  token(base64: string): void {
    const bytes = Buffer.from(base64, 'base64');
    const start = bytes.indexOf(SIGNATURE);
    if (start < 0) return;
    const message = bytes.subarray(start);
    const kind = message.readUInt32LE(8);
    if (kind === 2) this.#serverChallenge = decodeChallenge(message).serverChallenge;
    if (kind === 3 && this.#serverChallenge !== undefined) this.#authenticate(message, this.#serverChallenge);
  }

  /** The envelope of the client's next sealed body; bodies must come in their order. */
  open(body: Buffer): string {
    if (this.#cipher === undefined) throw new Error('a sealed body before the login');
    const plain = this.#cipher.apply(decodeSealedBody(body).ciphertext);
    // the signature takes eight bytes of the same cipher
    this.#cipher.apply(Buffer.alloc(8));
    return plain.toString('utf8');
  }

  #authenticate(message: Buffer, serverChallenge: Uint8Array): void {
    const { user, domain, ntResponse, encryptedSessionKey } = decodeAuthenticate(message);
    const key = responseKey(this.#hash, user, domain);
    const sent = ntResponse.subarray(0, 16);
    if (!proof(key, serverChallenge, ntResponse.subarray(16)).equals(sent)) throw new Error('another password');
    const exchanged = sessionBaseKey(key, sent);
    const exported = encryptedSessionKey.length === 16 ? rc4k(exchanged, encryptedSessionKey) : exchanged;
    this.#cipher = new Rc4(sessionKeys(exported).clientSealing);
  }
}

/** The same bytes give the same name; what it says is not kept. */
export function digestOf(text: string): string {
  return createHmac('sha256', 'fault suite').update(text).digest('hex').slice(0, 16);
}
