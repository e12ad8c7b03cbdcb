/**
 * Port shield by rules of the host's own firewall: everybody is blocked but the exempt addresses. Only the firewall since
 * Vista has rules; that of XP SP2 and 2003 SP1 is shielded by its exceptions (exceptions.ts), and of the older ones it says
 * why they cannot. How rules are written the host's own modules know.
 */
import { z } from 'zod';
import { complementOf, plainAddress } from '../../util/index.ts';
import { callHost } from '../host-call.ts';
import { applyExceptions, isByExceptions, readExceptions, restoreExceptions, surveyExceptions } from './exceptions.ts';
import { type IcfFound, icfConsole, icfProblem } from './icf.ts';
import { appliedSchema, ensureApplied, restoredSchema, type ShieldMethod, timersOf } from './model.ts';

const names = z
  .array(z.string())
  .nullable()
  .default([])
  .transform((list) => list ?? []);
const stateSchema = z.object({
  /** Our rules are in force. */
  Stands: z.boolean(),
  Own: z.enum(['none', 'ours', 'changed']),
  /** rules: since Vista; exceptions: XP SP2, 2003 SP1; connections: ICF of XP and 2003. */
  Kind: z.enum(['rules', 'exceptions', 'connections', 'none']),
  /** A Group Policy forbids ICF on the network of the domain. */
  Prohibited: z.boolean(),
  ServiceState: z.string().nullable(),
  ServiceStart: z.string().nullable(),
  /** Profiles: off; without local rules; switched by a Group Policy; of the networks that are connected, empty = unknown. */
  Off: names,
  Unmerged: names,
  ByPolicy: names,
  Current: names,
  /** Ids of other shields of ours. */
  Others: names,
  /** Other firewalls that the Security Center knows. */
  Products: names,
  /** The host has no PowerShell: it keeps the confirm timer only. */
  Relayed: z.boolean(),
  /** Of ICF: connections by the names that people see. */
  Connections: names,
  /** SHA-256 over all rules; empty when it was not taken. */
  Snapshot: z.string(),
  ConfirmArmed: z.boolean(),
  /** The host keeps a record of the shield. */
  Recorded: z.boolean().default(false),
  Readable: z.boolean(),
});
type FirewallState = z.infer<typeof stateSchema>;

const settingSchema = z.object({
  tcp: z.array(z.number()),
  udp: z.array(z.number()),
  exempt: z.array(z.string()),
  /** Everybody but the exempt. */
  remote: z.array(z.string()),
  /** Profiles that are turned on while the shield stands. */
  turn_on: z.array(z.string()),
});
const foundSchema = z.object({ rules_sha256: z.string().nullable() });

const PROFILES = ['Domain', 'Private', 'Public'];

/** The profiles that have to be in force: those of the connected networks, or all where these cannot be told. */
function countingOf(state: FirewallState): readonly string[] {
  return state.Current.length > 0 ? state.Current : PROFILES;
}

function offOf(state: FirewallState): string[] {
  return countingOf(state).filter((name) => state.Off.includes(name));
}

/** Why no rule of ours could protect this host; null when one can. */
function problemOf(state: FirewallState, turnOn: boolean): string | null {
  if (!state.Readable) return 'the firewall of the host could not be read';
  const products = state.Products.length === 0 ? '' : `; ${state.Products.join(', ')} is there: block the ports in it`;
  const older = olderProblem(state);
  if (older !== null) return older + products;
  if (state.ServiceState !== 'Running') {
    const start = state.ServiceStart === 'Disabled' ? ' and disabled' : '';
    const is = state.ServiceState?.toLowerCase() ?? 'not there';
    return `the service of Windows Firewall (mpssvc) is ${is}${start}, so that no rule has an effect${products}`;
  }
  const unmerged = countingOf(state).filter((name) => state.Unmerged.includes(name));
  if (unmerged.length > 0) {
    return `a Group Policy ignores local rules in the profile ${unmerged.join(', ')} (AllowLocalPolicyMerge); distribute the block by Group Policy`;
  }
  const off = offOf(state);
  const kept = off.filter((name) => state.ByPolicy.includes(name));
  if (kept.length > 0) return `a Group Policy keeps the firewall off in the profile ${kept.join(', ')}`;
  if (off.length > 0 && !turnOn) {
    return (
      `the firewall is off in the profile ${off.join(', ')}; turning it on blocks whatever no rule allows, ` +
      `so it is turned on only where turn_on_firewall says so${products}`
    );
  }
  return null;
}

/** What the firewalls before Vista cannot do; null for one since. */
function olderProblem(state: FirewallState): string | null {
  switch (state.Kind) {
    case 'rules':
    case 'exceptions':
      return null;
    case 'connections':
      return icfProblem(icfOf(state));
    default:
      return 'the host has no firewall of its own, as Windows NT 4.0, 2000 and some 64-bit editions have none';
  }
}

function icfOf(state: FirewallState): IcfFound {
  return { prohibited: state.Prohibited, serviceStart: state.ServiceStart, connections: state.Connections };
}

function notesOf(state: FirewallState, turnOn: readonly string[]): string[] {
  const notes: string[] = [];
  if (turnOn.length > 0) {
    notes.push(`it turns the firewall on in the profile ${turnOn.join(', ')}, which blocks whatever no rule allows`);
  }
  const elsewhere = state.Off.filter((name) => !countingOf(state).includes(name));
  if (elsewhere.length > 0)
    notes.push(`on a network of the profile ${elsewhere.join(', ')} it has no effect: the firewall is off there`);
  const ignored = state.Unmerged.filter((name) => !countingOf(state).includes(name));
  if (ignored.length > 0)
    notes.push(
      `on a network of the profile ${ignored.join(', ')} it has no effect: a Group Policy ignores local rules there`,
    );
  if (state.Others.length > 0)
    notes.push(`rules of other shields stand already: ${state.Others.map((id) => `Firebreak-${id}`).join(', ')}`);
  if (state.Relayed)
    notes.push('the host has no PowerShell, so only shield.revert takes it down once it is confirmed, no timer');
  return notes;
}

export const firewallShield: ShieldMethod = {
  method: 'firewall',
  blocksPorts: true,

  async survey(step, request) {
    const { tcp = [], udp = [] } = request.shield.method === 'firewall' ? request.shield : {};
    const parameters = { Id: request.id, Survey: true };
    const call = { module: 'Shield', function: 'Get-FbFirewallShield', parameters, result: stateSchema } as const;
    const state = await callHost(step, call);
    if (state.Readable && state.Kind === 'exceptions') return surveyExceptions(step, request);
    const problem = problemOf(state, request.turnOnFirewall);
    if (problem !== null) {
      const isIcf = state.Readable && state.Kind === 'connections';
      const byHand = isIcf ? icfConsole(step.host.name, step.host.address, icfOf(state)) : null;
      return { state: 'impossible', reason: problem, ...(byHand === null ? {} : { byHand }) };
    }
    if (tcp.length + udp.length === 0) return { state: 'impossible', reason: 'the advisory names no ports for it' };
    const remote = complementOf(request.exempt);
    const turnOn = offOf(state);
    return {
      state: 'free',
      setting: {
        tcp: [...tcp],
        udp: [...udp],
        // No packet comes from the host itself, and rules do not take that address.
        exempt: [...new Set(request.exempt.map(plainAddress))].filter((address) => address !== '::1'),
        remote: [...remote.ipv4, ...remote.ipv6],
        turn_on: turnOn,
      },
      found: { rules_sha256: state.Snapshot === '' ? null : state.Snapshot },
      notes: notesOf(state, turnOn),
    };
  },

  async apply(step, prior) {
    if (isByExceptions(prior)) return applyExceptions(step, prior);
    const setting = settingSchema.parse(prior.setting);
    const parameters = {
      Id: prior.id,
      Tcp: setting.tcp,
      Udp: setting.udp,
      Remote: setting.remote,
      Exempt: setting.exempt,
      TurnOn: setting.turn_on,
      ...timersOf(prior),
    };
    const call = { module: 'Shield', function: 'Set-FbFirewallShield', parameters, result: appliedSchema } as const;
    ensureApplied(step, await callHost(step, call));
  },

  async read(step, prior) {
    if (isByExceptions(prior)) return readExceptions(step, prior);
    const parameters = { Id: prior.id };
    const call = { module: 'Shield', function: 'Get-FbFirewallShield', parameters, result: stateSchema } as const;
    const state = await callHost(step, call);
    const is = !state.Readable ? 'unreadable' : state.Stands ? 'ours' : state.Own === 'none' ? 'as-found' : 'other';
    const { ConfirmArmed: confirmArmed, Recorded: isRecorded } = state;
    return { stands: state.Stands, is, confirmArmed, isRecorded, reason: reasonOf(state) };
  },

  restore(step, prior) {
    if (isByExceptions(prior)) return restoreExceptions(step, prior);
    const parameters = { Id: prior.id, Snapshot: foundSchema.parse(prior.found).rules_sha256 ?? '' };
    const call = {
      module: 'Shield',
      function: 'Restore-FbFirewallShield',
      parameters,
      result: restoredSchema,
    } as const;
    return callHost(step, call);
  },
};

/** What is there now, for people. */
function reasonOf(state: FirewallState): string {
  if (!state.Readable) return 'the firewall could not be read';
  if (state.Own === 'none') return 'there is no rule of the shield in the firewall';
  if (state.Own === 'changed')
    return 'somebody has changed or removed a rule of the shield, or switched the firewall off';
  if (state.Stands) return 'its rules are in force';
  return problemOf(state, false) ?? 'its rules are there and not in force';
}
