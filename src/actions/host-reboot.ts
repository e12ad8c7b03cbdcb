/**
 * `host.reboot`: restarts the host and proves it by a later boot time, read twice. Users who are logged on are waited for,
 * warned in their language, or left alone.
 *
 * "Never went down" and "never came back" are different failures with different cures, and are told apart.
 */
import { z } from 'zod';
import {
  type ChangeAction,
  type ErrorRecord,
  FirebreakError,
  type Probe,
  type Recovered,
  type StepContext,
} from '../domain/index.ts';
import { durationArgument, durationMs, readArgs } from './arguments.ts';
import { type BootState, isLaterBoot, readBootState } from './boot-state.ts';
import { callHost, isLostConnection } from './host-call.ts';
import { installerBusy, readInstallers } from './installers.ts';
import { rebootMessage } from './reboot-message.ts';

const args = z.strictObject({
  /** Time that the host gives itself before it goes down. */
  delay: durationArgument.default('2s'),
  /** Time between the two readings that must agree after the boot. */
  settle: durationArgument.default('2s'),
  /** Users who are logged on: waited for, warned, or a reason not to restart; left out: they have `delay`. */
  users: z.enum(['wait', 'warn', 'skip']).optional(),
  /** How long before the restart they are warned. */
  warning: durationArgument.default('5m'),
  /** Shown to them; left out: ours, in the language of the system. Longer than 127 is cut before Vista. */
  message: z.string().min(1).max(200).optional(),
});
const prior = z.object({
  boot_time: z.string(),
  /** Who was logged on; null: not asked, or nobody can tell. */
  users: z.array(z.string()).nullish(),
  /** What the host gives itself, where users are warned. */
  delay_seconds: z.int().nullish(),
  language: z.string().nullish(),
});
const usersSchema = z.object({
  Readable: z.boolean(),
  Error: z.string(),
  Users: z
    .array(z.string())
    .nullable()
    .transform((list) => list ?? []),
  Language: z.string().nullable(),
});
type Users = z.infer<typeof usersSchema>;
const restartSchema = z.object({
  Changed: z.boolean(),
  State: z.string(),
  ExitCode: z.number(),
  Reason: z.string().nullable(),
});

const POLL_MS = 1000;
/** From one look for users to the next. */
const USERS_POLL_MS = 15_000;
/** What waiting for users leaves to the restart, where the step has as much; else half of what it has. */
const RESTART_MS = 300_000;
/** shutdown.exe until Server 2003. */
const SHORT_MESSAGE = 127;
const CALL_MS = 15_000;
/** A relay takes that long to find that a host is away. */
const RELAYED_CALL_MS = 60_000;
/** After this long up with the old boot time and no shutdown under way, a restart that was asked for has come to nothing. */
const NOT_STARTED_AFTER_MS = 120_000;
/** Kept back from the deadline, so that the failure can still be named. */
const RESERVE_MS = 2000;
/** What a look leaves of the time: its own time-outs must not run into the step's deadline, which knows of no reboot. */
const AFTER_LOOK_MS = 1000;

export const hostReboot: ChangeAction = {
  uses: 'host.reboot',
  kind: 'change',
  summary: 'restarts the host and proves it by the boot time',
  args,
  results: ['boot_time', 'prior_boot_time', 'down_seen', 'users'],
  isRepeatable: () => false,

  async probe(step, given) {
    const wanted = readArgs(args, given, 'host.reboot');
    const seen = wanted.users === undefined ? null : await usersGone(step, wanted.users);
    const stopped = seen === null ? null : whyNot(step, wanted.users, seen);
    if (stopped !== null) return stopped;
    const names = (await readInstallers(step)).all;
    if (names.length > 0) return { state: 'refused', error: installerBusy(step, names.join(', ')) };
    const boot = await readBootState(step);
    if (seen === null) return { state: 'needed', prior: { boot_time: boot.BootTime } };
    // Where nobody can tell, somebody is warned.
    const isWarned = wanted.users === 'warn' && (!seen.Readable || seen.Users.length > 0);
    const delay = Math.round(durationMs(isWarned ? wanted.warning : wanted.delay) / 1000);
    if (isWarned && delay * 1000 >= step.remainingMs() - RESERVE_MS) {
      const message = `step ${step.stepId}: a warning of ${wanted.warning} leaves no time for the restart`;
      throw new FirebreakError('FB_USAGE', message, { remedy: 'give the step a longer timeout, or a shorter warning' });
    }
    return {
      state: 'needed',
      prior: {
        boot_time: boot.BootTime,
        users: seen.Readable ? seen.Users : null,
        delay_seconds: delay,
        language: seen.Language,
      },
    };
  },

  async act(step, given, found) {
    const wanted = readArgs(args, given, 'host.reboot');
    const before = prior.parse(found);
    const delay = before.delay_seconds ?? Math.round(durationMs(wanted.delay) / 1000);
    try {
      const restart = await callHost(step, {
        module: 'Host',
        function: 'Restart-FbHost',
        parameters: { DelaySeconds: delay, Message: messageOf(wanted.message, before.language ?? null, delay) },
        result: restartSchema,
      });
      if (restart.State !== 'started' && restart.State !== 'already') {
        const message = `${step.host.name} refused to restart: ${restart.Reason ?? `exit code ${restart.ExitCode}`}`;
        throw new FirebreakError('FB_STEP_REFUSED', message, { remedy: 'look at the System event log of the host' });
      }
    } catch (thrown) {
      // The host went down before it could answer.
      if (!isLostConnection(thrown)) throw thrown;
    }
    return { state: 'done' };
  },

  async recover(step, _given, open): Promise<Recovered> {
    const { boot_time: before, delay_seconds: delay } = prior.parse(open.prior);
    const notStartedAfterMs = NOT_STARTED_AFTER_MS + 1000 * (delay ?? 0);
    for (;;) {
      const seen = await look(step);
      if (seen.boot !== null) {
        if (isLaterBoot(seen.boot.BootTime, before)) return { state: 'done' };
        if (!seen.boot.RestartAsked) return { state: 'not-started' };
        const age = step.clock.now() - Date.parse(open.since);
        const isIdle = seen.boot.ShutdownPending !== true && age >= notStartedAfterMs;
        return { state: isIdle ? 'not-started' : 'running' };
      }
      // Only here can it be told that it went down and stayed away; whoever waits outside knows of no reboot.
      if (step.remainingMs() <= RESERVE_MS) throw raise(notBack(step, seen.why));
      await pause(step, POLL_MS);
    }
  },

  async prove(step, given, found) {
    const wanted = readArgs(args, given, 'host.reboot');
    const { boot_time: before, users = null } = prior.parse(found);
    let downSeen = false;
    let why = 'it stays silent';
    while (step.remainingMs() > RESERVE_MS) {
      const seen = await look(step);
      if (seen.boot === null) {
        if (!downSeen) step.progress('the host is down');
        downSeen = true;
        why = seen.why;
      } else if (isLaterBoot(seen.boot.BootTime, before)) {
        await pause(step, durationMs(wanted.settle));
        const again = await look(step);
        if (again.boot !== null && !isLaterBoot(again.boot.BootTime, seen.boot.BootTime)) {
          const result = { boot_time: again.boot.BootTime, prior_boot_time: before, down_seen: downSeen, users };
          return { proven: true, result };
        }
        // It answered once and is not settled: it goes down again or loses its services once more.
        continue;
      } else if (downSeen) why = 'it answers with its old boot time';
      await pause(step, POLL_MS);
    }
    const result = { boot_time: null, prior_boot_time: before, down_seen: downSeen, users };
    return { proven: false, result, error: downSeen ? notBack(step, why) : notDown(step, before) };
  },
};

function messageOf(given: string | undefined, language: string | null, seconds: number): string {
  return (given ?? rebootMessage(language, seconds)).slice(0, given === undefined ? SHORT_MESSAGE : undefined);
}

/** Who is logged on; with `wait` once nobody is, or when there is no more time. Never waits in a check. */
async function usersGone(step: StepContext, users: 'wait' | 'warn' | 'skip'): Promise<Users> {
  const remaining = step.remainingMs();
  const leaveMs = Math.min(RESTART_MS, remaining / 2);
  for (;;) {
    const seen = await callHost(step, { module: 'Host', function: 'Get-FbUserSession', result: usersSchema });
    const isWaiting = users === 'wait' && seen.Readable && seen.Users.length > 0 && !step.check;
    if (!isWaiting || step.remainingMs() - USERS_POLL_MS < leaveMs) return seen;
    step.progress(`waits for ${seen.Users.join(', ')} to log off`);
    await step.clock.sleep(USERS_POLL_MS, step.signal);
  }
}

/** Why there is no restart now; null: there is one. */
function whyNot(step: StepContext, users: 'wait' | 'warn' | 'skip' | undefined, seen: Users): Probe | null {
  if (users === 'warn' || (seen.Readable && seen.Users.length === 0)) return null;
  const who = seen.Users.join(', ');
  const why = seen.Readable ? `${who} logged on` : `whether anybody is logged on could not be told: ${seen.Error}`;
  if (users === 'skip') {
    const reason = `not restarted: ${why}`;
    const result = {
      boot_time: null,
      prior_boot_time: null,
      down_seen: false,
      users: seen.Readable ? seen.Users : null,
    };
    return { state: 'not-applicable', reason, result };
  }
  if (step.check && seen.Readable) return null;
  const message = `${step.host.name} is not restarted: ${seen.Readable ? `${who} did not log off in time` : why}`;
  const remedy = 'a longer timeout waits longer; users: warn restarts all the same, after a warning';
  return { state: 'refused', error: { code: 'FB_STEP_REFUSED', message, remedy, retryable: false } };
}

/** One look at the host: its boot state, or why there is none. A dead connection is told by the port, quickly. */
async function look(step: StepContext): Promise<{ readonly boot: BootState | null; readonly why: string }> {
  const { address, port, via } = step.host;
  // What is behind a relay may not be seen from here at all.
  const state =
    via === undefined
      ? await step.scanner.probe({ address, port, protocol: 'tcp', timeoutMs: lookMs(step, 2000) }, step.signal)
      : 'unknown';
  if (state !== 'open' && state !== 'unknown') {
    await step.dropSession();
    return { boot: null, why: `TCP ${port} is ${state}` };
  }
  try {
    const timeoutMs = lookMs(step, via === undefined ? CALL_MS : RELAYED_CALL_MS);
    return { boot: await readBootState(step, timeoutMs), why: '' };
  } catch (thrown) {
    // While services start, anything from a refused logon to a damaged answer is possible and passes.
    if (step.signal.aborted || !(thrown instanceof FirebreakError) || thrown.code === 'FB_BUG') throw thrown;
    // A dead relay tells nothing of the host.
    if (thrown.relay !== undefined) throw thrown;
    await step.dropSession();
    return { boot: null, why: thrown.message };
  }
}

function lookMs(step: StepContext, ms: number): number {
  return Math.max(100, Math.min(ms, step.remainingMs() - AFTER_LOOK_MS));
}

async function pause(step: StepContext, ms: number): Promise<void> {
  await step.clock.sleep(Math.max(0, Math.min(ms, step.remainingMs() - RESERVE_MS)), step.signal);
}

function notDown(step: StepContext, before: string): ErrorRecord {
  const message = `${step.host.name} never went down: it is up since ${before}`;
  const remedy = 'a program or a policy may hold the shutdown back: look at its System event log (1074, 1075)';
  return { code: 'FB_REBOOT_NOT_DOWN', message, remedy, retryable: false };
}

function notBack(step: StepContext, why: string): ErrorRecord {
  const message = `${step.host.name} went down for its restart and did not come back in time: ${why}`;
  const remedy = `look at its console; when it is up: firebreak rerun ${step.run} --failed`;
  return { code: 'FB_REBOOT_NOT_BACK', message, remedy, retryable: false };
}

function raise(record: ErrorRecord): FirebreakError {
  return new FirebreakError(record.code, record.message, { remedy: record.remedy, retryable: record.retryable });
}
