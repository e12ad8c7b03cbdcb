import { describe, expect, it } from '@jest/globals';
import { assessedHost, assessRow, assessText, isSound } from '../../src/cli/commands/assess-text.ts';
import type { JsonObject } from '../../src/domain/index.ts';

const check = (id: string, state: string, advice = ''): JsonObject => ({
  id,
  state,
  severity: 'high',
  found: `${id} is 0`,
  advice,
  confidence: 'H',
});
const result: JsonObject = {
  os: 'Windows XP',
  missing: ['ms03-039'],
  undecided: ['ms17-010'],
  weak: ['anonymous'],
  unreadable: ['guest'],
  reason: 'much',
  verdicts: [
    { advisory: 'ms03-039', verdict: 'vulnerable', reason: 'old files' },
    { advisory: 'ms17-010', verdict: 'untested', reason: 'who knows' },
    { advisory: 'ms03-026', verdict: 'patched', reason: 'new files' },
  ],
  checks: [check('uac', 'ok'), check('guest', 'unknown'), check('anonymous', 'weak', 'mend it')],
};

describe('what firebreak assess shows', () => {
  it('is a line a host', () => {
    expect(assessRow(assessedHost('pc', result, ''))).toEqual([
      'pc',
      'Windows XP',
      '1 missing, 1 not decided',
      '1 weak, 1 not read',
      'much',
    ]);
    const sound = { ...result, missing: [], undecided: [], weak: [], unreadable: [] };
    expect(assessRow(assessedHost('pc', sound, '')).slice(2, 4)).toEqual(['ok', 'ok']);
    expect(assessRow(assessedHost('pc', null, 'no answer'))).toEqual(['pc', '-', '-', '-', 'no answer']);
  });

  it('marks a system out of support and says what a scan would not have found', () => {
    const host = assessedHost(
      'pc',
      {
        ...result,
        out_of_support: true,
        support_ended: '2014-04-08',
        scan: { reason: 'TCP 135 stays silent' },
        beyond_scan: ['ms03-039', 'anonymous'],
      },
      '',
    );
    expect(assessRow(host)[1]).toBe('Windows XP (out of support)');
    expect(assessText(host, false)).toMatch(/support +ended 2014-04-08/);
    expect(assessText(host, false)).toMatch(/TCP 135 stays silent; says nothing of ms03-039, anonymous$/);
    expect(assessText(assessedHost('pc', result, ''), false)).not.toMatch(/support|scan/);
    // The end of support alone is no finding.
    const sound = { missing: [], undecided: [], weak: [], out_of_support: true, support_ended: '2014-04-08' };
    expect(isSound(assessedHost('pc', { ...result, ...sound }, ''))).toBe(true);
  });

  it('has what is wrong first, with advice, and the rest only when asked', () => {
    const host = assessedHost('pc', result, '');
    const text = assessText(host, false);
    expect(text.split('\n').map((line) => line.trim().split(/\s/)[0])).toEqual([
      'pc',
      'ms03-039',
      'ms17-010',
      'anonymous',
      '→',
      'guest',
    ]);
    expect(text).toContain('→ mend it');
    expect(assessText(host, true)).toMatch(/ms03-026 .*patched[\s\S]*uac .*ok/);
    expect(assessText(assessedHost('pc', null, 'no answer'), true)).toBe('');
  });

  it.each<[string, JsonObject | null, boolean]>([
    ['nothing', { ...result, missing: [], undecided: [], weak: [] }, true],
    ['a missing fix', { ...result, undecided: [], weak: [] }, false],
    ['an undecided one', { ...result, missing: [], weak: [] }, false],
    ['a weak setting', { ...result, missing: [], undecided: [] }, false],
    ['no answer', null, false],
  ])('is sound with %s found: %#', (_name, found, sound) => {
    expect(isSound(assessedHost('pc', found, ''))).toBe(sound);
  });
});
