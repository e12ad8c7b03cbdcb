export { createPlan, planHash } from './create-plan.ts';
export { describePlan, type PlanPreview, type PreviewNode } from './describe-plan.ts';
