/**
 * Shield by the RPC proxy (COM Internet Services, RPC over HTTP): it forwards no more to the port of DCOM, or nothing any
 * more. The port itself stays open: only together with a port shield does it close the hole, so it is one step of two.
 * Must not know how ValidPorts is written (valid-ports.ts).
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
  type Survey,
  timersOf,
} from './model.ts';
import { withoutPort } from './valid-ports.ts';

/** keep: other programs go on behind the proxy; disable: it forwards nothing (KB825819). */
export const RPC_HTTP = ['keep', 'disable'] as const;

const value = z.union([z.number(), z.string()]);
const stateSchema = z.object({
  /** Null: it cannot be told. */
  Installed: z.boolean().nullable(),
  /** The web server has a folder /Rpc; null: not told by a text of its configuration. */
  Directory: z.boolean().nullable(),
  Enabled: z.number().nullable(),
  EnabledType: z.string().nullable(),
  HasPorts: z.boolean(),
  PortsType: z.string().nullable(),
  Ports: z.string().nullable(),
  /** 1: NT 4.0 and 2000, reads its settings when the web service starts; 2: rereads ValidPorts every five minutes. */
  Generation: z.number(),
  /** Of the web service; `none` without one, null: it cannot be told. */
  Web: z.string().nullable(),
  InEffect: z.boolean().nullable(),
  Other: z.string(),
  ConfirmArmed: z.boolean(),
  Relayed: z.boolean(),
  /** The host keeps a record of the shield. */
  Recorded: z.boolean().default(false),
  Readable: z.boolean(),
});
type ProxyState = z.infer<typeof stateSchema>;

const settingSchema = z.object({
  key: z.string(),
  name: z.enum(['ValidPorts', 'Enabled']),
  type: z.string(),
  value,
  /** The web service is restarted for it. */
  restart: z.boolean(),
});
const foundSchema = z.object({ present: z.boolean(), type: z.string().nullable(), value: value.nullable() });
type Found = z.infer<typeof foundSchema>;

const KEY = 'HKLM\\Software\\Microsoft\\Rpc\\RpcProxy';
const TOGETHER = 'TCP 593 itself stays open: it closes the hole only together with a port shield';
/** The web service may take its time to stop. */
const RESTART_TIMEOUT_MS = 180_000;

function readState(step: StepContext, parameters: { readonly [name: string]: ParameterValue }): Promise<ProxyState> {
  return callHost(step, { module: 'Shield', function: 'Get-FbRpcProxyShield', parameters, result: stateSchema });
}

function parametersOf(prior: ShieldPrior): { readonly [name: string]: ParameterValue } {
  const setting = settingSchema.parse(prior.setting);
  const found = foundSchema.parse(prior.found);
  return {
    Id: prior.id,
    Name: setting.name,
    Type: setting.type,
    Value: setting.value,
    PriorPresent: found.present,
    PriorType: found.type ?? '',
    PriorValue: found.value,
    Restart: setting.restart,
  };
}

/** What the value is now that a setting of this name is about. */
function settingOf(state: ProxyState, name: 'ValidPorts' | 'Enabled'): Found {
  return name === 'Enabled'
    ? { present: state.EnabledType !== null, type: state.EnabledType, value: state.Enabled }
    : { present: state.HasPorts, type: state.PortsType, value: state.Ports };
}

type Aim = { readonly name: 'ValidPorts' | 'Enabled'; readonly type: string; readonly value: number | string };

/** What has to be written, or why nothing has to or can be. */
function aimOf(state: ProxyState, ports: readonly number[], mode: (typeof RPC_HTTP)[number]): Aim | Survey {
  if (!state.Readable) return { state: 'impossible', reason: 'the settings of the RPC proxy could not be read' };
  if (state.Installed === false) {
    return { state: 'satisfied', reason: 'neither COM Internet Services nor RPC over HTTP are installed' };
  }
  if (state.Installed === null) {
    return {
      state: 'impossible',
      reason: 'it cannot be told whether COM Internet Services or RPC over HTTP are installed',
    };
  }
  if (state.EnabledType !== null && state.Enabled === null) {
    return { state: 'impossible', reason: `Enabled is a ${state.EnabledType} value, which could not be restored` };
  }
  // Absent and zero mean the same.
  if ((state.Enabled ?? 0) === 0) return { state: 'satisfied', reason: 'the RPC proxy is switched off already' };
  if (mode === 'disable') return { name: 'Enabled', type: 'DWord', value: 0 };
  if (!state.HasPorts || /^[\s;]*$/.test(state.Ports ?? '-')) {
    return {
      state: 'impossible',
      reason:
        'ValidPorts names nothing, so the proxy forwards to every RPC server of this host: switch it off (rpc_http: disable)',
    };
  }
  if (state.Ports === null) {
    return {
      state: 'impossible',
      reason: `ValidPorts is a ${state.PortsType ?? 'strange'} value, which could not be restored`,
    };
  }
  let left = state.Ports;
  let isTaken = false;
  for (const port of ports) {
    const taken = withoutPort(left, port);
    if (taken.state === 'strange') {
      return {
        state: 'impossible',
        reason: `the entry "${taken.entry}" of ValidPorts is not understood: correct it first`,
      };
    }
    if (taken.state === 'without') continue;
    isTaken = true;
    left = taken.left;
  }
  if (!isTaken) return { state: 'satisfied', reason: `no entry of ValidPorts has TCP ${ports.join(', ')}` };
  if (left === '') {
    return {
      state: 'impossible',
      reason:
        'ValidPorts has nothing else, and empty it would not keep the proxy from this host: switch it off (rpc_http: disable)',
    };
  }
  return { name: 'ValidPorts', type: state.PortsType ?? 'String', value: left };
}

/** What people should know of it on this host. */
function notesOf(state: ProxyState, aim: Aim, isRestarted: boolean): string[] {
  const notes = [TOGETHER];
  const runs = state.Web !== 'Stopped' && state.Web !== 'none';
  if (isRestarted)
    notes.push('the web service (W3SVC) is restarted, because the proxy reads its settings when it starts');
  else if (runs && aim.name === 'ValidPorts' && state.Generation > 1)
    notes.push('the proxy takes it up within five minutes');
  else if (runs) notes.push('in effect once the web service (W3SVC) is restarted');
  if (state.Directory === false) notes.push('the web server has no folder /Rpc');
  if (state.Relayed) {
    notes.push('the host has no PowerShell, so only shield.revert takes it down, no timer');
  }
  return notes;
}

export const rpcHttpShield: ShieldMethod = {
  method: 'rpc-http',
  blocksPorts: false,
  onlyByName: 'it protects only together with a port shield',
  isPartial: true,

  async survey(step, request) {
    if (request.shield.method !== 'rpc-http') return { state: 'impossible', reason: 'no port is named' };
    const state = await readState(step, { Id: request.id, Survey: true });
    if (state.Other !== '') {
      const reason = `the shield "${state.Other}" of another run stands already`;
      return { state: 'impossible', reason, isForeign: true };
    }
    const aim = aimOf(state, request.shield.tcp, request.rpcHttp.mode);
    if ('state' in aim) return aim;
    const isRead = aim.name === 'ValidPorts' && state.Generation > 1;
    const restart = request.rpcHttp.restart && !isRead && state.Web === 'Running';
    return {
      state: 'free',
      setting: { key: KEY, ...aim, restart },
      found: settingOf(state, aim.name),
      notes: notesOf(state, aim, restart),
      isUntimed: state.Relayed,
    };
  },

  async apply(step, prior) {
    const parameters = { ...parametersOf(prior), ...timersOf(prior) };
    const call = { module: 'Shield', function: 'Set-FbRpcProxyShield', parameters, result: appliedSchema } as const;
    ensureApplied(step, await callHost(step, { ...call, timeoutMs: RESTART_TIMEOUT_MS }));
  },

  async read(step, prior) {
    const setting = settingSchema.parse(prior.setting);
    const found = foundSchema.parse(prior.found);
    const state = await readState(step, { Id: prior.id, Name: setting.name });
    const now = settingOf(state, setting.name);
    const isOurs = now.present && now.type === setting.type && now.value === setting.value;
    const isAsFound = now.present === found.present && now.type === found.type && now.value === found.value;
    // What was not restarted yet is done again.
    const stands = state.Readable && isOurs && (!setting.restart || state.InEffect === true);
    const waits = isOurs && state.InEffect !== true ? ', but the proxy has not read it yet' : '';
    const shown = now.present
      ? `${setting.name} is ${now.value ?? now.type ?? 'strange'}`
      : `${setting.name} is absent`;
    return {
      stands,
      is: !state.Readable ? 'unreadable' : isOurs ? 'ours' : isAsFound ? 'as-found' : 'other',
      confirmArmed: state.ConfirmArmed,
      isRecorded: state.Recorded,
      inEffect: isOurs && state.InEffect === true,
      reason: state.Readable ? shown + waits : 'it could not be read',
    };
  },

  restore(step, prior) {
    const parameters = parametersOf(prior);
    const call = {
      module: 'Shield',
      function: 'Restore-FbRpcProxyShield',
      parameters,
      result: restoredSchema,
    } as const;
    return callHost(step, { ...call, timeoutMs: RESTART_TIMEOUT_MS });
  },
};
