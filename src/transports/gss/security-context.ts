/** What a login by Kerberos needs and gives, whatever library of the system makes it. */
import type { Secret } from '../../domain/index.ts';
import type { SealedMessage } from '../../protocol/index.ts';

export interface KerberosOptions {
  /** `web01 (10.0.0.11:5985)`, for errors. */
  readonly label: string;
  /** The host's DNS name; undefined when it is known by address alone. */
  readonly serviceHost: string | undefined;
  /** Empty: the one of the ticket cache. */
  readonly user: string;
  /** Empty: none is given. */
  readonly password: Secret;
  readonly keytab?: string;
  readonly ccache?: string;
  /** The one service to ask for, `HTTP/web01.corp.example`, with or without realm. */
  readonly spn?: string;
  /** Application data of the channel's binding (RFC 5929), over TLS. */
  readonly channelBinding?: Uint8Array;
}

export interface SecurityContext {
  readonly isEstablished: boolean;
  /**
   * The peer's token (none at first) → our next one; undefined when there is nothing more to say.
   * @throws FirebreakError FB_AUTH_DENIED, FB_CREDENTIAL_MISSING, FB_CONNECT_TIMEOUT (KDC), FB_ENVIRONMENT, FB_PROTOCOL_AUTH;
   * the signal's reason when it aborts
   */
  step(incoming: Uint8Array | undefined, signal: AbortSignal): Promise<Uint8Array | undefined>;
  seal(plaintext: Uint8Array): SealedMessage;
  /** @throws FirebreakError FB_PROTOCOL_AUTH */
  unseal(message: SealedMessage): Buffer;
  sign(message: Uint8Array): Uint8Array;
  verify(message: Uint8Array, mic: Uint8Array): boolean;
  /** Frees what the system holds; at any time, more than once. */
  close(): void;
}
