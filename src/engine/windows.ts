/**
 * Maintenance windows as clocks on the wall show them: when one is open, when the next opens. A time that comes twice
 * because clocks are turned back means the first of the two; one that does not exist because they are turned forward means
 * the moment of the change. Pure; must not know what is done in a window.
 */
import { DateTime, IANAZone } from 'luxon';
import { type PlannedWindow, WEEKDAYS } from '../domain/index.ts';
import { formatDuration } from '../util/index.ts';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
/** Every window opens at least once a week; a change of the clocks may swallow one opening. */
const DAYS_AHEAD = 16;
/** Enough to know whether one is open, and whether a day's work still fits in. */
const DAYS_NEAR = 2;

export interface Opening {
  /** Milliseconds since the epoch. */
  readonly start: number;
  readonly end: number;
  /** No new host begins when less is left. */
  readonly minRemainingMs: number;
}

/** Openings that end after `from`, in order; those that overlap or touch are one. */
export function openingsFrom(
  windows: readonly PlannedWindow[],
  from: number,
  daysAhead = DAYS_AHEAD,
): readonly Opening[] {
  const all = windows.flatMap((window) => openingsOf(window, from, daysAhead)).toSorted((a, b) => a.start - b.start);
  const merged: Opening[] = [];
  for (const next of all) {
    const last = merged.at(-1);
    if (last === undefined || next.start > last.end) {
      merged.push(next);
      continue;
    }
    merged[merged.length - 1] = {
      start: last.start,
      end: Math.max(last.end, next.end),
      minRemainingMs: Math.max(last.minRemainingMs, next.minRemainingMs),
    };
  }
  return merged;
}

/** The opening that holds the moment, as far as it is sure for two days; null when every window is closed then. */
export function openingAt(windows: readonly PlannedWindow[], now: number, daysAhead = DAYS_NEAR): Opening | null {
  const [first] = openingsFrom(windows, now, daysAhead);
  return first !== undefined && first.start <= now ? first : null;
}

/** True when a host may begin now: a new one needs the time that the playbook wants left. */
export function mayBegin(windows: readonly PlannedWindow[], now: number, isNew: boolean): boolean {
  const open = openingAt(windows, now);
  return open !== null && (!isNew || open.end - now >= open.minRemainingMs);
}

/** The next moment, from now on, at which a host may begin; null when there is none within two weeks. */
export function nextBegin(windows: readonly PlannedWindow[], now: number, isNew: boolean): number | null {
  for (const { start, end, minRemainingMs } of openingsFrom(windows, now)) {
    const at = Math.max(start, now);
    if (!isNew || end - at >= minRemainingMs) return at;
  }
  return null;
}

/** `22:00–05:00 Asia/Tokyo, opens mon tue` */
export function describeWindow({ start, end, tz, days, minRemainingMs }: PlannedWindow): string {
  const when = days.length === WEEKDAYS.length ? 'every day' : `on ${days.join(' ')}`;
  const left = minRemainingMs === 0 ? '' : `, hosts begin with at least ${formatDuration(minRemainingMs)} left`;
  return `${start}–${end} ${tz}, opens ${when}${left}`;
}

/** `open until Tue 2026-11-24 05:00 Asia/Tokyo`, or when a new host may begin next. */
export function describeNext(windows: readonly PlannedWindow[], now: number): string {
  const tz = windows[0]?.tz ?? 'UTC';
  const open = openingAt(windows, now, DAYS_AHEAD);
  if (open !== null && mayBegin(windows, now, true)) return `open until ${wallClock(open.end, tz)}`;
  const next = nextBegin(windows, now, true);
  return next === null ? 'does not open within two weeks' : `opens next ${wallClock(next, tz)}`;
}

/** `Tue 2026-11-24 22:00 Asia/Tokyo` */
export function wallClock(at: number, tz: string): string {
  return `${DateTime.fromMillis(at, { zone: tz, locale: 'en' }).toFormat('ccc yyyy-MM-dd HH:mm')} ${tz}`;
}

function openingsOf(window: PlannedWindow, from: number, daysAhead: number): readonly Opening[] {
  const zone = IANAZone.create(window.tz);
  const local = DateTime.fromMillis(from, { zone });
  const today = Date.UTC(local.year, local.month - 1, local.day);
  const startMinutes = minutesOf(window.start);
  const endMinutes = minutesOf(window.end);
  const length = endMinutes > startMinutes ? 0 : DAY_MS;
  const openings: Opening[] = [];
  for (let day = -2; day <= daysAhead; day++) {
    const date = today + day * DAY_MS;
    const weekday = WEEKDAYS[(new Date(date).getUTCDay() + 6) % 7];
    if (weekday === undefined || !window.days.includes(weekday)) continue;
    const start = instantOf(zone, date + startMinutes * MINUTE_MS);
    const end = instantOf(zone, date + length + endMinutes * MINUTE_MS);
    if (end > from && end > start) openings.push({ start, end, minRemainingMs: window.minRemainingMs });
  }
  return openings;
}

function minutesOf(clock: string): number {
  const [hours, minutes] = clock.split(':').map(Number);
  return (hours ?? 0) * 60 + (minutes ?? 0);
}

/**
 * When clocks on the wall show this first.
 * @param wall what they show, as if it were UTC
 */
function instantOf(zone: IANAZone, wall: number): number {
  const before = offsetMs(zone, wall - DAY_MS);
  const after = offsetMs(zone, wall + DAY_MS);
  const candidates = [wall - before, wall - after].filter((at) => at + offsetMs(zone, at) === wall);
  if (candidates.length > 0) return Math.min(...candidates);
  // Clocks never show it: they jump over it at the change between the two.
  let low = wall - DAY_MS;
  let high = wall + DAY_MS;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetMs(zone, middle) === before) low = middle;
    else high = middle;
  }
  return high;
}

function offsetMs(zone: IANAZone, at: number): number {
  return zone.offset(at) * MINUTE_MS;
}
