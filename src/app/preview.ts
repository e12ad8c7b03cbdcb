/** `firebreak plan`: a plan as people want to see it. */
import { heldBack, parseAdvisory } from '../advisory/index.ts';
import type { Plan } from '../domain/index.ts';
import { describePlan, type PlanPreview } from '../engine/index.ts';
import { systemClock } from './system-ports.ts';
import type { Services } from './wiring.ts';

export type { PlanPreview, PreviewNode } from '../engine/index.ts';

/** `held`: why no step will install the advisory's fix; null: nothing holds it back. */
export function previewPlan(plan: Plan, services: Services): PlanPreview & { readonly held: string | null } {
  const now = systemClock.now();
  const held = plan.advisory === null ? null : heldBack(parseAdvisory(plan.advisory), now);
  return { ...describePlan(plan, services.actions, now), held };
}
