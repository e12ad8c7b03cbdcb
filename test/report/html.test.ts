import { describe, expect, it } from '@jest/globals';
import type { HostView, RunView, Tally } from '../../src/domain/index.ts';
import { renderHtml } from '../../src/report/index.ts';

const host: HostView = {
  name: 'web<01>',
  address: '127.0.0.1',
  wave: 0,
  groups: [],
  state: 'finished',
  outcome: 'failed',
  reason: 'step install: <script>alert(1)</script>',
  error: { code: 'FB_PACKAGE_EXIT', message: 'm', remedy: 'look at "the log"', retryable: false },
  currentStep: null,
  questions: [],
  steps: [
    {
      id: 'install',
      uses: 'package.install',
      state: 'finished',
      outcome: 'failed',
      reason: '',
      error: { code: 'FB_PACKAGE_EXIT', message: 'exit code 1603', remedy: '', retryable: false },
      lastAttemptError: null,
      attempts: 2,
      startedAt: null,
      finishedAt: null,
      durationMs: 1234,
      result: { exit_code: 1603 },
      intended: true,
    },
  ],
  standingShields: 1,
  shields: [],
  owesAlways: false,
  verdict: null,
  installs: 1,
  reboots: 0,
  startedAt: null,
  finishedAt: null,
};

const view: RunView = {
  run: 'r1',
  name: 'A & B',
  parent: null,
  check: false,
  state: 'completed',
  reason: '',
  by: 'me@here',
  startedAt: '2026-11-23T04:00:00.000Z',
  finishedAt: '2026-11-23T05:00:00.000Z',
  resumes: 0,
  waves: [],
  hosts: [host],
  tally: { failed: 1 } as unknown as Tally,
  isFine: false,
};

describe('the HTML report', () => {
  it('shows each host with outcome, reason, remedy and standing shields, and each step with its error', () => {
    const html = renderHtml(view);
    for (const text of [
      'A &amp; B',
      'web&lt;01&gt;',
      'failed',
      'look at &quot;the log&quot;',
      'exit code 1603 [FB_PACKAGE_EXIT]',
      '(2 attempts)',
    ]) {
      expect(html).toContain(text);
    }
    expect(html).toMatch(/<span class="warn">1<\/span>/);
  });

  it('needs no script and nothing from outside, and lets no host write markup', () => {
    const html = renderHtml(view);
    expect(html).not.toMatch(/<script|src=|https?:\/\/|@import/i);
    expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
  });
});
