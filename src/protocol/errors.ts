/**
 * The one error of the sans-I/O protocols. It carries a code of the product's table as text; whoever pumps the bytes
 * turns it into the product's error with host and remedy. Must not know hosts, sockets or the domain.
 */

export type ProtocolErrorCode =
  | 'FB_PROTOCOL_AUTH'
  | 'FB_PROTOCOL_CLIXML'
  | 'FB_PROTOCOL_PSRP'
  | 'FB_PROTOCOL_RPC'
  | 'FB_PROTOCOL_SOAP';

/** The peer (or the caller) broke the rules of a protocol. The message never quotes more than a few characters of input. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
  readonly code: ProtocolErrorCode;

  constructor(code: ProtocolErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}
