/**
 * The controller dies at every point at which it touches the journal or the host — before and after each write, before and
 * after each act — and again while the next one resumes. The host must end as if nothing had happened.
 */
import { describe, expect, it } from '@jest/globals';
import { resultOf, World } from '../engine/support/controller.ts';
import { host, plan, remediation, step } from '../engine/support/plans.ts';

const DOWN_FOR_MS = 90_000;

async function expectUndisturbed(world: World, run: string): Promise<void> {
  const machine = world.machine();
  expect(machine.count('install')).toBe(1);
  expect(machine.count('reboot')).toBe(1);
  expect(machine.count('stage')).toBe(1);
  expect(machine.policy).toBe('admins-own');
  expect(machine.marker).toBeNull();
  const journal = await world.journal();
  expect(await journal.openObligations()).toEqual([]);
  expect([...world.store.leases]).toEqual([]);
  expect((await journal.runs()).find((info) => info.run === run)?.state).toBe('completed');
}

/** Resumes, or starts when not even the run's first event was written. */
async function goOn(world: World, diesAt?: number, steps = remediation()) {
  const options = diesAt === undefined ? {} : { diesAt };
  const begun = (await (await world.journal()).runs()).length > 0;
  return begun ? world.resume('r1', options) : world.start('r1', plan(steps), options);
}

async function dieAt(point: number): Promise<{ world: World; died: boolean }> {
  const world = new World({ hasMarker: true });
  const end = await world.start('r1', plan(remediation()), { diesAt: point });
  world.clock.advance(DOWN_FOR_MS);
  return { world, died: 'died' in end };
}

describe('the controller of one host dies', () => {
  it('at any point: resume ends as an undisturbed run does', async () => {
    const undisturbed = new World({ hasMarker: true });
    const end = await undisturbed.start('r1', plan(remediation()));
    expect(resultOf(end).view.hosts[0]?.outcome).toBe('remediated');
    await expectUndisturbed(undisturbed, 'r1');
    const points = end.life.points.length;
    expect(points).toBeGreaterThan(60);

    for (let point = 0; point < points; point++) {
      const { world, died } = await dieAt(point);
      expect(died).toBe(true);
      const resumed = await goOn(world).catch(async (thrown) => {
        // The run had ended; only its process had not.
        expect(thrown).toMatchObject({ code: 'FB_RUN_STATE' });
        return null;
      });
      const place = `${point}: ${end.life.points[point]}`;
      if (resumed !== null) expect([place, resultOf(resumed).view.hosts[0]?.outcome]).toEqual([place, 'remediated']);
      if (resumed !== null) await expectUndisturbed(world, 'r1');
    }
  });

  it('and again at any point of resuming', async () => {
    const points = (await new World({ hasMarker: true }).start('r1', plan(remediation()))).life.points.length;
    let deaths = 0;
    for (let first = 0; first < points; first += 1) {
      // Every eighth point of the second life, shifted with the first, so that all pairs of kinds of points occur.
      for (let second = first % 8; ; second += 8) {
        const { world } = await dieAt(first);
        const again = await goOn(world, second).catch(() => null);
        if (again === null || !('died' in again)) break;
        deaths += 1;
        world.clock.advance(DOWN_FOR_MS);
        const resumed = await goOn(world).catch(() => null);
        if (resumed === null) continue;
        expect(resultOf(resumed).view.hosts[0]?.outcome).toBe('remediated');
        await expectUndisturbed(world, 'r1');
      }
    }
    expect(deaths).toBeGreaterThan(300);
  });

  it('at any point of a rerun that takes a shield over: the first prior is restored', async () => {
    async function second(diesAt?: number) {
      const world = new World({ machines: { web01: { exitCode: 1603, installMs: 1_000 } } });
      resultOf(await world.start('r0', plan(remediation())));
      world.machine().exitCode = 3010;
      const options = diesAt === undefined ? {} : { diesAt };
      return { world, end: await world.start('r1', plan(remediation()), { parent: 'r0', ...options }) };
    }
    const { points } = (await second()).end.life;
    expect(points.some((point) => point.includes('ObligationOwed shield'))).toBe(true);
    let resumes = 0;
    for (let point = 0; point < points.length; point++) {
      const { world, end } = await second(point);
      expect(end).toHaveProperty('died');
      world.clock.advance(DOWN_FOR_MS);
      const journal = await world.journal();
      const last = (await journal.runs())[0];
      if (last?.run !== 'r1' || last.state !== 'interrupted') continue;
      resumes += 1;
      const place = `${point}: ${points[point]}`;
      expect([place, resultOf(await world.resume('r1')).view.hosts[0]?.outcome]).toEqual([place, 'remediated']);
      expect([place, world.machine().policy]).toEqual([place, 'admins-own']);
      expect(await journal.openObligations()).toEqual([]);
    }
    expect(resumes).toBeGreaterThan(30);
  });

  it('in a script that cannot tell whether it ran: at most one run of it, else a person is asked', async () => {
    const steps = [step('verify', 'patch.verify'), step('script', 'powershell.run')];
    const fixed = { machines: { web01: { vulnerable: false } } };
    const points = (await new World(fixed).start('r1', plan(steps))).life.points;
    const outcomes = new Set<string>();
    for (let point = 0; point < points.length; point++) {
      const world = new World(fixed);
      await world.start('r1', plan(steps), { diesAt: point });
      if ((await (await world.journal()).runs()).length === 0) continue;
      const resumed = await world.resume('r1').catch(() => null);
      const machine = world.machine();
      expect(machine.scriptRuns).toBeLessThanOrEqual(1);
      const outcome = resumed === null ? null : resultOf(resumed).view.hosts[0]?.outcome;
      if (outcome === 'remediated') expect(machine.scriptRuns).toBe(1);
      if (outcome !== null && outcome !== undefined) outcomes.add(outcome);
    }
    expect([...outcomes].toSorted()).toEqual(['needs-operator', 'remediated']);
  });

  it('in a script that outlives us: it is picked up, and runs exactly once', async () => {
    const steps = [step('script', 'powershell.run', { with: { kept: true } })];
    const { points } = (await new World().start('r1', plan(steps))).life;
    expect(points.some((point) => point.includes('StepDetached'))).toBe(true);
    expect(points.filter((point) => point.includes('script look')).length).toBeGreaterThan(10);
    for (let point = 0; point < points.length; point++) {
      for (const downForMs of [0, 5_000, DOWN_FOR_MS]) {
        const world = new World();
        await world.start('r1', plan(steps), { diesAt: point });
        if ((await (await world.journal()).runs()).length === 0) continue;
        world.clock.advance(downForMs);
        const resumed = await world.resume('r1').catch(() => null);
        const place = `${point}: ${points[point]}, away for ${downForMs}`;
        if (resumed === null) continue;
        expect([place, resultOf(resumed).view.hosts[0]?.outcome]).toEqual([place, 'remediated']);
        expect([place, world.machine().scriptRuns]).toEqual([place, 1]);
      }
    }
  });

  it('in a script that outlives us, and again while it is picked up: it runs exactly once', async () => {
    const steps = [step('script', 'powershell.run', { with: { kept: true } })];
    const { points } = (await new World().start('r1', plan(steps))).life;
    let deaths = 0;
    for (let first = 0; first < points.length; first++) {
      for (let second = first % 3; ; second += 3) {
        const world = new World();
        await world.start('r1', plan(steps), { diesAt: first });
        const again = await goOn(world, second, steps).catch(() => null);
        if (again === null || !('died' in again)) break;
        deaths += 1;
        const resumed = await world.resume('r1').catch(() => null);
        if (resumed === null) continue;
        const place = `${first}: ${points[first]}, then ${second}: ${again.died}`;
        expect([place, resultOf(resumed).view.hosts[0]?.outcome]).toEqual([place, 'remediated']);
        expect([place, world.machine().scriptRuns]).toEqual([place, 1]);
      }
    }
    expect(deaths).toBeGreaterThan(50);
  });

  it('sessions that it left are looked for when we come back, but for that of the script', async () => {
    const steps = [step('script', 'powershell.run', { with: { kept: true } }), step('verify', 'patch.verify')];
    const { points } = (await new World().start('r1', plan(steps))).life;
    for (const [point, kept] of [
      ['after script look', 1],
      ['after verify', 0],
    ] as const) {
      const world = new World();
      await world.start('r1', plan(steps), { diesAt: points.indexOf(point) });
      expect(world.machine().swept).toEqual([]);
      resultOf(await world.resume('r1'));
      expect([point, world.machine().swept.map((keep) => keep.length)]).toEqual([point, [kept]]);
    }
  });

  it('in a script whose session is gone when we come back: its test decides, without one a person', async () => {
    for (const test of [true, false]) {
      const steps = [step('script', 'powershell.run', { with: { kept: true, test } })];
      const { points } = (await new World().start('r1', plan(steps))).life;
      const world = new World();
      await world.start('r1', plan(steps), { diesAt: points.indexOf('after script look') });
      world.machine().forgetsScripts = true;
      const { view } = resultOf(await world.resume('r1'));
      expect([test, view.hosts[0]?.outcome]).toEqual([test, test ? 'remediated' : 'needs-operator']);
      expect(world.machine().scriptRuns).toBe(1);
    }
  });

  it('in a script that may be repeated: it is run again', async () => {
    const steps = [step('script', 'powershell.run', { with: { repeatable: true } })];
    const points = (await new World().start('r1', plan(steps))).life.points;
    const died = points.indexOf('after script');
    const world = new World();
    await world.start('r1', plan(steps), { diesAt: died });
    expect(resultOf(await world.resume('r1')).view.hosts[0]?.outcome).toBe('remediated');
    expect(world.machine().scriptRuns).toBe(2);
  });

  it('while another host of the run is under way: that one goes on too', async () => {
    const hosts = [host('web01'), host('web02')];
    const world = new World({ machines: { web01: {}, web02: {} } });
    await world.start('r1', plan(remediation(), { hosts }), { diesAt: 40 });
    const { view } = resultOf(await world.resume('r1'));
    expect(view.hosts.map((one) => one.outcome)).toEqual(['remediated', 'remediated']);
    for (const name of ['web01', 'web02']) expect(world.machine(name).count('install')).toBe(1);
  });
});
