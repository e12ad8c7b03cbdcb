/** Port shield by an IPsec policy of the host (`netsh ipsec static`): everybody is blocked but the exempt addresses. */
import { z } from 'zod';
import { callHost } from '../host-call.ts';
import { appliedSchema, ensureApplied, restoredSchema, type ShieldMethod, type ShieldPrior } from './model.ts';

const stateSchema = z.object({
  /** Our policy is assigned and the agent runs. */
  Stands: z.boolean(),
  AssignedName: z.string().nullable(),
  AssignedPath: z.string().nullable(),
  GpoAssigned: z.boolean(),
  GpoName: z.string().nullable(),
  AgentExists: z.boolean(),
  AgentState: z.string().nullable(),
  AgentStart: z.string().nullable(),
  NoDefaultExempt: z.number().nullable(),
  ConfirmArmed: z.boolean(),
  Readable: z.boolean(),
});

const settingSchema = z.object({ tcp: z.array(z.number()), udp: z.array(z.number()), exempt: z.array(z.string()) });
const foundSchema = z.object({
  policy_name: z.string().nullable(),
  policy_path: z.string().nullable(),
  agent_state: z.string().nullable(),
  agent_start: z.string().nullable(),
  no_default_exempt: z.number().nullable(),
});

/** Name of our policy on the host. */
function policyName(id: string): string {
  return `Firebreak-${id}`;
}

function parametersOf(prior: ShieldPrior): { readonly [name: string]: string } {
  const found = foundSchema.parse(prior.found);
  return {
    Id: prior.id,
    PriorName: found.policy_name ?? '',
    PriorPath: found.policy_path ?? '',
    AgentState: found.agent_state ?? '',
    AgentStart: found.agent_start ?? '',
  };
}

export const ipsecShield: ShieldMethod = {
  method: 'ipsec',
  blocksPorts: true,

  async survey(step, request) {
    const call = {
      module: 'Shield',
      function: 'Get-FbIpsecShield',
      parameters: { Id: request.id },
      result: stateSchema,
    } as const;
    const state = await callHost(step, call);
    if (!state.Readable) return { state: 'impossible', reason: 'the IPsec policy of the host could not be read' };
    if (!state.AgentExists) return { state: 'impossible', reason: 'the host has no IPsec policy agent' };
    if (state.GpoAssigned) {
      const name = state.GpoName ?? 'unnamed';
      return {
        state: 'impossible',
        reason: `a Group Policy assigns the IPsec policy "${name}", a local one has no effect`,
      };
    }
    const foreign = state.AssignedName !== null && /^Firebreak-/i.test(state.AssignedName);
    if (foreign && state.AssignedName !== policyName(request.id)) {
      const reason = `the shield "${state.AssignedName}" of another run stands already`;
      return { state: 'impossible', reason, isForeign: true };
    }
    const { tcp, udp } = request.shield.method === 'ipsec' ? request.shield : {};
    return {
      state: 'free',
      setting: { tcp: tcp ?? [], udp: udp ?? [], exempt: [...request.exempt] },
      found: {
        policy_name: state.AssignedName,
        policy_path: state.AssignedPath,
        agent_state: state.AgentState,
        agent_start: state.AgentStart,
        no_default_exempt: state.NoDefaultExempt,
      },
    };
  },

  async apply(step, prior) {
    const setting = settingSchema.parse(prior.setting);
    const parameters = {
      ...parametersOf(prior),
      Tcp: setting.tcp,
      Udp: setting.udp,
      Exempt: setting.exempt,
      ConfirmSeconds: prior.confirm_s,
      TtlSeconds: prior.ttl_s,
      Floor: prior.floors,
    };
    const call = { module: 'Shield', function: 'Set-FbIpsecShield', parameters, result: appliedSchema } as const;
    ensureApplied(step, await callHost(step, { ...call, timeoutMs: 180_000 }));
  },

  async read(step, prior) {
    const call = {
      module: 'Shield',
      function: 'Get-FbIpsecShield',
      parameters: { Id: prior.id },
      result: stateSchema,
    } as const;
    const state = await callHost(step, call);
    const assigned =
      state.AssignedName === null ? 'no IPsec policy is assigned' : `"${state.AssignedName}" is assigned`;
    const agent = state.AgentState === 'Running' ? '' : `, the policy agent is ${state.AgentState ?? 'missing'}`;
    const isAsFound = !state.GpoAssigned && state.AssignedName === foundSchema.parse(prior.found).policy_name;
    const is = !state.Readable ? 'unreadable' : state.Stands ? 'ours' : isAsFound ? 'as-found' : 'other';
    const policy = state.GpoAssigned ? `a Group Policy assigns "${state.GpoName ?? 'unnamed'}"` : assigned;
    const reason = state.Readable ? policy + agent : 'the IPsec policy could not be read';
    return { stands: state.Stands, is, confirmArmed: state.ConfirmArmed, reason };
  },

  restore(step, prior) {
    const parameters = parametersOf(prior);
    const call = { module: 'Shield', function: 'Restore-FbIpsecShield', parameters, result: restoredSchema } as const;
    return callHost(step, { ...call, timeoutMs: 180_000 });
  },
};
