/**
 * One login as a series of tokens for HTTP's Authorization header: NTLM or Kerberos, bare or in SPNEGO, and the sealing
 * that follows from it. Which of them a login means is decided here. Must not know sockets.
 */
import { randomBytes } from 'node:crypto';
import type { Secret } from '../../domain/index.ts';
import {
  createInitiator,
  type Initiator,
  KerberosInitiator,
  SEALED_CONTENT_TYPE,
  SEALED_KERBEROS_CONTENT_TYPE,
  type SealedMessage,
} from '../../protocol/index.ts';
import {
  createKerberosContext,
  isWithoutKerberos,
  type KerberosOptions,
  preferenceOf,
  type SecurityContext,
} from '../gss/index.ts';

/** What Kerberos needs besides user and password. */
export type KerberosSettings = Pick<KerberosOptions, 'serviceHost' | 'keytab' | 'ccache' | 'spn'>;

export interface SealedLogin {
  readonly kind: 'ntlm' | 'negotiate' | 'kerberos';
  /** Empty: the one of the ticket cache. */
  readonly user: string;
  /** Empty: none is given. */
  readonly password: Secret;
  /** Service principal name that NTLM tells the host. */
  readonly targetName: string;
  readonly kerberos: KerberosSettings;
}

export interface SealedSession {
  seal(plaintext: Uint8Array): SealedMessage;
  /** @throws ProtocolError, FirebreakError FB_PROTOCOL_AUTH */
  unseal(message: SealedMessage): Buffer;
}

export interface LoginAttempt {
  readonly mechanism: 'NTLM' | 'Kerberos';
  readonly scheme: 'Negotiate' | 'Kerberos';
  /** Content type of sealed bodies. */
  readonly sealedType: string;
  /** Our last token may have been made: an envelope may go with it where TLS protects it. */
  readonly isReady: boolean;
  /** There when both sides are done; with NTLM, when we are. */
  readonly session: SealedSession | undefined;
  /** The host's token (none at first) → our next one; undefined when there is nothing more to say. */
  step(incoming: Uint8Array | undefined, signal: AbortSignal): Promise<Uint8Array | undefined>;
  /** Frees what the system holds. */
  close(): void;
}

export interface FirstMove {
  readonly attempt: LoginAttempt;
  readonly token: Uint8Array | undefined;
}

/**
 * Begins a login: `negotiate` is Kerberos where a ticket can be had, else NTLM.
 * @param isKerberosOffered false: the host has answered that it does not know the scheme `Kerberos`
 * @throws FirebreakError FB_AUTH_*, FB_CREDENTIAL_MISSING, FB_CONNECT_TIMEOUT, FB_ENVIRONMENT; the signal's reason
 */
export async function beginLogin(
  label: string,
  login: SealedLogin,
  options: {
    readonly channelBinding: Uint8Array | undefined;
    readonly isKerberosOffered: boolean;
    readonly signal: AbortSignal;
  },
): Promise<FirstMove> {
  const { channelBinding, isKerberosOffered, signal } = options;
  const preference = login.kind === 'negotiate' ? negotiated(login) : login.kind;
  if (preference !== 'ntlm') {
    const isBare = login.kind === 'kerberos' && isKerberosOffered;
    const attempt = new KerberosAttempt(kerberosOptions(label, login, channelBinding), isBare);
    try {
      return { attempt, token: await attempt.step(undefined, signal) };
    } catch (error) {
      attempt.close();
      if (preference === 'kerberos' || !isWithoutKerberos(error)) throw error;
    }
  }
  const attempt = new NtlmAttempt(login, channelBinding);
  return { attempt, token: await attempt.step(undefined) };
}

function negotiated(login: SealedLogin): 'kerberos' | 'kerberos-then-ntlm' | 'ntlm' {
  const { user, password, kerberos } = login;
  return preferenceOf({
    user,
    hasPassword: password.reveal() !== '',
    hasKeytabOrCache: kerberos.keytab !== undefined || kerberos.ccache !== undefined,
    serviceHost: kerberos.serviceHost,
    spn: kerberos.spn,
  });
}

function kerberosOptions(
  label: string,
  { user, password, kerberos }: SealedLogin,
  channelBinding: Uint8Array | undefined,
): KerberosOptions {
  return { label, user, password, ...kerberos, ...(channelBinding === undefined ? {} : { channelBinding }) };
}

class NtlmAttempt implements LoginAttempt {
  readonly mechanism = 'NTLM';
  readonly scheme = 'Negotiate';
  readonly sealedType = SEALED_CONTENT_TYPE;
  readonly #initiator: Initiator;

  constructor({ kind, user, password, targetName }: SealedLogin, channelBindings: Uint8Array | undefined) {
    this.#initiator = createInitiator(kind === 'ntlm' ? 'ntlm' : 'negotiate', {
      user,
      password: password.reveal(),
      targetName,
      randomBytes,
      now: Date.now,
      ...(channelBindings === undefined ? {} : { channelBindings }),
    });
  }

  get isReady(): boolean {
    return this.#initiator.session !== undefined;
  }

  get session(): SealedSession | undefined {
    return this.#initiator.session;
  }

  async step(incoming: Uint8Array | undefined): Promise<Uint8Array | undefined> {
    return this.#initiator.step(incoming);
  }

  close(): void {
    // nothing but memory of our own
  }
}

class KerberosAttempt implements LoginAttempt {
  readonly mechanism = 'Kerberos';
  readonly scheme: 'Negotiate' | 'Kerberos';
  readonly sealedType: string;
  readonly #context: SecurityContext;
  readonly #initiator: SecurityContext | KerberosInitiator;

  /** @param isBare by the scheme `Kerberos`, as Windows' own client does when it is told to use Kerberos; else in SPNEGO */
  constructor(options: KerberosOptions, isBare: boolean) {
    this.#context = createKerberosContext(options);
    this.#initiator = isBare ? this.#context : new KerberosInitiator(this.#context);
    this.scheme = isBare ? 'Kerberos' : 'Negotiate';
    this.sealedType = isBare ? SEALED_KERBEROS_CONTENT_TYPE : SEALED_CONTENT_TYPE;
  }

  /** The first token is the last one but for what the host has to prove, which its answer does. */
  get isReady(): boolean {
    return true;
  }

  get session(): SealedSession | undefined {
    return this.#initiator.isEstablished ? this.#context : undefined;
  }

  step(incoming: Uint8Array | undefined, signal: AbortSignal): Promise<Uint8Array | undefined> {
    return this.#initiator.step(incoming, signal);
  }

  close(): void {
    this.#context.close();
  }
}
