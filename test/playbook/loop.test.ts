/** `loop:` as it is written. */
import { describe, expect, it } from '@jest/globals';
import { createActions } from '../../src/actions/index.ts';
import { evaluate, loadPlaybook } from '../../src/playbook/index.ts';

const load = (steps: string) =>
  loadPlaybook(`firebreak: 1\nname: t\nhosts: all\nsteps:\n${steps}\n`, 't.yaml', createActions());
const t = (expression: string): string => `"$\{{ ${expression} }}"`;
const context = { inputs: {}, vars: {}, host: {}, facts: {}, groups: [], steps: {} };

describe('loop', () => {
  it.each([
    ['[a, 2]', ['a', 2]],
    ['vars.kbs', 'vars.kbs'],
    [t('vars.kbs'), 'vars.kbs'],
    [`[${t('host.name')}]`, ['$' + '{{ host.name }}']],
  ])('%s is read', (written, loop) => {
    const step = `  - { id: x, uses: powershell.run, loop: ${written}, with: { script: ${t('item')}, repeatable: true }, if: item != "b" }`;
    const read = load(`${step}\n  - { uses: host.facts, if: steps.x.results.size() > 1 }`);
    expect(read.steps[0]).toMatchObject({ loop });
    expect(read.results['x']).toEqual(['results']);
  });

  it.each([
    ['loop: 3', '"loop" must be'],
    ['loop: { a: b }', '"loop" must be a list, not a map'],
    ['loop: item.list', '"item" is not known here'],
    ['loop: steps.x.fixed', 'step "x" refers to itself'],
    ['loop: a b', 'the expression is not valid'],
    ['if: item == 1', '"item" is not known here'],
  ])('%s is refused', (written, message) => {
    expect(() => load(`  - { id: x, uses: patch.verify, ${written} }`)).toThrow(message);
  });

  it.each(['host.end', 'pause, with: { duration: 1m }', 'operator.confirm, with: { question: x }'])(
    'cannot stand on %s',
    (uses) => {
      expect(() => load(`  - { uses: ${uses}, loop: [1] }`)).toThrow(/"loop" cannot stand on/);
    },
  );

  it('leaves the fields of the action to the items', () => {
    expect(() =>
      load('  - { id: x, uses: patch.verify, loop: [1] }\n  - { uses: host.facts, if: steps.x.fixed == true }'),
    ).toThrow('unknown field "fixed" of steps.x');
  });

  it('takes no name from the macros of CEL', () => {
    expect(evaluate('[1, 2].exists(item, item == 2)', context)).toBe(true);
    expect(() => load('  - { uses: host.facts, if: "vars.list.exists(item, item == 1)" }')).not.toThrow();
  });
});
