/** Hosts behind a relay that dies: parked, not failed; nothing is started twice; one relay is one failure. */
import { describe, expect, it } from '@jest/globals';
import type { RunEvent } from '../../src/domain/index.ts';
import { BehindRelay, relayedHost } from './support/behind-relay.ts';
import { resultOf, World } from './support/controller.ts';
import { plan, remediation, step } from './support/plans.ts';
import type { SimulatedMachine } from './support/simulated-machine.ts';

const NONE = Number.POSITIVE_INFINITY;

function world(count: number, settings: { readonly relayGraceMs?: number } = {}) {
  const names = Array.from({ length: count }, (_, index) => `old${index + 1}`);
  const made = new World({ machines: Object.fromEntries(names.map((name) => [name, {}])) });
  const behind = new BehindRelay(made, settings);
  const hosts = names.map((name) => relayedHost(name));
  return { made, behind, hosts, names };
}

function expectOnce(machine: SimulatedMachine): void {
  expect({
    install: machine.count('install'),
    reboot: machine.count('reboot'),
    script: machine.count('script'),
  }).toEqual({ install: 1, reboot: 1, script: 1 });
  expect(machine.policy).toBe('admins-own');
}

/** How many points a whole run passes on the relay. */
async function pointsOfRun(): Promise<number> {
  const { made, behind, hosts } = world(1);
  const { view } = resultOf(await made.start('r1', plan(remediation(), { hosts }), { change: behind.change }));
  expect(view.hosts[0]).toMatchObject({ outcome: 'remediated' });
  expectOnce(made.machine('old1'));
  return behind.relay.points;
}

describe('a relay that dies', () => {
  it('at any moment is waited for, and everything is done once', async () => {
    const points = await pointsOfRun();
    expect(points).toBeGreaterThan(40);
    for (let diesAt = 0; diesAt < points; diesAt++) {
      const { made, behind, hosts } = world(1);
      behind.relay.diesAt = diesAt;
      const { view } = resultOf(await made.start('r1', plan(remediation(), { hosts }), { change: behind.change }));
      expect({ diesAt, outcome: view.hosts[0]?.outcome }).toEqual({ diesAt, outcome: 'remediated' });
      expectOnce(made.machine('old1'));
    }
  });

  it('at any moment, with the controller dead at any write, leaves nothing done twice', async () => {
    const points = await pointsOfRun();
    let resumed = 0;
    for (let diesAt = 3; diesAt < points; diesAt += 7) {
      for (let death = 1; ; death += 5) {
        const { made, behind, hosts } = world(1);
        behind.relay.diesAt = diesAt;
        const first = await made.start('r1', plan(remediation(), { hosts }), { change: behind.change, diesAt: death });
        if (!('died' in first)) break;
        behind.relay.diesAt = NONE;
        if (!(await isUnfinished(made))) continue;
        resumed += 1;
        const { view } = resultOf(await made.resume('r1', { change: behind.change }));
        expect({ diesAt, death, outcome: view.hosts[0]?.outcome }).toEqual({ diesAt, death, outcome: 'remediated' });
        expectOnce(made.machine('old1'));
      }
    }
    expect(resumed).toBeGreaterThan(50);
  });

  it('is no time of the step and no attempt', async () => {
    const { made, behind, hosts } = world(1);
    behind.relay.diesAt = 5;
    behind.relay.offMs = 300_000;
    const events: RunEvent[] = [];
    const steps = [step('verify', 'patch.verify', { timeout: 30_000, retries: 0 })];
    const { view } = resultOf(
      await made.start('r1', plan(steps, { hosts }), { change: behind.change, onEvent: (event) => events.push(event) }),
    );
    expect(view.hosts[0]?.steps[0]).toMatchObject({ outcome: 'ok', attempts: 1 });
    expect(events.filter(({ type }) => type === 'AttemptFailed')).toEqual([]);
  });

  it('says so while its hosts wait', async () => {
    const { made, behind, hosts } = world(1);
    behind.relay.diesAt = 5;
    const said: string[] = [];
    await made.start('r1', plan([step('verify', 'patch.verify')], { hosts }), {
      change: (deps) => ({
        ...behind.change(deps),
        observer: { event: () => {}, progress: ({ host, text }) => said.push(`${host}: ${text}`) },
      }),
    });
    expect(said).toContain('old1: waits for relay mgmt01: relay mgmt01: the connection was lost');
  });

  it('and stays away makes its hosts unreachable, by name', async () => {
    const { made, behind, hosts } = world(3, { relayGraceMs: 120_000 });
    behind.relay.diesAt = 30;
    behind.relay.offMs = 86_400_000;
    const start = made.clock.now();
    const { view } = resultOf(await made.start('r1', plan(remediation(), { hosts }), { change: behind.change }));
    for (const host of view.hosts) {
      expect(host).toMatchObject({ outcome: 'unreachable' });
      expect(host.reason).toMatch(/^relay mgmt01: not back after 2m: /);
    }
    expect(made.clock.now() - start).toBeLessThan(300_000);
  });

  it('and stays away for good: a rerun of the run does nothing twice', async () => {
    const { made, behind, hosts } = world(1, { relayGraceMs: 60_000 });
    behind.relay.diesAt = 40;
    behind.relay.offMs = 3_600_000;
    resultOf(await made.start('r1', plan(remediation(), { hosts }), { change: behind.change }));
    made.clock.advance(7_200_000);
    const { view } = resultOf(await made.start('r2', plan(remediation(), { hosts }), { change: behind.change }));
    expect(['remediated', 'compliant']).toContain(view.hosts[0]?.outcome);
    expect(made.machine('old1').count('install')).toBe(1);
    expect(made.machine('old1').policy).toBe('admins-own');
  });

  it('lets the run be interrupted meanwhile, and a resume goes on', async () => {
    const { made, behind, hosts } = world(2);
    behind.relay.diesAt = 30;
    behind.relay.offMs = 400_000;
    const stop = new AbortController();
    const first = resultOf(
      await made.start('r1', plan(remediation(), { hosts }), {
        signal: stop.signal,
        change: (deps) => ({
          ...behind.change(deps),
          observer: {
            event: () => {},
            progress: ({ text }) => {
              if (text.startsWith('waits for relay')) stop.abort();
            },
          },
        }),
      }),
    );
    expect(first.how).toBe('paused');
    const { view } = resultOf(await made.resume('r1', { change: behind.change }));
    expect(view.hosts.map((host) => host.outcome)).toEqual(['remediated', 'remediated']);
    for (const name of ['old1', 'old2']) expectOnce(made.machine(name));
  });

  it('while the undo of a shield is due is waited for', async () => {
    const { made, behind, hosts } = world(1);
    const steps = [step('shield', 'shield.apply'), step('install', 'package.install'), step('reboot', 'host.reboot')];
    const verify = step('verify', 'patch.verify', { until: 'result.fixed == true' });
    let isDue = false;
    const { view } = resultOf(
      await made.start('r1', plan([...steps, verify], { hosts }), {
        change: behind.change,
        onEvent: (event) => {
          if (event.type !== 'StepFinished' || event.step !== 'verify' || isDue) return;
          isDue = true;
          behind.relay.cutOff(120_000);
        },
      }),
    );
    expect(isDue).toBe(true);
    expect(view.hosts[0]).toMatchObject({ outcome: 'remediated', standingShields: 0 });
    expect(made.machine('old1').policy).toBe('admins-own');
  });
});

describe('thresholds', () => {
  it.each([
    [20, 'completed'],
    [19, 'stopped'],
  ])('max_unreachable_percentage %s: a relay that is not there is one of five', async (percent, how) => {
    const { made, behind, hosts } = world(5);
    behind.relay.offUntil = NONE;
    const result = resultOf(
      await made.start('r1', plan([step('verify', 'patch.verify')], { hosts, maxUnreachablePercentage: percent }), {
        change: behind.change,
      }),
    );
    expect(result.how).toBe(how);
    if (how === 'completed') {
      for (const host of result.view.hosts) {
        expect(host).toMatchObject({ outcome: 'unreachable', reason: 'relay mgmt01: no answer' });
      }
    } else {
      expect(result.reason).toMatch(/1 of 5 hosts never reached = 20 % > 19 % \(relay mgmt01 with \d hosts?\)$/);
    }
    expect(behind.relay.opened).toHaveLength(1);
  });

  it('max_fail_percentage: a relay that died in the midst is one failure too', async () => {
    const { made, behind, hosts } = world(5, { relayGraceMs: 60_000 });
    behind.relay.diesAt = 60;
    behind.relay.offMs = NONE;
    const result = resultOf(
      await made.start('r1', plan(remediation(), { hosts, maxFailPercentage: 20, maxUnreachablePercentage: 0 }), {
        change: behind.change,
      }),
    );
    expect(result.how).toBe('completed');
    expect(result.view.tally.unreachable).toBe(5);
  });

  it('count a host that is itself away as one', async () => {
    const { made, behind, hosts } = world(2);
    made.machine('old2').offlineUntil = NONE;
    const result = resultOf(
      await made.start('r1', plan([step('verify', 'patch.verify')], { hosts, maxUnreachablePercentage: 49 }), {
        change: behind.change,
      }),
    );
    expect(result.reason).toMatch(/1 of 2 hosts never reached = 50 % > 49 % \(old2 unreachable\)$/);
  });
});

async function isUnfinished(made: World): Promise<boolean> {
  const events = await (await made.journal()).events('r1').catch(() => []);
  const types = new Set(events.map(({ type }) => type));
  return types.has('RunStarted') && !types.has('RunFinished');
}
