import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  decodeSealedBody,
  encodeSealedBody,
  isSealedType,
  ProtocolError,
  SEALED_CONTENT_TYPE,
} from '../../../src/protocol/index.ts';

const signature = Buffer.from('0123456789abcdef');

describe('a sealed body', () => {
  it('has the layout of MS-WSMV 2.2.9.1', () => {
    expect(encodeSealedBody({ signature, ciphertext: Buffer.from('<x>') }).toString('latin1')).toBe(
      [
        '--Encrypted Boundary',
        '\tContent-Type: application/HTTP-SPNEGO-session-encrypted',
        '\tOriginalContent: type=application/soap+xml;charset=UTF-8;Length=3',
        '--Encrypted Boundary',
        '\tContent-Type: application/octet-stream',
        '\x10\0\0\x000123456789abcdef<x>--Encrypted Boundary--',
        '',
      ].join('\r\n'),
    );
    expect(isSealedType(SEALED_CONTENT_TYPE)).toBe(true);
    expect(isSealedType('application/soap+xml;charset=UTF-8')).toBe(false);
  });

  it('comes back whole, also with a boundary inside the ciphertext', () => {
    const evil = fc.constantFrom('--Encrypted Boundary\r\n', '--Encrypted Boundary--\r\n', '\r\n').map(Buffer.from);
    const part = fc.oneof(fc.uint8Array({ maxLength: 50 }), evil);
    fc.assert(
      fc.property(fc.array(part, { maxLength: 6 }), (parts) => {
        const ciphertext = Buffer.concat(parts);
        const read = decodeSealedBody(encodeSealedBody({ signature, ciphertext }));
        expect(Buffer.from(read.ciphertext).equals(ciphertext)).toBe(true);
        expect(Buffer.from(read.signature).equals(signature)).toBe(true);
      }),
    );
  });

  it('may have a space behind the dashes', () => {
    const text = encodeSealedBody({ signature, ciphertext: Buffer.from('<x>') }).toString('latin1');
    const exchange = Buffer.from(text.replaceAll('--Encrypted', '-- Encrypted'), 'latin1');
    expect(Buffer.from(decodeSealedBody(exchange).ciphertext).toString()).toBe('<x>');
  });

  it('is refused when it is cut anywhere before its last line end, or has more behind it', () => {
    const whole = encodeSealedBody({ signature, ciphertext: Buffer.from('<some/>') });
    for (let length = 0; length < whole.length - 2; length += 1) {
      expect(() => decodeSealedBody(whole.subarray(0, length))).toThrow(ProtocolError);
    }
    expect(() => decodeSealedBody(Buffer.concat([whole, whole]))).toThrow('more than one part');
    expect(() => decodeSealedBody(Buffer.concat([whole, Buffer.from('x')]))).toThrow('more than one part');
  });

  it.each([
    ['a length that is too long', 'Length=7', 'Length=999999999'],
    ['a length that is too short', 'Length=7', 'Length=6'],
    ['a length of many digits', 'Length=7', 'Length=99999999999999999999'],
    ['no length', 'Length=7', 'Length='],
    ['another kind of content', 'application/octet-stream', 'text/plain'],
    ['a signature of another length', '\x10\0\0\0', '\xff\xff\xff\xff'],
    ['a line without end', '\r\n', 'x'.repeat(5_000)],
  ])('is refused with %s', (_what, from, to) => {
    const text = encodeSealedBody({ signature, ciphertext: Buffer.from('<some/>') }).toString('latin1');
    expect(() => decodeSealedBody(Buffer.from(text.replace(from, to), 'latin1'))).toThrow(ProtocolError);
  });

  it('reads noise as nothing else than an error', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (noise) => {
        expect(() => decodeSealedBody(noise)).toThrow(ProtocolError);
      }),
    );
  });
});
