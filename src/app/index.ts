export type { ExecResult } from './exec.ts';
export { execOnTargets, overridesOf } from './exec-on-targets.ts';
export { loadPlan, readInventory } from './load-plan.ts';
export { type PreviewNode, previewPlan } from './preview.ts';
export { writeReport } from './report.ts';
export {
  abort,
  type FinishedRun,
  planRerun,
  type RerunOptions,
  type RunWatcher,
  resume,
  type StartOptions,
  startRerun,
  startRun,
} from './run.ts';
export { playbookSchema } from './schema.ts';
export { checkShields, listRuns, revertShields, runStatus, standingShields } from './status.ts';
export type { ConnectionFlags } from './target-uri.ts';
export { validate } from './validate.ts';
export { verifyPlaybook } from './verify.ts';
export { createServices, type Services } from './wiring.ts';
