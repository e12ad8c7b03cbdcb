import { describe, expect, it } from '@jest/globals';
import { type Layout, layoutOf } from '../../../src/transports/gss/layout.ts';

const ADDRESS = 0x1122334455667788n;
const words = (structure: Buffer): string =>
  structure
    .toString('hex')
    .replace(/(.{8})/g, '$1 ')
    .trim();
const usual = layoutOf(false, () => ADDRESS);
const packed = layoutOf(true, () => ADDRESS);
const pointer = '88776655 44332211';

describe('structures of GSSAPI', () => {
  it.each<[string, Layout]>([
    ['with their natural layout', usual],
    ['packed', packed],
  ])('%s: buffers and sets', (_what, layout) => {
    expect(words(layout.buffer(Buffer.from('abc')))).toBe(`03000000 00000000 ${pointer}`);
    expect(words(layout.buffer(Buffer.alloc(0)))).toBe('00000000 00000000 00000000 00000000');
    expect(words(layout.oidSet(Buffer.alloc(16)))).toBe(`01000000 00000000 ${pointer}`);
  });

  it('put pointers behind 32-bit numbers where the header does', () => {
    expect(words(usual.oid(Buffer.from('abcd')))).toBe(`04000000 00000000 ${pointer}`);
    expect(words(packed.oid(Buffer.from('abcd')))).toBe(`04000000 ${pointer}`);
    const pairs = [[Buffer.from('a\0'), Buffer.from('b\0')]] as const;
    expect(words(usual.keyValueSet(pairs))).toBe(`01000000 00000000 ${pointer}`);
    expect(words(packed.keyValueSet(pairs))).toBe(`01000000 ${pointer}`);
  });

  it('name no addresses in a channel binding', () => {
    const none = '00000000 00000000 00000000 00000000';
    expect(words(usual.bindings(Buffer.from('abc')))).toBe(
      `00000000 00000000 ${none} 00000000 00000000 ${none} 03000000 00000000 ${pointer}`,
    );
    expect(words(packed.bindings(Buffer.from('abc')))).toBe(
      `00000000 ${none} 00000000 ${none} 03000000 00000000 ${pointer}`,
    );
  });

  it.each<[string, Layout]>([
    ['with their natural layout', usual],
    ['packed', packed],
  ])('%s: arrays of buffers can be read again', (_what, layout) => {
    const array = layout.iov([{ type: 0x10002 }, { type: 1, bytes: Buffer.from('abcde') }]);
    expect(array.readUInt32LE(0)).toBe(0x10002);
    expect(layout.readIov(array, 0)).toEqual({ length: 0, address: 0n });
    expect(layout.readIov(array, 1)).toEqual({ length: 5, address: ADDRESS });
  });
});
