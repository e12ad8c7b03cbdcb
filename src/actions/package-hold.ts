/** An advisory's `hold` at work: what would install its fix is skipped with the reason. Shields and reads go on. */
import { heldBack, parseAdvisory } from '../advisory/index.ts';
import type { Probe, StepContext } from '../domain/index.ts';

/** Null: nothing holds the step back. */
export function heldStep(step: StepContext): Extract<Probe, { readonly state: 'not-applicable' }> | null {
  const reason = step.advisory === null ? null : heldBack(parseAdvisory(step.advisory), step.clock.now());
  return reason === null ? null : { state: 'not-applicable', reason };
}
