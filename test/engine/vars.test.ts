/** `vars:` of the playbook, its blocks and steps while hosts are worked on. */
import { describe, expect, it } from '@jest/globals';
import type { HostView, Plan, PlannedNode } from '../../src/domain/index.ts';
import { resultOf, World } from './support/controller.ts';
import { block, host, plan, step } from './support/plans.ts';

const t = (expression: string): string => `$\{{ ${expression} }}`;
const say = (id: string, expression: string, rest = {}) =>
  step(id, 'fail', { with: { message: t(expression) }, retries: 0, ...rest });

async function run(steps: PlannedNode[], rest: Partial<Plan> = {}, check = false): Promise<HostView> {
  const hosts = [host('web01', { vars: { level: 'inventory', site: 'tokyo' } })];
  const { view } = resultOf(await new World().start('r1', plan(steps, { hosts, ...rest }), { check }));
  const [one] = view.hosts;
  if (one === undefined) throw new Error('no host');
  return one;
}

const said = (view: HostView, id: string) => view.steps.find((one) => one.id === id)?.error?.message;

describe('vars', () => {
  it.each<[string, Partial<Plan>, Plan['vars'], Plan['vars'], string]>([
    ['the inventory', {}, undefined, undefined, 'inventory'],
    ['the playbook', { vars: { level: 'playbook' } }, undefined, undefined, 'playbook'],
    ['the block', { vars: { level: 'playbook' } }, { level: 'block' }, undefined, 'block'],
    ['the step', { vars: { level: 'playbook' } }, { level: 'block' }, { level: 'step' }, 'step'],
  ])('come from %s when nothing nearer has them', async (_, rest, ofBlock, ofStep, level) => {
    const inner = say('out', 'vars.level', ofStep === undefined ? {} : { vars: ofStep });
    const around = { ...block('b', { block: [inner] }), ...(ofBlock === undefined ? {} : { vars: ofBlock }) };
    expect(said(await run([around], rest), 'out')).toBe(level);
  });

  it('do not leave their block', async () => {
    const around = { ...block('b', { block: [step('v', 'patch.verify')], rescue: [] }), vars: { level: 'block' } };
    expect(said(await run([around, say('out', 'vars.level')]), 'out')).toBe('inventory');
  });

  it('may be made of the variables before them, the host and earlier steps', async () => {
    const vars = { level: t('vars.level + "/" + host.name'), both: t('vars.level + "@" + vars.site') };
    const view = await run(
      [
        step('verify', 'patch.verify'),
        say('out', 'vars.both + ": " + vars.why', { vars: { why: t('steps.verify.reason') } }),
      ],
      { vars },
    );
    expect(said(view, 'out')).toBe('inventory/web01@tokyo: KB is missing');
  });

  it('are computed when they are used: one that cannot be is no mistake of a step that does without it', async () => {
    const vars = { broken: t('vars.nowhere'), fine: 'yes' };
    const view = await run([step('verify', 'patch.verify', { if: 'vars.fine == "yes"' }), say('out', 'vars.broken')], {
      vars,
    });
    expect(view.steps[0]?.outcome).toBe('ok');
    expect(said(view, 'out')).toContain('vars.nowhere');
  });

  it('keep the type of a value, and can be asked for with has()', async () => {
    const vars = { port: t('1000 + 35'), list: [t('host.name'), 'b'] };
    const view = await run([say('out', 'has(vars.port) && !has(vars.no) ? vars.list[vars.port - 1035] : "no"')], {
      vars,
    });
    expect(said(view, 'out')).toBe('web01');
  });

  it('decide whether a block is run', async () => {
    const around = { ...block('b', { block: [say('out', 'vars.level')], if: 'vars.go == true' }), vars: { go: false } };
    expect((await run([around])).steps[0]).toMatchObject({
      outcome: 'skipped',
      reason: 'if of b: vars.go == true is false',
    });
  });

  it('hang on the steps behind them: what --check did not do is not taken for false', async () => {
    const view = await run(
      [
        step('install', 'package.install'),
        step('reboot', 'host.reboot', {
          if: 'vars.needed == true',
          vars: { needed: t('steps.install.reboot_required') },
        }),
        step('other', 'patch.verify', {
          if: 'vars.unused != "x"',
          vars: { unused: 'y', needed: t('steps.install.reboot_required') },
        }),
      ],
      {},
      true,
    );
    expect(view.steps[1]).toMatchObject({ outcome: 'skipped', reason: 'check: depends on install' });
    expect(view.steps[2]?.outcome).not.toBe('skipped');
  });
});
