import { describe, expect, it } from '@jest/globals';
import { findFleet } from '../../src/app/lab/index.ts';

describe('findFleet', () => {
  it('takes the name of a shipped fleet', () => {
    expect(findFleet('ms03-039')).toMatch(/[\\/]lab[\\/]fleets[\\/]ms03-039\.yaml$/);
  });

  it.each(['nothing-like-that', 'other/ms03-039', 'package.json'])('leaves a path as it is: %s', (named) => {
    expect(findFleet(named)).toBe(named);
  });
});
