/**
 * Shield by a service that is stopped and disabled, such as the print spooler. What runs on top of it stops with it and is
 * named; a service by which the host is managed is never touched. Must not know which services an advisory names.
 */
import { z } from 'zod';
import type { ParameterValue, StepContext } from '../../domain/index.ts';
import { callHost } from '../host-call.ts';
import {
  appliedSchema,
  ensureApplied,
  restoredSchema,
  type ShieldMethod,
  type ShieldPrior,
  timersOf,
} from './model.ts';

/** How we get in and how the host's timers run: without them nobody could take a shield back. */
const MANAGEMENT = ['WinRM', 'sshd', 'RpcSs', 'RpcEptMapper', 'DcomLaunch', 'Winmgmt', 'Schedule', 'EventLog'];

const stateSchema = z.object({
  Exists: z.boolean(),
  State: z.string().nullable(),
  Start: z.string().nullable(),
  /** DelayedAutoStart; null: not set. */
  Delayed: z.number().nullable(),
  /** Running services that depend on it, directly or through others. */
  Dependents: z.array(z.string()),
  ConfirmArmed: z.boolean(),
  /** The host keeps a record of the shield. */
  Recorded: z.boolean().default(false),
  Readable: z.boolean(),
});
type ServiceState = z.infer<typeof stateSchema>;

const START_MODES = ['Auto', 'Manual', 'Disabled'] as const;
const settingSchema = z.object({ service: z.string() });
const foundSchema = z.object({
  state: z.string(),
  start: z.enum(START_MODES),
  delayed: z.number().nullable(),
  dependents: z.array(z.string()),
});

function parametersOf(prior: ShieldPrior): { readonly [name: string]: ParameterValue } {
  const found = foundSchema.parse(prior.found);
  return {
    Id: prior.id,
    Name: settingSchema.parse(prior.setting).service,
    PriorState: found.state,
    PriorStart: found.start,
    PriorDelayed: found.delayed === null ? '' : String(found.delayed),
    Dependents: found.dependents,
  };
}

function readService(step: StepContext, id: string, name: string): Promise<ServiceState> {
  const parameters = { Id: id, Name: name };
  return callHost(step, { module: 'Shield', function: 'Get-FbServiceShield', parameters, result: stateSchema });
}

/** What must go on running of a service and of what stops with it; null: nothing must. */
export function managedBy(service: string, dependents: readonly string[]): string | null {
  const stopped = [service, ...dependents].find((name) =>
    MANAGEMENT.some((known) => known.toLowerCase() === name.toLowerCase()),
  );
  return stopped === undefined ? null : `${stopped} would stop, by which the host is managed`;
}

export const serviceShield: ShieldMethod = {
  method: 'service',
  blocksPorts: false,

  async survey(step, request) {
    if (request.shield.method !== 'service') return { state: 'impossible', reason: 'no service is named' };
    if (step.host.transport === 'relay') {
      return { state: 'impossible', reason: 'a host without PowerShell could not take it back by itself' };
    }
    const { service } = request.shield;
    const now = await readService(step, request.id, service);
    if (!now.Readable) return { state: 'impossible', reason: `the service ${service} could not be read` };
    if (!now.Exists) return { state: 'satisfied', reason: `there is no service ${service}` };
    if (now.State === 'Stopped' && now.Start === 'Disabled') {
      return { state: 'satisfied', reason: `${service} is stopped and disabled already` };
    }
    const start = START_MODES.find((mode) => mode === now.Start);
    if (now.State === null || start === undefined) {
      const what = `${service} is ${now.State ?? 'in an unknown state'}, start ${now.Start ?? 'unknown'}`;
      return { state: 'impossible', reason: `${what}, which could not be restored` };
    }
    const managed = managedBy(service, now.Dependents);
    if (managed !== null) return { state: 'impossible', reason: managed };
    return {
      state: 'free',
      setting: { service },
      found: { state: now.State, start, delayed: now.Delayed, dependents: now.Dependents },
      notes: now.Dependents.length === 0 ? [] : [`${now.Dependents.join(', ')} stops with ${service}`],
    };
  },

  async apply(step, prior) {
    const parameters = { ...parametersOf(prior), ...timersOf(prior) };
    const call = { module: 'Shield', function: 'Set-FbServiceShield', parameters, result: appliedSchema } as const;
    ensureApplied(step, await callHost(step, { ...call, timeoutMs: STOP_TIMEOUT_MS }));
  },

  async read(step, prior) {
    const { service } = settingSchema.parse(prior.setting);
    const found = foundSchema.parse(prior.found);
    const now = await readService(step, prior.id, service);
    const stands = now.Exists && now.State === 'Stopped' && now.Start === 'Disabled';
    // Stopped and not yet disabled is our own work that was cut off, while the host is about to take it back.
    const isAsFound =
      now.Exists && now.Start === found.start && (now.State === found.state || (now.ConfirmArmed && now.Recorded));
    const is = !now.Readable ? 'unreadable' : stands ? 'ours' : isAsFound ? 'as-found' : 'other';
    const shown = now.Exists
      ? `${service} is ${now.State ?? 'in an unknown state'}, start ${now.Start ?? 'unknown'}`
      : `there is no service ${service}`;
    const { ConfirmArmed: confirmArmed, Recorded: isRecorded } = now;
    return { stands, is, confirmArmed, isRecorded, reason: now.Readable ? shown : 'it could not be read' };
  },

  restore(step, prior) {
    const parameters = parametersOf(prior);
    const call = { module: 'Shield', function: 'Restore-FbServiceShield', parameters, result: restoredSchema } as const;
    return callHost(step, { ...call, timeoutMs: STOP_TIMEOUT_MS });
  },
};

/** A service may take its time to stop, and so may what depends on it. */
export const STOP_TIMEOUT_MS = 180_000;
