/**
 * Shield by one registry value, such as LanmanServer's DisableCompression; where a service reads it only when it starts,
 * that service is restarted, and the shield stands once it has been.
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
import { managedBy, STOP_TIMEOUT_MS } from './service.ts';

const value = z.union([z.number(), z.string()]);
const stateSchema = z.object({
  Present: z.boolean(),
  Type: z.string().nullable(),
  /** Numbers and texts only; anything else is said by its type alone. */
  Value: value.nullable(),
  /** The service that reads it was started since we wrote it, or does not run. */
  InEffect: z.boolean().default(true),
  /** The host was not restarted since we wrote it. */
  Unbooted: z.boolean().default(false),
  ConfirmArmed: z.boolean(),
  /** The host keeps a record of the shield. */
  Recorded: z.boolean().default(false),
  Readable: z.boolean(),
});
const serviceSchema = z.object({ Exists: z.boolean(), Dependents: z.array(z.string()), Readable: z.boolean() });

const settingSchema = z.object({
  key: z.string(),
  name: z.string(),
  type: z.string(),
  value,
  /** Restarted after the value is written and after it is restored. */
  service: z.string().default(''),
});
const foundSchema = z.object({ present: z.boolean(), type: z.string().nullable(), value: value.nullable() });

function parametersOf(prior: ShieldPrior): { readonly [name: string]: ParameterValue } {
  const setting = settingSchema.parse(prior.setting);
  const found = foundSchema.parse(prior.found);
  return {
    Id: prior.id,
    Key: setting.key,
    Name: setting.name,
    Service: setting.service,
    Type: setting.type,
    Value: setting.value,
    PriorPresent: found.present,
    PriorType: found.type ?? '',
    PriorValue: found.value,
  };
}

export const registryShield: ShieldMethod = {
  method: 'registry',
  blocksPorts: false,

  async survey(step, request) {
    if (request.shield.method !== 'registry') return { state: 'impossible', reason: 'no registry value is named' };
    if (step.host.transport === 'relay') {
      return { state: 'impossible', reason: 'a host without PowerShell could not take it back by itself' };
    }
    const { key, name, type, value: wanted, restart_service: service = '' } = request.shield;
    const parameters = { Id: request.id, Key: key, Name: name, Service: service };
    const call = { module: 'Shield', function: 'Get-FbRegistryShield', parameters, result: stateSchema } as const;
    const state = await callHost(step, call);
    if (!state.Readable) return { state: 'impossible', reason: `${key}\\${name} could not be read` };
    const policy = request.shield.policy_key;
    if (policy !== undefined) {
      const asked = { ...call, parameters: { Id: request.id, Key: policy, Name: name } } as const;
      const set = await callHost(step, asked);
      if (!set.Readable) return { state: 'impossible', reason: `whether a policy sets ${name} could not be read` };
      if (set.Present && set.Value !== wanted) {
        return { state: 'impossible', reason: `a policy sets ${name} to ${set.Value ?? set.Type ?? 'something'}` };
      }
    }
    const isSet = state.Present && state.Type === type && state.Value === wanted;
    // Whether a service has been started since somebody else wrote the value cannot be told: then it is restarted.
    if (isSet && service === '') return { state: 'satisfied', reason: `${name} is ${wanted} already` };
    if (state.Present && !isSet && /\\Policies\\/i.test(key)) {
      return { state: 'impossible', reason: `a policy sets ${name} to ${state.Value ?? state.Type ?? 'something'}` };
    }
    if (state.Present && state.Value === null) {
      return {
        state: 'impossible',
        reason: `${name} is a ${state.Type ?? 'strange'} value, which could not be restored`,
      };
    }
    const restart = service === '' ? { notes: [] } : await restartOf(step, request.id, service);
    if ('reason' in restart) return { state: 'impossible', reason: restart.reason };
    return {
      state: 'free',
      setting: { key, name, type, value: wanted, ...(service === '' ? {} : { service }) },
      found: { present: state.Present, type: state.Type, value: state.Value },
      notes: restart.notes,
    };
  },

  async apply(step, prior) {
    const parameters = { ...parametersOf(prior), ...timersOf(prior) };
    const call = { module: 'Shield', function: 'Set-FbRegistryShield', parameters, result: appliedSchema } as const;
    ensureApplied(step, await callHost(step, { ...call, timeoutMs: STOP_TIMEOUT_MS }));
  },

  async read(step, prior) {
    const setting = settingSchema.parse(prior.setting);
    const parameters = { Id: prior.id, Key: setting.key, Name: setting.name, Service: setting.service };
    const call = { module: 'Shield', function: 'Get-FbRegistryShield', parameters, result: stateSchema } as const;
    const state = await callHost(step, call);
    const isOurs = state.Present && state.Type === setting.type && state.Value === setting.value;
    const stands = isOurs && state.InEffect;
    const waits = isOurs && !state.InEffect ? `, but ${setting.service} has not been restarted since` : '';
    const shown = state.Present
      ? `${setting.name} is ${state.Value ?? state.Type ?? 'strange'}${waits}`
      : `${setting.name} is absent`;
    const found = foundSchema.parse(prior.found);
    const isAsFound = state.Present === found.present && state.Type === found.type && state.Value === found.value;
    const is = !state.Readable ? 'unreadable' : isOurs ? 'ours' : isAsFound ? 'as-found' : 'other';
    return {
      stands,
      is,
      confirmArmed: state.ConfirmArmed,
      isRecorded: state.Recorded,
      rebootRequired: prior.reboot && state.Unbooted,
      reason: state.Readable ? shown : 'it could not be read',
    };
  },

  restore(step, prior) {
    const parameters = parametersOf(prior);
    const call = {
      module: 'Shield',
      function: 'Restore-FbRegistryShield',
      parameters,
      result: restoredSchema,
    } as const;
    return callHost(step, { ...call, timeoutMs: STOP_TIMEOUT_MS });
  },
};

/** What people should know of a restart of this service, or why it must not be restarted. */
async function restartOf(
  step: StepContext,
  id: string,
  service: string,
): Promise<{ readonly notes: readonly string[] } | { readonly reason: string }> {
  const call = {
    module: 'Shield',
    function: 'Get-FbServiceShield',
    parameters: { Id: id, Name: service },
    result: serviceSchema,
  } as const;
  const { Exists: exists, Dependents: dependents, Readable: isReadable } = await callHost(step, call);
  if (!isReadable) return { reason: `the service ${service} could not be read` };
  if (!exists) return { reason: `there is no service ${service}` };
  const managed = managedBy(service, dependents);
  if (managed !== null) return { reason: managed };
  const more = dependents.length === 0 ? '' : `, and with it ${dependents.join(', ')}`;
  return { notes: [`${service} is restarted${more}`] };
}
