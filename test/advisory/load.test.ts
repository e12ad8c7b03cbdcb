import { describe, expect, it } from '@jest/globals';
import { loadAdvisory, parseAdvisory } from '../../src/advisory/index.ts';
import { FirebreakError, type JsonObject } from '../../src/domain/index.ts';
import type { SourceProblem } from '../../src/util/index.ts';

const good = `advisory: test-1
title: A test
affects:
  - os: Windows
    builds: [18362, { from: 19041 }]
    status: affected
    ubr: 720
    package: { x64: the-package }
    source: test
    confidence: H
packages:
  the-package: { file: a.msu, engine: wusa, source: test, confidence: H }
`;

function problems(text: string): string[] {
  try {
    loadAdvisory(text, 'test.yaml');
  } catch (thrown) {
    if (!(thrown instanceof FirebreakError)) throw thrown;
    expect(thrown.code).toBe('FB_ADVISORY_INVALID');
    return (thrown.details as SourceProblem[]).map(
      (problem) => `${problem.line}:${problem.column} ${problem.message} ${problem.hint}`,
    );
  }
  return [];
}

describe('loadAdvisory', () => {
  it('reads a good one', () => {
    const advisory = loadAdvisory(good, 'test.yaml');
    expect(advisory.affects[0]?.ubr).toBe(720);
    expect(parseAdvisory(JSON.parse(JSON.stringify(advisory)) as JsonObject)).toEqual(advisory);
  });

  it('tells every mistake at once, with its place and a suggestion', () => {
    const text = good
      .replace('title: A test', 'titel: A test')
      .replace('ubr: 720', 'ubr: many')
      .replace('status: affected', 'status: affekted')
      .replace('{ x64: the-package }', '{ x64: no-package }');
    const found = problems(text);
    expect(
      found.some((line) => line.startsWith('2:1 unknown key "titel"') && line.includes('did you mean "title"?')),
    ).toBe(true);
    expect(found.some((line) => line.startsWith('6:13 affects.0.status'))).toBe(true);
    expect(found.some((line) => line.startsWith('7:10 affects.0.ubr'))).toBe(true);
    expect(found).toHaveLength(4);
  });

  it('refuses a package that is not described', () => {
    expect(problems(good.replace('{ x64: the-package }', '{ x64: other }'))).toEqual([
      '8:21 affects.0.package.x64: there is no package "other" under packages ',
    ]);
  });

  it('refuses an affected system without a floor', () => {
    expect(problems(good.replace('    ubr: 720\n', ''))).toEqual([
      expect.stringContaining('without a floor nothing can be proved'),
    ]);
  });

  it('tells mistakes of the YAML itself', () => {
    expect(problems('advisory: [unclosed\n').length).toBeGreaterThan(0);
    expect(problems('a: 1\na: 2\n').length).toBeGreaterThan(0);
  });

  it.each(['', '[]', 'text', '42'])('refuses %p', (text) => {
    expect(problems(text).length).toBeGreaterThan(0);
  });
});
