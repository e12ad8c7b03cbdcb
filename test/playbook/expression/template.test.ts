import { describe, expect, it } from '@jest/globals';
import type { Json } from '../../../src/domain/index.ts';
import { type ExpressionContext, interpolate, isTemplate, stepsBehind } from '../../../src/playbook/index.ts';

const context: ExpressionContext = {
  inputs: { count: 3, keep: true, name: 'x', list: [1, 2] },
  vars: {},
  host: { name: 'web01' },
  facts: {},
  groups: [],
  steps: { verify: { outcome: 'none', reason: null } },
};

const t = (expression: string): string => `\${{ ${expression} }}`;

describe('templates', () => {
  it.each<[string, Json]>([
    [t('inputs.count'), 3],
    [t('inputs.keep'), true],
    [t('inputs.list'), [1, 2]],
    [`  ${t('inputs.count')} `, 3],
    [`n=${t('inputs.count')}`, 'n=3'],
    [`${t('inputs.name')}${t('inputs.count')}`, 'x3'],
    [`(${t('steps.verify.reason')})`, '()'],
    [`list ${t('inputs.list')}`, 'list [1,2]'],
    [t('{"a": {"b": inputs.count}}'), { a: { b: 3 } }],
    [t('"}}" + inputs.name'), '}}x'],
    ['no template', 'no template'],
    ['costs $5 {x}', 'costs $5 {x}'],
  ])('%s gives %j', (text, expected) => {
    expect(interpolate(text, context)).toEqual(expected);
  });

  it('are replaced at any depth, and nothing else is', () => {
    const value = { a: [t('host.name'), 1, null], b: { c: `at ${t('host.name')}`, d: false } };
    expect(interpolate(value, context)).toEqual({ a: ['web01', 1, null], b: { c: 'at web01', d: false } });
  });

  it('that never end are refused', () => {
    expect(isTemplate('${{ inputs.count')).toBe(true);
    expect(() => interpolate('${{ inputs.count', context)).toThrow(/without/);
  });

  it('name the steps that they depend on', () => {
    expect(
      stepsBehind([], {
        expressions: [],
        templates: [{ a: [t('steps.verify.reason')], b: `x ${t("ran('stage')")} ${t('steps.verify.reason')}` }],
      }),
    ).toEqual(['verify', 'stage']);
  });
});
