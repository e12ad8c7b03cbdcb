import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parsePattern } from '../../src/util/index.ts';

describe('host patterns', () => {
  it('reads terms separated by colons, commas and spaces', () => {
    const parsed = parsePattern('all:!db*, &tokyo web-01.example');
    expect(parsed.ok && parsed.terms.map(({ kind, name }) => [kind, name])).toEqual([
      ['add', 'all'],
      ['not', 'db*'],
      ['and', 'tokyo'],
      ['add', 'web-01.example'],
    ]);
  });

  it.each([
    '',
    ' , ',
    '~web.*',
    'web[01:50]',
    'servers[0]',
    'a/b',
    '!',
    '&',
    'winrm://web01:5985',
    `${'${{'} inputs.x }}`,
    'a:-b',
  ])('refuses %j with a reason', (pattern) => {
    const parsed = parsePattern(pattern);
    expect(parsed.ok).toBe(false);
    expect(!parsed.ok && parsed.message.length).toBeGreaterThan(10);
  });

  it.each([
    ['web*', 'web01', true],
    ['web*', 'aweb01', false],
    ['*01', 'web01', true],
    ['w?b*1', 'web01', true],
    ['w?b', 'weeb', false],
    ['*', '', true],
    ['a*b*c', 'aXbYbZc', true],
    ['a*b*c', 'aXbYbZ', false],
  ])('%s matches %s: %s', (pattern, name, expected) => {
    const parsed = parsePattern(pattern);
    expect(parsed.ok && parsed.terms[0]?.matches(name)).toBe(expected);
  });

  it('answers at once for a pattern that would make a regular expression backtrack', () => {
    const parsed = parsePattern(`${'*a'.repeat(40)}*b`);
    expect(parsed.ok && parsed.terms[0]?.matches('a'.repeat(2000))).toBe(false);
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => typeof parsePattern(text).ok === 'boolean'));
  });
});
