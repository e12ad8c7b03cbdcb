/** `on:` and `run_once:` as they are written, and as the plan freezes them. */
import { describe, expect, it } from '@jest/globals';
import { createActions } from '../../src/actions/index.ts';
import type { Plan } from '../../src/domain/index.ts';
import { createPlan, describePlan } from '../../src/engine/index.ts';
import { loadInventory } from '../../src/inventory/index.ts';
import { loadPlaybook, resolveInputs } from '../../src/playbook/index.ts';

const catalog = createActions();
const inventory = loadInventory(
  `
vars: { auth: basic }
web: { vars: { vcenter: vc1, twin: web02 }, hosts: { web01: , web02: { vars: { twin: web01 } } } }
physical: { hosts: { db01: } }
helpers: { hosts: { vc1: { address: 10.9.9.9, port: 5999 }, mon1: } }
`,
  'site.yaml',
);
const t = (expression: string): string => `"$\{{ ${expression} }}"`;
const load = (steps: string, top = '') =>
  loadPlaybook(`firebreak: 1\nname: t\nhosts: "web,physical"\n${top}\nsteps:\n${steps}\n`, 't.yaml', catalog);

function plan(steps: string, top = '', limit?: string): Plan {
  const playbook = load(steps, top);
  const rest = limit === undefined ? {} : { limit };
  return createPlan({ playbook, inventory, inputs: resolveInputs(playbook, []), advisory: null, catalog, ...rest });
}

const script = 'uses: powershell.run, with: { script: "1", repeatable: true }';

describe('on', () => {
  it('freezes the other host with all that leads to it, once', () => {
    const made = plan(
      `  - { ${script}, on: vc1 }\n  - { ${script}, on: ${t('vars.vcenter')}, if: has(vars.vcenter) }\n  - { ${script}, on: ${t('vars.mine')} }`,
      'vars: { mine: mon1 }',
    );
    expect(made.others).toMatchObject([
      { name: 'vc1', address: '10.9.9.9', port: 5999, wave: -1, set: null },
      { name: 'mon1' },
    ]);
    expect(made.hosts.map(({ name }) => name)).toEqual(['web01', 'web02', 'db01']);
    expect(describePlan(made, catalog, 0).steps[1]).toMatchObject({ on: '$' + '{{ vars.vcenter }}', runOnce: false });
  });

  it('adds nothing to a plan without it', () => {
    expect(plan(`  - { ${script} }`)).not.toHaveProperty('others');
  });

  it('gives a host that the inventory does not have', () => {
    expect(() => plan(`  - { ${script}, on: vc2 }`)).toThrow(
      /^t\.yaml:6:7: "on" gives vc2 for web01, which is not in the inventory/,
    );
  });

  it('refuses a host that is worked on at the same time, but not one that never is', () => {
    const steps = `  - { ${script}, on: ${t('vars.twin')} }`;
    expect(() => plan(steps, '', 'web')).toThrow('the step of web01 runs on web02, which is in the same wave (all)');
    expect(plan(steps, 'one_at_a_time: "\'pair\'"', 'web').hosts).toHaveLength(2);
    expect(plan(steps, 'serial: 1', 'web').hosts).toHaveLength(2);
    expect(plan('  - { uses: file.fetch, with: { path: a, to: b }, on: web01 }', '', 'web').hosts).toHaveLength(2);
  });

  it.each([
    ['uses: patch.verify, on: vc1', '"on" cannot stand on patch.verify, which is about the host itself'],
    ['uses: host.reboot, run_once: true', '"run_once" cannot stand on host.reboot'],
    [`${script}, on: ${t('steps.x.y')}`, '"steps" is not known here'],
    [`${script}, on: ${t('facts.vcenter')}`, '"facts" is not known here'],
    [`${script}, on: [a]`, '"on" must be text, not a list'],
    [`${script}, run_once: yes`, '"run_once" must be true or false'],
    [`${script}, delegate_to: vc1`, 'unknown key "delegate_to"'],
  ])('%s is refused', (written, message) => {
    expect(() => load(`  - { ${written} }`)).toThrow(message);
  });
});

describe('run_once', () => {
  it('is a word of the step', () => {
    const { steps } = load(`  - { ${script}, run_once: true }\n  - { ${script}, run_once: false }`);
    expect(steps[0]).toHaveProperty('runOnce', true);
    expect(steps[1]).not.toHaveProperty('runOnce');
  });

  it('cannot stand in always', () => {
    const steps = `  - block: [{ uses: host.facts }]\n    always: [{ ${script}, run_once: true }]`;
    expect(() => load(steps)).toThrow('"run_once" cannot stand in "always"');
  });
});
