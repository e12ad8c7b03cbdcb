/** Orders that reach a run from another process: pause, and leave a host out. */
import { describe, expect, it } from '@jest/globals';
import type { RunEvent, RunEventBody } from '../../src/domain/index.ts';
import type { EngineDeps, Order } from '../../src/engine/index.ts';
import { type ProcessOptions, resultOf, World } from './support/controller.ts';
import { block, host, plan, remediation, step } from './support/plans.ts';

/** Gives the order, through the journal, as soon as such an event is in it. */
function ordering(world: World, order: RunEventBody, when: (event: RunEvent) => boolean): ProcessOptions {
  let hear: (order: Order) => void = () => {};
  let isGiven = false;
  return {
    change: (deps: EngineDeps) => ({
      ...deps,
      watchOrders: (_run, _afterSeq, onOrder) => {
        hear = onOrder;
        return () => {};
      },
    }),
    onEvent: (event) => {
      if (isGiven || !when(event)) return;
      isGiven = true;
      void world
        .journal()
        .then((journal) => journal.append('r1', [order]))
        .then(([given]) => hear(given as Order));
    },
  };
}

const stagedOn = (name: string) => (event: RunEvent) =>
  event.type === 'StepFinished' && event.step === 'stage' && event.host === name;
const hosts = [host('web01'), host('web02')];
const machines = { web01: {}, web02: {} };

describe('a pause that somebody else asks for', () => {
  it('stops the run where it can be resumed, and says who wanted it', async () => {
    const world = new World();
    const order = { type: 'RunPauseAsked', by: 'bob@desk' } as const;
    const paused = resultOf(await world.start('r1', plan(remediation()), ordering(world, order, stagedOn('web01'))));
    expect(paused).toMatchObject({ how: 'paused', exitCode: 130, reason: 'paused by bob@desk' });
    expect(paused.view).toMatchObject({ state: 'paused', hosts: [{ outcome: null }] });
    const { view } = resultOf(await world.resume('r1'));
    expect(view.hosts[0]?.outcome).toBe('remediated');
    expect(world.machine().count('stage')).toBe(1);
  });
});

describe('a host that somebody else leaves out', () => {
  const order = { type: 'HostSkipAsked', host: 'web01', by: 'bob@desk' } as const;

  it('ends at its next safe point; the others go on, and what is owed stays owed', async () => {
    const world = new World({ machines, hasMarker: true });
    const when = (event: RunEvent) =>
      event.type === 'StepFinished' && event.step === 'shield' && event.host === 'web01';
    const { view, how } = resultOf(
      await world.start('r1', plan(remediation(), { hosts }), ordering(world, order, when)),
    );
    expect(how).toBe('completed');
    expect(view.hosts).toMatchObject([
      { outcome: 'skipped', reason: 'left out by bob@desk', standingShields: 1, owesAlways: true },
      { outcome: 'remediated' },
    ]);
    expect(world.machine('web01').count('install')).toBe(0);
    expect(world.machine('web01').marker).toBeNull();
    expect([...world.store.leases]).toEqual([]);
  });

  it('that has not been begun is not begun', async () => {
    const world = new World({ machines });
    const later = { ...order, host: 'web02' };
    const options = ordering(world, later, stagedOn('web01'));
    const { view } = resultOf(await world.start('r1', plan(remediation(), { hosts, forks: 1 }), options));
    expect(view.hosts.map(({ outcome }) => outcome)).toEqual(['remediated', 'skipped']);
    expect(world.machine('web02').history).toEqual([]);
  });

  it('is left out by the next resume when nobody is at work, also while it waits for an answer', async () => {
    const world = new World();
    const steps = [
      block('main', {
        block: [step('shield', 'shield.apply'), step('sure', 'operator.confirm', { with: { question: '?' } })],
      }),
    ];
    expect(resultOf(await world.start('r1', plan(steps))).how).toBe('waiting');
    await (await world.journal()).append('r1', [order]);
    const { view, how } = resultOf(await world.resume('r1'));
    expect([how, view.hosts[0]?.outcome, view.hosts[0]?.standingShields]).toEqual(['completed', 'skipped', 1]);
    expect([...world.store.leases]).toEqual([]);
  });
});
