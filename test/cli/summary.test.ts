import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { writeSummary } from '../../src/cli/live/summary.ts';
import { foldRun } from '../../src/engine/index.ts';
import { host, plan, step } from '../engine/support/plans.ts';

afterEach(() => {
  jest.restoreAllMocks();
});

function summary(check: boolean): string {
  const planned = plan([step('shield', 'shield.apply')], { hosts: ['dc01', 'web01'].map((name) => host(name)) });
  const common = { run: 'r1', at: '2026-03-13T00:00:00.000Z' };
  const skipped = {
    uses: 'shield.apply',
    outcome: 'skipped',
    result: {},
    error: null,
    attempts: 1,
    durationMs: 1,
  } as const;
  const view = foldRun(planned, [
    { ...common, seq: 1, type: 'RunStarted', planHash: '', parent: null, check, by: 'a@b', version: '0' },
    { ...common, ...skipped, seq: 2, type: 'StepFinished', host: 'dc01', step: 'shield', reason: 'role guard: a DC' },
    {
      ...common,
      ...skipped,
      seq: 3,
      type: 'StepFinished',
      host: 'web01',
      step: 'shield',
      reason: 'if: false is false',
    },
  ]);
  const written: string[] = [];
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
    written.push(String(text));
    return true;
  });
  writeSummary(view, ['firebreak status r1']);
  return written.join('');
}

describe('the summary', () => {
  it('says why a host got no shield, but not that the playbook wanted none', () => {
    const text = summary(false);
    expect(text).toContain('No shield:\n  dc01: role guard: a DC\n');
    expect(text).not.toContain('web01: if');
    expect(text).toMatch(/Next:\n {2}firebreak status r1\n$/);
  });

  it('says nothing of shields in a check, which puts none up', () => {
    expect(summary(true)).not.toContain('No shield');
  });
});
