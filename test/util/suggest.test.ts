import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { didYouMean, nearest, textDistance } from '../../src/util/index.ts';

describe('suggestions', () => {
  it.each([
    ['', '', 0],
    ['abc', 'abc', 0],
    ['abc', 'acb', 1],
    ['kitten', 'sitting', 3],
    ['', 'abc', 3],
  ])('counts the errors between %j and %j', (a, b, distance) => {
    expect(textDistance(a, b)).toBe(distance);
  });

  it('is the same from both sides and no longer than the longer word', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 12 }), fc.string({ maxLength: 12 }), (a, b) => {
        expect(textDistance(a, b)).toBe(textDistance(b, a));
        expect(textDistance(a, b)).toBeLessThanOrEqual(Math.max(a.length, b.length));
      }),
    );
  });

  it('finds the nearest word, whatever its case', () => {
    expect(nearest('Patch.Verfy', ['patch.scan', 'patch.verify'])).toBe('patch.verify');
  });

  it('finds nothing when nothing is near', () => {
    expect(nearest('zebra', ['uses', 'with'])).toBeNull();
    expect(nearest('x', ['y'])).toBeNull();
    expect(didYouMean('zebra', ['uses'])).toBe('');
  });
});
