/** `shields verify`: what became of the shields of the ledger, by reading alone. */
import { describe, expect, it } from '@jest/globals';
import { type ChangeAction, FirebreakError } from '../../src/domain/index.ts';
import { listShields, verifyShields } from '../../src/engine/index.ts';
import { resultOf, World } from './support/controller.ts';
import { Life } from './support/life.ts';
import { host, plan, step } from './support/plans.ts';

const NAMES = ['web01', 'web02', 'web03', 'web04', 'web05'];

async function shielded(): Promise<World> {
  const world = new World({ machines: Object.fromEntries(NAMES.map((name) => [name, {}])) });
  const hosts = NAMES.map((name) => host(name));
  resultOf(await world.start('r1', plan([step('shield', 'shield.apply')], { hosts })));
  return world;
}

async function verify(world: World, signal = new AbortController().signal) {
  const { deps } = await world.deps(new Life(), 'verifier');
  const shields = await listShields(deps.journal);
  return verifyShields(deps, { shields, forks: 3, timeoutMs: 60_000, signal });
}

describe('verifying shields', () => {
  it('tells standing, gone, changed, unreachable and exchanged machines apart', async () => {
    const world = await shielded();
    world.machine('web02').policy = 'admins-own';
    world.machine('web03').policy = 'somebody elses';
    world.machine('web04').offlineUntil = Number.POSITIVE_INFINITY;
    world.machines.set('web05', world.machine('web01'));
    const verified = await verify(world);
    expect(Object.fromEntries(verified.map((shield) => [shield.host, shield.state]))).toEqual({
      web01: 'standing',
      web02: 'gone',
      web03: 'conflict',
      web04: 'unreachable',
      web05: 'failed',
    });
    expect(verified.filter((shield) => shield.error === null).map((shield) => shield.host)).toEqual(['web01']);
    expect(verified.find((shield) => shield.host === 'web05')?.error?.code).toBe('FB_HOST_LEASED');
  });

  it.each([
    [true, 'written, in effect after the next restart'],
    [false, 'written, not in effect yet'],
  ])('says of one that stands that it protects nobody yet (restart: %s)', async (reboot, note) => {
    const { deps } = await (await shielded()).deps(new Life(), 'verifier');
    const apply = deps.actions.get('shield.apply') as ChangeAction;
    const later: ChangeAction = {
      ...apply,
      prove: async (...given) => {
        const proof = await apply.prove(...given);
        return { ...proof, result: { ...proof.result, in_effect: false, reboot_required: reboot } };
      },
    };
    const shields = (await listShields(deps.journal)).slice(0, 1);
    const actions = new Map([...deps.actions, ['shield.apply', later] as const]);
    const { signal } = new AbortController();
    const verified = await verifyShields({ ...deps, actions }, { shields, forks: 1, timeoutMs: 60_000, signal });
    expect(verified).toMatchObject([{ host: 'web01', state: 'standing', note }]);
  });

  it('changes nothing: no host, no journal, no lease', async () => {
    const world = await shielded();
    world.machine('web02').policy = 'admins-own';
    const before = NAMES.map((name) => [...world.machine(name).history]);
    const events = await (await world.journal()).events('r1');
    await verify(world);
    expect(NAMES.map((name) => world.machine(name).history)).toEqual(before);
    expect(await (await world.journal()).events('r1')).toEqual(events);
    expect([...world.store.leases]).toEqual([]);
    expect(await listShields(await world.journal())).toHaveLength(NAMES.length);
  });

  it('looks on a host that a run has', async () => {
    const world = await shielded();
    const end = await world.start('r2', plan([step('shield', 'shield.apply')]), { parent: 'r1', diesAt: 8 });
    expect(end).toHaveProperty('died');
    expect((await verify(world)).filter((shield) => shield.host === 'web01').at(0)?.state).toBe('standing');
  });

  it('ends when it is interrupted', async () => {
    const interrupted = new AbortController();
    interrupted.abort();
    const cancelled = verify(await shielded(), interrupted.signal);
    await expect(cancelled).rejects.toBeInstanceOf(FirebreakError);
    await expect(cancelled).rejects.toMatchObject({ code: 'FB_CANCELLED' });
  });
});
