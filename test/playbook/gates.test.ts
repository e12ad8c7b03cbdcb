/** `gate:`, `window:` and `require_change:` as they are written, and what is said of mistakes in them. */
import { describe, expect, it } from '@jest/globals';
import { FirebreakError } from '../../src/domain/index.ts';
import { loadPlaybook, type Playbook } from '../../src/playbook/index.ts';
import type { SourceProblem } from '../../src/util/index.ts';
import { catalog } from './catalog.ts';

const WAVES = 'waves: [{ name: canary, hosts: web01 }, { name: rest, size: rest }]';

function load(...top: readonly string[]): Playbook {
  const text = ['firebreak: 1', 'name: test', 'hosts: all', ...top, 'steps: [{ uses: host.facts }]', ''].join('\n');
  return loadPlaybook(text, 'site.yaml', catalog);
}

/** Message and hint of each mistake. */
function mistakes(...top: readonly string[]): readonly (readonly [string, string])[] {
  try {
    load(...top);
  } catch (error) {
    if (!(error instanceof FirebreakError) || error.code !== 'FB_PLAYBOOK_INVALID') throw error;
    return (error.details as readonly SourceProblem[]).map(({ message, hint }) => [message, hint] as const);
  }
  return [];
}

describe('a gate', () => {
  it('of the playbook names the wave that it stands behind', () => {
    const { gates } = load(
      WAVES,
      'gate: { after: canary, approve: ops-leads, soak: 15m, timeout: 8h, on_timeout: stop }',
    );
    expect(gates).toEqual([
      { after: 'canary', approve: 'ops-leads', soakMs: 900_000, timeoutMs: 28_800_000, onTimeout: 'stop' },
    ]);
  });

  it('may be one of several, and need no approval or no soaking', () => {
    const waves = 'waves: [{ name: a, hosts: a }, { name: b, hosts: b }, { name: c, size: rest }]';
    const { gates } = load(waves, 'gate: [{ after: a, soak: 1h }, { after: b, approve: ops }]');
    expect(gates).toEqual([
      { after: 'a', approve: null, soakMs: 3_600_000, timeoutMs: null, onTimeout: 'stop' },
      { after: 'b', approve: 'ops', soakMs: 0, timeoutMs: null, onTimeout: 'stop' },
    ]);
  });

  it('of a wave stands before it', () => {
    const { waves } = load('waves: [{ name: all, size: rest, gate: { approve: ops } }]');
    expect(waves[0]?.gate).toEqual({ after: null, approve: 'ops', soakMs: 0, timeoutMs: null, onTimeout: 'stop' });
  });

  it('stands between the waves of serial too, also those that only many hosts have', () => {
    expect(load('serial: [1, 5, "25%"]', 'gate: { after: "wave 7", soak: 1h }').gates[0]?.after).toBe('wave 7');
  });

  it.each<[string, readonly string[], readonly [string, string]]>([
    [
      'an unknown wave',
      [WAVES, 'gate: { after: canari, soak: 1h }'],
      ['there is no wave "canari"', 'did you mean "canary"?'],
    ],
    ['the last wave', [WAVES, 'gate: { after: rest, soak: 1h }'], ['no wave comes after rest', 'name an earlier one']],
    [
      'no waves',
      ['gate: { after: canary, soak: 1h }'],
      ['there are no waves for a gate to stand between', 'write waves:'],
    ],
    ['no place', [WAVES, 'gate: { soak: 1h }'], ['a gate needs "after"', 'write after: canary']],
    [
      'nothing to wait for',
      [WAVES, 'gate: { after: canary }'],
      ['a gate needs "approve" or "soak"', 'write approve: ops-leads, or soak: 15m'],
    ],
    [
      'a timeout of nothing',
      [WAVES, 'gate: { after: canary, soak: 1h, timeout: 1h }'],
      ['"timeout" is of an approval, and this gate asks for none', 'write approve: ops-leads'],
    ],
    [
      'a way out without a timeout',
      [WAVES, 'gate: { after: canary, approve: a, on_timeout: continue }'],
      ['"on_timeout" without a "timeout"', 'write timeout: 8h'],
    ],
    [
      'an unknown way out',
      [WAVES, 'gate: { after: canary, approve: a, timeout: 1h, on_timeout: fail }'],
      ['"on_timeout" must be stop or continue, not "fail"', ''],
    ],
    [
      'a second one at the same place',
      [WAVES, 'gate: [{ after: canary, soak: 1h }, { after: canary, approve: a }]'],
      ['a second gate after canary', 'make them one'],
    ],
    [
      'a place within a wave',
      ['waves: [{ name: a, size: rest, gate: { after: a, soak: 1h } }]'],
      [
        'unknown key "after" in a gate of a wave',
        'this one stands before its wave; with after: write it beside waves:',
      ],
    ],
    [
      'a bare number',
      [WAVES, 'gate: { after: canary, soak: 15 }'],
      ['"soak" must be a duration such as 30s, 10m or 1h30m, not 15', 'say the unit: 15s'],
    ],
  ])('with %s is refused', (_what, top, problem) => {
    expect(mistakes(...top)).toEqual([problem]);
  });
});

describe('a window', () => {
  const night = 'window: { start: "22:00", end: "05:00", tz: Asia/Tokyo, days: [fri, mon], min_remaining: 40m }';

  it('is read with its days in the order of the week', () => {
    expect(load(night).windows).toEqual([
      { start: '22:00', end: '05:00', tz: 'Asia/Tokyo', days: ['mon', 'fri'], minRemainingMs: 2_400_000 },
    ]);
  });

  it('may be one of several, of one wave, every day, and without min_remaining', () => {
    const top =
      'window: [{ start: 9:30, end: 12:00, tz: UTC }, { start: "00:00", end: "24:00", tz: Europe/Berlin, days: [sun] }]';
    expect(load(top).windows).toMatchObject([
      { start: '09:30', days: { length: 7 }, minRemainingMs: 0 },
      { end: '24:00', days: ['sun'] },
    ]);
    const { waves, windows } = load(`waves: [{ name: all, size: rest, ${night} }]`);
    expect([windows.length, waves[0]?.windows?.length]).toEqual([0, 1]);
  });

  it.each<[string, string, readonly [string, string]]>([
    ['no zone', '{ start: "22:00", end: "05:00" }', ['a window needs "tz"', 'write tz: Asia/Tokyo, or tz: UTC']],
    [
      'an unknown zone',
      '{ start: "22:00", end: "05:00", tz: Europe/Berln }',
      ['"Europe/Berln" is not the name of a time zone', 'did you mean Europe/Berlin?'],
    ],
    [
      'no length',
      '{ start: "22:00", end: "22:00", tz: UTC }',
      ['a window from 22:00 to 22:00 has no length', 'the whole day is start: "00:00", end: "24:00"'],
    ],
    [
      'an hour that is none',
      '{ start: "24:30", end: "05:00", tz: UTC }',
      ['"start" must be a time of the day such as "22:00", not "24:30"', ''],
    ],
    [
      'a number',
      '{ start: 22, end: "05:00", tz: UTC }',
      ['"start" must be a time of the day such as "22:00", not 22', ''],
    ],
    [
      'a day that is none',
      '{ start: "22:00", end: "05:00", tz: UTC, days: [mon, frj] }',
      ['"frj" is not a day', 'did you mean "fri"?'],
    ],
    ['no days', '{ start: "22:00", end: "05:00", tz: UTC, days: [] }', ['"days" is empty', 'leave it out: every day']],
    [
      'more to remain than there is',
      '{ start: "22:00", end: "05:00", tz: UTC, min_remaining: 8h }',
      ['min_remaining is longer than the window: no host would ever begin', ''],
    ],
    [
      'a key that is none',
      '{ start: "22:00", end: "05:00", tz: UTC, timezone: UTC }',
      ['unknown key "timezone" in a window', 'known keys: start, end, tz, days, min_remaining'],
    ],
  ])('with %s is refused', (_what, given, problem) => {
    expect(mistakes(`window: ${given}`)).toEqual([problem]);
  });
});

describe('require_change', () => {
  it('is true or false, and false without', () => {
    expect(
      [load('require_change: true'), load('require_change: false'), load()].map((one) => one.requireChange),
    ).toEqual([true, false, false]);
    expect(mistakes('require_change: yes')).toHaveLength(1);
  });
});
