/**
 * The client's side of SPNEGO with Kerberos inside (MS-SPNG 3.1, RFC 4178): the only mechanism that is offered, with its
 * first token at once. Who makes the mechanism's tokens comes from outside. Must not know HTTP or a library.
 */
import { ProtocolError } from '../errors.ts';
import {
  decodeInit,
  decodeResp,
  encodeInit,
  encodeResp,
  KERBEROS_OID,
  MS_KERBEROS_OID,
  mechanismList,
  NEG_STATE,
} from './tokens.ts';

export interface KerberosMechanism {
  readonly isEstablished: boolean;
  /** The peer's token (none at first) → our next one; undefined when there is nothing more to say. */
  step(incoming: Uint8Array | undefined, signal: AbortSignal): Promise<Uint8Array | undefined>;
  sign(message: Uint8Array): Uint8Array;
  verify(message: Uint8Array, mic: Uint8Array): boolean;
}

export class KerberosInitiator {
  readonly #kerberos: KerberosMechanism;
  readonly #list = mechanismList([KERBEROS_OID]);
  #isOver = false;
  #isMicSent = false;

  constructor(kerberos: KerberosMechanism) {
    this.#kerberos = kerberos;
  }

  /** Both sides have proved who they are, and the peer has said that it is done. */
  get isEstablished(): boolean {
    return this.#isOver && this.#kerberos.isEstablished;
  }

  /**
   * The peer's token (none at first) → our next one; undefined when there is nothing more to say.
   * @throws ProtocolError FB_PROTOCOL_AUTH; errors of the mechanism
   */
  async step(incoming: Uint8Array | undefined, signal: AbortSignal): Promise<Uint8Array | undefined> {
    if (incoming === undefined) {
      const token = await this.#kerberos.step(undefined, signal);
      return encodeInit(this.#list, token ?? new Uint8Array(0));
    }
    if (this.#isOver) throw bad('a token after the end');
    // services that were asked by SPNEGO and answer with Kerberos' own token, or its error
    if (incoming[0] === APPLICATION) return this.#bare(incoming, signal);
    const { state, mechanism, token, mic } = decodeResp(incoming);
    if (mechanism !== undefined && !isKerberos(mechanism)) throw bad('a mechanism that we did not offer');
    // a refusal may carry the mechanism's error, which tells more
    const next = token === undefined ? undefined : await this.#kerberos.step(token, signal);
    if (state === NEG_STATE.reject) throw bad('a refusal');
    if (mic !== undefined) this.#check(mic);
    if (state === NEG_STATE.acceptCompleted) {
      this.#isOver = true;
      if (!this.#kerberos.isEstablished) throw bad('an end before it has proved who it is');
      return undefined;
    }
    return this.#more(next, state === NEG_STATE.requestMic || mic !== undefined);
  }

  #more(token: Uint8Array | undefined, isMicWanted: boolean): Uint8Array | undefined {
    const { isEstablished } = this.#kerberos;
    const isSigning = isEstablished && isMicWanted && !this.#isMicSent;
    if (token === undefined && !isSigning) {
      if (!isEstablished) throw bad('nothing to answer');
      this.#isOver = true;
      return undefined;
    }
    if (isSigning) this.#isMicSent = true;
    return encodeResp({
      ...(token === undefined ? {} : { token }),
      ...(isSigning ? { mic: this.#kerberos.sign(this.#list) } : {}),
    });
  }

  async #bare(incoming: Uint8Array, signal: AbortSignal): Promise<Uint8Array | undefined> {
    const next = await this.#kerberos.step(incoming, signal);
    this.#isOver = this.#kerberos.isEstablished;
    return next;
  }

  #check(mic: Uint8Array): void {
    if (!this.#kerberos.isEstablished || !this.#kerberos.verify(this.#list, mic)) {
      throw bad('a list of mechanisms with a wrong MIC');
    }
  }
}

const APPLICATION = 0x60;
/** SPNEGO's and Kerberos' initial tokens begin alike; only the OID tells them apart. */
const OID_TAG = 0x06;

/** True for a client's first token by which it wants Kerberos: bare, or as SPNEGO's first choice. */
export function isKerberosFirst(token: Uint8Array): boolean {
  if (isBareKerberos(token)) return true;
  try {
    const [first] = decodeInit(token).mechanisms;
    return first !== undefined && isKerberos(first);
  } catch (thrown) {
    if (thrown instanceof ProtocolError) return false;
    throw thrown;
  }
}

function isBareKerberos(token: Uint8Array): boolean {
  if (token[0] !== APPLICATION) return false;
  const length = token[1] ?? 0;
  const at = length < 0x80 ? 2 : 2 + (length & 0x7f);
  const oid = token.subarray(at + 2, at + 2 + KERBEROS_OID.length);
  return token[at] === OID_TAG && token[at + 1] === KERBEROS_OID.length && isKerberos(oid);
}

function isKerberos(oid: Uint8Array): boolean {
  return KERBEROS_OID.equals(oid) || MS_KERBEROS_OID.equals(oid);
}

function bad(what: string): ProtocolError {
  return new ProtocolError('FB_PROTOCOL_AUTH', `SPNEGO: the host sent ${what}`);
}
