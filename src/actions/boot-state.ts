/** Boot time and pending reboots of a host, as read by Get-FbBootState. */
import { z } from 'zod';
import type { StepContext } from '../domain/index.ts';
import { callHost } from './host-call.ts';

const bootStateSchema = z.object({
  /** ISO 8601, UTC. */
  BootTime: z.string(),
  UptimeSeconds: z.number(),
  PendingReboot: z.array(z.string()),
  PendingReadable: z.boolean(),
  /** Null when it cannot be told. */
  ShutdownPending: z.boolean().nullable(),
  /** We have asked for a restart since this boot. */
  RestartAsked: z.boolean(),
});
export type BootState = z.infer<typeof bootStateSchema>;

/** LastBootUpTime moves by the steps of the clock (time synchronisation); a real boot takes longer than this. */
const BOOT_TOLERANCE_MS = 3000;

/** @throws FirebreakError those of callHost */
export function readBootState(step: StepContext, timeoutMs = 60_000): Promise<BootState> {
  return callHost(step, { module: 'Host', function: 'Get-FbBootState', result: bootStateSchema, timeoutMs });
}

/** True when `current` is a boot after `prior`, both ISO 8601. */
export function isLaterBoot(current: string, prior: string): boolean {
  return Date.parse(current) - Date.parse(prior) > BOOT_TOLERANCE_MS;
}
