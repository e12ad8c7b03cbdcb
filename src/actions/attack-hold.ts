/**
 * `attack.hold`: keeps a host from restarting itself each time RpcSs dies, and calls off the restart whose countdown runs. It
 * wards nothing off: the service goes on dying. But the host stays up while a shield is put up or a cable is pulled. What was
 * there before is owed like that of a shield, and comes back in the same ways.
 */
import { z } from 'zod';
import {
  type ChangeAction,
  type ErrorRecord,
  FirebreakError,
  type JsonObject,
  type OpenUndo,
  type StepContext,
} from '../domain/index.ts';
import { readArgs } from './arguments.ts';
import { judgeAttack, readAttack } from './attack.ts';
import { ATTACKED_SERVICE } from './attack-check.ts';
import { callHost } from './host-call.ts';
import type { Undone } from './shield-undo.ts';

/** What Windows XP and 2003 count down before they restart, with room. */
const COUNTDOWN_MS = 10 * 60_000;
/** As sc.exe takes it; after a second the host answers again. */
const ACTIONS = { restart: 'restart/1000', none: 'none' } as const;

const args = z.strictObject({
  /** What happens instead of a restart of the system. */
  action: z.enum(['restart', 'none']).default('restart'),
});

const stateSchema = z.object({
  Readable: z.boolean(),
  Exists: z.boolean(),
  Supported: z.boolean(),
  Present: z.boolean(),
  Reset: z.number(),
  Action: z.string(),
  State: z.string().nullable(),
});
const appliedSchema = z.object({
  Changed: z.boolean(),
  Applied: z.boolean(),
  Stopped: z.boolean(),
  Started: z.boolean(),
  Errors: z.array(z.string()),
});
const restoredSchema = z.object({
  Changed: z.boolean(),
  Restored: z.boolean(),
  Conflict: z.boolean(),
  Current: z.string(),
  Errors: z.array(z.string()),
});

const priorSchema = z.object({
  method: z.literal('crash-hold'),
  setting: z.object({ name: z.string(), value: z.string() }),
  found: z.object({ present: z.boolean(), reset: z.number(), action: z.string(), state: z.string().nullable() }),
  /** ISO 8601, the host's clock: until then a countdown runs. */
  countdown_until: z.string().nullable(),
});
type Prior = z.infer<typeof priorSchema>;

function readState(step: StepContext) {
  const parameters = { Service: ATTACKED_SERVICE };
  return callHost(step, { module: 'Attack', function: 'Get-FbCrashHold', parameters, result: stateSchema });
}

/** Null where the log cannot tell: then nothing is called off, it could be somebody else's restart. */
async function countdown(step: StepContext): Promise<string | null> {
  return judgeAttack(await readAttack(step, ATTACKED_SERVICE, COUNTDOWN_MS), ATTACKED_SERVICE, 1).countdownUntil;
}

export const attackHold: ChangeAction = {
  uses: 'attack.hold',
  kind: 'change',
  isBarrier: false,
  summary: 'keeps a host from restarting itself when RpcSs dies, for a time',
  args,
  results: ['held', 'action', 'prior', 'countdown_until', 'state'],
  isRepeatable: () => true,

  async probe(step, given) {
    const { action } = readArgs(args, given, 'attack.hold');
    const setting = { name: `${ATTACKED_SERVICE} dies`, value: ACTIONS[action] };
    const state = await readState(step);
    if (!state.Supported || !state.Exists) {
      const reason = state.Exists
        ? 'the service manager of NT 4.0 does nothing when a service dies'
        : `there is no service ${ATTACKED_SERVICE}`;
      return { state: 'not-applicable', reason, result: nothingHeld };
    }
    if (!state.Readable)
      return { state: 'refused', error: refusal(step, 'what happens when it dies could not be read') };
    const owed = (await step.openUndos()).map(priorOf).find((prior) => prior !== null);
    const until = await countdown(step);
    const isHeld = owed !== undefined && state.Action === owed.setting.value;
    if (isHeld && until === null && state.State !== 'Stopped') {
      return { state: 'satisfied', result: resultOf(owed, state), reason: 'it is held off already' };
    }
    const isHarmless = !/reboot/.test(state.Action);
    if (owed === undefined && isHarmless && until === null && state.State !== 'Stopped') {
      const result = { ...nothingHeld, held: true, action: state.Action, state: state.State };
      return { state: 'satisfied', result, reason: 'the host does not restart itself when it dies' };
    }
    const found = { present: state.Present, reset: state.Reset, action: state.Action, state: state.State };
    const prior: Prior = { method: 'crash-hold', setting, found: owed?.found ?? found, countdown_until: until };
    const running = until === null ? '' : `; a countdown runs until ${until}`;
    return { state: 'needed', prior, reason: `when it dies: ${state.Action}${running}` };
  },

  async act(step, _given, found) {
    const prior = priorSchema.parse(found);
    const parameters = {
      Service: ATTACKED_SERVICE,
      Action: prior.setting.value,
      // Only what the log shows to be of the dead service: somebody else's restart is none of ours.
      StopCountdown: (await countdown(step)) !== null,
    };
    const call = { module: 'Attack', function: 'Set-FbCrashHold', parameters, result: appliedSchema } as const;
    const applied = await callHost(step, { ...call, timeoutMs: 120_000 });
    if (applied.Stopped) step.progress('the restart that was counted down to is called off');
    if (!applied.Applied) {
      const { code, message, remedy, retryable } = failure(step, applied.Errors.join('; ') || 'no reason given', true);
      throw new FirebreakError(code, message, { remedy, retryable });
    }
    for (const error of applied.Errors) step.progress(error);
    return { state: 'done' };
  },

  async recover(step, _given, open) {
    const prior = priorSchema.parse(open.prior);
    const state = await readState(step);
    if (state.Action !== prior.setting.value) return { state: 'not-started' };
    // Something was begun, so that its undo stays owed; and acting again does no harm.
    if (state.State === 'Stopped') return { state: 'unknown', reason: `${ATTACKED_SERVICE} was not started again` };
    return { state: 'done' };
  },

  async prove(step, _given, found) {
    const prior = priorSchema.parse(found);
    const state = await readState(step);
    const result = resultOf(prior, state);
    if (state.Readable && state.Action === prior.setting.value) {
      if (state.State !== 'Stopped' || step.check) return { proven: true, result };
      return { proven: false, result, error: failure(step, `${ATTACKED_SERVICE} could not be started again`, true) };
    }
    const isPrior = state.Readable && state.Action === prior.found.action;
    const what = `when ${ATTACKED_SERVICE} dies the host does: ${state.Action}`;
    const error = isPrior || !state.Readable ? failure(step, what, true) : conflict(step, prior, state.Action);
    return { proven: false, result: { ...result, held: false }, error };
  },

  undo: release,
};

/**
 * Gives back what happened before; doing it twice does no harm.
 *
 * @throws FirebreakError those of the session: then nothing is known and it stays owed
 */
export async function release(step: StepContext, undo: OpenUndo): Promise<Undone> {
  const prior = priorSchema.parse(undo.prior);
  const parameters = {
    Service: ATTACKED_SERVICE,
    Action: prior.setting.value,
    PriorPresent: prior.found.present,
    PriorAction: prior.found.action,
    PriorReset: prior.found.reset,
  };
  const call = { module: 'Attack', function: 'Restore-FbCrashHold', parameters, result: restoredSchema } as const;
  const restored = await callHost(step, call);
  const result = { id: undo.id, method: prior.method, changed: restored.Changed, current: restored.Current };
  if (restored.Restored) return { undone: true, result };
  if (restored.Conflict) return { undone: false, result, error: conflict(step, prior, restored.Current) };
  return { undone: false, result, error: failure(step, restored.Errors.join('; ') || 'no reason given', true) };
}

function priorOf(undo: OpenUndo): Prior | null {
  if (undo.uses !== 'attack.hold') return null;
  const parsed = priorSchema.safeParse(undo.prior);
  return parsed.success ? parsed.data : null;
}

const nothingHeld: JsonObject = { held: false, action: '', prior: null, countdown_until: null, state: null };

function resultOf(prior: Prior, state: z.infer<typeof stateSchema>): JsonObject {
  return {
    held: true,
    action: prior.setting.value,
    prior: prior.found.action,
    countdown_until: prior.countdown_until,
    state: state.State,
  };
}

function refusal(step: StepContext, reason: string): ErrorRecord {
  const message = `the restarts of ${step.host.name} cannot be held off: ${reason}`;
  const remedy = 'pull the cable at once, or leave the step out';
  return { code: 'FB_STEP_REFUSED', message, remedy, retryable: false };
}

function failure(step: StepContext, reason: string, retryable: boolean): ErrorRecord {
  const remedy = 'look at the recovery of the service there, then: firebreak rerun last --failed';
  return { code: 'FB_STEP_NOT_PROVEN', message: `${step.host.name}: ${reason}`, remedy, retryable };
}

function conflict(step: StepContext, prior: Prior, current: string): ErrorRecord {
  const message =
    `somebody changed what happens when ${ATTACKED_SERVICE} dies on ${step.host.name}: ` +
    `found before ${prior.found.action}, ours ${prior.setting.value}, now ${current}`;
  const remedy = 'decide on the host what is right, then: firebreak shields revert';
  return { code: 'FB_SHIELD_CONFLICT', message, remedy, retryable: false };
}
