import { describe, expect, it } from '@jest/globals';
import { heldBack, loadAdvisory } from '../../src/advisory/index.ts';

const NOW = Date.parse('2026-03-13T12:00:00Z');

describe('a hold', () => {
  it.each<[string, { reason: string; until?: string } | undefined, string | null]>([
    ['none', undefined, null],
    ['for good', { reason: 'breaks printing' }, 'until its hold is taken away: breaks printing'],
    ['until tomorrow', { reason: 'breaks printing', until: '2026-03-14' }, 'until 2026-03-14: breaks printing'],
    ['until today', { reason: 'breaks printing', until: '2026-03-13' }, null],
    ['over', { reason: 'breaks printing', until: '2026-03-01' }, null],
  ])('%s', (_name, hold, expected) => {
    const held = heldBack({ advisory: 'test-1', hold }, NOW);
    expect(held).toBe(expected === null ? null : `test-1 is held ${expected}`);
  });

  const text = (hold: string) => `advisory: test-1
title: A test
hold: ${hold}
affects:
  - { os: Windows, builds: [1], status: not-affected, source: test, confidence: H }
`;

  it('is part of the data, with a reason', () => {
    expect(loadAdvisory(text('{ reason: bad, until: 2026-04-01 }'), 'a.yaml').hold).toEqual({
      reason: 'bad',
      until: '2026-04-01',
    });
    expect(() => loadAdvisory(text('{ until: 2026-04-01 }'), 'a.yaml')).toThrow();
    expect(() => loadAdvisory(text('{ reason: bad, until: soon }'), 'a.yaml')).toThrow();
  });

  it.each<[string, boolean]>([
    [
      '{ file: setup.exe, engine: exe, args: [/S], exit_codes: { 17: { meaning: done, reboot: true } }, source: t, confidence: H }',
      true,
    ],
    ['{ file: setup.exe, engine: exe, source: t, confidence: H }', false],
    [
      '{ file: a.msi, engine: msiexec, product_code: "{01234567-89AB-CDEF-0123-456789ABCDEF}", source: t, confidence: H }',
      true,
    ],
    ['{ file: a.msi, engine: msiexec, product_code: "01234567", source: t, confidence: H }', false],
    [
      '{ file: a.msp, engine: msiexec, patch_code: "{01234567-89AB-CDEF-0123-456789ABCDEF}", source: t, confidence: H }',
      false,
    ],
    ['{ file: a.msi, engine: msiexec, exit_codes: { x: { meaning: done } }, source: t, confidence: H }', false],
  ])('packages: %s', (data, isValid) => {
    const load = () => loadAdvisory(`${text('{ reason: bad }')}packages:\n  p: ${data}\n`, 'a.yaml');
    if (isValid) expect(Object.keys(load().packages)).toEqual(['p']);
    else expect(load).toThrow();
  });
});
