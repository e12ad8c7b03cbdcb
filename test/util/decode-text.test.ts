import { describe, expect, it } from '@jest/globals';
import { decodeText } from '../../src/util/index.ts';

describe('text of a file', () => {
  const text = 'hosts: ü€😀\r\n';
  const little = Buffer.from(`\ufeff${text}`, 'utf16le');

  it.each([
    ['UTF-8', Buffer.from(text)],
    ['UTF-8 with a byte order mark', Buffer.from(`\ufeff${text}`)],
    ['UTF-16, as Windows PowerShell writes it', little],
    ['big-endian UTF-16', Buffer.from(little).swap16()],
  ])('is read from %s', (_name, bytes) => {
    expect(decodeText(bytes)).toBe(text);
  });

  it.each([0, 1])('may have %d bytes', (length) => {
    expect(decodeText(Buffer.alloc(length, 'a'))).toHaveLength(length);
  });
});
