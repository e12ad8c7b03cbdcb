/** Maintenance windows by the clocks on the wall, over the changes of summer time. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type PlannedWindow, WEEKDAYS } from '../../src/domain/index.ts';
import { describeWindow, mayBegin, nextBegin, openingAt, openingsFrom, wallClock } from '../../src/engine/windows.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

function window(start: string, end: string, tz: string, rest: Partial<PlannedWindow> = {}): PlannedWindow {
  return { start, end, tz, days: WEEKDAYS, minRemainingMs: 0, ...rest };
}

const at = (iso: string): number => Date.parse(iso);
const iso = (ms: number): string => new Date(ms).toISOString();

/** Start and end of the first opening after a moment. */
function first(from: string, ...windows: PlannedWindow[]): readonly string[] {
  const [opening] = openingsFrom(windows, at(from));
  return opening === undefined ? [] : [iso(opening.start), iso(opening.end)];
}

describe('a window', () => {
  const nights = window('22:00', '05:00', 'Asia/Tokyo', { days: ['mon', 'tue', 'wed', 'thu', 'fri'] });

  it('opens on its days and closes on the next', () => {
    // 2026-11-23 is a Monday.
    expect(first('2026-11-23T00:00:00Z', nights)).toEqual(['2026-11-23T13:00:00.000Z', '2026-11-23T20:00:00.000Z']);
    // In the small hours of Saturday it is still that of Friday.
    expect(first('2026-11-27T19:00:00Z', nights)).toEqual(['2026-11-27T13:00:00.000Z', '2026-11-27T20:00:00.000Z']);
    expect(first('2026-11-27T20:00:00Z', nights)).toEqual(['2026-11-30T13:00:00.000Z', '2026-11-30T20:00:00.000Z']);
  });

  it('is open from its first moment up to, and not at, its last', () => {
    for (const [moment, isOpen] of [
      ['2026-11-23T12:59:59.999Z', false],
      ['2026-11-23T13:00:00.000Z', true],
      ['2026-11-23T19:59:59.999Z', true],
      ['2026-11-23T20:00:00.000Z', false],
    ] as const) {
      expect([moment, openingAt([nights], at(moment)) !== null]).toEqual([moment, isOpen]);
    }
  });

  it('lets no new host begin with less than min_remaining left, and others to the end', () => {
    const careful = { ...nights, minRemainingMs: 40 * MINUTE };
    const last = at('2026-11-23T19:20:00Z');
    expect(mayBegin([careful], last, true)).toBe(true);
    expect(mayBegin([careful], last + 1, true)).toBe(false);
    expect(mayBegin([careful], last + 1, false)).toBe(true);
    expect(nextBegin([careful], last, true)).toBe(last);
    expect(iso(nextBegin([careful], last + 1, true) ?? 0)).toBe('2026-11-24T13:00:00.000Z');
    expect(nextBegin([careful], last + 1, false)).toBe(last + 1);
  });

  it('may be the whole day, every day: then it never closes', () => {
    const always = window('00:00', '24:00', 'America/New_York');
    const [opening, ...others] = openingsFrom([always], at('2026-10-31T12:00:00Z'));
    expect(others).toEqual([]);
    expect((opening?.end ?? 0) - at('2026-10-31T12:00:00Z')).toBeGreaterThan(10 * 24 * HOUR);
  });

  it('joins others that overlap or touch it', () => {
    const evenings = window('18:00', '22:00', 'Europe/Berlin', { days: ['sat'], minRemainingMs: HOUR });
    const later = window('22:00', '02:00', 'Europe/Berlin', { days: ['sat'] });
    expect(openingAt([later, evenings], at('2026-11-28T18:00:00Z'))).toEqual({
      start: at('2026-11-28T17:00:00Z'),
      end: at('2026-11-29T01:00:00Z'),
      minRemainingMs: HOUR,
    });
  });

  it('is described, and its moments are, as people there read them', () => {
    expect(describeWindow({ ...nights, minRemainingMs: 40 * MINUTE })).toBe(
      '22:00–05:00 Asia/Tokyo, opens on mon tue wed thu fri, hosts begin with at least 40m left',
    );
    expect(wallClock(at('2026-11-24T13:00:00Z'), 'Asia/Tokyo')).toBe('Tue 2026-11-24 22:00 Asia/Tokyo');
  });
});

describe('when clocks are changed', () => {
  it.each<[string, string, PlannedWindow, string, string]>([
    // Europe, 2026-03-29 01:00Z: 02:00 becomes 03:00.
    ['a night is an hour shorter', '2026-03-28T12:00Z', window('22:00', '05:00', 'Europe/Berlin'), '21:00', '03:00'],
    [
      'an opening that does not exist is at the change',
      '2026-03-28T20:00Z',
      window('02:30', '04:00', 'Europe/Berlin'),
      '01:00',
      '02:00',
    ],
    [
      'a closing that does not exist is at the change',
      '2026-03-28T20:00Z',
      window('01:00', '02:30', 'Europe/Berlin'),
      '00:00',
      '01:00',
    ],
    // 2026-10-25 01:00Z: 03:00 becomes 02:00.
    ['a night is an hour longer', '2026-10-24T12:00Z', window('22:00', '05:00', 'Europe/Berlin'), '20:00', '04:00'],
    [
      'an opening that comes twice is the first',
      '2026-10-24T20:00Z',
      window('02:30', '04:00', 'Europe/Berlin'),
      '00:30',
      '03:00',
    ],
    [
      'a closing that comes twice is the first',
      '2026-10-24T20:00Z',
      window('01:00', '02:30', 'Europe/Berlin'),
      '23:00',
      '00:30',
    ],
    // New York, 2026-03-08 07:00Z and 2026-11-01 06:00Z.
    ['New York in spring', '2026-03-08T00:00Z', window('01:30', '03:30', 'America/New_York'), '06:30', '07:30'],
    ['New York in autumn', '2026-11-01T00:00Z', window('01:30', '03:30', 'America/New_York'), '05:30', '08:30'],
    // Half an hour, and at midnight.
    ['Lord Howe', '2026-04-04T10:00Z', window('01:45', '02:15', 'Australia/Lord_Howe'), '14:45', '15:45'],
    ['a midnight that is left out', '2024-04-25T12:00Z', window('00:00', '02:00', 'Africa/Cairo'), '22:00', '23:00'],
  ])('%s', (_what, from, one, start, end) => {
    expect(first(from, one).map((moment) => moment.slice(11, 16))).toEqual([start, end]);
  });

  it('a window that lies in the hour that is left out does not open that day', () => {
    const short = window('02:10', '02:50', 'Europe/Berlin');
    expect(first('2026-03-28T12:00:00Z', short)).toEqual(['2026-03-30T00:10:00.000Z', '2026-03-30T00:50:00.000Z']);
  });

  it('one that is too short for min_remaining that night waits for the next', () => {
    const careful = window('01:00', '04:00', 'Europe/Berlin', { minRemainingMs: 150 * MINUTE });
    expect(iso(nextBegin([careful], at('2026-03-28T12:00:00Z'), true) ?? 0)).toBe('2026-03-29T23:00:00.000Z');
  });
});

/** What clocks on the wall show, by the system's own calendar and not by the code under test. */
function wall(ms: number, tz: string): { readonly clock: string; readonly day: string } {
  let calendar = calendars.get(tz);
  if (calendar === undefined) {
    const fields = { weekday: 'short', hour: '2-digit', minute: '2-digit' } as const;
    calendar = new Intl.DateTimeFormat('en-GB', { timeZone: tz, hourCycle: 'h23', ...fields });
    calendars.set(tz, calendar);
  }
  const parts = calendar.formatToParts(ms);
  const of = (type: string): string => parts.find((part) => part.type === type)?.value ?? '';
  return { clock: `${of('hour')}:${of('minute')}`, day: of('weekday').toLowerCase() };
}

const calendars = new Map<string, Intl.DateTimeFormat>();

describe('any window in Tokyo, Berlin and New York', () => {
  const clock = fc
    .tuple(fc.integer({ min: 0, max: 23 }), fc.constantFrom(0, 1, 15, 30, 59))
    .map(([hour, minute]) => `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`);
  const anyWindow = fc
    .record({
      start: clock,
      end: clock,
      tz: fc.constantFrom('Asia/Tokyo', 'Europe/Berlin', 'America/New_York'),
      days: fc.subarray([...WEEKDAYS], { minLength: 1 }),
    })
    .filter(({ start, end }) => start !== end)
    .map(({ start, end, tz, days }) => window(start, end, tz, { days }));
  /** Half of them within two days of a change of the clocks somewhere. */
  const changes = ['2026-03-08T07:00Z', '2026-03-29T01:00Z', '2026-10-25T01:00Z', '2026-11-01T06:00Z'].map(at);
  const moment = fc.oneof(
    fc.integer({ min: at('2026-01-01T00:00Z'), max: at('2027-12-31T00:00Z') }),
    fc
      .tuple(fc.constantFrom(...changes), fc.integer({ min: -48 * HOUR, max: 48 * HOUR }))
      .map(([change, by]) => change + by),
  );
  const isPlain = (start: string, end: string, clockNow: string) => {
    const crosses = end <= start;
    return crosses ? clockNow >= start || clockNow < end : clockNow >= start && clockNow < end;
  };

  it('is open exactly when the clocks on the wall say so, but in the hours that come twice', () => {
    fc.assert(
      fc.property(anyWindow, moment, (one, now) => {
        const { clock: shown, day } = wall(now, one.tz);
        // The hour that comes twice, once more with the hour before and after it.
        const isTwice = [-HOUR, HOUR].some((by) => wall(now + by, one.tz).clock === shown);
        fc.pre(!isTwice);
        const openedYesterday = one.end <= one.start && shown < one.end;
        const openingDay = openedYesterday ? WEEKDAYS[((WEEKDAYS as readonly string[]).indexOf(day) + 6) % 7] : day;
        const isMeant = isPlain(one.start, one.end, shown) && one.days.some((name) => name === openingDay);
        const isOpen = openingAt([one], now) !== null;
        const isBoundaryTwice = [one.start, one.end].some((boundary) => comesTwice(boundary, now, one.tz));
        if (!isBoundaryTwice) expect(isOpen).toBe(isMeant);
      }),
      { numRuns: 600 },
    );
  });

  it('opens again within two weeks; that moment is in it, and the one before is not', () => {
    fc.assert(
      fc.property(anyWindow, moment, (one, now) => {
        const next = nextBegin([one], now, true);
        expect(next).not.toBeNull();
        const opened = next ?? 0;
        expect(opened).toBeGreaterThanOrEqual(now);
        expect(opened - now).toBeLessThanOrEqual(15 * 24 * HOUR);
        expect(openingAt([one], opened)).not.toBeNull();
        if (opened > now) expect(openingAt([one], opened - 1)).toBeNull();
      }),
      { numRuns: 300 },
    );
  });

  it('never has openings that overlap, are empty or out of order', () => {
    fc.assert(
      fc.property(fc.array(anyWindow, { minLength: 1, maxLength: 3 }), moment, (windows, now) => {
        let before = Number.NEGATIVE_INFINITY;
        for (const { start, end } of openingsFrom(windows, now)) {
          expect(start).toBeGreaterThan(before);
          expect(end).toBeGreaterThan(start);
          expect(end).toBeGreaterThan(now);
          before = end;
        }
      }),
      { numRuns: 200 },
    );
  });

  /** True when the clocks show this twice on a day near the moment. */
  function comesTwice(boundary: string, now: number, tz: string): boolean {
    for (let ms = now - 30 * HOUR; ms < now + 30 * HOUR; ms += HOUR) {
      const [low, high] = [wall(ms, tz).clock, wall(ms + HOUR, tz).clock];
      if (low === high && low.slice(0, 2) === boundary.slice(0, 2)) return true;
    }
    return false;
  }
});
