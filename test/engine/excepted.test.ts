/** Hosts that an exception leaves as they are. */
import { describe, expect, it } from '@jest/globals';
import type { Plan, PlannedException } from '../../src/domain/index.ts';
import { resultOf, World } from './support/controller.ts';
import { host, plan, remediation } from './support/plans.ts';

function excepted(hours: number, world: World): PlannedException {
  return {
    host: 'web2',
    advisory: 'cve-1',
    reason: 'vendor forbids it',
    approvedBy: 'J. Doe',
    until: 'then',
    endsAt: new Date(world.clock.now() + hours * 3_600_000).toISOString(),
    ticket: 'RISK-7',
  };
}

function world(): World {
  return new World({ machines: { web1: {}, web2: {} } });
}

function remedy(exception: PlannedException): Plan {
  return plan(remediation(), { hosts: [host('web1'), host('web2')], exceptions: [exception] });
}

describe('an excepted host', () => {
  it('ends as excepted, which is fine, says who answers for it, and is neither leased nor looked at', async () => {
    const one = world();
    const { view, exitCode } = resultOf(await one.start('r1', remedy(excepted(1, one))));
    expect(view.hosts.map(({ name, outcome }) => [name, outcome])).toEqual([
      ['web1', 'remediated'],
      ['web2', 'excepted'],
    ]);
    expect(view.hosts[1]?.reason).toBe(
      'excepted from cve-1 until then: vendor forbids it (approved by J. Doe, RISK-7)',
    );
    expect([view.isFine, exitCode]).toEqual([true, 0]);
    const events = await (await one.journal()).events('r1');
    const about = events.filter((event) => 'host' in event && event.host === 'web2').map(({ type }) => type);
    expect(about).toEqual(['HostFinished']);
  });

  it('is left alone by a resume too, wherever the run died', async () => {
    for (let diesAt = 1; diesAt <= 8; diesAt++) {
      const one = world();
      await one.start('r1', remedy(excepted(1, one)), { diesAt });
      const known = (await (await one.journal()).events('r1').catch(() => [])).length;
      if (known === 0) continue;
      const { view } = resultOf(await one.resume('r1'));
      expect(view.hosts.map(({ outcome }) => outcome)).toEqual(['remediated', 'excepted']);
    }
  });

  it('whose exception ran out before the run began is not fine, and not worked on either', async () => {
    const one = world();
    const { view, exitCode } = resultOf(await one.start('r1', remedy(excepted(-1, one))));
    expect(view.hosts[1]).toMatchObject({ outcome: 'skipped', reason: expect.stringContaining('rerun it') });
    expect(exitCode).toBe(3);
    const events = await (await one.journal()).events('r1');
    expect(events.filter((event) => 'step' in event && event.host === 'web2')).toEqual([]);
  });
});
