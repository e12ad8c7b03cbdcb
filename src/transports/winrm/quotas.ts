/** Faults of WinRM's quotas: which one is used up, and the command that raises it. Must not know requests. */
import { FAULT_CODE } from '../../protocol/index.ts';

interface Quota {
  readonly name: string;
  /** To type on the host. */
  readonly raise: string;
}

function winrs(name: string, value: number): Quota {
  return { name, raise: `winrm set winrm/config/winrs @{${name}="${value}"}` };
}

function plugin(name: string, value: number): Quota {
  const raise = `Set-Item WSMan:\\localhost\\Plugin\\Microsoft.PowerShell\\Quotas\\${name} ${value}; Restart-Service WinRM`;
  return { name: `${name} of the session configuration`, raise };
}

const QUOTAS: ReadonlyMap<number, Quota> = new Map([
  [FAULT_CODE.tooManyShells, winrs('MaxShellsPerUser', 30)],
  [FAULT_CODE.tooManyShellUsers, winrs('MaxConcurrentUsers', 20)],
  [
    FAULT_CODE.tooManyOperations,
    {
      name: 'MaxConcurrentOperationsPerUser',
      raise: 'winrm set winrm/config/service @{MaxConcurrentOperationsPerUser="1500"}',
    },
  ],
  [FAULT_CODE.pluginShellsPerUser, plugin('MaxShellsPerUser', 30)],
  [FAULT_CODE.pluginUsers, plugin('MaxConcurrentUsers', 20)],
  [FAULT_CODE.pluginShells, plugin('MaxShells', 60)],
  [FAULT_CODE.pluginOperations, plugin('MaxConcurrentOperations', 3000)],
  [FAULT_CODE.pluginOperationsPerUser, plugin('MaxConcurrentOperationsPerUser', 1500)],
  [FAULT_CODE.pluginCommandsPerShell, plugin('MaxConcurrentCommandsPerShell', 1000)],
  [FAULT_CODE.userQuota, { name: 'the user’s load quota', raise: 'Restart-Service WinRM, or wait some minutes' }],
  [FAULT_CODE.systemQuota, { name: 'the service’s load quota', raise: 'Restart-Service WinRM, or wait some minutes' }],
]);

/** Undefined: no fault of a quota. */
export function quotaOf(windowsCode: number | undefined): Quota | undefined {
  return windowsCode === undefined ? undefined : QUOTAS.get(windowsCode);
}
