export type { EngineDeps, HostMarker, MarkerOwner, Observer } from './deps.ts';
export { foldRun } from './fold-run.ts';
export {
  type DischargeOptions,
  type DischargeOutcome,
  dischargeObligations,
  listShields,
  type StandingShield,
} from './ledger.ts';
export {
  createPlan,
  describePlan,
  type PlanPreview,
  type PreviewNode,
  planHash,
} from './plan/index.ts';
export { abortRun, type ResumeOptions, type RunOptions, type RunResult, resumeRun, runPlan } from './run.ts';
