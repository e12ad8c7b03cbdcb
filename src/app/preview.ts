/** `firebreak plan`: a plan as people want to see it. */
import type { Plan } from '../domain/index.ts';
import { describePlan, type PlanPreview } from '../engine/index.ts';
import { systemClock } from './system-ports.ts';
import type { Services } from './wiring.ts';

export type { PlanPreview, PreviewNode } from '../engine/index.ts';

export function previewPlan(plan: Plan, services: Services): PlanPreview {
  return describePlan(plan, services.actions, systemClock.now());
}
