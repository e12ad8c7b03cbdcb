/** A run over many hosts: waves, sets, thresholds, leases, pause, abort, check mode. */
import { describe, expect, it } from '@jest/globals';
import { FirebreakError, type Plan, type RunEvent } from '../../src/domain/index.ts';
import { abortRun, type EngineDeps } from '../../src/engine/index.ts';
import { type End, resultOf, World } from './support/controller.ts';
import { block, host, plan, remediation, step } from './support/plans.ts';
import type { MachineOptions } from './support/simulated-machine.ts';

function names(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `web${index + 1}`);
}

function machines(hosts: readonly string[], special: { [host: string]: MachineOptions } = {}) {
  return Object.fromEntries(hosts.map((name) => [name, special[name] ?? { vulnerable: false }]));
}

const look = () => [step('verify', 'patch.verify')];

/** Hosts in the order in which their first and last events came. */
async function spans(world: World, run: string): Promise<Map<string, { first: number; last: number }>> {
  const found = new Map<string, { first: number; last: number }>();
  for (const event of await (await world.journal()).events(run)) {
    if (event.type !== 'StepFinished' && event.type !== 'HostFinished') continue;
    const before = found.get(event.host);
    found.set(event.host, { first: before?.first ?? event.seq, last: event.seq });
  }
  return found;
}

describe('waves', () => {
  it('begin when the one before has ended, each host once', async () => {
    const hosts = names(6);
    const world = new World({ machines: machines(hosts) });
    const waves = [
      { name: 'canary', hosts: ['web3'] },
      { name: 'rest', hosts: hosts.filter((name) => name !== 'web3') },
    ];
    const { view } = resultOf(await world.start('r1', plan(look(), { hosts: hosts.map((name) => host(name)), waves })));
    expect(view.waves.map((wave) => wave.state)).toEqual(['finished', 'finished']);
    expect(view.tally).toMatchObject({ compliant: 6, failed: 0, waiting: 0, running: 0 });
    const order = await spans(world, 'r1');
    for (const name of waves[1]?.hosts ?? []) {
      expect(order.get(name)?.first).toBeGreaterThan(order.get('web3')?.last ?? 0);
    }
  });

  it('never run two hosts of one set at a time', async () => {
    const hosts = names(6);
    const world = new World({ machines: machines(hosts, { web1: {}, web2: {}, web4: {} }) });
    const sets = hosts.map((name) => host(name, { set: ['web1', 'web2', 'web4'].includes(name) ? 'dcs' : null }));
    resultOf(await world.start('r1', plan(remediation(), { hosts: sets })));
    const order = await spans(world, 'r1');
    const inSet = ['web1', 'web2', 'web4'].map((name) => order.get(name) ?? { first: 0, last: 0 });
    const sorted = inSet.toSorted((a, b) => a.first - b.first);
    for (let index = 1; index < sorted.length; index++) {
      expect(sorted[index]?.first).toBeGreaterThan(sorted[index - 1]?.last ?? 0);
    }
    // The others did not wait for them.
    expect(order.get('web6')?.last).toBeLessThan(sorted[0]?.last ?? 0);
  });

  it('hold no more hosts in a throttled step than it allows', async () => {
    const hosts = names(8);
    const world = new World({ machines: machines(hosts, Object.fromEntries(hosts.map((name) => [name, {}]))) });
    let inStep = 0;
    let most = 0;
    const steps = [step('reboot', 'host.reboot', { throttle: 3 })];
    const end = await world.start('r1', plan(steps, { hosts: hosts.map((name) => host(name)) }), {
      change: (deps) => ({
        ...deps,
        observer: {
          progress: ({ text }) => {
            if (text === '') most = Math.max(most, ++inStep);
          },
          event: (event) => {
            if (event.type === 'StepFinished') inStep -= 1;
          },
        },
      }),
    });
    expect(resultOf(end).view.tally.remediated).toBe(8);
    expect(most).toBe(3);
  });
});

describe('thresholds', () => {
  const fleet = (special: { [host: string]: MachineOptions }, rest: Partial<Plan> = {}) => {
    const hosts = names(10);
    const world = new World({ machines: machines(hosts, special) });
    return { world, plan: plan(look(), { hosts: hosts.map((name) => host(name)), forks: 1, ...rest }) };
  };

  it('must be exceeded', async () => {
    const { world, plan } = fleet({ web1: {} }, { maxFailPercentage: 10 });
    const result = resultOf(await world.start('r1', plan));
    expect(result).toMatchObject({ how: 'completed', exitCode: 3 });
    expect(result.view.tally).toMatchObject({ failed: 1, compliant: 9 });
  });

  it('stop the run with their arithmetic; hosts that were not begun are cancelled', async () => {
    const { world, plan } = fleet({ web1: {}, web2: {} }, { maxFailPercentage: 10 });
    const result = resultOf(await world.start('r1', plan));
    expect(result).toMatchObject({ how: 'stopped', exitCode: 4 });
    expect(result.reason).toBe(
      'max_fail_percentage 10 exceeded in wave all: 2 of 10 hosts not fine = 20 % > 10 % (web1 failed, web2 failed)',
    );
    expect(result.view.tally).toMatchObject({ failed: 2, cancelled: 8 });
    expect(result.view.state).toBe('stopped');
    expect([...world.store.leases]).toEqual([]);
    await expect(world.resume('r1')).rejects.toMatchObject({ code: 'FB_RUN_STATE' });
  });

  it('let running hosts finish', async () => {
    const { world, plan } = fleet({ web1: {}, web2: {} }, { maxFailPercentage: 10, forks: 3 });
    const { view } = resultOf(await world.start('r1', { ...plan, steps: remediation().slice(0, 1) }));
    expect(view.tally.compliant).toBeGreaterThanOrEqual(1);
    expect(view.tally.cancelled).toBeGreaterThan(0);
  });

  it('count hosts that were never reached apart', async () => {
    const { world, plan } = fleet({}, { maxFailPercentage: 0, maxUnreachablePercentage: 20 });
    for (const name of ['web1', 'web2']) world.machine(name).offlineUntil = Number.POSITIVE_INFINITY;
    expect(resultOf(await world.start('r1', plan))).toMatchObject({ how: 'completed' });
    world.machine('web3').offlineUntil = Number.POSITIVE_INFINITY;
    const result = resultOf(await world.start('r2', plan));
    expect(result.how).toBe('stopped');
    expect(result.reason).toContain('max_unreachable_percentage 20 exceeded in wave all: 3 of 10 hosts never reached');
  });

  it('count hosts apart for which something was done here before they were tried', async () => {
    const { world, plan } = fleet({}, { maxFailPercentage: 0, maxUnreachablePercentage: 20 });
    for (const name of ['web1', 'web2']) world.machine(name).offlineUntil = Number.POSITIVE_INFINITY;
    const steps = [step('wait', 'pause', { with: { duration: '1s' } }), ...plan.steps];
    const { how, view } = resultOf(await world.start('r1', { ...plan, steps }));
    expect(view.tally).toMatchObject({ unreachable: 2, compliant: 8 });
    expect(how).toBe('completed');
  });

  it('count a host that was lost on the way as failed', async () => {
    const { world, plan } = fleet({ web1: {} }, { maxFailPercentage: 0, maxUnreachablePercentage: 100 });
    world.machine('web1').returnsFromReboot = false;
    const result = resultOf(await world.start('r1', { ...plan, steps: remediation(), results: { ...plan.results } }));
    expect(result.reason).toContain('max_fail_percentage 0 exceeded in wave all: 1 of 10 hosts not fine');
  });

  it('hold after a resume', async () => {
    const { world, plan } = fleet({ web1: {}, web2: {} }, { maxFailPercentage: 10 });
    const points = (await world.start('r0', plan)).life.points;
    const other = fleet({ web1: {}, web2: {} }, { maxFailPercentage: 10 });
    const failed = points
      .map((point, at) => (point.startsWith('after append HostFinished') ? at : -1))
      .filter((at) => at >= 0);
    await other.world.start('r1', other.plan, { diesAt: failed[1] ?? 0 });
    const result = resultOf(await other.world.resume('r1'));
    expect(result).toMatchObject({ how: 'stopped' });
    expect(result.view.tally).toMatchObject({ failed: 2, cancelled: 8 });
  });
});

describe('leases', () => {
  async function interrupted(): Promise<World> {
    const world = new World({ machines: { web01: {}, web02: {} } });
    expect(await world.start('r1', plan(remediation()), { diesAt: 30 })).toHaveProperty('died');
    return world;
  }
  const both = () => plan(remediation(), { hosts: [host('web01'), host('web02')] });

  it('of a dead run refuse a new run whole, naming the way out', async () => {
    const world = await interrupted();
    await expect(world.start('r2', both())).rejects.toMatchObject({
      code: 'FB_RUN_LEASED',
      remedy: 'firebreak resume r1, firebreak abort r1, or leave these hosts out with --skip-leased',
    });
    expect((await (await world.journal()).runs()).map((info) => info.run)).toEqual(['r1']);
    expect([...world.store.leases.values()].every((lease) => lease.run === 'r1')).toBe(true);
  });

  it('leave out the hosts on request', async () => {
    const world = await interrupted();
    const { view } = resultOf(await world.start('r2', both(), { skipLeased: true }));
    expect(view.hosts.map((one) => one.outcome)).toEqual(['skipped', 'remediated']);
    expect(view.hosts[0]?.reason).toBe('leased by run r1');
  });

  it('are found by the machine itself when its address is another', async () => {
    const world = await interrupted();
    const before = [...world.machine().history];
    const moved = plan(remediation(), { hosts: [host('web01', { address: '192.168.0.1' })] });
    const { view } = resultOf(await world.start('r2', moved));
    expect(view.hosts[0]).toMatchObject({ outcome: 'failed', error: { code: 'FB_HOST_LEASED' } });
    expect(world.machine().history).toEqual(before);
  });

  it('are not taken for reading only', async () => {
    const world = await interrupted();
    expect(resultOf(await world.start('r2', plan(look()))).how).toBe('completed');
  });

  it('keep sets apart over runs', async () => {
    const world = new World({ machines: { web01: {}, web02: {} } });
    const one = (name: string) => plan(remediation(), { hosts: [host(name, { set: 'dcs' })] });
    await world.start('r1', one('web01'), { diesAt: 30 });
    await expect(world.start('r2', one('web02'))).rejects.toMatchObject({ code: 'FB_RUN_LEASED' });
  });

  it('refuse one machine under two names', async () => {
    const world = new World();
    const twice = plan(remediation(), { hosts: [host('web01'), host('alias', { address: '10.0.0.01' })] });
    const same = { ...twice, hosts: twice.hosts.map((one) => ({ ...one, address: '10.0.0.1' })) };
    await expect(world.start('r1', same)).rejects.toMatchObject({
      code: 'FB_RUN_LEASED',
      message: expect.stringContaining('has the address of another host'),
    });
  });

  it('of another store show as the marker on the host: nothing is changed there', async () => {
    const world = new World({ hasMarker: true });
    world.machine().marker = 'store-2';
    const { view } = resultOf(await world.start('r1', plan(remediation())));
    expect(view.hosts[0]).toMatchObject({ outcome: 'failed', error: { code: 'FB_HOST_LEASED' } });
    expect(world.machine().history).toEqual([]);
    expect(world.machine().marker).toBe('store-2');
  });

  it('stop a resume when the address belongs to another machine now', async () => {
    const world = await interrupted();
    const stranger = world.machine('web02');
    world.machines.set('web01', stranger);
    const { view } = resultOf(await world.resume('r1'));
    expect(view.hosts[0]).toMatchObject({ outcome: 'failed', error: { code: 'FB_HOST_LEASED' } });
    expect(stranger.history).toEqual([]);
  });
});

describe('pause', () => {
  it('stops each host at a safe point, keeps the leases, and resume ends as if nothing had been', async () => {
    const world = new World();
    const stop = new AbortController();
    const onEvent = (event: RunEvent) => {
      if (event.type === 'StepDetached') stop.abort();
    };
    const paused = resultOf(await world.start('r1', plan(remediation()), { signal: stop.signal, onEvent }));
    expect(paused).toMatchObject({ how: 'paused', exitCode: 130 });
    expect(paused.view).toMatchObject({ state: 'paused', hosts: [{ outcome: null, currentStep: 'install' }] });
    expect(world.store.leases.size).toBeGreaterThan(0);
    const { view } = resultOf(await world.resume('r1'));
    expect(view.hosts[0]?.outcome).toBe('remediated');
    expect(view.resumes).toBe(1);
    expect(world.machine().count('install')).toBe(1);
  });

  it('lets an act that cannot be repeated come to its end', async () => {
    const world = new World();
    const stop = new AbortController();
    let wasAborted: boolean | null = null;
    const end = await world.start('r1', plan([step('script', 'powershell.run', { with: { test: true } })]), {
      signal: stop.signal,
      change: (deps) => {
        const script = deps.actions.get('powershell.run');
        if (script?.kind !== 'change') throw new Error('no script');
        const slow: typeof script = {
          ...script,
          async act(context, args, prior) {
            stop.abort();
            await context.clock.sleep(60_000, context.signal);
            wasAborted = context.signal.aborted;
            return script.act(context, args, prior);
          },
        };
        return { ...deps, actions: new Map([...deps.actions, ['powershell.run', slow]]) };
      },
    });
    expect(resultOf(end).how).toBe('paused');
    expect(wasAborted).toBe(false);
    expect(resultOf(await world.resume('r1')).view.hosts[0]?.outcome).toBe('remediated');
    expect(world.machine().scriptRuns).toBe(1);
  });

  it('begins no further host', async () => {
    const hosts = names(5);
    const world = new World({ machines: machines(hosts) });
    const stop = new AbortController();
    const onEvent = (event: RunEvent) => {
      if (event.type === 'HostFinished') stop.abort();
    };
    const all = plan(look(), { hosts: hosts.map((name) => host(name)), forks: 1 });
    const { view } = resultOf(await world.start('r1', all, { signal: stop.signal, onEvent }));
    expect(view.tally).toMatchObject({ compliant: 1, waiting: 4 });
    expect(resultOf(await world.resume('r1')).view.tally.compliant).toBe(5);
  });
});

describe('a run that died in a block', () => {
  it('goes on in it, although the facts on which it was begun are others by now', async () => {
    const steps = [
      step('before', 'host.facts'),
      block('main', {
        if: 'facts.os == "old"',
        block: [step('stage', 'package.stage'), step('behind', 'host.facts'), step('install', 'package.install')],
        always: [step('script', 'powershell.run', { with: { test: true }, if: 'facts.os == "new"' })],
      }),
      step('last', 'evidence.collect', { if: 'facts.os == "new"' }),
    ];
    async function from(run: (world: World, change: (deps: EngineDeps) => EngineDeps) => Promise<End>) {
      const world = new World();
      const end = await run(world, (deps) => {
        const facts = deps.actions.get('host.facts');
        if (facts?.kind !== 'read') throw new Error('no facts');
        const read: typeof facts.read = async (context, args) => {
          const { result } = await facts.read(context, args);
          return { result: { ...result, os: world.machine().staged === null ? 'old' : 'new' } };
        };
        return { ...deps, actions: new Map([...deps.actions, ['host.facts', { ...facts, read }]]) };
      });
      return { points: end.life.points, history: world.machine().history, result: resultOf(end) };
    }
    const whole = await from((world, change) => world.start('r1', plan(steps), { change }));
    expect(whole.history).toEqual(['stage', 'install', 'script', 'evidence']);
    const diesAt = whole.points.indexOf('after append StepFinished behind');
    expect(diesAt).toBeGreaterThan(0);
    const { history, result } = await from(async (world, change) => {
      expect(await world.start('r1', plan(steps), { change, diesAt })).toHaveProperty('died');
      return world.resume('r1', { change });
    });
    expect(history).toEqual(whole.history);
    expect(result.view.hosts[0]?.outcome).toBe(whole.result.view.hosts[0]?.outcome);
  });
});

describe('abort', () => {
  it('ends the run, frees the hosts and leaves the shields in the ledger', async () => {
    const world = new World();
    const points = (await new World().start('r1', plan(remediation()))).life.points;
    await world.start('r1', plan(remediation()), { diesAt: points.indexOf('after shield') });
    const journal = await world.journal('aborter');
    await abortRun(journal, 'r1', 'given up');
    expect([...world.store.leases]).toEqual([]);
    expect((await journal.runs())[0]?.state).toBe('aborted');
    expect((await journal.openObligations()).map((one) => one.kind).toSorted()).toEqual(['always', 'undo']);
    await expect(abortRun(journal, 'r1', 'again')).rejects.toMatchObject({ code: 'FB_RUN_STATE' });

    const { view } = resultOf(await world.start('r2', plan(remediation()), { parent: 'r1' }));
    expect(view.hosts[0]?.outcome).toBe('remediated');
    expect(world.machine().policy).toBe('admins-own');
    expect(await journal.openObligations()).toEqual([]);
  });
});

describe('check mode', () => {
  it('says the same after an interruption, wherever it was', async () => {
    const looped = step('each', 'powershell.run', { loop: [1, 2] });
    const behind = step('behind', 'evidence.collect', { if: 'steps.each.state == "ran"' });
    const steps = [...remediation(), looped, behind];
    const outcomesOf = (end: End) => {
      const { view, exitCode } = resultOf(end);
      const [one] = view.hosts;
      return { exitCode, outcome: one?.outcome, reason: one?.reason, steps: one?.steps.map((each) => each.reason) };
    };
    const whole = outcomesOf(await new World().start('r1', plan(steps), { check: true }));
    expect(whole).toMatchObject({ exitCode: 0, outcome: 'skipped' });
    for (let diesAt = 2; ; diesAt++) {
      const world = new World();
      const end = await world.start('r1', plan(steps), { check: true, diesAt });
      const [info] = await (await world.journal()).runs();
      if (!('died' in end) || info?.state === 'completed') return;
      if (info === undefined) continue;
      expect({ diesAt, ...outcomesOf(await world.resume('r1')) }).toEqual({ diesAt, ...whole });
    }
  });

  it('reads and probes only, and says what it would do and what depends on it', async () => {
    const world = new World({ hasMarker: true });
    const result = resultOf(await world.start('r1', plan(remediation()), { check: true }));
    const [one] = result.view.hosts;
    expect(result.exitCode).toBe(0);
    expect(one).toMatchObject({
      outcome: 'skipped',
      reason: 'check: would run stage, shield, prepare, install',
      standingShields: 0,
      owesAlways: false,
    });
    const reasons = Object.fromEntries((one?.steps ?? []).map((each) => [each.id, each.reason]));
    expect(reasons['install']).toBe('check: would run');
    expect(reasons['reboot']).toBe('check: depends on install');
    expect(one?.steps.find((each) => each.id === 'reverify')).toMatchObject({ outcome: 'ok', attempts: 1 });
    expect(world.machine().history).toEqual([]);
    expect(world.machine().marker).toBeNull();
    expect(world.store.leases.size).toBe(0);
  });

  it('gives the true outcome of hosts on which nothing would be done', async () => {
    const world = new World({ machines: { web01: { vulnerable: false } } });
    const result = resultOf(await world.start('r1', plan(remediation()), { check: true }));
    expect(result.view.hosts[0]?.outcome).toBe('compliant');
  });
});

describe('a journal that fails', () => {
  it('ends the run with its own error, wherever it came up', async () => {
    for (const failing of [3, 5, 9, 14]) {
      const world = new World();
      let writes = 0;
      const end = world.start('r1', plan(remediation()), {
        change: (deps) => {
          const { journal } = deps;
          const append: typeof journal.append = (run, events) =>
            ++writes >= failing
              ? Promise.reject(new FirebreakError('FB_STATE_FULL', 'disk full'))
              : journal.append(run, events);
          const broken = new Proxy(journal, {
            get: (target, name) => (name === 'append' ? append : Reflect.get(target, name, target)),
          });
          return { ...deps, journal: broken };
        },
      });
      await expect(end).rejects.toMatchObject({ code: 'FB_STATE_FULL' });
      const resumed = resultOf(await world.resume('r1'));
      expect(resumed.view.hosts[0]?.outcome).toBe('remediated');
      expect(world.machine().count('install')).toBe(1);
    }
  });
});
