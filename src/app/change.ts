/** The number of the change request that a run is done under: what it may look like, and who insists on one. */
import { FirebreakError, type Plan } from '../domain/index.ts';

const MAX_CHARACTERS = 100;
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;

/**
 * The number in its one spelling; undefined without one.
 * @param isDemanded by the settings of this machine (FIREBREAK_REQUIRE_CHANGE)
 * @throws FB_USAGE (no usable number, or none where the playbook or the settings want one)
 */
export function changeNumber(
  given: string | undefined,
  { plan, check, isDemanded }: { readonly plan: Plan; readonly check: boolean; readonly isDemanded: boolean },
): string | undefined {
  const change = given?.trim();
  if (change !== undefined) {
    if (change !== '' && change.length <= MAX_CHARACTERS && !CONTROL.test(change)) return change;
    throw new FirebreakError('FB_USAGE', `a change number has 1 to ${MAX_CHARACTERS} characters, in one line`, {
      remedy: 'for example: --change CHG0031415',
    });
  }
  const wants =
    plan.requireChange === true ? 'the playbook wants' : isDemanded ? 'FIREBREAK_REQUIRE_CHANGE wants' : null;
  if (wants === null || check) return undefined;
  throw new FirebreakError('FB_USAGE', `${wants} the number of the change request`, {
    remedy: 'name it: --change CHG0031415 (with --check it is not needed)',
  });
}

/** What the environment says; `0`, `false` and nothing are no. */
export function isChangeDemanded(environment: NodeJS.ProcessEnv): boolean {
  return !/^(?:0|false|no|)$/i.test(environment['FIREBREAK_REQUIRE_CHANGE']?.trim() ?? '');
}
