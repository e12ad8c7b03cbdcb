import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Defragmenter, FRAGMENT_HEADER_BYTES, fragment, ProtocolError } from '../../../src/protocol/index.ts';

function joined(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

describe('fragment', () => {
  it('writes the header big-endian, with start and end flags', () => {
    const [only] = fragment(2n, new Uint8Array([9, 8]), 100);
    expect(Buffer.from(only ?? []).toString('hex')).toBe(`${'0'.repeat(15)}2${'0'.repeat(16)}03000000020908`);
  });

  it('never exceeds the size that it is given', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.integer({ min: 22, max: 120 }), (message, size) => {
        for (const piece of fragment(1n, message, size)) expect(piece.length).toBeLessThanOrEqual(size);
      }),
    );
    expect(() => fragment(1n, new Uint8Array(1), FRAGMENT_HEADER_BYTES)).toThrow(RangeError);
  });
});

describe('Defragmenter', () => {
  it('gives messages back, however the bytes are cut', () => {
    const messages = fc.array(fc.uint8Array({ maxLength: 200 }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(
        messages,
        fc.integer({ min: 22, max: 90 }),
        fc.array(fc.nat(), { maxLength: 6 }),
        (sent, size, cuts) => {
          const bytes = joined(sent.flatMap((message, index) => fragment(BigInt(index + 1), message, size)));
          const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
          const defragmenter = new Defragmenter();
          const received: Uint8Array[] = [];
          let from = 0;
          for (const to of [...places, bytes.length]) {
            received.push(...defragmenter.push(bytes.subarray(from, to)).map((message) => new Uint8Array(message)));
            from = to;
          }
          expect(received).toEqual(sent);
          expect(defragmenter.isIdle).toBe(true);
        },
      ),
    );
  });

  it('holds an unfinished message back, cut at every byte', () => {
    const bytes = joined(fragment(7n, new Uint8Array(50), 40));
    for (let length = 1; length < bytes.length; length += 1) {
      const defragmenter = new Defragmenter();
      expect(defragmenter.push(bytes.subarray(0, length))).toEqual([]);
      expect(defragmenter.isIdle).toBe(false);
    }
  });

  it('puts interleaved messages together by their number', () => {
    const first = fragment(1n, new Uint8Array([1, 2]), 22);
    const second = fragment(2n, new Uint8Array([3, 4]), 22);
    const mixed = joined([first[0], second[0], second[1], first[1]].map((each) => each ?? new Uint8Array(0)));
    expect(new Defragmenter().push(mixed)).toEqual([new Uint8Array([3, 4]), new Uint8Array([1, 2])]);
  });

  it.each<[string, (pieces: readonly Uint8Array[]) => readonly (Uint8Array | undefined)[]]>([
    ['a missing fragment', (pieces) => [pieces[0], pieces[2]]],
    ['a missing start', (pieces) => [pieces[1]]],
    ['a repeated start', (pieces) => [pieces[0], pieces[0]]],
    ['a repeated fragment', (pieces) => [pieces[0], pieces[1], pieces[1]]],
  ])('refuses %s', (_what, choose) => {
    const pieces = fragment(1n, new Uint8Array([1, 2, 3]), 22);
    const bytes = joined(choose(pieces).map((each) => each ?? new Uint8Array(0)));
    expect(() => new Defragmenter().push(bytes)).toThrow(ProtocolError);
  });

  it('refuses an announced length beyond the limit before the data comes', () => {
    const header = joined(fragment(1n, new Uint8Array(1), 22)).subarray(0, FRAGMENT_HEADER_BYTES);
    new DataView(header.buffer).setUint32(17, 0xffffffff);
    expect(() => new Defragmenter().push(header)).toThrow(ProtocolError);
  });

  it('refuses a message, or many unfinished ones, beyond the limit', () => {
    const defragmenter = new Defragmenter({ maxMessageBytes: 100 });
    const starts = [1n, 2n, 3n].map((id) => fragment(id, new Uint8Array(80), 61)[0] ?? new Uint8Array(0));
    defragmenter.push(joined(starts.slice(0, 2)));
    expect(() => defragmenter.push(joined(starts.slice(2)))).toThrow(ProtocolError);
  });
});
