/** Everything that a playbook can say after `uses:`. */
import type { Action, ActionCatalog } from '../domain/index.ts';
import { assertAction } from './assert.ts';
import { assessRun } from './assess-run.ts';
import { attackCheck } from './attack-check.ts';
import { attackHold } from './attack-hold.ts';
import { attackLogon } from './attack-logon.ts';
import { evidenceCollect } from './evidence-collect.ts';
import { fail } from './fail.ts';
import { fileFetch } from './file-fetch.ts';
import { filePush } from './file-push.ts';
import { healthCheck } from './health-check.ts';
import { healthSnapshot } from './health-snapshot.ts';
import { hostEnd } from './host-end.ts';
import { hostFacts } from './host-facts.ts';
import { hostPreflight } from './host-preflight.ts';
import { hostReboot } from './host-reboot.ts';
import { hostWait } from './host-wait.ts';
import { infectionCheck } from './infection-check.ts';
import { infectionClean } from './infection-clean.ts';
import { notify } from './notify.ts';
import { operatorAsk } from './operator-ask.ts';
import { operatorConfirm } from './operator-confirm.ts';
import { packageInstall } from './package-install.ts';
import { packageStage } from './package-stage.ts';
import { packageUninstall } from './package-uninstall.ts';
import { patchScan } from './patch-scan.ts';
import { patchVerify } from './patch-verify.ts';
import { pause } from './pause.ts';
import { portsCheck } from './ports-check.ts';
import { powershellRun } from './powershell-run.ts';
import { registrySet } from './registry-set.ts';
import { serviceSet } from './service-set.ts';
import { shieldApply } from './shield-apply.ts';
import { shieldRevert } from './shield-revert.ts';

import { updateInstall } from './update-install.ts';

export { checkSchema } from './assess-schema.ts';

/** The actions by the name in `uses:`. */
export function createActions(): ActionCatalog {
  const actions: readonly Action[] = [
    assertAction,
    assessRun,
    attackCheck,
    attackHold,
    attackLogon,
    evidenceCollect,
    fail,
    fileFetch,
    filePush,
    healthCheck,
    healthSnapshot,
    hostEnd,
    hostFacts,
    hostPreflight,
    hostReboot,
    hostWait,
    infectionCheck,
    infectionClean,
    notify,
    operatorAsk,
    operatorConfirm,
    packageInstall,
    packageStage,
    packageUninstall,
    patchScan,
    patchVerify,
    pause,
    portsCheck,
    powershellRun,
    registrySet,
    serviceSet,
    shieldApply,
    shieldRevert,
    updateInstall,
  ];
  return new Map(actions.map((action) => [action.uses, action]));
}
