/**
 * Shield by switching DCOM off: EnableDCOM=N, which Windows reads when it starts. The host never takes it back by itself:
 * that needs another restart and a way in that does not use DCOM, so the ledger alone has it. Must not know who restarts.
 */
import { z } from 'zod';
import { FirebreakError, type ParameterValue, type StepContext } from '../../domain/index.ts';
import { callHost } from '../host-call.ts';
import {
  appliedSchema,
  ensureApplied,
  type Restored,
  restoredSchema,
  type ShieldMethod,
  type ShieldPrior,
} from './model.ts';

const value = z.union([z.number(), z.string()]);
const stateSchema = z.object({
  Present: z.boolean(),
  Type: z.string().nullable(),
  /** Numbers and texts only; anything else is said by its type alone. */
  Value: value.nullable(),
  IsOff: z.boolean(),
  /** Off since a start; null: nobody can tell since when it says so. */
  InEffect: z.boolean().nullable(),
  /** Id of a shield of this kind that another run has put up; empty: none. */
  Other: z.string(),
  /** The registry of a relayed host is reached by WMI alone. */
  OnlyByDcom: z.boolean(),
  Relayed: z.boolean(),
  /** The host keeps a record of the shield. */
  Recorded: z.boolean().default(false),
  Readable: z.boolean(),
});
type DcomState = z.infer<typeof stateSchema>;
const foundSchema = z.object({ present: z.boolean(), type: z.string().nullable(), value: value.nullable() });

const SETTING = { key: 'HKLM\\SOFTWARE\\Microsoft\\OLE', name: 'EnableDCOM', type: 'String', value: 'N' } as const;
const BACK_LATER = 'once it is taken down, DCOM works again only after another restart';
const OFF_BEFORE =
  'EnableDCOM is N already, since when cannot be told: a restart makes certain that it protects, and it stays N afterwards';
const LEDGER_ONLY = 'no timer takes it back: it stands until shield.revert or firebreak shields revert';

function readState(step: StepContext, id: string): Promise<DcomState> {
  return callHost(step, {
    module: 'Shield',
    function: 'Get-FbDcomShield',
    parameters: { Id: id },
    result: stateSchema,
  });
}

function parametersOf(prior: ShieldPrior): { readonly [name: string]: ParameterValue } {
  const found = foundSchema.parse(prior.found);
  return { Id: prior.id, PriorPresent: found.present, PriorType: found.type ?? '', PriorValue: found.value };
}

/** Why it could not be taken down again; null when it could. */
function problemOf(state: DcomState): string | null {
  if (!state.Readable) return 'EnableDCOM could not be read';
  if (state.OnlyByDcom) {
    return 'its registry is reached by WMI alone, which needs DCOM: nobody could switch it on again from here. Start its service Remote Registry first';
  }
  if (state.Present && state.Value === null) {
    return `EnableDCOM is a ${state.Type ?? 'strange'} value, which could not be restored`;
  }
  return null;
}

export const dcomShield: ShieldMethod = {
  method: 'dcom',
  blocksPorts: false,
  onlyByName: 'it needs a restart of its own',

  async survey(step, request) {
    const state = await readState(step, request.id);
    if (state.Other !== '') {
      const reason = `the shield "${state.Other}" of another run has switched DCOM off already`;
      return { state: 'impossible', reason, isForeign: true };
    }
    const problem = problemOf(state);
    if (problem !== null) return { state: 'impossible', reason: problem };
    return {
      state: 'free',
      setting: SETTING,
      found: { present: state.Present, type: state.Type, value: state.Value },
      notes: state.IsOff ? [OFF_BEFORE, LEDGER_ONLY] : [BACK_LATER, LEDGER_ONLY],
      isUntimed: true,
    };
  },

  async apply(step, prior) {
    const call = {
      module: 'Shield',
      function: 'Set-FbDcomShield',
      parameters: parametersOf(prior),
      result: appliedSchema,
    } as const;
    ensureApplied(step, await callHost(step, call), 'look at the cause on the host, or take another method');
  },

  async read(step, prior) {
    const state = await readState(step, prior.id);
    const found = foundSchema.parse(prior.found);
    const isAsFound = state.Present === found.present && state.Type === found.type && state.Value === found.value;
    const shown = state.Present ? `EnableDCOM is ${state.Value ?? state.Type ?? 'strange'}` : 'EnableDCOM is absent';
    return {
      stands: state.Readable && state.IsOff,
      is: !state.Readable ? 'unreadable' : state.IsOff ? 'ours' : isAsFound ? 'as-found' : 'other',
      confirmArmed: false,
      isRecorded: state.Recorded,
      rebootRequired: state.IsOff && state.InEffect !== true,
      reason: state.Readable ? shown : 'it could not be read',
    };
  },

  async restore(step, prior): Promise<Restored> {
    const call = {
      module: 'Shield',
      function: 'Restore-FbDcomShield',
      parameters: parametersOf(prior),
      result: restoredSchema,
    } as const;
    try {
      return await callHost(step, call);
    } catch (thrown) {
      throw noWayBack(step, thrown);
    }
  },
};

/** A host that answers, but whose registry does not: DCOM that is off cannot be switched on by DCOM. */
function noWayBack(step: StepContext, thrown: unknown): unknown {
  if (!(thrown instanceof FirebreakError) || thrown.code !== 'FB_CONNECT_REFUSED' || thrown.relay !== undefined) {
    return thrown;
  }
  const message = `DCOM of ${step.host.name} is off, so it cannot be switched on over DCOM, and there is no other way to its registry: ${thrown.message}`;
  return new FirebreakError('FB_STEP_REFUSED', message, {
    cause: thrown,
    remedy: `start its service Remote Registry (sc \\\\${step.host.address} start RemoteRegistry), then: firebreak shields revert ${step.host.name}`,
  });
}
