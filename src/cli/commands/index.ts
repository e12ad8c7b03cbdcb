/** Every command is declared in one short file. */
import type { Command } from 'commander';
import { registerAbort } from './abort.ts';
import { registerAdvisory } from './advisory.ts';
import { registerAnswer } from './answer.ts';
import { registerApprove } from './approve.ts';
import { registerAssess } from './assess.ts';
import { registerAudit } from './audit.ts';
import { registerDemo } from './demo.ts';
import { registerDoctor } from './doctor.ts';
import { registerExec } from './exec.ts';
import { registerInit } from './init.ts';
import { registerInventory } from './inventory.ts';
import { registerKit } from './kit.ts';
import { registerLab } from './lab/index.ts';
import { registerPatch } from './patch.ts';
import { registerPause } from './pause.ts';
import { registerPlan } from './plan.ts';
import { registerRehearse } from './rehearse.ts';
import { registerReport } from './report.ts';
import { registerRerun } from './rerun.ts';
import { registerResume } from './resume.ts';
import { registerRun } from './run.ts';
import { registerRuns } from './runs.ts';
import { registerScan } from './scan.ts';
import { registerSchema } from './schema.ts';
import { registerShields } from './shields.ts';
import { registerSkip } from './skip.ts';
import { registerStatus } from './status.ts';
import { registerValidate } from './validate.ts';
import { registerVerify } from './verify.ts';
import { registerWizard } from './wizard.ts';
import { registerWorker } from './worker.ts';

export function registerCommands(program: Command): void {
  const daily = [
    registerWizard,
    registerRun,
    registerPlan,
    registerResume,
    registerAnswer,
    registerApprove,
    registerPause,
    registerSkip,
    registerRerun,
    registerAbort,
    registerRuns,
    registerStatus,
  ];
  const also = [
    registerReport,
    registerAudit,
    registerShields,
    registerVerify,
    registerPatch,
    registerAssess,
    registerScan,
    registerAdvisory,
    registerExec,
    registerDoctor,
    registerInventory,
    registerKit,
    registerInit,
    registerRehearse,
    registerValidate,
    registerSchema,
    registerWorker,
  ];
  for (const register of [...daily, ...also, registerDemo, registerLab]) register(program);
}
