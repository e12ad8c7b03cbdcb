/**
 * `shield.apply`: a temporary barrier before the hole.
 *
 * It never hurts: refused for roles whose clients would lose their service, the controller and partners are let through
 * before it acts, and the host reverts it by itself unless a new session proves that the controller still gets in.
 */
import { z } from 'zod';
import { type Advisory, type AdvisoryShield, ROLES } from '../advisory/index.ts';
import type {
  ChangeAction,
  ErrorCode,
  ErrorRecord,
  JsonObject,
  OpenUndo,
  Probe,
  StepContext,
} from '../domain/index.ts';
import { sha256Hex } from '../util/index.ts';
import { durationArgument, durationMs, readArgs } from './arguments.ts';
import { planAdvisory } from './evidence.ts';
import { type HostFacts, readFacts } from './facts.ts';
import {
  CIS,
  chooseCis,
  confirmShield,
  methodOf,
  RPC_HTTP,
  type ShieldPrior,
  type ShieldState,
  shieldMethod,
  shieldPriorSchema,
} from './shield/index.ts';
import { takeDown } from './shield-undo.ts';

const METHODS = ['auto', 'ipsec', 'firewall', 'registry', 'service', 'dcom', 'rpc-http'] as const;

const args = z.strictObject({
  method: z.enum(METHODS).default('auto'),
  /** A duration, after which the host takes the shield down if it is fixed; or `until_patched`. */
  ttl: z.union([z.literal('until_patched'), durationArgument]).default('until_patched'),
  /** The host reverts blindly after this long unless the controller has come back to confirm. */
  confirm_within: z.string().refine(canConfirmWithin, 'expected a duration, 10s to 24h').default('5m'),
  /** More addresses to let through, besides controllers and partners. */
  except: z.array(z.union([z.ipv4(), z.ipv6()])).default([]),
  /** Of a hole that COM Internet Services open too: the policy with TCP 80 and 443, or the one without. */
  cis: z.enum(CIS).default('auto'),
  /** Of `firewall`: turn a profile on that is off, for as long as the shield stands. It blocks whatever no rule allows. */
  turn_on_firewall: z.boolean().default(false),
  /** Of `rpc-http`: `keep` takes the port of DCOM out of the RPC proxy, `disable` switches the proxy off. */
  rpc_http: z.enum(RPC_HTTP).default('keep'),
  /** Of `rpc-http`: restart the web service where the proxy reads its settings at no other time. */
  restart_web: z.boolean().default(true),
  /** Where only a person at the console can put it up, that is no failure: `console` says how. */
  at_console: z.boolean().default(false),
  allow_roles: z.array(z.enum(ROLES)).default([]),
});
type Wanted = z.infer<typeof args>;

/** What a host's timer takes; none at all would leave nobody who takes the shield down. */
function canConfirmWithin(text: string): boolean {
  return durationMs(text) >= 10_000 && durationMs(text) <= 86_400_000;
}

export const shieldApply: ChangeAction = {
  uses: 'shield.apply',
  kind: 'change',
  summary: 'puts a temporary barrier before the hole',
  args,
  results: [
    'method',
    'id',
    'stands',
    'in_effect',
    'blocks_ports',
    'ports',
    'exempt',
    'reboot_required',
    'side_effects',
    'notes',
    'prior',
    'ttl',
    'console',
  ],
  isRepeatable: () => true,

  async probe(step, given): Promise<Probe> {
    const wanted = readArgs(args, given, 'shield.apply');
    const owed = await standing(step, wanted);
    if (owed !== null) return owed;
    const facts = await readFacts(step);
    const advisory = planAdvisory(step);
    const session = await step.session();
    const exempt = [...new Set([session.clientAddress, ...step.host.partners, ...wanted.except])].filter(
      (address) => address !== undefined,
    );
    const id = sha256Hex(`${step.run} ${step.host.name} ${step.stepId}`).slice(0, 12);
    const reasons: { readonly method: string; readonly why: string }[] = [];
    const asked = advisory.shields.filter((shield) => wanted.method === 'auto' || wanted.method === shield.method);
    let byHand: string | null = null;
    const choice = await chooseCis(step, asked, wanted.cis);
    for (const shield of choice.shields) {
      const method = methodOf(shield);
      const problem =
        method === null
          ? 'this method is not there yet'
          : wanted.method === 'auto' && method.onlyByName !== undefined
            ? `${method.onlyByName}, so it is taken only when it is asked for by name`
            : (unfit(step, shield, facts) ?? guardedBy(facts, wanted, shield));
      if (method === null || problem !== null) {
        reasons.push({ method: shield.method, why: problem ?? '' });
        continue;
      }
      if (method.blocksPorts && session.clientAddress === undefined) {
        const us = step.host.transport === 'relay' ? 'its relay' : 'this controller';
        reasons.push({ method: shield.method, why: `the host does not tell by which address it sees ${us}` });
        continue;
      }
      const rpcHttp = { mode: wanted.rpc_http, restart: wanted.restart_web };
      const survey = await method.survey(step, {
        id,
        shield,
        exempt,
        rpcHttp,
        turnOnFirewall: wanted.turn_on_firewall,
      });
      if (survey.state === 'satisfied') {
        const result = {
          ...nothingResult,
          method: shield.method,
          stands: true,
          in_effect: true,
          side_effects: shield.side_effects,
        };
        return { state: 'satisfied', result, reason: survey.reason };
      }
      if (survey.state === 'impossible') {
        if (survey.isForeign === true) return { state: 'refused', error: refusal(step, survey.reason) };
        reasons.push({ method: shield.method, why: survey.reason });
        byHand ??= survey.byHand ?? null;
        continue;
      }
      const notes = [...choice.notes, ...(survey.notes ?? [])];
      const prior: ShieldPrior = {
        method: method.method,
        id,
        side_effects: shield.side_effects,
        notes,
        floors: floorsOf(advisory),
        confirm_s: survey.isUntimed === true ? 0 : Math.round(durationMs(wanted.confirm_within) / 1000),
        ttl_s: wanted.ttl === 'until_patched' ? 0 : Math.round(durationMs(wanted.ttl) / 1000),
        setting: survey.setting,
        reboot: shield.reboot === true,
        found: survey.found,
      };
      return { state: 'needed', prior, reason: [shield.side_effects, ...notes].join('; ') };
    }
    const why = together(reasons) || `${advisory.advisory} knows no such shield`;
    if (wanted.at_console && byHand !== null) {
      return { state: 'not-applicable', reason: why, result: { ...nothingResult, console: byHand } };
    }
    return cannot(step, wanted, why);
  },

  async act(step, _given, found) {
    const prior = shieldPriorSchema.parse(found);
    await shieldMethod(prior.method).apply(step, prior);
    return { state: 'done' };
  },

  async recover(step, _given, open) {
    const prior = shieldPriorSchema.parse(open.prior);
    const state = await shieldMethod(prior.method).read(step, prior);
    if (state.stands) return { state: 'done' };
    // What was begun stays owed, whatever the host's own timer makes of it; and acting again does no harm.
    const isBegun = state.isRecorded || state.is === 'ours' || state.is === 'unreadable';
    return isBegun
      ? { state: 'unknown', reason: `the shield is there only in part: ${state.reason}` }
      : { state: 'not-started' };
  },

  async prove(step, _given, found) {
    const prior = shieldPriorSchema.parse(found);
    const method = shieldMethod(prior.method);
    const result = resultOf(prior);
    // Only a new connection shows that the shield lets the controller through; the old one may live on regardless.
    if (method.blocksPorts) await step.dropSession();
    const state = await method.read(step, prior);
    if (!state.stands) {
      const message = `the shield does not stand on ${step.host.name}: ${state.reason}`;
      const remedy = 'a policy or an admin may have changed it back: look at the host';
      const error: ErrorRecord = { code: NOT_STANDING[state.is], message, remedy, retryable: true };
      return { proven: false, result: { ...result, stands: false }, error };
    }
    const proven = { proven: true, result: { ...result, ...effectOf(state) } };
    if (step.check || prior.confirm_s === 0) return proven;
    await confirmShield(step, prior.id);
    return { ...proven, confirmed: true };
  },

  // Each method changes something else: the state before another one is not that before this.
  isSameChange: (needed, owed) => needed['method'] === owed['method'],

  undo: (step, undo) => takeDown(step, undo),
};

/** Why a shield does not stand. */
const NOT_STANDING = {
  ours: 'FB_STEP_NOT_PROVEN',
  'as-found': 'FB_STEP_NOT_PROVEN',
  other: 'FB_SHIELD_CONFLICT',
  unreadable: 'FB_RESULT_INVALID',
} as const satisfies Record<ShieldState['is'], ErrorCode>;

/** Whether a shield that stands protects already. */
function effectOf(state: ShieldState): { readonly in_effect: boolean; readonly reboot_required: boolean } {
  const reboot = state.rebootRequired === true;
  return { in_effect: state.inEffect ?? !reboot, reboot_required: reboot };
}

/**
 * A shield of this or an earlier run that is still owed an undo: it is kept, with the prior that was found first. One of
 * another method than the one that was asked for by name is no answer, nor is half a barrier to `auto`.
 */
async function standing(step: StepContext, wanted: Wanted): Promise<Probe | null> {
  for (const undo of await step.openUndos()) {
    const prior = priorOf(undo);
    if (prior === null) continue;
    const method = shieldMethod(prior.method);
    if (wanted.method === 'auto' ? method.isPartial === true : wanted.method !== prior.method) continue;
    const state = await method.read(step, prior);
    // The host will take it back within minutes, and with it whatever were put over it: it is finished instead.
    const isHalfDone = state.confirmArmed && !method.blocksPorts && state.is !== 'other';
    if (!state.stands && !isHalfDone) continue;
    if (state.confirmArmed) {
      const is = state.stands ? 'it stands and is' : 'it is there in part and';
      return { state: 'needed', prior, reason: `${is} not confirmed yet` };
    }
    const effect = effectOf(state);
    // Written, and no barrier yet: whoever leaves the choice to us wants one now.
    if (wanted.method === 'auto' && method.onlyByName !== undefined && !effect.in_effect) continue;
    const result = { ...resultOf(prior), ...effect };
    return { state: 'satisfied', result, reason: `the shield of run ${undo.run} stands` };
  }
  return null;
}

function priorOf(undo: OpenUndo): ShieldPrior | null {
  if (undo.uses !== 'shield.apply') return null;
  const parsed = shieldPriorSchema.safeParse(undo.prior);
  return parsed.success ? parsed.data : null;
}

/** Why the role guard forbids this shield; null when it does not. */
function guardedBy(facts: HostFacts, wanted: Wanted, shield: AdvisoryShield): string | null {
  const guarded: readonly string[] = shield.guards ?? ROLES;
  if (guarded.length === 0) return null;
  if (!facts.RolesReadable) return 'role guard: the roles of the host could not be read';
  const allowed: readonly string[] = wanted.allow_roles;
  const roles = facts.Roles.filter((role) => guarded.includes(role) && !allowed.includes(role));
  if (roles.length === 0) return null;
  return `role guard: the host is a ${roles.join(', ')}, whose clients would lose their service`;
}

/** Why the advisory does not offer this shield to this system; null when it does. */
function unfit(step: StepContext, shield: AdvisoryShield, facts: HostFacts): string | null {
  const build = facts.Build;
  if (shield.builds !== undefined && (build === null || !shield.builds.includes(build))) {
    return `${facts.Caption ?? step.host.name} has nothing to do it with`;
  }
  const least = build === null ? undefined : shield.min_sp?.[String(build)];
  if (least === undefined || (facts.ServicePack ?? 0) >= least) return null;
  return `it needs service pack ${least}, the host has ${facts.ServicePack ?? 'an unknown one'}`;
}

/** Why no method will do; what all of several have in common is said once. */
function together(reasons: readonly { readonly method: string; readonly why: string }[]): string {
  const [first] = reasons;
  if (first !== undefined && reasons.length > 1 && reasons.every(({ why }) => why === first.why)) return first.why;
  return reasons.map(({ method, why }) => `${method}: ${why}`).join('; ');
}

/** `auto` goes on without a shield; a method or the policy with CIS, asked for by name, is refused. */
function cannot(step: StepContext, wanted: Wanted, reason: string): Probe {
  const isAsked = wanted.method !== 'auto' || wanted.cis === 'with';
  if (!isAsked) return { state: 'not-applicable', reason, result: nothingResult };
  return { state: 'refused', error: refusal(step, reason) };
}

function refusal(step: StepContext, reason: string): ErrorRecord {
  const message = `no shield on ${step.host.name}: ${reason}`;
  const remedy = 'use method auto to go on without one, another method, or allow_roles to overrule the role guard';
  return { code: 'FB_SHIELD_REFUSED', message, remedy, retryable: false };
}

function floorsOf(advisory: Advisory): string[] {
  // A build does not show whether settings leave the hole open: such a host never opens by itself.
  if (advisory.conditions.length > 0) return [];
  return advisory.affects.flatMap((entry) =>
    entry.ubr === undefined
      ? []
      : entry.builds.filter((build) => typeof build === 'number').map((build) => `${build}.${entry.ubr}`),
  );
}

const nothingResult: JsonObject = {
  method: 'none',
  id: null,
  stands: false,
  in_effect: false,
  blocks_ports: false,
  ports: [],
  exempt: [],
  reboot_required: false,
  side_effects: '',
  notes: [],
  prior: null,
  ttl: null,
  console: null,
};

function resultOf(prior: ShieldPrior): JsonObject {
  return {
    method: prior.method,
    id: prior.id,
    stands: true,
    in_effect: !prior.reboot,
    blocks_ports: shieldMethod(prior.method).blocksPorts,
    ports: prior.setting['tcp'] ?? [],
    exempt: prior.setting['exempt'] ?? [],
    reboot_required: prior.reboot,
    side_effects: prior.side_effects,
    notes: prior.notes,
    prior: prior.found,
    ttl: prior.ttl_s === 0 ? 'until_patched' : `${prior.ttl_s}s`,
    console: null,
  };
}
