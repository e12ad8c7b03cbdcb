/** Shield by one registry value, such as LanmanServer's DisableCompression. */
import { z } from 'zod';
import type { ParameterValue } from '../../domain/index.ts';
import { callHost } from '../host-call.ts';
import { appliedSchema, ensureApplied, restoredSchema, type ShieldMethod, type ShieldPrior } from './model.ts';

const value = z.union([z.number(), z.string()]);
const stateSchema = z.object({
  Present: z.boolean(),
  Type: z.string().nullable(),
  /** Numbers and texts only; anything else is said by its type alone. */
  Value: value.nullable(),
  ConfirmArmed: z.boolean(),
  Readable: z.boolean(),
});

const settingSchema = z.object({ key: z.string(), name: z.string(), type: z.string(), value });
const foundSchema = z.object({ present: z.boolean(), type: z.string().nullable(), value: value.nullable() });

function parametersOf(prior: ShieldPrior): { readonly [name: string]: ParameterValue } {
  const setting = settingSchema.parse(prior.setting);
  const found = foundSchema.parse(prior.found);
  return {
    Id: prior.id,
    Key: setting.key,
    Name: setting.name,
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
    const { key, name, type, value: wanted } = request.shield;
    const parameters = { Id: request.id, Key: key, Name: name };
    const call = { module: 'Shield', function: 'Get-FbRegistryShield', parameters, result: stateSchema } as const;
    const state = await callHost(step, call);
    if (!state.Readable) return { state: 'impossible', reason: `${key}\\${name} could not be read` };
    if (state.Present && state.Type === type && state.Value === wanted) {
      return { state: 'satisfied', reason: `${name} is ${wanted} already` };
    }
    if (state.Present && state.Value === null) {
      return {
        state: 'impossible',
        reason: `${name} is a ${state.Type ?? 'strange'} value, which could not be restored`,
      };
    }
    return {
      state: 'free',
      setting: { key, name, type, value: wanted },
      found: { present: state.Present, type: state.Type, value: state.Value },
    };
  },

  async apply(step, prior) {
    const parameters = {
      ...parametersOf(prior),
      ConfirmSeconds: prior.confirm_s,
      TtlSeconds: prior.ttl_s,
      Floor: prior.floors,
    };
    const call = { module: 'Shield', function: 'Set-FbRegistryShield', parameters, result: appliedSchema } as const;
    ensureApplied(step, await callHost(step, call));
  },

  async read(step, prior) {
    const setting = settingSchema.parse(prior.setting);
    const parameters = { Id: prior.id, Key: setting.key, Name: setting.name };
    const call = { module: 'Shield', function: 'Get-FbRegistryShield', parameters, result: stateSchema } as const;
    const state = await callHost(step, call);
    const stands = state.Present && state.Type === setting.type && state.Value === setting.value;
    const shown = state.Present
      ? `${setting.name} is ${state.Value ?? state.Type ?? 'strange'}`
      : `${setting.name} is absent`;
    const found = foundSchema.parse(prior.found);
    const isAsFound = state.Present === found.present && state.Type === found.type && state.Value === found.value;
    const is = !state.Readable ? 'unreadable' : stands ? 'ours' : isAsFound ? 'as-found' : 'other';
    return { stands, is, confirmArmed: state.ConfirmArmed, reason: state.Readable ? shown : 'it could not be read' };
  },

  restore(step, prior) {
    const parameters = parametersOf(prior);
    const call = {
      module: 'Shield',
      function: 'Restore-FbRegistryShield',
      parameters,
      result: restoredSchema,
    } as const;
    return callHost(step, call);
  },
};
