/**
 * The client's half of NTLMv2 (MS-NLMP 3.1.5). It refuses whatever is weaker: NTLMv1, 56 bits, no sealing. Random bytes
 * and time are given. Must not know what carries the messages.
 */
import { ProtocolError } from '../errors.ts';
import { type AvPairs, decodeAvPairs, encodeAvPairs } from './av-pairs.ts';
import { AV, AV_FLAG_MIC, hasRequired, WANTED } from './constants.ts';
import {
  channelBindingHash,
  encodeTemp,
  fileTime,
  lmv2Response,
  messageMic,
  ntHash,
  proof,
  rc4k,
  responseKey,
  sessionBaseKey,
} from './keys.ts';
import { decodeChallenge, encodeAuthenticate, encodeNegotiate, utf16, withMic } from './messages.ts';
import { NtlmSession } from './session.ts';

export interface NtlmClientOptions {
  /** `DOMAIN\user`, `user@domain` or `user`. */
  readonly user: string;
  readonly password: string;
  /** Service principal name, e.g. `HTTP/web01`. */
  readonly targetName: string;
  /** e.g. `tls-server-end-point:…`; none over plain HTTP. */
  readonly channelBindings?: Uint8Array;
  readonly workstation?: string;
  readonly randomBytes: (count: number) => Uint8Array;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

export class NtlmClient {
  readonly #options: NtlmClientOptions;
  #negotiate: Buffer | undefined;
  #session: NtlmSession | undefined;

  constructor(options: NtlmClientOptions) {
    this.#options = options;
  }

  /** There once the server's challenge was answered. */
  get session(): NtlmSession | undefined {
    return this.#session;
  }

  /** The first message. */
  negotiate(): Buffer {
    this.#negotiate = encodeNegotiate({ flags: WANTED });
    return this.#negotiate;
  }

  /**
   * CHALLENGE → AUTHENTICATE.
   * @throws ProtocolError FB_PROTOCOL_AUTH: broken, or weaker than we take
   */
  authenticate(challengeBytes: Uint8Array): Buffer {
    const { password, randomBytes, now, workstation } = this.#options;
    if (this.#negotiate === undefined || this.#session !== undefined) throw refused('a challenge comes out of turn');
    const challenge = decodeChallenge(challengeBytes);
    if (!hasRequired(challenge.flags)) throw refused('the host offers no NTLMv2 with 128-bit sealing');
    const offered = decodeAvPairs(challenge.targetInfo);
    const { user, domain } = splitUser(this.#options.user);
    const key = responseKey(ntHash(password), user, domain);
    const clientChallenge = randomBytes(8);
    const hostTime = offered.get(AV.timestamp);
    if (hostTime !== undefined && hostTime.length !== 8) throw refused('the host sends half a time');
    const temp = encodeTemp({
      timestamp: hostTime ?? fileTime(now()),
      clientChallenge,
      targetInfo: encodeAvPairs(this.#answerTo(offered)),
    });
    const ntProof = proof(key, challenge.serverChallenge, temp);
    const sessionKey = randomBytes(16);
    const message = encodeAuthenticate({
      flags: WANTED & challenge.flags,
      // a host that sends its time wants no LM response
      lmResponse:
        hostTime === undefined ? lmv2Response(key, challenge.serverChallenge, clientChallenge) : Buffer.alloc(24),
      ntResponse: Buffer.concat([ntProof, temp]),
      domain,
      user,
      workstation: workstation ?? '',
      encryptedSessionKey: rc4k(sessionBaseKey(key, ntProof), sessionKey),
    });
    this.#session = new NtlmSession(sessionKey, 'client');
    return withMic(message, messageMic(sessionKey, this.#negotiate, challengeBytes, message));
  }

  #answerTo(offered: AvPairs): AvPairs {
    const { targetName, channelBindings } = this.#options;
    const flags = Buffer.alloc(4);
    const known = offered.get(AV.flags);
    flags.writeUInt32LE((known?.length === 4 ? Buffer.from(known).readUInt32LE() | AV_FLAG_MIC : AV_FLAG_MIC) >>> 0);
    return new Map([
      ...offered,
      [AV.flags, flags],
      [AV.channelBindings, channelBindings === undefined ? Buffer.alloc(16) : channelBindingHash(channelBindings)],
      [AV.targetName, utf16(targetName)],
    ]);
  }
}

/** A leading `.` means the host itself, which an empty domain does as well. */
function splitUser(name: string): { readonly user: string; readonly domain: string } {
  const slash = name.indexOf('\\');
  if (slash < 0) return { user: name, domain: '' };
  const domain = name.slice(0, slash);
  return { user: name.slice(slash + 1), domain: domain === '.' ? '' : domain };
}

function refused(why: string): ProtocolError {
  return new ProtocolError('FB_PROTOCOL_AUTH', `NTLM: ${why}`);
}
