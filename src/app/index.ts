export type { Operator } from '../engine/index.ts';
export type { TagChoice } from '../playbook/index.ts';
export { hashPackages, listAdvisories, playbookOf, showAdvisory } from './advisory.ts';
export { answer, type OpenQuestion, openQuestions } from './answer.ts';
export { approve } from './approve.ts';
export { assessPlaybook } from './assess.ts';
export { type AuditFindings, exportAudit, exportAuditToFile, verifyAudit } from './audit.ts';
export { isChangeDemanded } from './change.ts';
export { CHECK_NAMES, type CheckName, doctor, type HostReport, RELAYED_CHECK_NAMES } from './doctor/index.ts';
export type { ExecResult } from './exec.ts';
export { execOnTargets } from './exec-on-targets.ts';
export { listHosts } from './hosts.ts';
export { initFolder } from './init.ts';
export { buildKit, importKit } from './kit/index.ts';
export { loadPlan } from './load-plan.ts';
export { pauseRun, skipHosts } from './orders.ts';
export { type PlanPreview, type PreviewNode, previewPlan } from './preview.ts';
export { type Rehearsal, rehearse } from './rehearse.ts';
export { reportSchema, reportText, saveReport } from './report.ts';
export {
  abort,
  type FinishedRun,
  planRerun,
  type RerunOptions,
  type RunWatcher,
  resume,
  type StartOptions,
  startPlan,
  startRerun,
  startRun,
} from './run.ts';
export { type ScannedHost, type ScanReport, type ScanTotals, scanTargets } from './scan.ts';
export { playbookSchema } from './schema.ts';
export { dischargeShield, exportShield, isDistributed } from './shield-export.ts';
export { checkShields, listRuns, revertShields, runStatus, standingShields } from './status.ts';
export { type ConnectionFlags, overridesOf } from './target-flags.ts';
export { validate } from './validate.ts';
export { verifyPlaybook } from './verify.ts';
export { createServices, type Services } from './wiring.ts';
export {
  describePlaybook,
  examineHosts,
  hostsOf,
  inputProblem,
  type PlaybookChoice,
  packageFolderProblem,
  shippedPlaybooks,
  sideEffects,
  targetProblem,
} from './wizard.ts';
export { work } from './worker.ts';
