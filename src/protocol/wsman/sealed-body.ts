/**
 * Bodies of sealed messages over HTTP (MS-WSMV 2.2.9.1): a MIME of their own, without blank lines. Taken apart by
 * lengths: the boundary may well occur in the ciphertext. Must not know keys.
 */
import { ProtocolError } from '../errors.ts';

export interface SealedBody {
  readonly signature: Uint8Array;
  readonly ciphertext: Uint8Array;
}

const BOUNDARY = 'Encrypted Boundary';
/** After a login by `Negotiate`. */
export const SEALED_CONTENT_TYPE = contentType('SPNEGO');
/** After a login by `Kerberos`. */
export const SEALED_KERBEROS_CONTENT_TYPE = contentType('Kerberos');

const MIDDLE = Buffer.from(`\r\n--${BOUNDARY}\r\n\tContent-Type: application/octet-stream\r\n`);
const TAIL = Buffer.from(`--${BOUNDARY}--\r\n`);
/** NTLM has 16 bytes, Kerberos with AES 60, with RC4 45. */
const MAX_SIGNATURE_BYTES = 256;
const MAX_LINE_BYTES = 1_024;
/** A sealed body is one; a plain error page is not. */
const SEALED_TYPE = /^multipart\/(?:x-multi-)?encrypted\b/i;

export function isSealedType(contentType: string): boolean {
  return SEALED_TYPE.test(contentType);
}

/** @param type the content type under which it travels */
export function encodeSealedBody(body: SealedBody, type: string = SEALED_CONTENT_TYPE): Buffer {
  const protocol = type === SEALED_KERBEROS_CONTENT_TYPE ? 'Kerberos' : 'SPNEGO';
  const length = Buffer.alloc(4);
  length.writeUInt32LE(body.signature.length);
  return Buffer.concat([
    Buffer.from(`--${BOUNDARY}\r\n\tContent-Type: ${mimeType(protocol)}\r\n\tOriginalContent: `),
    Buffer.from(`type=application/soap+xml;charset=UTF-8;Length=${body.ciphertext.length}`),
    MIDDLE,
    length,
    body.signature,
    body.ciphertext,
    TAIL,
  ]);
}

/** @throws ProtocolError FB_PROTOCOL_AUTH when it is not exactly one sealed part */
export function decodeSealedBody(bytes: Uint8Array): SealedBody {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const lines = new Lines(view);
  lines.expect(isBoundary);
  lines.expect((line) => /^\s*Content-Type:\s*application\/HTTP-[\w-]+-session-encrypted$/i.test(line));
  const original = /^\s*OriginalContent:\s*type=[^;]+;\s*charset=utf-8;\s*Length=(\d{1,9})$/i.exec(lines.next());
  if (original === null) throw bad('does not say how long it is');
  lines.expect(isBoundary);
  lines.expect((line) => /^\s*Content-Type:\s*application\/octet-stream$/i.test(line));
  const start = lines.position + 4;
  if (start > view.length) throw bad('is cut off');
  const signatureBytes = view.readUInt32LE(lines.position);
  if (signatureBytes === 0 || signatureBytes > MAX_SIGNATURE_BYTES) throw bad('has no signature');
  const end = start + signatureBytes + Number(original[1]);
  if (end > view.length) throw bad('is cut off');
  if (!/^-- ?Encrypted Boundary--(?:\r\n)?$/.test(view.toString('latin1', end, end + 40)) || view.length > end + 40) {
    throw bad('has more than one part, or a wrong length');
  }
  return {
    signature: view.subarray(start, start + signatureBytes),
    ciphertext: view.subarray(start + signatureBytes, end),
  };
}

type Protocol = 'SPNEGO' | 'Kerberos';

function mimeType(protocol: Protocol): string {
  return `application/HTTP-${protocol}-session-encrypted`;
}

function contentType(protocol: Protocol): string {
  return `multipart/encrypted;protocol="${mimeType(protocol)}";boundary="${BOUNDARY}"`;
}

/** Some services write a space behind the dashes. */
function isBoundary(line: string): boolean {
  return line === `--${BOUNDARY}` || line === `-- ${BOUNDARY}`;
}

class Lines {
  readonly #view: Buffer;
  position = 0;

  constructor(view: Buffer) {
    this.#view = view;
  }

  next(): string {
    const end = this.#view.subarray(0, this.position + MAX_LINE_BYTES).indexOf('\r\n', this.position);
    if (end < 0) throw bad('is cut off');
    const line = this.#view.toString('latin1', this.position, end);
    this.position = end + 2;
    return line;
  }

  expect(isRight: (line: string) => boolean): void {
    if (!isRight(this.next())) throw bad('is not laid out as it should be');
  }
}

function bad(what: string): ProtocolError {
  return new ProtocolError('FB_PROTOCOL_AUTH', `the sealed body ${what}`);
}
