export { createPlan, type PlanRequest, planHash } from './create-plan.ts';
export {
  describePlan,
  type PlanPreview,
  type PreviewBlock,
  type PreviewNode,
  type PreviewStep,
  type PreviewWave,
} from './describe-plan.ts';
