export { addressKey } from './address-key.ts';
export { type Answered, answerQuestion } from './answer.ts';
export type { EngineDeps, HostMarker, Observer, Operator, Order } from './deps.ts';
export { foldRun } from './fold-run.ts';
export { type AnsweredGate, answerGate } from './gate-answer.ts';
export {
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
export { abortRun, type RunResult, resumeRun, runPlan, workOnHost } from './run.ts';
export { type VerifiedShield, verifyShields } from './verify-shields.ts';
