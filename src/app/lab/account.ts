/** What a machine of the lab has itself counted and holds: the truth about what was done to it. */
import { labHistory, labRegistry } from './client.ts';

export interface MachineAccount {
  /** Starts of installers. */
  readonly installs: number;
  readonly reboots: number;
}

/** @throws FB_USAGE (no lab, no such host), FB_LAB */
export async function machineAccount(dir: string, host: string): Promise<MachineAccount> {
  const { entries } = await labHistory(dir, host);
  return {
    installs: entries.filter((entry) => entry.kind === 'package' && entry['phase'] === 'start').length,
    reboots: entries.filter((entry) => entry.kind === 'reboot' && entry['restart'] !== false).length,
  };
}

/** Its IPsec policies as canonical text. @throws as machineAccount */
export async function ipsecPolicies(dir: string, host: string): Promise<string> {
  return JSON.stringify(await labRegistry(dir, host));
}
