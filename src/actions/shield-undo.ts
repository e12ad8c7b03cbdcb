/** Takes one shield down again: reads first, restores only what is still ours, says what is in the way otherwise. */
import { type ErrorRecord, FirebreakError, type JsonObject, type OpenUndo, type StepContext } from '../domain/index.ts';
import { shieldMethod, shieldPriorSchema } from './shield/index.ts';

export interface Undone {
  readonly undone: boolean;
  readonly result: JsonObject;
  readonly error?: ErrorRecord;
}

/**
 * Returns after the host was read again. Doing it twice does no harm.
 *
 * @throws FirebreakError those of the session: then nothing is known and the undo stays owed
 */
export async function takeDown(step: StepContext, undo: OpenUndo): Promise<Undone> {
  const parsed = shieldPriorSchema.safeParse(undo.prior);
  if (!parsed.success) {
    throw new FirebreakError(
      'FB_BUG',
      `the shield of run ${undo.run}, step ${undo.step} cannot be read from the journal`,
    );
  }
  const prior = parsed.data;
  const restored = await shieldMethod(prior.method).restore(step, prior);
  const result: JsonObject = {
    id: prior.id,
    method: prior.method,
    changed: restored.changed,
    current: restored.current,
    same_as_before: restored.isSame,
    reboot_required: restored.rebootRequired,
  };
  if (restored.restored) {
    if (restored.changed && restored.rebootRequired)
      step.progress(`${restored.current}, in effect after the next restart`);
    return { undone: true, result };
  }
  if (restored.conflict) {
    const message =
      `somebody changed what the shield ${prior.id} had set on ${step.host.name}: ` +
      `found before ${JSON.stringify(prior.found)}, ours ${JSON.stringify(prior.setting)}, now ${restored.current}`;
    const remedy = 'decide on the host what is right, then: firebreak shields revert';
    return { undone: false, result, error: { code: 'FB_SHIELD_CONFLICT', message, remedy, retryable: false } };
  }
  const message = `the shield ${prior.id} could not be taken down on ${step.host.name}: ${restored.errors.join('; ')}`;
  const remedy =
    'it still stands and stays in the ledger: look at the cause on the host, then firebreak shields revert';
  return { undone: false, result, error: { code: 'FB_STEP_NOT_PROVEN', message, remedy, retryable: true } };
}
