/**
 * The server's half of NTLMv2 (MS-NLMP 3.2.5): a challenge, and the verdict on the answer. Who exists and with which
 * password is asked of the caller. Must not know what carries the messages.
 */
import { ProtocolError } from '../errors.ts';
import { decodeAvPairs, encodeAvPairs } from './av-pairs.ts';
import { AV, AV_FLAG_MIC, FLAG, hasRequired, SERVER_DECIDES, WANTED } from './constants.ts';
import {
  channelBindingHash,
  fileTime,
  isSame,
  messageMic,
  proof,
  rc4k,
  responseKey,
  sessionBaseKey,
  TARGET_INFO_OFFSET,
} from './keys.ts';
import { decodeAuthenticate, decodeNegotiate, encodeChallenge, micOf, utf16, withMic } from './messages.ts';
import { NtlmSession } from './session.ts';

export interface NtlmServerOptions {
  /** NetBIOS name of the machine. */
  readonly computer: string;
  /** NetBIOS name of its domain; the machine's own when it has none. */
  readonly domain?: string;
  /** When given, a client's channel bindings must be these. */
  readonly channelBindings?: Uint8Array;
  /** A client without channel bindings gets in (CbtHardeningLevel=Relaxed); with wrong ones it does not. */
  readonly mayOmitBindings?: boolean;
  readonly randomBytes: (count: number) => Uint8Array;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** MD4 of the user's password; undefined: there is no such user. */
  readonly ntHashOf: (user: string, domain: string) => Uint8Array | undefined;
}

export type NtlmVerdict =
  | { readonly kind: 'granted'; readonly user: string; readonly domain: string; readonly session: NtlmSession }
  | {
      readonly kind: 'refused';
      readonly user: string;
      readonly domain: string;
      readonly reason: 'anonymous' | 'unknown-user' | 'bad-password' | 'bad-mic' | 'bad-channel-bindings';
    };

export class NtlmServer {
  readonly #options: NtlmServerOptions;
  readonly #serverChallenge: Uint8Array;
  #negotiate: Uint8Array | undefined;
  #challenge: Buffer | undefined;

  constructor(options: NtlmServerOptions) {
    this.#options = options;
    this.#serverChallenge = options.randomBytes(8);
  }

  /**
   * NEGOTIATE → CHALLENGE.
   * @throws ProtocolError FB_PROTOCOL_AUTH: broken, or asking for less than 128-bit sealing
   */
  challenge(negotiate: Uint8Array): Buffer {
    if (this.#challenge !== undefined) throw refused('a second NEGOTIATE in one handshake');
    const { flags } = decodeNegotiate(negotiate);
    if (!hasRequired(flags, SERVER_DECIDES)) throw refused('the client does not ask for 128-bit sealing');
    const { computer, domain = computer, now } = this.#options;
    this.#negotiate = negotiate;
    this.#challenge = encodeChallenge({
      flags:
        (flags & WANTED) |
        ((flags & FLAG.unicode) === 0 ? FLAG.oem : 0) |
        (FLAG.ntlm | FLAG.targetInfo | FLAG.targetTypeServer),
      serverChallenge: this.#serverChallenge,
      targetName: computer,
      targetInfo: encodeAvPairs(
        new Map([
          [AV.domainName, utf16(domain)],
          [AV.computerName, utf16(computer)],
          [AV.dnsDomainName, utf16(domain.toLowerCase())],
          [AV.dnsComputerName, utf16(computer.toLowerCase())],
          [AV.timestamp, fileTime(now())],
        ]),
      ),
    });
    return this.#challenge;
  }

  /**
   * AUTHENTICATE → who it is.
   * @throws ProtocolError FB_PROTOCOL_AUTH: broken; a refusal is no error
   */
  authenticate(bytes: Uint8Array): NtlmVerdict {
    if (this.#negotiate === undefined || this.#challenge === undefined) throw refused('an answer without a challenge');
    const message = decodeAuthenticate(bytes);
    const { user, domain, ntResponse } = message;
    const refusal = (reason: (NtlmVerdict & { kind: 'refused' })['reason']): NtlmVerdict => ({
      kind: 'refused',
      user,
      domain,
      reason,
    });
    if (user === '') return refusal('anonymous');
    if (!hasRequired(message.flags, SERVER_DECIDES) || ntResponse.length < TARGET_INFO_OFFSET || ntResponse[16] !== 1) {
      throw refused('the client answers with less than NTLMv2 and 128-bit sealing');
    }
    const hash = this.#options.ntHashOf(user, domain);
    if (hash === undefined) return refusal('unknown-user');
    const key = responseKey(hash, user, domain);
    const ntProof = proof(key, this.#serverChallenge, ntResponse.subarray(16));
    if (!isSame(ntProof, ntResponse.subarray(0, 16))) return refusal('bad-password');
    if (message.encryptedSessionKey.length !== 16) throw refused('the session key is not 16 bytes long');
    const sessionKey = rc4k(sessionBaseKey(key, ntProof), message.encryptedSessionKey);
    const pairs = decodeAvPairs(ntResponse.subarray(TARGET_INFO_OFFSET));
    const flags = Buffer.from(pairs.get(AV.flags) ?? []);
    if (flags.length === 4 && (flags.readUInt32LE() & AV_FLAG_MIC) !== 0) {
      const mic = messageMic(sessionKey, this.#negotiate, this.#challenge, withMic(bytes));
      if (!isSame(mic, micOf(bytes))) return refusal('bad-mic');
    }
    if (!this.#isBound(pairs.get(AV.channelBindings) ?? new Uint8Array(0))) return refusal('bad-channel-bindings');
    return { kind: 'granted', user, domain, session: new NtlmSession(sessionKey, 'server') };
  }

  #isBound(bound: Uint8Array): boolean {
    const { channelBindings, mayOmitBindings = false } = this.#options;
    if (channelBindings === undefined) return true;
    // sixteen zeros say the same as no attribute at all
    if (mayOmitBindings && bound.every((byte) => byte === 0)) return true;
    return isSame(bound, channelBindingHash(channelBindings));
  }
}

function refused(why: string): ProtocolError {
  return new ProtocolError('FB_PROTOCOL_AUTH', `NTLM: ${why}`);
}
