/** `loop:`: each item is a step of its own in the journal. */
import { describe, expect, it } from '@jest/globals';
import type { HostView, Json, Plan, PlannedNode, PlannedStep } from '../../src/domain/index.ts';
import { resultOf, World } from './support/controller.ts';
import { block, plan, step } from './support/plans.ts';

const t = (expression: string): string => `$\{{ ${expression} }}`;

function looped(id: string, uses: string, loop: Json, rest: Partial<PlannedStep> = {}): PlannedStep {
  return step(id, uses, { loop, ...rest });
}

function planned(steps: PlannedNode[], rest: Partial<Plan> = {}): Plan {
  const made = plan(steps, rest);
  const loops = steps.flatMap((node) =>
    node.kind === 'step' && node.loop !== undefined ? [[node.id, ['results']]] : [],
  );
  return { ...made, results: { ...made.results, ...Object.fromEntries(loops) } };
}

async function run(
  steps: PlannedNode[],
  rest: Partial<Plan> = {},
  check = false,
): Promise<{ host: HostView; world: World }> {
  const world = new World();
  const { view } = resultOf(await world.start('r1', planned(steps, rest), { check }));
  const [host] = view.hosts;
  if (host === undefined) throw new Error('no host');
  return { host, world };
}

const rows = (host: HostView) => host.steps.map((one) => `${one.id} ${one.outcome ?? one.state}`);
const said = (host: HostView, id: string) => host.steps.find((one) => one.id === id)?.error?.message;

describe('a loop', () => {
  it('does the step for each item, in order, and gives a list of the results', async () => {
    const { host, world } = await run([
      looped('scripts', 'powershell.run', ['a', { name: 'b' }], { with: { test: true, item: t('item') } }),
      step('out', 'fail', { with: { message: t('steps.scripts.results') }, retries: 0 }),
    ]);
    expect(rows(host).slice(0, 3)).toEqual(['scripts changed', 'scripts[0] changed', 'scripts[1] changed']);
    expect(world.machine().scriptRuns).toBe(2);
    expect(JSON.parse(said(host, 'out') ?? '')).toEqual([
      { item: 'a', outcome: 'changed', error: null, state: 'ran', runs: 1 },
      { item: { name: 'b' }, outcome: 'changed', error: null, state: 'ran', runs: 2 },
    ]);
    const intents = (await (await world.journal()).events('r1')).flatMap((event) =>
      event.type === 'StepIntended' ? [[event.step, event.args['item']]] : [],
    );
    expect(intents).toEqual([
      ['scripts[0]', 'a'],
      ['scripts[1]', { name: 'b' }],
    ]);
  });

  it('takes its list from an expression', async () => {
    const hosts = planned([]).hosts.map((one) => ({ ...one, vars: { kbs: ['x', 'y', 'z'] } }));
    const { host } = await run([looped('v', 'patch.verify', 'vars.kbs.filter(k, k != "y")')], { hosts });
    expect(rows(host)).toEqual(['v ok', 'v[0] ok', 'v[1] ok']);
    expect(host.steps.map(({ reason }) => reason)).toEqual(['', 'x', 'z']);
  });

  it('asks the condition for every item', async () => {
    const { host } = await run([looped('v', 'patch.verify', [1, 2, 3], { if: 'item != 2' })]);
    expect(rows(host)).toEqual(['v ok', 'v[0] ok', 'v[1] skipped', 'v[2] ok']);
  });

  it('needs no list when its condition says no without one', async () => {
    const { host } = await run(
      [looped('v', 'patch.verify', 'steps.before.list', { if: 'steps.before.outcome == "ok"' })],
      { results: { before: ['list'], v: ['results'] } },
    );
    expect(rows(host)).toEqual(['v skipped']);
  });

  it.each([
    ['nothing', 'steps.v.fixed', 'nothing is no list'],
    ['text', 'host.name', '"web01" is no list'],
  ])('over %s fails', async (_, list, message) => {
    const { host } = await run([step('v', 'patch.verify', { if: 'false' }), looped('l', 'patch.verify', list)]);
    expect(said(host, 'l')).toContain(message);
  });

  it('over an empty list is skipped', async () => {
    const { host } = await run([looped('v', 'patch.verify', [])]);
    expect(host.steps[0]).toMatchObject({ outcome: 'skipped', reason: 'loop: the list is empty' });
  });

  it('goes on after an item that failed, and fails then with its name', async () => {
    const { host, world } = await run([
      block('b', {
        block: [
          looped('s', 'powershell.run', [true, false, true], {
            with: { test: true, refuse: t('item == false') },
            retries: 0,
          }),
        ],
        rescue: [step('evidence', 'evidence.collect')],
      }),
    ]);
    expect(rows(host)).toEqual(['s refused', 's[0] changed', 's[1] refused', 's[2] changed', 'evidence ok']);
    expect(host).toMatchObject({ outcome: 'failed' });
    expect(said(host, 's')).toBe('1 of 3 items: false: not on this host');
    expect(world.machine().scriptRuns).toBe(2);
  });

  it('tries each item again by itself', async () => {
    const { host } = await run([
      looped('f', 'fail', ['a', 'b'], { with: { message: t('item'), retryable: true }, retries: 1 }),
    ]);
    expect(host.steps.slice(1).map(({ attempts, error }) => [attempts, error?.message])).toEqual([
      [2, 'a'],
      [2, 'b'],
    ]);
  });

  it('stops at a host that is out of reach', async () => {
    const world = new World();
    world.machine().offlineUntil = Number.POSITIVE_INFINITY;
    const { view } = resultOf(await world.start('r1', planned([looped('v', 'patch.verify', [1, 2], { retries: 0 })])));
    expect(view.hosts[0]?.outcome).toBe('unreachable');
    expect(view.hosts[0]?.steps.map(({ outcome }) => outcome)).toEqual(['unreachable', 'unreachable', null]);
  });

  it('waits until each item is so', async () => {
    const { host } = await run([
      step('reboot', 'host.reboot'),
      looped('v', 'patch.verify', [1, 2], { until: 'result.reason == "KB is missing" && item > 0' }),
    ]);
    expect(rows(host)).toContain('v[1] ok');
  });

  it('in --check says what it would do', async () => {
    const { host, world } = await run(
      [
        looped('s', 'powershell.run', ['a', 'b'], { with: { test: true } }),
        step('after', 'patch.verify', { if: 'steps.s.results.size() > 1' }),
      ],
      {},
      true,
    );
    expect(rows(host)).toEqual(['s skipped', 's[0] skipped', 's[1] skipped', 'after skipped']);
    expect(host.steps[3]?.reason).toBe('check: depends on s');
    expect(world.machine().history).toEqual([]);
  });

  it('owes an undo for each item, and takes both back', async () => {
    const { host, world } = await run([
      looped('s', 'shield.apply', ['a'], { with: { method: t('item') } }),
      step('revert', 'shield.revert'),
    ]);
    expect(host).toMatchObject({ standingShields: 0 });
    expect(world.machine().history).toEqual(['policy shield', 'policy admins-own']);
  });
});

describe('a controller that dies in a loop', () => {
  const steps = () => [
    step('v', 'patch.verify'),
    looped('s', 'powershell.run', '[1, 2, 3].map(n, n * 10)', { with: { kept: true, n: t('item') } }),
    step('out', 'assess', { uses: 'fail', with: { message: t('steps.s.results.map(r, r.item)') }, retries: 0 }),
  ];

  it('leaves a run that does what is left, each item once', async () => {
    const undisturbed = await new World().start('r1', planned(steps()));
    const wanted = resultOf(undisturbed).view.hosts[0];
    expect(said(wanted as HostView, 'out')).toBe('[10,20,30]');
    const { points } = undisturbed.life;
    expect(points.filter((point) => point.includes('LoopStarted'))).toHaveLength(2);
    for (const [at, point] of points.entries()) {
      const world = new World();
      await world.start('r1', planned(steps()), { diesAt: at });
      world.clock.advance(5_000);
      const begun = (await (await world.journal()).runs()).length > 0;
      const end = await (begun ? world.resume('r1') : world.start('r1', planned(steps()))).catch((thrown) => {
        expect([point, thrown]).toMatchObject([point, { code: 'FB_RUN_STATE' }]);
        return null;
      });
      expect([point, world.machine().scriptRuns]).toEqual([point, 3]);
      if (end === null) continue;
      const host = resultOf(end).view.hosts[0] as HostView;
      expect([point, rows(host), said(host, 'out')]).toEqual([point, rows(wanted as HostView), '[10,20,30]']);
    }
  });

  it('goes on with the list as it was, whatever became of what it was made from', async () => {
    const world = new World();
    const events: string[] = [];
    const stop = new AbortController();
    const list = [looped('s', 'powershell.run', 'vars.list', { with: { test: true } })];
    const hosts = planned([]).hosts.map((one) => ({ ...one, vars: { list: ['a', 'b'] } }));
    await world.start('r1', planned(list, { hosts }), {
      signal: stop.signal,
      onEvent: (event) => {
        events.push(event.type);
        if (event.type === 'StepFinished') stop.abort();
      },
    });
    expect(events).toContain('LoopStarted');
    const { view } = resultOf(await world.resume('r1'));
    expect(view.hosts[0]?.steps.map(({ id, outcome }) => `${id} ${outcome}`)).toEqual([
      's changed',
      's[0] changed',
      's[1] changed',
    ]);
    expect(world.machine().scriptRuns).toBe(2);
  });
});
