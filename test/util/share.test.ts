import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseShare, shareOf } from '../../src/util/index.ts';

describe('shares', () => {
  it.each([
    [5, 12, 5],
    ['25%', 12, 3],
    ['25%', 10, 2],
    ['1%', 10, 1],
    ['100%', 7, 7],
    ['33.3%', 1000, 333],
  ])('%j of hosts among %i are %i', (value, total, count) => {
    const share = parseShare(value);
    expect(share).not.toBeNull();
    expect(share === null ? null : shareOf(share, total)).toBe(count);
  });

  it.each([0, -1, 1.5, '0%', '101%', '25 %', '25', '%', '', null, true, [1]])('refuses %j', (value) => {
    expect(parseShare(value)).toBeNull();
  });

  it('is never none', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100 }),
        fc.nat(10_000),
        (percent, total) => shareOf({ percent }, total) >= 1,
      ),
    );
  });
});
