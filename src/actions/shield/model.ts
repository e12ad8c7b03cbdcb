/**
 * What every method of shielding has in common. A method reads, writes and restores exactly one thing of the host, and
 * decides nothing about when.
 */
import { z } from 'zod';
import type { AdvisoryShield } from '../../advisory/index.ts';
import { FirebreakError, type StepContext } from '../../domain/index.ts';
import { callHost } from '../host-call.ts';

/** Everything that undo, recovery and proof need; stored in the journal before the shield goes up. */
export const shieldPriorSchema = z.object({
  method: z.enum(['ipsec', 'firewall', 'registry', 'service', 'dcom', 'rpc-http']),
  /** Names the shield on the host: policy, tasks, record. */
  id: z.string(),
  side_effects: z.string(),
  /** What people should know of it on this host. */
  notes: z.array(z.string()).default([]),
  /** `18362.720`: from here on the host itself may take the shield down. */
  floors: z.array(z.string()),
  /** 0 = the host has no timers for it, the ledger alone has it. */
  confirm_s: z.int(),
  /** 0 = until patched. */
  ttl_s: z.int(),
  /** What the method will write. */
  setting: z.record(z.string(), z.json()),
  /** It protects only after the next restart. */
  reboot: z.boolean().default(false),
  /** What it found. */
  found: z.record(z.string(), z.json()),
});
export type ShieldPrior = z.infer<typeof shieldPriorSchema>;

export interface ShieldRequest {
  readonly id: string;
  readonly shield: AdvisoryShield;
  /** Addresses that a port shield leaves through. */
  readonly exempt: readonly string[];
  /** The method `firewall` may turn a profile on that is off. */
  readonly turnOnFirewall: boolean;
  /** What the method `rpc-http` makes of the proxy, and whether it may restart the web service. */
  readonly rpcHttp: { readonly mode: 'keep' | 'disable'; readonly restart: boolean };
}

/** What a method found before anything was changed. */
export type Survey =
  | {
      readonly state: 'free';
      readonly setting: ShieldPrior['setting'];
      readonly found: ShieldPrior['found'];
      readonly notes?: readonly string[];
      /** The host will not take it back by itself. */
      readonly isUntimed?: boolean;
    }
  | { readonly state: 'satisfied'; readonly reason: string }
  | {
      readonly state: 'impossible';
      readonly reason: string;
      readonly isForeign?: boolean;
      /** How a person puts it up at the console of the host instead. */
      readonly byHand?: string;
    };

export interface ShieldState {
  readonly stands: boolean;
  /** Whose what is there now is: as-found: what was there before us; other: somebody changed it since. */
  readonly is: 'ours' | 'as-found' | 'other' | 'unreadable';
  /** True while the host would revert blindly. */
  readonly confirmArmed: boolean;
  /** The host keeps its record: something was begun and not taken back. */
  readonly isRecorded: boolean;
  /** It stands and protects only once the host has been restarted. */
  readonly rebootRequired?: boolean;
  /** Whether it protects already; default: as soon as it stands and no restart is required. */
  readonly inEffect?: boolean;
  readonly reason: string;
}

export interface ShieldMethod {
  readonly method: ShieldPrior['method'];
  readonly blocksPorts: boolean;
  /** Why `auto` never takes it; absent: it may. */
  readonly onlyByName?: string;
  /** It protects only together with another one. */
  readonly isPartial?: boolean;
  survey(step: StepContext, request: ShieldRequest): Promise<Survey>;
  /** Arms both timers, then writes; doing it twice does no harm. */
  apply(step: StepContext, prior: ShieldPrior): Promise<void>;
  read(step: StepContext, prior: ShieldPrior): Promise<ShieldState>;
  /** Takes back only what is still ours. */
  restore(step: StepContext, prior: ShieldPrior): Promise<Restored>;
}

export interface Restored {
  readonly changed: boolean;
  readonly restored: boolean;
  /** Somebody changed it since; nothing was touched. */
  readonly conflict: boolean;
  /** What is there now, for people. */
  readonly current: string;
  /** Whether everything is byte for byte as it was found; null: that was not compared. */
  readonly isSame: boolean | null;
  /** What was there before is in effect only after the next restart. */
  readonly rebootRequired: boolean;
  readonly errors: readonly string[];
}

export const appliedSchema = z.object({ Changed: z.boolean(), Applied: z.boolean(), Errors: z.array(z.string()) });
export const restoredSchema = z
  .object({
    Changed: z.boolean(),
    Restored: z.boolean(),
    Conflict: z.boolean(),
    Current: z.string(),
    StoreSame: z.boolean().nullable().default(null),
    RebootRequired: z.boolean().default(false),
    Errors: z.array(z.string()),
  })
  .transform(
    (raw): Restored => ({
      changed: raw.Changed,
      restored: raw.Restored,
      conflict: raw.Conflict,
      current: raw.Current,
      isSame: raw.StoreSame,
      rebootRequired: raw.RebootRequired,
      errors: raw.Errors,
    }),
  );
/** The parameters of a shield's two timers on the host, for the functions that put it up. */
export function timersOf(prior: ShieldPrior) {
  return { ConfirmSeconds: prior.confirm_s, TtlSeconds: prior.ttl_s, Floor: prior.floors };
}

const confirmedSchema = z.object({ Changed: z.boolean(), Confirmed: z.boolean(), Errors: z.array(z.string()) });

const HALF_DONE =
  'whatever was half done is reverted by the host itself; look at the cause there, or take another method';

/** @throws FirebreakError FB_SHIELD_REFUSED when the host could not do it */
export function ensureApplied(step: StepContext, applied: z.infer<typeof appliedSchema>, remedy = HALF_DONE): void {
  if (applied.Applied) return;
  const message = `the shield could not be put up on ${step.host.name}: ${applied.Errors.join('; ') || 'no reason given'}`;
  throw new FirebreakError('FB_SHIELD_REFUSED', message, { remedy });
}

/** Tells the host that the controller still gets in: it will not revert by itself. */
export async function confirmShield(step: StepContext, id: string): Promise<void> {
  const call = {
    module: 'Shield',
    function: 'Confirm-FbShield',
    parameters: { Id: id },
    result: confirmedSchema,
  } as const;
  const confirmed = await callHost(step, call);
  if (confirmed.Confirmed) return;
  const why = confirmed.Errors.join('; ') || 'no reason given';
  throw new FirebreakError('FB_SHIELD_UNCONFIRMED', `the shield on ${step.host.name} could not be confirmed: ${why}`, {
    remedy: 'the host takes it down by itself within minutes; look at its task scheduler, then rerun',
  });
}
