/**
 * Port shield in the Windows Firewall of XP SP2 and 2003 SP1: it knows no rules that block, so the exceptions that let
 * people in by the ports are narrowed to the exempt. What has to change `exceptions-plan.ts` knows.
 */
import { z } from 'zod';
import type { StepContext } from '../../domain/index.ts';
import { callHost } from '../host-call.ts';
import { planExceptions } from './exceptions-plan.ts';
import {
  appliedSchema,
  ensureApplied,
  type Restored,
  restoredSchema,
  type ShieldPrior,
  type ShieldRequest,
  type ShieldState,
  type Survey,
  timersOf,
} from './model.ts';

const names = z
  .array(z.string())
  .nullable()
  .default([])
  .transform((list) => list ?? []);
const stateSchema = z.object({
  Stands: z.boolean(),
  Own: z.enum(['none', 'ours', 'changed']),
  ServiceState: z.string().nullable(),
  ServiceStart: z.string().nullable(),
  Local: names,
  Policy: names,
  Products: names,
  /** The host has no PowerShell: it keeps the confirm timer only. */
  Relayed: z.boolean(),
  /** SHA-256 over all settings; empty when it was not taken. */
  Snapshot: z.string(),
  ConfirmArmed: z.boolean(),
  /** The host keeps a record of the shield. */
  Recorded: z.boolean().default(false),
  Readable: z.boolean(),
});
type ExceptionState = z.infer<typeof stateSchema>;

const settingSchema = z.object({
  kind: z.literal('exceptions'),
  changes: z.array(z.string()),
  start_service: z.boolean(),
});
const foundSchema = z.object({ settings_sha256: z.string().nullable() });

/** A change is a program that a relay starts on the host, of which it waits for the end. */
const APPLY_TIMEOUT_MS = 300_000;
/** By which a relay works on a host. */
const RELAY_PORTS = [135, 139, 445];

/** Whether a shield of the method `firewall` is one of these. */
export function isByExceptions(prior: ShieldPrior): boolean {
  return prior.setting['kind'] === 'exceptions';
}

function readState(step: StepContext, parameters: { readonly Id: string; readonly Change?: readonly string[] }) {
  const call = { module: 'Shield', function: 'Get-FbExceptionShield', result: stateSchema } as const;
  const isSurvey = parameters.Change === undefined;
  return callHost(step, { ...call, parameters: { ...parameters, ...(isSurvey ? { Survey: true } : {}) } });
}

/** @throws FirebreakError those of callHost */
export async function surveyExceptions(step: StepContext, request: ShieldRequest): Promise<Survey> {
  const { tcp = [], udp = [] } = request.shield.method === 'firewall' ? request.shield : {};
  if (tcp.length + udp.length === 0) return { state: 'impossible', reason: 'the advisory names no ports for it' };
  const state = await readState(step, { Id: request.id });
  if (!state.Readable) return { state: 'impossible', reason: 'the exceptions of the firewall could not be read' };
  const isRunning = state.ServiceState === 'Running';
  const plan = planExceptions(
    { isRunning, local: state.Local, policy: state.Policy },
    {
      id: request.id,
      tcp,
      udp,
      exempt: request.exempt,
      turnOn: request.turnOnFirewall,
      management: {
        tcp: step.host.transport === 'relay' ? RELAY_PORTS : [step.host.port],
        rpc: step.host.transport === 'relay',
      },
    },
  );
  const products = state.Products.length === 0 ? '' : `; ${state.Products.join(', ')} is there: block the ports in it`;
  if (plan.state === 'impossible') return { state: 'impossible', reason: plan.reason + products };
  if (plan.state === 'shut') {
    return { state: 'satisfied', reason: 'Windows Firewall lets nobody in by these ports' };
  }
  const relayed = 'the host has no PowerShell, so only shield.revert takes it down once it is confirmed, no timer';
  return {
    state: 'free',
    setting: {
      kind: 'exceptions',
      tcp: [...tcp],
      udp: [...udp],
      exempt: [...plan.exempt],
      turn_on: [...plan.turnsOn],
      changes: [...plan.changes],
      start_service: plan.turnsOn.length > 0 && !(isRunning && state.ServiceStart === 'Auto'),
    },
    found: {
      settings_sha256: state.Snapshot === '' ? null : state.Snapshot,
      service_state: state.ServiceState,
      service_start: state.ServiceStart,
    },
    notes: [...plan.notes, ...(state.Relayed ? [relayed] : [])],
  };
}

/** @throws FirebreakError FB_SHIELD_REFUSED and those of callHost */
export async function applyExceptions(step: StepContext, prior: ShieldPrior): Promise<void> {
  const setting = settingSchema.parse(prior.setting);
  const parameters = {
    Id: prior.id,
    Change: setting.changes,
    StartService: setting.start_service,
    ...timersOf(prior),
  };
  const call = { module: 'Shield', function: 'Set-FbExceptionShield', parameters, result: appliedSchema } as const;
  ensureApplied(step, await callHost(step, { ...call, timeoutMs: APPLY_TIMEOUT_MS }));
}

/** @throws FirebreakError those of callHost */
export async function readExceptions(step: StepContext, prior: ShieldPrior): Promise<ShieldState> {
  const state = await readState(step, { Id: prior.id, Change: settingSchema.parse(prior.setting).changes });
  const is = !state.Readable ? 'unreadable' : state.Stands ? 'ours' : state.Own === 'none' ? 'as-found' : 'other';
  const { ConfirmArmed: confirmArmed, Recorded: isRecorded } = state;
  return { stands: state.Stands, is, confirmArmed, isRecorded, reason: reasonOf(state) };
}

/** @throws FirebreakError those of callHost */
export function restoreExceptions(step: StepContext, prior: ShieldPrior): Promise<Restored> {
  const parameters = {
    Id: prior.id,
    Change: settingSchema.parse(prior.setting).changes,
    Snapshot: foundSchema.parse(prior.found).settings_sha256 ?? '',
  };
  const call = {
    module: 'Shield',
    function: 'Restore-FbExceptionShield',
    parameters,
    result: restoredSchema,
  } as const;
  return callHost(step, { ...call, timeoutMs: APPLY_TIMEOUT_MS });
}

/** What is there now, for people. */
function reasonOf(state: ExceptionState): string {
  if (!state.Readable) return 'the firewall could not be read';
  if (state.Own === 'none') return 'the exceptions of the firewall are those from before the shield';
  if (state.Own === 'changed') return 'somebody has changed an exception that the shield had set, or the firewall';
  if (state.Stands) return 'its exceptions are in force';
  return state.ServiceState === 'Running'
    ? 'its exceptions are there, but a Group Policy keeps the firewall off'
    : 'its exceptions are there, but the service of the firewall (SharedAccess) does not run';
}
