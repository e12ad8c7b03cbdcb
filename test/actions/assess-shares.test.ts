import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { everybodyMayChange } from '../../src/actions/assess-shares.ts';

interface Ace {
  readonly type: number;
  readonly flags: number;
  readonly mask: number;
  readonly sid: readonly [authority: number, ...parts: readonly number[]];
}

const EVERYONE = [1, 0] as const;
const ANONYMOUS = [5, 7] as const;
const GUESTS = [5, 32, 546] as const;
const ADMINISTRATORS = [5, 32, 544] as const;
const FULL = 0x1f01ff;
const READING = 0x1200a9;
const ALLOW = 0;
const DENY = 1;

/** Self-relative (MS-DTYP 2.4.6); null: no list. */
function descriptor(aces: readonly Ace[] | null): string {
  const head = Buffer.alloc(20);
  head.writeUInt8(1, 0);
  head.writeUInt16LE(aces === null ? 0x8000 : 0x8004, 2);
  if (aces === null) return head.toString('base64');
  head.writeUInt32LE(20, 16);
  const body = Buffer.concat(aces.map(aceOf));
  const list = Buffer.alloc(8);
  list.writeUInt8(2, 0);
  list.writeUInt16LE(8 + body.length, 2);
  list.writeUInt16LE(aces.length, 4);
  return Buffer.concat([head, list, body]).toString('base64');
}

function aceOf({ type, flags, mask, sid: [authority, ...parts] }: Ace): Buffer {
  const bytes = Buffer.alloc(16 + 4 * parts.length);
  bytes.set([type, flags], 0);
  bytes.writeUInt16LE(bytes.length, 2);
  bytes.writeUInt32LE(mask, 4);
  bytes.set([1, parts.length], 8);
  bytes.writeUIntBE(authority, 10, 6);
  for (const [index, part] of parts.entries()) bytes.writeUInt32LE(part, 16 + 4 * index);
  return bytes;
}

const ace = (type: number, sid: Ace['sid'], mask: number, flags = 0): Ace => ({ type, flags, mask, sid });

describe('what a share lets everybody do', () => {
  it.each<[string, readonly Ace[] | null, boolean]>([
    ['no list', null, true],
    ['an empty list', [], false],
    ['Everyone: full control', [ace(ALLOW, EVERYONE, FULL)], true],
    ['Everyone: reading', [ace(ALLOW, EVERYONE, READING)], false],
    ['Everyone: delete alone', [ace(ALLOW, EVERYONE, 0x10000)], true],
    ['anonymous logons: full control', [ace(ALLOW, ANONYMOUS, FULL)], true],
    ['guests: full control', [ace(ALLOW, GUESTS, FULL)], true],
    ['administrators: full control', [ace(ALLOW, ADMINISTRATORS, FULL)], false],
    ['denied first', [ace(DENY, EVERYONE, FULL), ace(ALLOW, EVERYONE, FULL)], false],
    ['denied too late', [ace(ALLOW, EVERYONE, FULL), ace(DENY, EVERYONE, FULL)], true],
    ['for what is below alone', [ace(ALLOW, EVERYONE, FULL, 0x08)], false],
    ['behind others', [ace(ALLOW, ADMINISTRATORS, FULL), ace(ALLOW, EVERYONE, 0x40000000)], true],
  ])('%s', (_name, aces, expected) => {
    expect(everybodyMayChange(descriptor(aces))).toBe(expected);
  });

  it('cut anywhere, it is damaged, never safe', () => {
    const whole = Buffer.from(descriptor([ace(ALLOW, ADMINISTRATORS, FULL), ace(ALLOW, EVERYONE, READING)]), 'base64');
    for (let length = 0; length < whole.length; length += 1) {
      expect([length, everybodyMayChange(whole.subarray(0, length).toString('base64'))]).toEqual([length, null]);
    }
  });

  it('takes any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect([true, false, null]).toContain(everybodyMayChange(Buffer.from(bytes).toString('base64')));
      }),
    );
  });
});
