/** `on:` and `run_once:`: steps on another host, and steps that one host of a wave does for all. */
import { describe, expect, it } from '@jest/globals';
import type { HostView, Plan, PlannedNode, PlannedStep, RunEvent, RunView } from '../../src/domain/index.ts';
import { type End, resultOf, World } from './support/controller.ts';
import { block, host, plan, step } from './support/plans.ts';

const t = (expression: string): string => `$\{{ ${expression} }}`;
const helper = () => host('vcenter1', { address: '10.9.9.9', wave: -1 });
const script = (id: string, rest: Partial<PlannedStep> = {}) =>
  step(id, 'powershell.run', { with: { test: true }, on: 'vcenter1', retries: 0, ...rest });

function world(hosts = ['web01']): World {
  return new World({ machines: Object.fromEntries([...hosts, 'vcenter1'].map((name) => [name, {}])), hasMarker: true });
}

function planned(steps: PlannedNode[], rest: Partial<Plan> = {}): Plan {
  return plan(steps, { others: [helper()], ...rest });
}

const rows = (view: RunView) =>
  view.hosts.map((one) => `${one.name}: ${one.steps.map(({ id, outcome }) => `${id} ${outcome}`).join(', ')}`);
const eventsOf = async (of: World, run = 'r1') => (await of.journal()).events(run);

describe('a step on another host', () => {
  it('acts there, with the variables of the host that it is for, and is told of that host', async () => {
    const at = world();
    const hosts = [host('web01', { vars: { vm: 'VM-7' } })];
    const { view } = resultOf(
      await at.start(
        'r1',
        planned([script('snapshot', { with: { test: true, vm: t('vars.vm + "/" + host.name') } })], { hosts }),
      ),
    );
    expect(rows(view)).toEqual(['web01: snapshot changed']);
    expect(view.hosts[0]).toMatchObject({ outcome: 'remediated', steps: [{ reason: 'on vcenter1' }] });
    expect([at.machine('vcenter1').scriptRuns, at.machine('web01').scriptRuns]).toEqual([1, 0]);
    const events = await eventsOf(at);
    expect(events.find((event) => event.type === 'StepIntended')).toMatchObject({
      host: 'web01',
      args: { vm: 'VM-7/web01' },
    });
    expect(events.find((event) => event.type === 'StepFinished')).toMatchObject({ host: 'web01', on: 'vcenter1' });
  });

  it('is named by a variable, and is the host itself where the variable says so', async () => {
    const at = world(['web01', 'web02']);
    const hosts = [host('web01', { vars: { by: 'vcenter1' } }), host('web02', { vars: { by: 'web02' } })];
    resultOf(await at.start('r1', planned([script('s', { on: t('vars.by') })], { hosts })));
    expect([at.machine('web02').scriptRuns, at.machine('vcenter1').scriptRuns]).toEqual([1, 1]);
  });

  it('fails for a host that has no such variable, and only if it is run', async () => {
    const { view } = resultOf(
      await world().start(
        'r1',
        planned([script('a', { on: t('vars.by'), if: 'has(vars.by)' }), script('b', { on: t('vars.by') })]),
      ),
    );
    expect(rows(view)).toEqual(['web01: a skipped, b failed']);
  });

  it('that is out of reach fails: the host goes on to rescue and always', async () => {
    const at = world();
    at.machine('vcenter1').offlineUntil = Number.POSITIVE_INFINITY;
    const { view } = resultOf(
      await at.start(
        'r1',
        planned([
          block('b', {
            block: [script('snapshot')],
            rescue: [step('evidence', 'evidence.collect')],
            always: [step('v', 'patch.verify')],
          }),
        ]),
      ),
    );
    expect(rows(view)).toEqual(['web01: snapshot failed, evidence ok, v ok']);
    expect(view.hosts[0]).toMatchObject({ outcome: 'failed', error: { code: 'FB_CONNECT_TIMEOUT' } });
    expect(view.hosts[0]?.reason).toContain('on vcenter1: ');
  });

  it('that refuses our logon does not make the host one that does', async () => {
    const at = world();
    const { view } = resultOf(
      await at.start(
        'r1',
        planned([block('b', { block: [script('snapshot')], always: [step('v', 'patch.verify')] })]),
        {
          change: (deps) => ({
            ...deps,
            openSession: async (to, how) => {
              if (to.name === 'vcenter1')
                throw new (await import('../../src/domain/index.ts')).FirebreakError('FB_AUTH_DENIED', 'no');
              return deps.openSession(to, how);
            },
          }),
        },
      ),
    );
    expect(rows(view)).toEqual(['web01: snapshot failed, v ok']);
  });

  it('does not count as having reached the host', async () => {
    const at = world();
    at.machine('web01').offlineUntil = Number.POSITIVE_INFINITY;
    const result = resultOf(
      await at.start('r1', planned([script('silence'), step('v', 'patch.verify')], { maxUnreachablePercentage: 0 })),
    );
    expect(result.view.hosts[0]?.outcome).toBe('unreachable');
    expect(result.reason).toContain('max_unreachable_percentage');
  });

  it('leaves no marker and no lease there', async () => {
    const at = world();
    const keys: string[] = [];
    resultOf(
      await at.start('r1', planned([script('s')]), {
        onEvent: () => keys.push(...[...at.store.leases].map(([key, { host: name }]) => `${key} ${name}`)),
      }),
    );
    expect(keys).toContain('address:10.9.9.9:5985 on:vcenter1');
    expect(keys).toContain('machine:vcenter1 on:vcenter1');
    expect([...at.store.leases]).toEqual([]);
    expect(at.machine('vcenter1').marker).toBeNull();
  });

  it('waits for a run that works on that host, and fails when it does not end in time', async () => {
    const at = world(['web01']);
    const other = await at.journal('other');
    await other.create({
      run: 'r0',
      plan: plan([step('v', 'patch.verify')], { hosts: [helper()] }),
      parent: null,
      check: false,
    });
    await other.append('r0', [{ type: 'RunStarted', planHash: '', parent: null, check: false, by: '', version: '' }]);
    expect(await other.lease('r0', [{ key: 'address:10.9.9.9:5985', host: 'vcenter1' }])).toEqual([]);
    const { view } = resultOf(await at.start('r1', planned([script('s', { timeout: 60_000 })])));
    expect(view.hosts[0]).toMatchObject({ outcome: 'failed', error: { code: 'FB_HOST_LEASED' } });
    expect(at.machine('vcenter1').scriptRuns).toBe(0);

    const over = at.clock.sleep(30_000).then(() => other.release('r0', 'vcenter1'));
    const later = resultOf(await at.start('r2', planned([script('s', { timeout: 60_000 })])));
    expect(later.view.hosts[0]?.outcome).toBe('remediated');
    await over;
  });

  it('goes there over few sessions at a time', async () => {
    const names = Array.from({ length: 12 }, (_, index) => `web${index + 1}`);
    const at = world(names);
    let open = 0;
    let most = 0;
    resultOf(
      await at.start('r1', planned([script('s')], { hosts: names.map((name) => host(name)), forks: 12 }), {
        change: (deps) => ({
          ...deps,
          openSession: async (to, how) => {
            const session = await deps.openSession(to, how);
            if (to.name !== 'vcenter1') return session;
            most = Math.max(most, ++open);
            const close = session.close.bind(session);
            return Object.assign(session, {
              close: async () => {
                open -= 1;
                await close();
              },
            });
          },
        }),
      }),
    );
    expect(at.machine('vcenter1').scriptRuns).toBe(12);
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThanOrEqual(4);
    expect(open).toBe(0);
  });

  it('is done once, whenever the controller dies', async () => {
    const steps = () => [script('s', { with: { kept: true } }), step('v', 'patch.verify')];
    const { points } = (await world().start('r1', planned(steps()))).life;
    for (const [at, point] of points.entries()) {
      const here = world();
      await here.start('r1', planned(steps()), { diesAt: at });
      here.clock.advance(5_000);
      const end = await goOn(here, planned(steps()));
      expect([point, here.machine('vcenter1').scriptRuns, here.machine('web01').scriptRuns]).toEqual([point, 1, 0]);
      expect([point, [...here.store.leases]]).toEqual([point, []]);
      if (end !== null) expect([point, rows(resultOf(end).view)]).toEqual([point, ['web01: s changed, v ok']]);
    }
  });
});

/** Resumes, starts when nothing was begun; null when the run had ended. */
async function goOn(at: World, of: Plan): Promise<End | null> {
  const begun = (await (await at.journal()).runs()).length > 0;
  return (begun ? at.resume('r1') : at.start('r1', of)).catch((thrown) => {
    expect(thrown).toMatchObject({ code: 'FB_RUN_STATE' });
    return null;
  });
}

describe('a step that is run once', () => {
  const names = ['web1', 'web2', 'web3', 'web4'];
  const fleet = (steps: PlannedNode[], rest: Partial<Plan> = {}): Plan =>
    planned(steps, { hosts: names.map((name) => host(name)), ...rest });
  const once = (id: string, rest: Partial<PlannedStep> = {}) => script(id, { runOnce: true, ...rest });
  const claims = (events: readonly RunEvent[]) => events.filter(({ type }) => type === 'OnceClaimed');

  it('is done by one host of the wave; the others have its outcome and result', async () => {
    const at = world(names);
    const { view } = resultOf(
      await at.start(
        'r1',
        fleet([
          once('silence'),
          step('out', 'fail', {
            with: { message: t('string(steps.silence.runs) + steps.silence.outcome + string(changed("silence"))') },
            retries: 0,
          }),
        ]),
      ),
    );
    expect(at.machine('vcenter1').scriptRuns).toBe(1);
    expect(view.hosts.map((one) => one.steps[1]?.error?.message)).toEqual(Array(4).fill('1changedtrue'));
    expect(claims(await eventsOf(at))).toHaveLength(1);
    const reasons = view.hosts.map((one) => one.steps[0]?.reason);
    expect(reasons.filter((reason) => reason === 'on vcenter1: once for the wave, by web1')).toHaveLength(3);
  });

  it('counts as a change of the one host only', async () => {
    const { view } = resultOf(await world(names).start('r1', fleet([once('silence')])));
    expect(view.hosts.map(({ outcome }) => outcome)).toEqual(['remediated', 'compliant', 'compliant', 'compliant']);
  });

  it('is done in every wave', async () => {
    const at = world(names);
    const waves = [
      { name: 'a', hosts: ['web1', 'web2'] },
      { name: 'b', hosts: ['web3', 'web4'] },
    ];
    const hosts = names.map((name, index) => host(name, { wave: index < 2 ? 0 : 1 }));
    resultOf(await at.start('r1', fleet([once('s')], { waves, hosts })));
    expect(at.machine('vcenter1').scriptRuns).toBe(2);
    expect(claims(await eventsOf(at))).toMatchObject([
      { host: 'web1', wave: 'a' },
      { host: 'web3', wave: 'b' },
    ]);
  });

  it('is left to the hosts that want it', async () => {
    const at = world(names);
    const { view } = resultOf(await at.start('r1', fleet([once('s', { if: 'host.name != "web1"' })])));
    expect(view.hosts.map((one) => one.steps[0]?.outcome)).toEqual(['skipped', 'changed', 'changed', 'changed']);
    expect(at.machine('vcenter1').scriptRuns).toBe(1);
  });

  it('that failed has failed for all', async () => {
    const at = world(names);
    const { view } = resultOf(await at.start('r1', fleet([once('s', { with: { refuse: true } })])));
    expect(view.hosts.map(({ outcome, error }) => [outcome, error?.code])).toEqual(
      Array(4).fill(['failed', 'FB_STEP_REFUSED']),
    );
  });

  it('goes to the next host when the first is out of reach and has done nothing', async () => {
    const at = world(names);
    at.machine('web1').offlineUntil = Number.POSITIVE_INFINITY;
    const here = step('s', 'powershell.run', { with: { test: true }, runOnce: true, retries: 0 });
    const { view } = resultOf(
      await at.start('r1', fleet([step('v', 'patch.verify', { if: 'host.name != "web1"' }), here])),
    );
    expect(view.hosts.map((one) => one.steps[1]?.outcome)).toEqual(['unreachable', 'changed', 'changed', 'changed']);
    expect(names.map((name) => at.machine(name).scriptRuns)).toEqual([0, 1, 0, 0]);
  });

  it('may loop', async () => {
    const at = world(names);
    const steps = [once('s', { loop: ['a', 'b'] })];
    const { view } = resultOf(await at.start('r1', { ...fleet(steps), results: { s: ['results'] } }));
    expect(at.machine('vcenter1').scriptRuns).toBe(2);
    const results = view.hosts.map((one) => one.steps[0]?.result['results']);
    expect(results.map((list) => (Array.isArray(list) ? list.length : list))).toEqual([2, 2, 2, 2]);
  });

  it('in --check is done by none, and what hangs on it is not judged', async () => {
    const at = world(names);
    const { view } = resultOf(
      await at.start('r1', fleet([once('s'), step('v', 'patch.verify', { if: 'steps.s.runs == 1' })]), { check: true }),
    );
    expect(view.hosts.map((one: HostView) => one.steps[1]?.reason)).toEqual(Array(4).fill('check: depends on s'));
    expect(at.machine('vcenter1').history).toEqual([]);
  });

  it.each([1, 4])('is never done twice, whenever the controller dies (%d hosts at once)', async (forks) => {
    const at4 = () => fleet([once('s', { with: { kept: true } }), step('v', 'patch.verify')], { forks });
    const { points } = (await world(names).start('r1', at4())).life;
    for (const [at, point] of points.entries()) {
      const here = world(names);
      await here.start('r1', at4(), { diesAt: at });
      here.clock.advance(5_000);
      const end = await goOn(here, at4());
      expect([point, here.machine('vcenter1').scriptRuns]).toEqual([point, 1]);
      if (end === null) continue;
      expect([point, rows(resultOf(end).view)]).toEqual([point, names.map((name) => `${name}: s changed, v ok`)]);
    }
  });

  it('begun on a host that is far behind others goes on for it, with one host at a time', async () => {
    // The claim is web4's; after the interruption web1 comes first, and must not wait for a host that never starts.
    const at = world(names);
    const here = step('s', 'powershell.run', {
      with: { kept: true },
      runOnce: true,
      if: 'host.name == "web4" || vars.late == true',
    });
    const hosts = names.map((name) => host(name, { vars: { late: name !== 'web4' }, set: 'one' }));
    const of = fleet([here], { hosts, forks: 1 });
    const waves = [{ name: 'all', hosts: ['web4', 'web1', 'web2', 'web3'] }];
    const stop = new AbortController();
    await at.start(
      'r1',
      { ...of, waves },
      { signal: stop.signal, onEvent: ({ type }) => type === 'StepDetached' && stop.abort() },
    );
    expect(at.machine('web4').scriptRuns).toBeLessThanOrEqual(1);
    const stored = at.store.runs.get('r1');
    if (stored === undefined) throw new Error('no run');
    Object.assign(stored.plan, { waves: [{ name: 'all', hosts: names }] });
    const { view } = resultOf(await at.resume('r1'));
    expect(names.map((name) => at.machine(name).scriptRuns)).toEqual([0, 0, 0, 1]);
    expect(view.hosts.map((one) => one.steps[0]?.outcome)).toEqual(Array(4).fill('changed'));
  });
});
