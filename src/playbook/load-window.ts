/** `window:` of a playbook or a wave: when hosts may be begun. What time it is, is not known here. */
import { IANAZone } from 'luxon';
import { isMap, type Node } from 'yaml';
import { type PlannedWindow, WEEKDAYS, type Weekday } from '../domain/index.ts';
import { describe, didYouMean, nearest, type Place, placeOf, type YamlEntry, type YamlReader } from '../util/index.ts';
import { WINDOW_KEYS } from './vocabulary.ts';

const DAY_MINUTES = 24 * 60;
const CLOCK = /^(?:([01]?\d|2[0-3]):([0-5]\d)|24:00)$/;

/** One window or a list of them; those with a mistake (reported) are left out. */
export function readWindows(reader: YamlReader, entry: YamlEntry): readonly PlannedWindow[] {
  const value = reader.resolve(entry.value);
  if (value === null || isMap(value)) return readWindow(reader, entry.value, entry.place);
  const items = reader.list(entry.value, entry.place, `"${entry.key}"`);
  if (items?.length === 0) reader.report(entry.place, `"${entry.key}" is empty`);
  return (items ?? []).flatMap((node) => readWindow(reader, node, placeOf(node)));
}

function readWindow(reader: YamlReader, node: Node | null, place: Place): readonly PlannedWindow[] {
  const fields = reader.map(node, place, { what: 'window', known: WINDOW_KEYS });
  if (fields === null) return [];
  const mark = [...fields.values()][0]?.keyPlace ?? place;
  const start = readClock(reader, fields.get('start'), 'start', mark);
  const end = readClock(reader, fields.get('end'), 'end', mark);
  const tz = readZone(reader, fields.get('tz'), mark);
  const daysEntry = fields.get('days');
  const days = daysEntry === undefined ? WEEKDAYS : readDays(reader, daysEntry);
  const leftEntry = fields.get('min_remaining');
  const minRemainingMs = leftEntry === undefined ? 0 : reader.duration(leftEntry);
  if (start === null || end === null || tz === null || days.length === 0 || minRemainingMs === null) return [];
  if (start === '24:00' || start === end) {
    reader.report(
      mark,
      `a window from ${start} to ${end} has no length`,
      'the whole day is start: "00:00", end: "24:00"',
    );
    return [];
  }
  const minutes = (minutesOf(end) - minutesOf(start) + DAY_MINUTES) % DAY_MINUTES || DAY_MINUTES;
  if (leftEntry !== undefined && minRemainingMs > minutes * 60_000) {
    reader.report(leftEntry.place, 'min_remaining is longer than the window: no host would ever begin');
  }
  return [{ start, end, tz, days, minRemainingMs }];
}

/** `09:00` */
function readClock(reader: YamlReader, entry: YamlEntry | undefined, key: string, mark: Place): string | null {
  if (entry === undefined) return reader.reportMissing(mark, `a window needs "${key}"`, `write ${key}: "22:00"`);
  const value = reader.scalar(entry.value)?.value;
  if (typeof value === 'string' && CLOCK.test(value)) return value.padStart(5, '0');
  const message = `"${key}" must be a time of the day such as "22:00", not ${describe(reader.resolve(entry.value))}`;
  return reader.report(entry.place, message);
}

function readZone(reader: YamlReader, entry: YamlEntry | undefined, mark: Place): string | null {
  if (entry === undefined) return reader.reportMissing(mark, 'a window needs "tz"', 'write tz: Asia/Tokyo, or tz: UTC');
  const tz = reader.string(entry);
  if (tz === null || IANAZone.isValidZone(tz)) return tz;
  const meant = nearest(tz, Intl.supportedValuesOf('timeZone'));
  const hint = meant === null ? 'names as in Asia/Tokyo, Europe/Berlin, UTC are known' : `did you mean ${meant}?`;
  return reader.report(entry.place, `"${tz}" is not the name of a time zone`, hint);
}

function readDays(reader: YamlReader, entry: YamlEntry): readonly Weekday[] {
  const items = reader.list(entry.value, entry.place, '"days"');
  if (items?.length === 0) reader.report(entry.place, '"days" is empty', 'leave it out: every day');
  const named = new Set<Weekday>();
  for (const node of items ?? []) {
    const value = reader.scalar(node)?.value;
    const day = WEEKDAYS.find((known) => known === value);
    if (day !== undefined) named.add(day);
    else {
      const hint = typeof value === 'string' ? didYouMean(value.toLowerCase().slice(0, 3), WEEKDAYS) : '';
      reader.report(placeOf(node), `${describe(node)} is not a day`, hint || `days: ${WEEKDAYS.join(', ')}`);
    }
  }
  return WEEKDAYS.filter((day) => named.has(day));
}

function minutesOf(clock: string): number {
  const [hours, minutes] = clock.split(':').map(Number);
  return (hours ?? 0) * 60 + (minutes ?? 0);
}
