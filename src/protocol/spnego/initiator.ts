/**
 * The client's side of a login as a series of tokens: NTLM bare, or NTLM inside SPNEGO (MS-SPNG 3.1). What carries the
 * tokens asks for no more than `step`. Must not know HTTP.
 */
import { ProtocolError } from '../errors.ts';
import { isNtlm, NtlmClient, type NtlmClientOptions, type NtlmSession } from '../ntlm/index.ts';
import { decodeResp, encodeInit, encodeResp, mechanismList, NEG_STATE, type NegTokenResp, NTLM_OID } from './tokens.ts';

export interface Initiator {
  /**
   * The peer's token (none at first) → our next one; undefined when there is nothing more to say.
   * @throws ProtocolError FB_PROTOCOL_AUTH
   */
  step(incoming?: Uint8Array): Uint8Array | undefined;
  /** There when our last token has been made; whether the peer takes it, the peer's answer tells. */
  readonly session: NtlmSession | undefined;
}

export function createInitiator(kind: 'ntlm' | 'negotiate', options: NtlmClientOptions): Initiator {
  const ntlm = new NtlmClient(options);
  return kind === 'ntlm' ? new NtlmInitiator(ntlm) : new SpnegoInitiator(ntlm);
}

class NtlmInitiator implements Initiator {
  readonly #ntlm: NtlmClient;

  constructor(ntlm: NtlmClient) {
    this.#ntlm = ntlm;
  }

  get session(): NtlmSession | undefined {
    return this.#ntlm.session;
  }

  step(incoming?: Uint8Array): Uint8Array | undefined {
    if (incoming === undefined) return this.#ntlm.negotiate();
    if (this.#ntlm.session !== undefined) throw bad('a token after the end');
    return this.#ntlm.authenticate(incoming);
  }
}

class SpnegoInitiator implements Initiator {
  readonly #ntlm: NtlmClient;
  readonly #list = mechanismList([NTLM_OID]);
  #isOver = false;
  /** The peer answers bare NTLM by bare NTLM; some do so whatever they are asked. */
  #isBare = false;

  constructor(ntlm: NtlmClient) {
    this.#ntlm = ntlm;
  }

  get session(): NtlmSession | undefined {
    return this.#ntlm.session;
  }

  step(incoming?: Uint8Array): Uint8Array | undefined {
    if (incoming === undefined) return encodeInit(this.#list, this.#ntlm.negotiate());
    if (this.#isOver) throw bad('a token after the end');
    const { session } = this.#ntlm;
    if (session !== undefined) {
      this.#isOver = true;
      if (this.#isBare) throw bad('a token after the end');
      this.#finish(session, decodeResp(incoming));
      return undefined;
    }
    if (isNtlm(incoming)) {
      this.#isBare = true;
      return this.#ntlm.authenticate(incoming);
    }
    const answer = decodeResp(incoming);
    this.#check(answer);
    if (answer.token === undefined) throw bad('no challenge');
    const token = this.#ntlm.authenticate(answer.token);
    return encodeResp({ token, mic: this.#mic() });
  }

  /** MS-SPNG 3.1.5.1: since our NTLM message has a MIC, the list of mechanisms must have one too. */
  #mic(): Uint8Array {
    const session = this.#ntlm.session!;
    const mic = session.sign(this.#list);
    session.resetCipher('outgoing');
    return mic;
  }

  #finish(session: NtlmSession, answer: NegTokenResp): void {
    this.#check(answer);
    if (answer.state !== NEG_STATE.acceptCompleted) throw bad('no end');
    if (answer.mic === undefined) return;
    if (!session.verify(this.#list, answer.mic)) throw bad('a list of mechanisms with a wrong MIC');
    session.resetCipher('incoming');
  }

  #check(answer: NegTokenResp): void {
    if (answer.state === NEG_STATE.reject) throw bad('a refusal');
    if (answer.mechanism !== undefined && !NTLM_OID.equals(answer.mechanism))
      throw bad('a mechanism that we did not offer');
  }
}

function bad(what: string): ProtocolError {
  return new ProtocolError('FB_PROTOCOL_AUTH', `SPNEGO: the host sent ${what}`);
}
