/** The text of an exceptions file → its entries, every mistake with its place. Must not know hosts, advisories, the clock. */
import { FirebreakError } from '../domain/index.ts';
import { type Place, placeOf, readYaml, type SourceProblem, type YamlEntry, YamlReader } from '../util/index.ts';

/** One entry for one of its advisories. */
export interface ExceptionEntry {
  readonly hosts: string;
  readonly hostsPlace: Place;
  readonly advisory: string;
  readonly advisoryPlace: Place;
  readonly reason: string;
  readonly approvedBy: string;
  /** As it was written. */
  readonly until: string;
  readonly untilPlace: Place;
  /** Milliseconds since the epoch: from then on it does not hold. */
  readonly endsAt: number;
  readonly ticket: string | null;
}

const TOP = { what: 'exceptions file', known: ['firebreak', 'exceptions'] };
const ENTRY = {
  what: 'exception',
  known: ['hosts', 'advisory', 'reason', 'approved_by', 'until', 'ticket'],
  foreign: {
    host: 'write hosts:',
    advisories: 'write advisory:, which takes a list too',
    expires: 'write until:',
    approver: 'write approved_by:',
    change: 'write ticket:',
  },
};
const REQUIRED = ['hosts', 'advisory', 'reason', 'approved_by', 'until'] as const;
const DAY_MS = 86_400_000;
const UNTIL_FORM = 'write a day (2027-03-31, the whole of it by UTC) or a time with its zone (2027-03-31T18:00+09:00)';

export interface ExceptionsFile {
  readonly entries: readonly ExceptionEntry[];
  readonly reader: YamlReader;
}

/** @throws FB_EXCEPTIONS_INVALID with `details: SourceProblem[]` */
export function loadExceptions(text: string, file: string): ExceptionsFile {
  const reader = new YamlReader(readYaml(text, file));
  const { root } = reader.yaml;
  const entries = root === null ? [] : readTop(reader, root);
  throwIfWrong(reader, file);
  return { entries, reader };
}

/** @throws FB_EXCEPTIONS_INVALID when anything was reported */
export function throwIfWrong(reader: YamlReader, file: string): void {
  const [first, ...others] = reader.problems;
  if (first === undefined) return;
  const more = others.length > 0 ? ` (and ${others.length} more)` : '';
  throw new FirebreakError('FB_EXCEPTIONS_INVALID', `${whereOf(first)}: ${first.message}${more}`, {
    remedy: `correct the exceptions file ${file}`,
    details: reader.problems,
  });
}

/** `file:line:column` */
export function whereOf(problem: Pick<SourceProblem, 'file' | 'line' | 'column'>): string {
  return `${problem.file}:${problem.line}:${problem.column}`;
}

function readTop(reader: YamlReader, root: NonNullable<YamlReader['yaml']['root']>): readonly ExceptionEntry[] {
  const place = placeOf(root);
  const top = reader.map(root, place, TOP);
  if (top === null) return [];
  const version = top.get('firebreak');
  if (version === undefined) reader.reportMissing({ start: 0, end: 1 }, 'the first key must be "firebreak: 1"');
  else reader.integer(version, { min: 1, max: 1 });
  const listed = top.get('exceptions');
  if (listed === undefined) {
    reader.reportMissing({ start: 0, end: 1 }, 'there is no "exceptions"', 'write exceptions: [] when there are none');
    return [];
  }
  const items = reader.list(listed.value, listed.place, '"exceptions"') ?? [];
  return items.flatMap((item) => {
    const itemPlace = placeOf(item);
    const fields = reader.map(item, itemPlace, ENTRY);
    return fields === null ? [] : readEntry(reader, fields, itemPlace);
  });
}

function readEntry(
  reader: YamlReader,
  fields: ReadonlyMap<string, YamlEntry>,
  place: Place,
): readonly ExceptionEntry[] {
  for (const key of REQUIRED) {
    if (!fields.has(key))
      reader.reportMissing({ start: place.start, end: place.start + 1 }, `an exception needs "${key}"`);
  }
  const text = (key: string): string | null => {
    const entry = fields.get(key);
    return entry === undefined ? null : reader.string(entry);
  };
  const hosts = text('hosts');
  const reason = text('reason');
  const approvedBy = text('approved_by');
  const ticket = text('ticket');
  const until = fields.get('until');
  const written = until === undefined ? null : reader.string(until);
  const endsAt = until === undefined || written === null ? null : endOf(reader, until, written);
  const advisories = advisoriesOf(reader, fields.get('advisory'));
  if (hosts === null || reason === null || approvedBy === null || endsAt === null || written === null) return [];
  return advisories.map(({ advisory, advisoryPlace }) => ({
    hosts,
    hostsPlace: fields.get('hosts')!.place,
    advisory,
    advisoryPlace,
    reason,
    approvedBy,
    until: written,
    untilPlace: until!.place,
    endsAt,
    ticket,
  }));
}

function advisoriesOf(
  reader: YamlReader,
  entry: YamlEntry | undefined,
): readonly Pick<ExceptionEntry, 'advisory' | 'advisoryPlace'>[] {
  if (entry === undefined) return [];
  const value = reader.value(entry.value);
  if (!Array.isArray(value)) {
    const advisory = reader.string(entry);
    return advisory === null ? [] : [{ advisory, advisoryPlace: entry.place }];
  }
  if (value.length === 0) reader.report(entry.place, '"advisory" names none');
  return (reader.list(entry.value, entry.place, '"advisory"') ?? []).flatMap((node) => {
    const advisory = reader.string({ ...entry, value: node, place: placeOf(node) });
    return advisory === null ? [] : [{ advisory, advisoryPlace: placeOf(node) }];
  });
}

function endOf(reader: YamlReader, { place }: YamlEntry, written: string): number | null {
  const text = written.trim();
  const isDay = /^\d{4}-\d\d-\d\d$/.test(text);
  const isTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?(?:Z|[+-]\d\d:\d\d)$/.test(text);
  const time = isDay || isTime ? Date.parse(text) : Number.NaN;
  // Date.parse takes 31 February for 3 March.
  const isReal = !Number.isNaN(time) && isOnCalendar(text.slice(0, 10));
  if (!isReal)
    return reader.report(place, `"until" must be a day or a time, not ${JSON.stringify(written)}`, UNTIL_FORM);
  return isDay ? time + DAY_MS : time;
}

function isOnCalendar(day: string): boolean {
  const time = Date.parse(day);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(day);
}
