/** What is owed like a shield but keeps nobody out does not make a vulnerable host a shielded one. */
import { describe, expect, it } from '@jest/globals';
import type { ActionCatalog } from '../../src/domain/index.ts';
import { resultOf, World } from './support/controller.ts';
import { plan, step } from './support/plans.ts';

function withoutBarrier(actions: ActionCatalog): ActionCatalog {
  const shield = actions.get('shield.apply');
  if (shield?.kind !== 'change') throw new Error('no shield');
  return new Map([...actions, ['shield.apply', { ...shield, isBarrier: false }]]);
}

describe('a host that stays vulnerable', () => {
  const steps = () => plan([step('verify', 'patch.verify'), step('shield', 'shield.apply')]);

  it('is shielded behind a barrier', async () => {
    const { view } = resultOf(await new World().start('r1', steps()));
    expect(view.hosts[0]).toMatchObject({ outcome: 'shielded', standingShields: 1 });
  });

  it('has failed behind what is none, which is owed all the same', async () => {
    const change = (deps: Parameters<NonNullable<Parameters<World['start']>[2]>['change'] & object>[0]) => ({
      ...deps,
      actions: withoutBarrier(deps.actions),
    });
    const world = new World();
    const { view } = resultOf(await world.start('r1', steps(), { change }));
    expect(view.hosts[0]).toMatchObject({ outcome: 'failed', reason: 'not fixed: KB is missing', standingShields: 1 });
    expect(await (await world.journal()).openObligations()).toMatchObject([{ kind: 'undo', uses: 'shield.apply' }]);
  });
});
