/**
 * What the event log of a host says of an attack on a service: ends that nobody asked for, and restarts of the system. Judges by
 * numbers and sources, never by texts. Reads only; what cannot be read is never taken for calm.
 */
import { z } from 'zod';
import type { StepContext } from '../domain/index.ts';
import { formatDuration } from '../util/index.ts';
import { callHost } from './host-call.ts';

const SERVICE_MANAGER = 'service control manager';
const EVENT_LOG = 'eventlog';
/** SC_ACTION_REBOOT, as the fourth part of event 7031. */
const REBOOT = '2';
/** How much later than its countdown says the system may be up again. */
const BOOT_MS = 15 * 60_000;
/** Event 6008 is written at the start that it belongs to. */
const SAME_START_MS = 60_000;

const eventSchema = z.object({ At: z.string(), Id: z.int(), Source: z.string(), Strings: z.array(z.string()) });
const attackSchema = z.object({
  Now: z.string(),
  Since: z.string(),
  Readable: z.boolean(),
  By: z.enum(['wmi', 'event-log']).nullable(),
  Error: z.string(),
  Older: z.string().nullable(),
  Events: z.array(eventSchema),
  Display: z.string().nullable(),
  State: z.string().nullable(),
  Version: z.string(),
});
/** As Get-FbAttack gives it. */
export type SeenAttack = z.infer<typeof attackSchema>;

export interface AttackEvidence {
  /** ISO 8601, the host's clock. */
  readonly at: string;
  readonly id: number;
  readonly source: string;
  readonly text: string;
}

export interface AttackVerdict {
  /** Null: not known. */
  readonly attacked: boolean | null;
  readonly terminations: number;
  readonly restarts: number;
  readonly evidence: readonly AttackEvidence[];
  readonly unreadable: readonly string[];
  /** ISO 8601: when the system restarts because the service has died; null: no countdown runs. */
  readonly countdownUntil: string | null;
  readonly reason: string;
}

/** @throws FirebreakError those of callHost */
export function readAttack(step: StepContext, service: string, withinMs: number): Promise<SeenAttack> {
  const parameters = { Service: service, WithinSeconds: Math.round(withinMs / 1000) };
  const call = { module: 'Attack', function: 'Get-FbAttack', parameters, result: attackSchema } as const;
  return callHost(step, { ...call, timeoutMs: 180_000 });
}

/**
 * @param restartsMean so many unplanned restarts are a sign by themselves
 */
export function judgeAttack(seen: SeenAttack, service: string, restartsMean: number): AttackVerdict {
  const ends = seen.Events.filter(({ Id, Source }) => isFrom(Source, SERVICE_MANAGER) && (Id === 7031 || Id === 7034));
  const { Display: display } = seen;
  const own = ends.filter(({ Strings }) => display !== null && isSame(Strings[0] ?? '', display));
  const restarts = unplannedRestarts(seen, own);
  const evidence = [...own.map((end) => endEvidence(end, service)), ...restarts];
  const unreadable: string[] = [];
  if (!seen.Readable) unreadable.push(`the log System: ${seen.Error || 'no reason given'}`);
  if (display === null && ends.length > 0) unreadable.push(`which service has died: the name of ${service} in the log`);
  if (seen.State === null) unreadable.push(`the state of ${service}`);
  const facts = {
    terminations: own.length,
    restarts: restarts.length,
    evidence: evidence.toSorted((one, other) => one.at.localeCompare(other.at)),
    unreadable,
    countdownUntil: countdownOf(seen, own),
  };
  const judged = (attacked: boolean | null, reason: string): AttackVerdict => ({ attacked, ...facts, reason });
  // Without the moment it was asked: a question that holds the reason must not change by being asked again.
  const since = `in the last ${formatDuration(Math.max(0, Date.parse(seen.Now) - Date.parse(seen.Since)))}`;
  if (own.length > 0) {
    const last = own.at(-1)?.At ?? '';
    const also =
      restarts.length === 0 ? '' : `, and the system restarted ${times(restarts.length)} without being asked`;
    return judged(true, `${service} has ended by itself ${times(own.length)} ${since}, last at ${last}${also}`);
  }
  if (seen.State === 'Stopped') return judged(true, `${service} does not run, which nobody can stop in order`);
  if (restarts.length >= restartsMean) {
    return judged(true, `the system restarted ${times(restarts.length)} without being asked ${since}`);
  }
  if (!seen.Readable) return judged(null, `the log cannot be read: ${seen.Error || 'no reason given'}`);
  if (display === null && ends.length > 0) {
    return judged(null, `services have died ${since}, and which the log calls ${service} cannot be told`);
  }
  if (restarts.length > 0) {
    const what = `the system restarted ${times(restarts.length)} without being asked ${since}`;
    return judged(null, `${what}, and nothing says that ${service} had died: a crash and a power cut look the same`);
  }
  if (seen.Version.startsWith('4.')) {
    return judged(
      null,
      `the service manager of NT 4.0 is not known to note that ${service} died: ask whoever works there`,
    );
  }
  if (seen.Older === null) {
    return judged(null, `the log shows nothing, but nothing from before either: it may be younger, or cleared`);
  }
  if (seen.State === null) return judged(null, `whether ${service} runs cannot be told`);
  return judged(false, `${service} runs, has not died ${since}, and the system did not restart without being asked`);
}

function endEvidence(
  { At: at, Id: id, Source: source, Strings: strings }: SeenAttack['Events'][number],
  service: string,
) {
  const [, count = '?', ms = '', kind = ''] = strings;
  const countdown = kind === REBOOT ? `, the system to be restarted ${seconds(ms)} later` : '';
  return { at, id, source, text: `${service} has ended by itself (${count})${countdown}` };
}

/** Starts without a shutdown in order, and those that followed the countdown of a dead service. */
function unplannedRestarts(seen: SeenAttack, ends: SeenAttack['Events']): readonly AttackEvidence[] {
  const ofLog = seen.Events.filter(({ Source }) => isFrom(Source, EVENT_LOG));
  const dirty = ofLog.filter(({ Id }) => Id === 6008);
  const found = dirty.map(({ At: at, Id: id, Source: source }): AttackEvidence => {
    return { at, id, source, text: 'the system started without having been shut down' };
  });
  for (const { At: at, Id: id, Source: source } of ofLog.filter((event) => event.Id === 6005)) {
    const ms = Date.parse(at);
    if (dirty.some((event) => Math.abs(Date.parse(event.At) - ms) <= SAME_START_MS)) continue;
    const cause = ends.findLast((end) => {
      const due = rebootAt(end);
      return due !== null && Date.parse(end.At) < ms && ms <= due + BOOT_MS;
    });
    if (cause === undefined) continue;
    // One restart a countdown: whoever restarts again within minutes has asked for it.
    const isFirst = !ofLog.some((event) => event.Id === 6005 && event.At > cause.At && Date.parse(event.At) < ms);
    if (isFirst) found.push({ at, id, source, text: `the system started after the countdown of ${cause.At}` });
  }
  return found;
}

function countdownOf(seen: SeenAttack, ends: SeenAttack['Events']): string | null {
  const due = ends.flatMap((end) => {
    const at = rebootAt(end);
    const isOver = seen.Events.some((event) => (event.Id === 6005 || event.Id === 6009) && event.At > end.At);
    return at === null || at <= Date.parse(seen.Now) || isOver ? [] : [at];
  });
  return due.length === 0 ? null : new Date(Math.max(...due)).toISOString();
}

/** When the system restarts because of this end; null: it does not. */
function rebootAt({ At, Strings: [, , ms = '', kind] }: SeenAttack['Events'][number]): number | null {
  return kind === REBOOT && /^\d+$/.test(ms) ? Date.parse(At) + Number(ms) : null;
}

function isFrom(source: string, wanted: string): boolean {
  return source.toLowerCase() === wanted;
}

function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`;
}

function seconds(ms: string): string {
  return /^\d+$/.test(ms) ? `${Math.round(Number(ms) / 1000)} s` : 'some time';
}
