/** A lost answer does not go unnoticed, and a whole one is never taken for a loss. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ReceiveTrail } from '../../../src/transports/winrm/receive-trail.ts';

interface Message {
  readonly fragments: number;
  readonly bytes: number;
}

function fragment(objectId: number, fragmentId: number, isEnd: boolean, bytes: number): Buffer {
  const data = Buffer.alloc(21 + bytes, 7);
  data.writeBigUInt64BE(BigInt(objectId), 0);
  data.writeBigUInt64BE(BigInt(fragmentId), 8);
  data[16] = (fragmentId === 0 ? 1 : 0) | (isEnd ? 2 : 0);
  data.writeUInt32BE(bytes, 17);
  return data;
}

function fragmentsOf(messages: readonly Message[], firstId = 1): readonly Buffer[] {
  return messages.flatMap(({ fragments, bytes }, index) =>
    Array.from({ length: fragments }, (_, id) => fragment(firstId + index, id, id === fragments - 1, bytes)),
  );
}

const messages = fc.array(
  fc.record({ fragments: fc.integer({ min: 1, max: 4 }), bytes: fc.integer({ min: 0, max: 40 }) }),
  {
    minLength: 2,
    maxLength: 12,
  },
);

describe('the trail of received fragments', () => {
  it('cut anywhere, suspected anywhere: nothing is missing', () => {
    fc.assert(
      fc.property(messages, fc.array(fc.nat(200)), fc.integer({ min: 1, max: 60 }), (all, suspicions, size) => {
        const data = Buffer.concat(fragmentsOf(all, 5));
        const trail = new ReceiveTrail();
        for (let at = 0, round = 0; at < data.length; at += size, round += 1) {
          if (suspicions.includes(round)) trail.suspect();
          expect(trail.follow(data.subarray(at, at + size))).toBe(true);
        }
      }),
    );
  });

  it('whole fragments that are missing after a suspicion are noticed', () => {
    fc.assert(
      fc.property(messages, fc.nat(), fc.nat(), (all, from, count) => {
        const fragments = fragmentsOf(all);
        const first = 1 + (from % Math.max(1, fragments.length - 2));
        const missing = 1 + (count % Math.max(1, fragments.length - first - 1));
        fc.pre(first + missing < fragments.length);
        const trail = new ReceiveTrail();
        expect(trail.follow(Buffer.concat(fragments.slice(0, first)))).toBe(true);
        trail.suspect();
        expect(trail.follow(Buffer.concat(fragments.slice(first + missing)))).toBe(false);
      }),
    );
  });

  it('stays suspicious until data has come, and no longer', () => {
    const trail = new ReceiveTrail();
    trail.follow(fragment(1, 0, true, 3));
    trail.suspect();
    expect(trail.follow(Buffer.alloc(0))).toBe(true);
    expect(trail.isSuspect).toBe(true);
    expect(trail.follow(fragment(2, 0, true, 3))).toBe(true);
    expect(trail.isSuspect).toBe(false);
    // other pools of the process count too: nobody minds without a suspicion
    expect(trail.follow(fragment(9, 0, true, 3))).toBe(true);
  });
});
