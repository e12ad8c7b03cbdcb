/** The server's side of a login: SPNEGO with NTLM inside, or bare NTLM, as the client begins. Must not know HTTP. */
import { ProtocolError } from '../errors.ts';
import { isNtlm, NtlmServer, type NtlmServerOptions, type NtlmVerdict } from '../ntlm/index.ts';
import { decodeInit, decodeResp, encodeResp, NEG_STATE, NTLM_OID } from './tokens.ts';

export type AcceptorStep =
  | { readonly kind: 'continue'; readonly token: Uint8Array }
  | {
      readonly kind: 'done';
      readonly verdict: NtlmVerdict;
      /** For the client; bare NTLM has no last word. */
      readonly token: Uint8Array | undefined;
    };

export class Acceptor {
  readonly #ntlm: NtlmServer;
  #state: 'new' | 'bare' | 'spnego' | 'over' = 'new';
  #isChallenged = false;
  #list: Uint8Array = new Uint8Array(0);

  constructor(options: NtlmServerOptions) {
    this.#ntlm = new NtlmServer(options);
  }

  /** @throws ProtocolError FB_PROTOCOL_AUTH: broken tokens; a refused login is a verdict */
  step(token: Uint8Array): AcceptorStep {
    switch (this.#state) {
      case 'new':
        return this.#first(token);
      case 'bare':
        this.#state = 'over';
        return { kind: 'done', verdict: this.#ntlm.authenticate(token), token: undefined };
      case 'spnego':
        return this.#next(token);
      default:
        throw bad('a token after the end');
    }
  }

  #first(token: Uint8Array): AcceptorStep {
    if (isNtlm(token)) {
      this.#state = 'bare';
      return { kind: 'continue', token: this.#ntlm.challenge(token) };
    }
    const init = decodeInit(token);
    const place = init.mechanisms.findIndex((oid) => NTLM_OID.equals(oid));
    if (place < 0) throw bad('no mechanism that we have: only NTLM');
    this.#state = 'spnego';
    this.#list = init.mechanismList;
    // the token is for the mechanism that the client likes best
    if (place === 0 && init.token !== undefined) return this.#challenge(init.token);
    return {
      kind: 'continue',
      token: encodeResp({ state: NEG_STATE.acceptIncomplete, mechanism: NTLM_OID }),
    };
  }

  #next(bytes: Uint8Array): AcceptorStep {
    const { token, mic } = decodeResp(bytes);
    if (token === undefined) throw bad('no token');
    if (!this.#isChallenged) return this.#challenge(token);
    this.#state = 'over';
    const verdict = this.#ntlm.authenticate(token);
    if (verdict.kind === 'refused') {
      return { kind: 'done', verdict, token: encodeResp({ state: NEG_STATE.reject }) };
    }
    const { session } = verdict;
    if (mic === undefined) {
      return { kind: 'done', verdict, token: encodeResp({ state: NEG_STATE.acceptCompleted }) };
    }
    if (!session.verify(this.#list, mic)) throw bad('a list of mechanisms with a wrong MIC');
    session.resetCipher('incoming');
    const own = session.sign(this.#list);
    session.resetCipher('outgoing');
    return { kind: 'done', verdict, token: encodeResp({ state: NEG_STATE.acceptCompleted, mic: own }) };
  }

  #challenge(negotiate: Uint8Array): AcceptorStep {
    this.#isChallenged = true;
    const token = this.#ntlm.challenge(negotiate);
    return {
      kind: 'continue',
      token: encodeResp({ state: NEG_STATE.acceptIncomplete, mechanism: NTLM_OID, token }),
    };
  }
}

function bad(what: string): ProtocolError {
  return new ProtocolError('FB_PROTOCOL_AUTH', `SPNEGO: the client sent ${what}`);
}
