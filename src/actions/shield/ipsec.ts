/**
 * Port shield by an IPsec policy of the host: everybody is blocked but the exempt addresses. Which program writes the
 * policy (netsh, ipsecpol, ipseccmd) the host's own modules find out; here it is only known when none is there.
 */
import { z } from 'zod';
import { FirebreakError, type PackageFile, type StepContext } from '../../domain/index.ts';
import { bringToHost } from '../file-transfer.ts';
import { callHost } from '../host-call.ts';
import { cisProblem } from './cis.ts';
import {
  appliedSchema,
  ensureApplied,
  restoredSchema,
  type ShieldMethod,
  type ShieldPrior,
  timersOf,
} from './model.ts';

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
  /** What the shield will write there; null: it may stay. */
  ExemptWanted: z.number().nullable().default(null),
  /** `ipsecpol`: the program that this system writes policies with. */
  Tool: z.string().default('netsh'),
  /** Why it cannot be used; empty when it can. */
  ToolMissing: z.string().default(''),
  /** Where it may be put. */
  ToolFolder: z.string().default(''),
  /** The host has no PowerShell: it keeps the confirm timer only. */
  Relayed: z.boolean().default(false),
  /** SHA-256 of the policies; empty when it was not taken. */
  Snapshot: z.string().default(''),
  /** Why the assigned policy is no protection; empty when it may be one. */
  Weakness: z.string().default(''),
  ConfirmArmed: z.boolean(),
  /** The host keeps a record of the shield. */
  Recorded: z.boolean().default(false),
  Readable: z.boolean(),
});
type IpsecState = z.infer<typeof stateSchema>;

const settingSchema = z.object({
  tcp: z.array(z.number()),
  udp: z.array(z.number()),
  exempt: z.array(z.string()),
  /** A program of the package store that has to be brought to the host first. */
  tool: z.object({ file: z.string(), path: z.string() }).nullable().default(null),
});
const foundSchema = z.object({
  policy_name: z.string().nullable(),
  policy_path: z.string().nullable(),
  agent_state: z.string().nullable(),
  agent_start: z.string().nullable(),
  no_default_exempt: z.number().nullable(),
  policies_sha256: z.string().nullable().default(null),
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

/** Why no policy of ours could have an effect; null when one can. */
function problemOf(state: IpsecState): string | null {
  if (!state.Readable) return 'the IPsec policy of the host could not be read';
  if (!state.AgentExists) return 'the host has no IPsec policy agent';
  if (state.GpoAssigned) {
    const name = state.GpoName ?? 'unnamed';
    return `a Group Policy assigns the IPsec policy "${name}", a local one has no effect`;
  }
  return null;
}

/** The system's program for policies, where only the package store has it. @throws FB_PACKAGE_HASH */
async function storedTool(step: StepContext, state: IpsecState): Promise<PackageFile | null> {
  if (state.Tool === '' || state.ToolFolder === '') return null;
  try {
    return await step.packages.find(`${state.Tool}.exe`);
  } catch (thrown) {
    if (thrown instanceof FirebreakError && thrown.code === 'FB_PACKAGE_MISSING') return null;
    throw thrown;
  }
}

/** What people should know of a shield on this host, besides what the advisory says. */
function notesOf(state: IpsecState): string[] {
  const notes: string[] = [];
  if (state.AssignedName !== null) {
    const weak = state.Weakness === '' ? '' : `, which was no protection against this: ${state.Weakness}`;
    notes.push(`it suspends the IPsec policy "${state.AssignedName}"${weak}`);
  }
  if (state.ExemptWanted !== null) {
    notes.push(
      `NoDefaultExempt is ${state.ExemptWanted} while it stands (before: ${state.NoDefaultExempt ?? 'absent'}), ` +
        'because packets from source port 88 would pass it',
    );
  }
  if (state.Relayed) {
    notes.push('the host has no PowerShell, so only shield.revert takes it down once it is confirmed, no timer');
  }
  return notes;
}

export const ipsecShield: ShieldMethod = {
  method: 'ipsec',
  blocksPorts: true,

  async survey(step, request) {
    const call = {
      module: 'Shield',
      function: 'Get-FbIpsecShield',
      parameters: { Id: request.id, Survey: true },
      result: stateSchema,
    } as const;
    const state = await callHost(step, call);
    const problem = problemOf(state);
    if (problem !== null) return { state: 'impossible', reason: problem };
    const foreign = state.AssignedName !== null && /^Firebreak-/i.test(state.AssignedName);
    if (foreign && state.AssignedName !== policyName(request.id)) {
      const reason = `the shield "${state.AssignedName}" of another run stands already`;
      return { state: 'impossible', reason, isForeign: true };
    }
    const { tcp = [], udp = [] } = request.shield.method === 'ipsec' ? request.shield : {};
    const cut = await cisProblem(step, request.shield);
    if (cut !== null) return { state: 'impossible', reason: cut };
    const stored = state.ToolMissing === '' ? null : await storedTool(step, state);
    if (state.ToolMissing !== '' && stored === null) return { state: 'impossible', reason: state.ToolMissing };
    const tool = stored === null ? null : { file: stored.name, path: `${state.ToolFolder}\\${stored.name}` };
    return {
      state: 'free',
      setting: { tcp: [...tcp], udp: [...udp], exempt: [...request.exempt], ...(tool === null ? {} : { tool }) },
      found: {
        policy_name: state.AssignedName,
        policy_path: state.AssignedPath,
        agent_state: state.AgentState,
        agent_start: state.AgentStart,
        no_default_exempt: state.NoDefaultExempt,
        policies_sha256: state.Snapshot === '' ? null : state.Snapshot,
      },
      notes: notesOf(state),
    };
  },

  async apply(step, prior) {
    const setting = settingSchema.parse(prior.setting);
    // Before the shield: it may close the way that the file takes.
    if (setting.tool !== null) await bringToHost(step, await step.packages.find(setting.tool.file), setting.tool.path);
    const parameters = {
      ...parametersOf(prior),
      Tcp: setting.tcp,
      Udp: setting.udp,
      Exempt: setting.exempt,
      ...timersOf(prior),
    };
    const call = { module: 'Shield', function: 'Set-FbIpsecShield', parameters, result: appliedSchema } as const;
    ensureApplied(step, await callHost(step, { ...call, timeoutMs: APPLY_TIMEOUT_MS }));
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
    return { stands: state.Stands, is, confirmArmed: state.ConfirmArmed, isRecorded: state.Recorded, reason };
  },

  restore(step, prior) {
    const parameters = { ...parametersOf(prior), Snapshot: foundSchema.parse(prior.found).policies_sha256 ?? '' };
    const call = { module: 'Shield', function: 'Restore-FbIpsecShield', parameters, result: restoredSchema } as const;
    return callHost(step, { ...call, timeoutMs: APPLY_TIMEOUT_MS });
  },
};

/** A policy is some forty commands, each of which a relay starts on the host for itself. */
const APPLY_TIMEOUT_MS = 300_000;
