/** What `npm run check` makes of a test file that failed and was run again alone (decision 0023). */
import { expect, it } from '@jest/globals';
// @ts-expect-error: plain JavaScript, for any Node
import { onlyFailure, totals } from '../../scripts/jest-report.mjs';

type Status = 'passed' | 'failed' | 'pending' | 'todo';
const file = (name: string, statuses: Readonly<Record<string, Status>>, status?: string) => ({
  name,
  status: status ?? (Object.values(statuses).includes('failed') ? 'failed' : 'passed'),
  assertionResults: Object.entries(statuses).map(([fullName, each]) => ({ fullName, status: each })),
});
type File = ReturnType<typeof file>;
const report = (...testResults: readonly File[]) => ({
  testResults,
  success: testResults.every(({ status }) => status === 'passed'),
  numPassedTests: testResults.flatMap((each) => each.assertionResults).filter(({ status }) => status === 'passed')
    .length,
});
const GREEN = file('/green.test.ts', { a: 'passed', b: 'pending', c: 'todo' });
const RED = file('/red.test.ts', { d: 'passed', e: 'failed' });
const DEAD = file('/dead.test.ts', {}, 'failed');

it('counts tests, and a file that could not be run as a failure', () => {
  expect(totals(report(GREEN, RED, DEAD))).toEqual({ passed: 2, failed: 2, skipped: 2, flaky: [] });
});

it('tells a test that failed among all and passed alone, and counts what it did then', () => {
  const again = report(file('/red.test.ts', { d: 'passed', e: 'passed' }));
  expect(totals(report(GREEN, RED), again)).toEqual({ passed: 3, failed: 0, skipped: 2, flaky: ['e'] });
  const risen = report(file('/dead.test.ts', { f: 'passed' }));
  expect(totals(report(GREEN, DEAD), risen)).toEqual({ passed: 2, failed: 0, skipped: 2, flaky: ['/dead.test.ts'] });
});

it.each([
  ['fails again', report(RED)],
  ['fails another way', report(file('/red.test.ts', { d: 'failed', e: 'passed' }))],
  ['ran no test', report(file('/red.test.ts', {}))],
  ['skipped what it had failed in', report(file('/red.test.ts', { d: 'passed', e: 'pending' }))],
  ['has no report', null],
])('keeps a failure that %s', (_how, again) => {
  expect(totals(report(GREEN, RED), again)).toEqual({ passed: 2, failed: 1, skipped: 2, flaky: [] });
});

it('runs again one file alone, and only one that is not alone already', () => {
  expect(onlyFailure(report(GREEN, RED))).toBe('/red.test.ts');
  expect(onlyFailure(report(GREEN))).toBeNull();
  expect(onlyFailure(report(GREEN, RED, DEAD))).toBeNull();
  expect(onlyFailure(report(RED))).toBeNull();
});
