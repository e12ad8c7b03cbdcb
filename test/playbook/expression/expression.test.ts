import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { FirebreakError, type Json } from '../../../src/domain/index.ts';
import {
  type ExpressionContext,
  evaluate,
  evaluateCondition,
  parseExpression,
  stepsBehind,
} from '../../../src/playbook/index.ts';

const context: ExpressionContext = {
  inputs: { protection: 'ipsec', retries: 5, ratio: 1.5, keep: true },
  vars: { site: 'tokyo', ports: [135, 445] },
  host: { name: 'web01', port: 5985 },
  facts: { build: 18362, os: { name: 'Windows 10' } },
  groups: ['servers', 'pilot'],
  steps: {
    verify: { outcome: 'ok', fixed: false, verdict: 'vulnerable' },
    shield: { outcome: 'none', reboot_required: null },
    install: { outcome: 'failed', exit_code: null },
    reboot: { outcome: 'changed' },
    skipped: { outcome: 'skipped' },
  },
  result: { fixed: true },
};

describe('expressions', () => {
  it.each<[string, Json]>([
    ['steps.verify.fixed == false', true],
    ['steps.shield.reboot_required == true', false],
    ['steps.shield.reboot_required == null', true],
    ["steps.verify.verdict in ['vulnerable', 'partial']", true],
    ['inputs.retries == 5', true],
    ['inputs.retries + 1', 6],
    ['inputs.retries / 2', 2],
    ['inputs.ratio * 2.0', 3],
    ['facts.build >= 18362', true],
    ['vars.ports.exists(p, p == 445)', true],
    ['vars.ports.map(p, p + 10000)', [10_135, 10_445]],
    ['"pilot" in groups', true],
    ['host.name + "." + vars.site', 'web01.tokyo'],
    ['facts.os', { name: 'Windows 10' }],
    ['{"a": [1, "x", null]}', { a: [1, 'x', null] }],
    ["ran('verify')", true],
    ["ran('shield')", false],
    ["ran('skipped')", false],
    ["failed('install')", true],
    ["failed('verify')", false],
    ["changed('reboot')", true],
    ["changed('verify')", false],
    ["!ran('shield') && inputs.keep", true],
    ['result.fixed == true', true],
    ['steps["verify"].outcome', 'ok'],
    ['9007199254740993', '9007199254740993'],
    ['duration("5m")', '300s'],
    ['timestamp("2020-03-12T00:00:00Z")', '2020-03-12T00:00:00.000Z'],
    ['b"ab"', 'YWI='],
    ['has(vars.nothing)', false],
  ])('%s gives %j', (source, expected) => {
    expect(evaluate(source, context)).toEqual(expected);
  });

  it.each([
    ['inputs.nothing == 1', 'No such key: nothing'],
    ['steps.shield.reboot_required > 3', 'no such overload: null > int'],
    ['inputs.retries / 0', 'division by zero'],
    ['inputs.protection + 1', 'no such overload'],
    ['type(1)', 'gives a type'],
    ['1 +', 'ends too early'],
    ['inputs.protection.matches("^(a+)+$")', 'matches() is left out'],
    ['size(', 'ends too early'],
  ])('%s is FB_STEP_CONDITION', (source, message) => {
    const thrown = thrownBy(() => evaluate(source, context));
    expect(thrown.code).toBe('FB_STEP_CONDITION');
    expect(thrown.message).toContain(message);
    expect(thrown.message).not.toContain('\n');
  });

  it('has neither the program nor prototypes in reach', () => {
    for (const source of [
      'process.exit()',
      'inputs.constructor',
      'inputs.__proto__',
      'inputs.toString()',
      'globalThis',
      'steps.verify.hasOwnProperty',
    ]) {
      expect(thrownBy(() => evaluate(source, context)).code).toBe('FB_STEP_CONDITION');
    }
  });

  it('must be true or false as a condition', () => {
    expect(evaluateCondition('steps.verify.fixed == false', context)).toBe(true);
    expect(thrownBy(() => evaluateCondition('inputs.protection', context)).message).toContain('neither true nor false');
  });

  const dependsOn = (source: string) => stepsBehind([], { expressions: [source], templates: [] });

  it('names the steps that it depends on, each once', () => {
    expect(dependsOn("steps.verify.fixed == true || failed('install') || steps['verify'].reason == vars.x")).toEqual([
      'verify',
      'install',
    ]);
    expect(dependsOn('inputs.keep')).toEqual([]);
  });

  it('does not take a variable of a macro for a step', () => {
    expect(dependsOn('vars.ports.exists(steps, steps == 445)')).toEqual([]);
  });

  it('is bounded in length and depth', () => {
    expect(thrownBy(() => parseExpression(`${'1+'.repeat(3000)}1`)).code).toBe('FB_STEP_CONDITION');
    expect(thrownBy(() => parseExpression(`${'('.repeat(500)}1${')'.repeat(500)}`)).code).toBe('FB_STEP_CONDITION');
  });

  it('never throws anything but FB_STEP_CONDITION', () => {
    const token = fc.constantFrom(
      'steps',
      '.',
      'verify',
      'fixed',
      '==',
      'true',
      '(',
      ')',
      '[',
      ']',
      '{',
      '}',
      '!',
      '&&',
      '"',
      "'",
      '1',
      ' ',
      ',',
      ':',
      '?',
      'ran',
      'in',
      '\\',
      'groups',
      'map',
      '-',
    );
    fc.assert(
      fc.property(fc.array(token, { maxLength: 15 }), (tokens) => {
        try {
          evaluate(tokens.join(''), context);
        } catch (error) {
          expect(error).toBeInstanceOf(FirebreakError);
          expect((error as FirebreakError).code).toBe('FB_STEP_CONDITION');
        }
      }),
      { numRuns: 2000 },
    );
  });
});

function thrownBy(run: () => unknown): FirebreakError {
  try {
    run();
  } catch (error) {
    if (error instanceof FirebreakError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}
