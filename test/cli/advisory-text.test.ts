import { describe, expect, it } from '@jest/globals';
import { loadAdvisory } from '../../src/advisory/index.ts';
import { advisoryText } from '../../src/cli/commands/advisory-text.ts';

const text = (hold: string) =>
  advisoryText(
    loadAdvisory(
      `advisory: test-1\ntitle: A test\n${hold}affects:\n  - { os: Windows, builds: [1], status: not-affected, source: t, confidence: H }\n`,
      'a.yaml',
    ),
  );

describe('an advisory for people', () => {
  it('says first that it is held, why and until when', () => {
    expect(text('')).not.toContain('Held');
    expect(text('hold: { reason: breaks printing }\n').split('\n')[1]).toBe(
      'Held: no run installs its fix for the time being: breaks printing',
    );
    expect(text('hold: { reason: breaks printing, until: 2026-04-01 }\n').split('\n')[1]).toBe(
      'Held: no run installs its fix before 2026-04-01: breaks printing',
    );
  });
});
