/**
 * Signing and sealing once both sides have the session key (MS-NLMP 3.4). Cipher and sequence number run on: messages
 * must be opened in the order in which they were made, each once. Must not know how they travel.
 */
import { ProtocolError } from '../errors.ts';
import { hmacMd5, isSame, sessionKeys } from './keys.ts';
import { Rc4 } from './rc4.ts';

/** What a finished handshake gives for sealing bodies. */
export interface SealedMessage {
  /** 16 bytes */
  readonly signature: Uint8Array;
  readonly ciphertext: Uint8Array;
}

interface Direction {
  readonly signingKey: Uint8Array;
  readonly sealingKey: Uint8Array;
  cipher: Rc4;
  sequence: number;
}

export class NtlmSession {
  readonly #out: Direction;
  readonly #in: Direction;

  constructor(exportedSessionKey: Uint8Array, role: 'client' | 'server') {
    const keys = sessionKeys(exportedSessionKey);
    const client = direction(keys.clientSigning, keys.clientSealing);
    const server = direction(keys.serverSigning, keys.serverSealing);
    this.#out = role === 'client' ? client : server;
    this.#in = role === 'client' ? server : client;
  }

  seal(plaintext: Uint8Array): SealedMessage {
    const ciphertext = this.#out.cipher.apply(plaintext);
    return { signature: sign(this.#out, plaintext), ciphertext };
  }

  /** @throws ProtocolError FB_PROTOCOL_AUTH: changed, repeated, out of order or of another session; the session is of no more use */
  unseal(message: SealedMessage): Buffer {
    const plaintext = this.#in.cipher.apply(message.ciphertext);
    if (!isSame(sign(this.#in, plaintext), message.signature)) {
      throw new ProtocolError('FB_PROTOCOL_AUTH', 'the signature of a sealed message is wrong');
    }
    return plaintext;
  }

  sign(message: Uint8Array): Buffer {
    return sign(this.#out, message);
  }

  verify(message: Uint8Array, signature: Uint8Array): boolean {
    return isSame(sign(this.#in, message), signature);
  }

  /** MS-SPNG 3.3.5.1: the list's MIC and the first message start from the same state of RC4; sequence numbers run on. */
  resetCipher(which: 'outgoing' | 'incoming'): void {
    const of = which === 'outgoing' ? this.#out : this.#in;
    of.cipher = new Rc4(of.sealingKey);
  }
}

function direction(signingKey: Uint8Array, sealingKey: Uint8Array): Direction {
  return { signingKey, sealingKey, cipher: new Rc4(sealingKey), sequence: 0 };
}

function sign(of: Direction, message: Uint8Array): Buffer {
  const number = Buffer.alloc(4);
  number.writeUInt32LE(of.sequence);
  of.sequence = (of.sequence + 1) >>> 0;
  const checksum = of.cipher.apply(hmacMd5(of.signingKey, number, message).subarray(0, 8));
  return Buffer.concat([Buffer.from([1, 0, 0, 0]), checksum, number]);
}
