/** `host.wait`: late comers are waited for over days and processes, and hold nothing meanwhile. */
import { describe, expect, it } from '@jest/globals';
import type { HostView, RunEvent } from '../../src/domain/index.ts';
import { abortRun } from '../../src/engine/index.ts';
import { resultOf, World } from './support/controller.ts';
import { host, plan, remediation, step } from './support/plans.ts';

const HOUR = 3_600_000;
const names = ['web1', 'laptop2'];
const world = () => new World({ machines: { web1: {}, laptop2: {} }, hasMarker: true });
const steps = () => [step('wait', 'host.wait', { with: { for: '3d' } }), ...remediation()];
const fleet = () => plan(steps(), { hosts: names.map((name) => host(name)), maxUnreachablePercentage: 0 });
const laptop = (hosts: readonly HostView[]) => hosts.find(({ name }) => name === 'laptop2');
const types = (events: readonly RunEvent[], name: string) =>
  events.filter((event) => 'host' in event && event.host === name).map(({ type }) => type);

async function tonight(): Promise<World> {
  const at = world();
  at.machine('laptop2').offlineUntil = at.clock.now() + 30 * HOUR;
  const { how, reason, exitCode, view } = resultOf(await at.start('r1', fleet()));
  expect({ how, reason, exitCode }).toEqual({ how: 'waiting', reason: '1 host is waited for: laptop2', exitCode: 3 });
  expect(view.hosts[0]).toMatchObject({ name: 'web1', outcome: 'remediated' });
  expect(laptop(view.hosts)?.reason).toMatch(/^wait: away \(laptop2: no answer\); waited for until \d{4}-/);
  return at;
}

describe('a host that is away', () => {
  it('is waited for without a lease, and the rest of the fleet is not held up', async () => {
    const at = await tonight();
    expect([...at.store.leases]).toEqual([]);
    expect(types(await (await at.journal()).events('r1'), 'laptop2').slice(-4)).toEqual([
      'StepProbed',
      'StepFinished',
      'HostParked',
      'HostReleased',
    ]);
  });

  it('is looked for at every resume, and treated when it is back', async () => {
    const at = await tonight();
    at.clock.advance(20 * HOUR);
    const before = (await (await at.journal()).events('r1')).length;
    expect(resultOf(await at.resume('r1'))).toMatchObject({ how: 'waiting', reason: '1 host is waited for: laptop2' });
    expect([...at.store.leases]).toEqual([]);
    const since = (await (await at.journal()).events('r1')).slice(before);
    expect(since.map(({ type }) => type)).toEqual(['RunResumed', 'RunWaiting']);

    at.clock.advance(20 * HOUR);
    const { how, view } = resultOf(await at.resume('r1'));
    expect(how).toBe('completed');
    expect(view.hosts.map(({ outcome }) => outcome)).toEqual(['remediated', 'remediated']);
    expect(laptop(view.hosts)?.steps[0]?.outcome).toBe('ok');
    expect(laptop(view.hosts)?.steps[0]?.result['waited_minutes']).toBeGreaterThanOrEqual(40 * 60);
    expect(at.machine('laptop2').count('install')).toBe(1);
    expect(at.machine('web1').count('install')).toBe(1);
    expect([...at.store.leases]).toEqual([]);
  });

  it('is unreachable when the time is over, counted from the first look', async () => {
    const at = await tonight();
    at.machine('laptop2').offlineUntil = Number.POSITIVE_INFINITY;
    at.clock.advance(73 * HOUR);
    const { view } = resultOf(await at.resume('r1'));
    expect(laptop(view.hosts)).toMatchObject({
      outcome: 'unreachable',
      reason: 'wait: not reached within 3d: laptop2: no answer',
    });
  });

  it('can be left out, and given up with the run', async () => {
    const at = await tonight();
    await (await at.journal()).append('r1', [{ type: 'HostSkipAsked', host: 'laptop2', by: 'me' }]);
    expect(laptop(resultOf(await at.resume('r1')).view.hosts)?.outcome).toBe('skipped');
    const other = await tonight();
    await abortRun(await other.journal('other'), 'r1', 'enough');
    expect([...other.store.leases]).toEqual([]);
  });

  it('is free for another run meanwhile', async () => {
    const at = await tonight();
    at.clock.advance(40 * HOUR);
    const other = plan([step('v', 'patch.verify')], { hosts: [host('laptop2')] });
    expect(resultOf(await at.start('r2', other)).how).toBe('completed');
  });

  it('that is there goes on at once; in --check nobody waits', async () => {
    const at = world();
    expect(resultOf(await at.start('r1', fleet())).view.hosts.map((one) => one.steps[0]?.outcome)).toEqual([
      'ok',
      'ok',
    ]);
    const checked = resultOf(await world().start('r2', fleet(), { check: true }));
    expect(checked.view.hosts[0]?.steps[0]).toMatchObject({
      outcome: 'skipped',
      reason: 'check: would wait up to 3d for the host',
    });
  });

  it('is treated once, whenever the controller dies', async () => {
    const undisturbed = world();
    undisturbed.machine('laptop2').offlineUntil = undisturbed.clock.now() + HOUR;
    const { points } = (await undisturbed.start('r1', fleet())).life;
    for (let at = 0; at < points.length; at += 3) {
      const here = world();
      here.machine('laptop2').offlineUntil = here.clock.now() + HOUR;
      await here.start('r1', fleet(), { diesAt: at });
      here.clock.advance(2 * HOUR);
      const begun = (await (await here.journal()).runs()).length > 0;
      const end = await (begun ? here.resume('r1') : here.start('r1', fleet()));
      const place = `${at}: ${points[at]}`;
      expect([place, resultOf(end).view.hosts.map(({ outcome }) => outcome)]).toEqual([
        place,
        ['remediated', 'remediated'],
      ]);
      expect([place, names.map((name) => here.machine(name).count('install'))]).toEqual([place, [1, 1]]);
    }
  });
});

describe('a journal from before these words', () => {
  it('folds as it did: no loop, no other host, an answer is waited for', async () => {
    const at = new World();
    const run = plan([step('ask', 'operator.ask', { with: { question: 'x' } })]);
    resultOf(await at.start('r1', run));
    const events = await (await at.journal()).events('r1');
    const parked = events.find(({ type }) => type === 'HostParked');
    const finished = events.find(({ type }) => type === 'StepFinished');
    expect(parked).not.toHaveProperty('until');
    for (const field of ['items', 'on', 'from']) expect(finished).not.toHaveProperty(field);
    await expect(at.resume('r1')).rejects.toMatchObject({ code: 'FB_RUN_STATE' });
  });
});
