/** Runs and their maintenance windows: who begins, who is seen through, who waits for the next one. */
import { describe, expect, it } from '@jest/globals';
import type { Plan, PlannedWindow, RunEvent } from '../../src/domain/index.ts';
import { openingAt } from '../../src/engine/windows.ts';
import { type End, resultOf, World } from './support/controller.ts';
import { host, plan, remediation, step } from './support/plans.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** The clock of a world begins at midnight UTC, a Monday. */
const window = (start: string, end: string, rest: Partial<PlannedWindow> = {}): PlannedWindow => ({
  start,
  end,
  tz: 'UTC',
  days: ['mon', 'tue', 'wed'],
  minRemainingMs: 0,
  ...rest,
});

function worldOf(count: number): World {
  return new World({ machines: Object.fromEntries(names(count).map((name) => [name, {}])) });
}

function names(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `web0${index + 1}`);
}

function windowed(windows: readonly PlannedWindow[], count: number, rest: Partial<Plan> = {}): Plan {
  const hosts = names(count);
  return plan(remediation(), {
    hosts: hosts.map((name) => host(name)),
    waves: [{ name: 'all', hosts, windows }],
    forks: 1,
    ...rest,
  });
}

async function eventsOf(world: World): Promise<readonly RunEvent[]> {
  return (await world.journal()).events('r1');
}

describe('a window that is closed', () => {
  it('is waited for with nothing held, and said when it opens', async () => {
    const world = worldOf(1);
    const result = resultOf(await world.start('r1', windowed([window('22:00', '05:00')], 1)));
    // Midnight on Monday belongs to Sunday's opening, and there is none.
    expect(result).toMatchObject({
      how: 'waiting',
      exitCode: 4,
      view: { state: 'waiting', hold: { kind: 'window', wave: 'all', until: '2026-11-23T22:00:00.000Z' } },
      reason:
        'wave all waits for its window (22:00–05:00 UTC, opens on mon tue wed): it opens Mon 2026-11-23 22:00 UTC',
    });
    expect([...world.store.leases]).toEqual([]);
    expect(world.machine().history).toEqual([]);
  });

  it('is waited for by the process itself where it is to stay', async () => {
    const world = worldOf(1);
    const { view, exitCode } = resultOf(
      await world.start('r1', windowed([window('22:00', '05:00')], 1), { waits: true }),
    );
    expect(exitCode).toBe(0);
    expect(Date.parse(view.hosts[0]?.startedAt ?? '')).toBeGreaterThanOrEqual(Date.parse('2026-11-23T22:00:00Z'));
    expect(Date.parse(view.finishedAt ?? '')).toBeLessThan(Date.parse('2026-11-23T23:00:00Z'));
  });

  it('goes on with a resume inside of it, and waits again outside', async () => {
    const world = worldOf(1);
    await world.start('r1', windowed([window('22:00', '05:00')], 1));
    expect(resultOf(await world.resume('r1'))).toMatchObject({ how: 'waiting', exitCode: 4 });
    expect((await eventsOf(world)).filter(({ type }) => type === 'RunResumed')).toEqual([]);
    world.clock.advance(23 * HOUR);
    expect(resultOf(await world.resume('r1')).view.hosts[0]?.outcome).toBe('remediated');
  });

  it('is no matter in check mode, nor when somebody wants it so; that is in the journal', async () => {
    const closed = windowed([window('22:00', '05:00')], 1);
    expect(resultOf(await worldOf(1).start('r1', closed, { check: true })).how).toBe('completed');
    const world = worldOf(1);
    expect(resultOf(await world.start('r1', closed, { ignoresWindow: true })).exitCode).toBe(0);
    expect((await eventsOf(world))[0]).toMatchObject({ type: 'RunStarted', ignoresWindow: true });
    const resumed = worldOf(1);
    await resumed.start('r1', closed);
    expect(resultOf(await resumed.resume('r1', { ignoresWindow: true })).exitCode).toBe(0);
    expect((await eventsOf(resumed)).find(({ type }) => type === 'RunResumed')).toMatchObject({ ignoresWindow: true });
  });

  it('does not keep a host from being left out', async () => {
    const world = worldOf(1);
    await world.start('r1', windowed([window('22:00', '05:00')], 1));
    await (await world.journal()).append('r1', [{ type: 'HostSkipAsked', host: 'web01', by: 'bob@desk' }]);
    expect(resultOf(await world.resume('r1'))).toMatchObject({
      how: 'completed',
      view: { hosts: [{ outcome: 'skipped' }] },
    });
  });

  it('of one wave does not keep the others', async () => {
    const world = worldOf(2);
    const waves = [
      { name: 'one', hosts: ['web01'] },
      { name: 'two', hosts: ['web02'], windows: [window('22:00', '23:00')] },
    ];
    const { view } = resultOf(await world.start('r1', windowed([], 2, { waves })));
    expect(view.hosts.map(({ outcome }) => outcome)).toEqual(['remediated', null]);
    expect(view.hold).toMatchObject({ wave: 'two' });
  });
});

describe('a window that closes', () => {
  it('lets hosts under way be finished, and begins no other', async () => {
    // A host takes some minutes: three fit in before it closes, the last of them ends after it.
    const world = worldOf(6);
    const evening = windowed([window('00:00', '00:08')], 6);
    const { view, how, exitCode } = resultOf(await world.start('r1', evening));
    expect([how, exitCode]).toEqual(['waiting', 4]);
    const outcomes = view.hosts.map(({ outcome }) => outcome);
    const done = outcomes.filter((outcome) => outcome === 'remediated').length;
    expect(done).toBeGreaterThan(1);
    expect(done).toBeLessThan(6);
    expect(outcomes).toEqual([...Array<string>(done).fill('remediated'), ...Array<null>(6 - done).fill(null)]);
    expect(view.hosts[done]?.startedAt).toBeNull();
    const ends = view.hosts.map(({ finishedAt }) => Date.parse(finishedAt ?? '')).filter((at) => !Number.isNaN(at));
    expect(Math.max(...ends)).toBeGreaterThan(Date.parse('2026-11-23T00:08:00Z'));
    const rest = resultOf(await world.resume('r1', { waits: true }));
    expect(rest.view.isFine).toBe(true);
    for (const name of names(6)) expect([name, world.machine(name).count('install')]).toEqual([name, 1]);
    for (const { startedAt } of rest.view.hosts) {
      expect(openingAt([window('00:00', '00:08')], Date.parse(startedAt ?? ''))).not.toBeNull();
    }
  });

  it('begins no new host with less left than min_remaining', async () => {
    const world = worldOf(6);
    const careful = windowed([window('00:00', '00:30', { minRemainingMs: 25 * MINUTE })], 6);
    const { view } = resultOf(await world.start('r1', careful, { waits: true }));
    expect(view.isFine).toBe(true);
    expect(view.resumes).toBeGreaterThan(0);
    for (const { name, startedAt } of view.hosts) {
      const at = Date.parse(startedAt ?? '');
      const sinceMidnight = at % (24 * HOUR);
      // The first event of a host comes with its first answer.
      expect([name, sinceMidnight <= 5 * MINUTE + 1_000]).toEqual([name, true]);
    }
  });

  it('stops a host before its first change, with nothing held, and looks at it again in the next', async () => {
    const world = worldOf(1);
    const steps = [
      step('verify', 'patch.verify'),
      step('wait', 'pause', { with: { duration: '1h' } }),
      step('again', 'patch.verify'),
      step('stage', 'package.stage', { if: 'steps.verify.fixed == false' }),
    ];
    const short = windowed([window('00:00', '00:30')], 1, { steps, results: plan(steps).results });
    const { view, how } = resultOf(await world.start('r1', short));
    expect(how).toBe('waiting');
    expect(view.hosts[0]).toMatchObject({
      state: 'waiting',
      outcome: null,
      reason: 'nothing was changed yet when the window closed (00:00–00:30 UTC, opens on mon tue wed)',
    });
    expect(view.hosts[0]?.steps.map(({ outcome }) => outcome)).toEqual(['ok', 'ok', 'ok', null]);
    expect([...world.store.leases]).toEqual([]);
    expect(world.machine().history).toEqual([]);
    const rest = resultOf(await world.resume('r1', { waits: true }));
    expect(rest.view.hosts[0]?.outcome).toBe('failed');
    expect(world.machine().count('stage')).toBe(1);
    const verified = (await eventsOf(world)).filter(
      (event) => event.type === 'StepFinished' && event.step === 'verify',
    );
    expect(verified).toHaveLength(2);
    expect(openingAt([window('00:00', '00:30')], Date.parse(verified[1]?.at ?? ''))).not.toBeNull();
  });

  it('sees a host through that it closes on in the middle, whatever steps are left', async () => {
    const world = worldOf(1);
    const steps = [
      step('stage', 'package.stage'),
      step('wait', 'pause', { with: { duration: '1h' } }),
      step('install', 'package.install'),
      step('reboot', 'host.reboot'),
      step('verify', 'patch.verify'),
    ];
    const short = windowed([window('00:00', '00:30')], 1, { steps, results: plan(steps).results });
    expect(resultOf(await world.start('r1', short)).view.hosts[0]?.outcome).toBe('remediated');
  });

  it('ends hosts that need nothing, however late they are looked at', async () => {
    const world = new World({ machines: { web01: { vulnerable: false } } });
    const steps = [step('wait', 'pause', { with: { duration: '1h' } }), ...remediation()];
    const short = windowed([window('00:00', '00:30')], 1, { steps, results: plan(steps).results });
    expect(resultOf(await world.start('r1', short)).view.hosts[0]?.outcome).toBe('compliant');
  });
});

describe('a host that was interrupted in the middle', () => {
  async function interrupted(): Promise<{ readonly world: World; readonly made: Plan }> {
    const world = worldOf(2);
    const made = windowed([window('00:00', '00:30')], 2);
    const { life } = await worldOf(2).start('r1', made);
    const diesAt = life.points.findIndex((point) => point.startsWith('after append') && point.includes('StepDetached'));
    expect(diesAt).toBeGreaterThan(0);
    await world.start('r1', made, { diesAt });
    world.clock.advance(9 * HOUR);
    return { world, made };
  }

  it('waits for the next window too, and is gone on with there before others', async () => {
    const { world } = await interrupted();
    const waiting = resultOf(await world.resume('r1'));
    expect(waiting).toMatchObject({ how: 'waiting', view: { hold: { until: '2026-11-24T00:00:00.000Z' } } });
    expect(world.machine('web01').count('install')).toBe(1);
    expect(world.machine('web01').count('reboot')).toBe(0);
    const { view } = resultOf(await world.resume('r1', { waits: true }));
    expect(view.isFine).toBe(true);
    expect(world.machine('web01').count('install')).toBe(1);
    expect([...world.store.leases]).toEqual([]);
  });

  it('is finished at once when somebody wants it so', async () => {
    const { world } = await interrupted();
    expect(resultOf(await world.resume('r1', { ignoresWindow: true })).view.isFine).toBe(true);
  });

  it('is not cancelled by a threshold that others have exceeded meanwhile', async () => {
    const world = worldOf(2);
    const hosts = names(2).map((name) => host(name));
    const steps = [
      step('broken', 'fail', { with: { message: 'no' }, if: 'host.name == "web01"' }),
      step('stage', 'package.stage'),
      step('wait', 'pause', { with: { duration: '1h' } }),
      step('reboot', 'host.reboot'),
    ];
    const strict = windowed([window('00:00', '00:30')], 2, {
      steps,
      hosts,
      forks: 2,
      maxFailPercentage: 0,
      results: plan(steps).results,
    });
    const interrupt = new AbortController();
    const onEvent = (event: RunEvent) => {
      if (event.type === 'StepFinished' && event.step === 'stage') interrupt.abort();
    };
    expect(resultOf(await world.start('r1', strict, { signal: interrupt.signal, onEvent })).how).toBe('paused');
    world.clock.advance(9 * HOUR);
    expect(resultOf(await world.resume('r1'))).toMatchObject({
      how: 'waiting',
      view: { hosts: [{ outcome: 'failed' }, { outcome: null }] },
    });
    const { view, how } = resultOf(await world.resume('r1', { waits: true }));
    expect([how, ...view.hosts.map(({ outcome }) => outcome)]).toEqual(['stopped', 'failed', 'remediated']);
  });
});

describe('a process that dies at any point of the journal in a run over several windows', () => {
  const openings = ['00:00-00:04', '00:15-00:19', '00:30-02:00'].map((times) =>
    window(times.slice(0, 5), times.slice(6), { minRemainingMs: 3 * MINUTE }),
  );
  const made = () => windowed(openings, 2);

  it('is continued: no host is begun outside, none is done twice', async () => {
    const whole = await worldOf(2).start('r1', made(), { waits: true });
    expect(resultOf(whole).view.isFine).toBe(true);
    expect(resultOf(whole).view.resumes).toBeGreaterThan(0);
    const isJournal = /^(?:before|after) (?:append|create|adopt|lease|release|disown)/;
    for (const [diesAt, point] of whole.life.points.entries()) {
      // What happens to a machine in between is the other tests' subject.
      if (!isJournal.test(point)) continue;
      const world = worldOf(2);
      const first = await world.start('r1', made(), { waits: true, diesAt });
      const journal = await world.journal();
      if ((await journal.runs()).length === 0) continue;
      world.clock.advance(MINUTE);
      const end: End = (await journal.events('r1')).some(({ type }) => type === 'RunFinished')
        ? first
        : await world.resume('r1', { waits: true });
      if ('result' in end) expect([diesAt, end.result.view.isFine]).toEqual([diesAt, true]);
      for (const event of await journal.events('r1')) {
        const isWork = event.type === 'StepIntended' && event.step === 'stage';
        if (isWork)
          expect([diesAt, event.host, openingAt(openings, Date.parse(event.at)) !== null]).toEqual([
            diesAt,
            event.host,
            true,
          ]);
      }
      for (const name of names(2))
        expect([diesAt, name, world.machine(name).count('install')]).toEqual([diesAt, name, 1]);
      expect([...world.store.leases]).toEqual([]);
    }
  });

  it('is continued also where a host waits for the next window, untouched', async () => {
    const steps = [
      step('verify', 'patch.verify'),
      step('wait', 'pause', { with: { duration: '1h' } }),
      step('stage', 'package.stage'),
    ];
    const twice = [window('00:00', '00:30'), window('02:00', '03:00')];
    const held = () => windowed(twice, 1, { steps, results: plan(steps).results });
    const whole = await worldOf(1).start('r1', held(), { waits: true });
    expect(resultOf(whole).view.hosts[0]?.steps.map(({ outcome }) => outcome)).toEqual(['ok', 'ok', 'changed']);
    for (let diesAt = 0; diesAt < whole.life.points.length; diesAt++) {
      const world = worldOf(1);
      await world.start('r1', held(), { waits: true, diesAt });
      const journal = await world.journal();
      if ((await journal.runs()).length === 0) continue;
      if (!(await journal.events('r1')).some(({ type }) => type === 'RunFinished')) {
        resultOf(await world.resume('r1', { waits: true }));
      }
      const events = await journal.events('r1');
      const staged = events.filter((event) => event.type === 'StepIntended');
      expect([diesAt, staged.every(({ at }) => openingAt(twice, Date.parse(at)) !== null)]).toEqual([diesAt, true]);
      expect([diesAt, world.machine().count('stage')]).toEqual([diesAt, 1]);
      expect([...world.store.leases]).toEqual([]);
    }
  });
});
