/** The order of outcomes, case by case. */
import { describe, expect, it } from '@jest/globals';
import { FirebreakError, HOST_OUTCOMES, type HostOutcome } from '../../src/domain/index.ts';
import { type HostFacts, hostOutcome, type StepFailure } from '../../src/engine/host-outcome.ts';

const nothing: HostFacts = {
  given: null,
  parked: null,
  unreachable: null,
  failures: [],
  verdict: null,
  compromised: null,
  changedBy: [],
  standingShields: 0,
  wouldChange: [],
};
const failure: StepFailure = { step: 's', uses: 'fail', outcome: 'failed', error: null, reason: 'why' };
const unhealthy: StepFailure = {
  ...failure,
  error: new FirebreakError('FB_HOST_UNHEALTHY', 'a service is missing').toRecord(),
};
const fixed = { fixed: true, applicable: true, reason: 'KB' };
const open = { fixed: false, applicable: true, reason: 'no KB' };

const cases: readonly (readonly [HostOutcome, string, Partial<HostFacts>])[] = [
  ['compliant', 'nothing happened', {}],
  ['compliant', 'it is fixed and nothing was changed', { verdict: fixed }],
  [
    'compromised',
    'it was infected, whatever was done to it',
    { verdict: fixed, changedBy: ['clean'], compromised: 'worm' },
  ],
  ['remediated', 'it is fixed and something was changed', { verdict: fixed, changedBy: ['install'] }],
  ['remediated', 'something was changed and there is no verdict', { changedBy: ['script'] }],
  ['unhealthy', 'it is fixed, but the health check failed', { verdict: fixed, failures: [unhealthy] }],
  ['failed', 'the health check failed and it is not fixed', { verdict: open, failures: [unhealthy] }],
  ['failed', 'something else failed too', { verdict: fixed, failures: [unhealthy, failure] }],
  ['shielded', 'it is not fixed and a shield stands', { verdict: open, standingShields: 1, changedBy: ['shield'] }],
  ['shielded', 'a shield stands and nobody knows the verdict', { standingShields: 1, changedBy: ['shield'] }],
  ['remediated', 'a shield still stands on a fixed host', { verdict: fixed, standingShields: 1, changedBy: ['x'] }],
  ['failed', 'it is not fixed and nothing protects it', { verdict: open, changedBy: ['script'] }],
  ['failed', 'the verdict is empty', { verdict: {} }],
  ['not-applicable', 'the advisory does not apply', { verdict: { ...open, applicable: false } }],
  ['not-applicable', 'it does not apply and a shield stands', { verdict: { applicable: false }, standingShields: 1 }],
  ['failed', 'a step failed and a shield stands', { verdict: open, standingShields: 1, failures: [failure] }],
  ['unreachable', 'it was lost after a failure', { failures: [failure], unreachable: failure }],
  ['needs-operator', 'a person is needed', { parked: failure, unreachable: failure, failures: [failure] }],
  [
    'compromised',
    'the playbook says so, whatever came after',
    { given: { outcome: 'compromised', reason: '' }, failures: [failure] },
  ],
  [
    'failed',
    'something failed after a better outcome was given',
    { given: { outcome: 'excepted', reason: '' }, failures: [failure] },
  ],
  [
    'excepted',
    'the playbook says so on a vulnerable host',
    { given: { outcome: 'excepted', reason: '' }, verdict: open },
  ],
  ['skipped', 'a check would have changed something', { verdict: open, wouldChange: ['install'] }],
];

describe('a host is', () => {
  it.each(cases)('%s when %s', (outcome, _why, facts) => {
    expect(hostOutcome({ ...nothing, ...facts }).outcome).toBe(outcome);
  });

  it('given outcomes never win over worse ones', () => {
    for (const outcome of HOST_OUTCOMES) {
      const found = hostOutcome({ ...nothing, given: { outcome, reason: '' }, unreachable: failure }).outcome;
      expect(HOST_OUTCOMES.indexOf(found)).toBeLessThanOrEqual(HOST_OUTCOMES.indexOf('unreachable'));
    }
  });

  it('told with its reason', () => {
    expect(hostOutcome({ ...nothing, verdict: fixed, changedBy: ['a', 'b'] }).reason).toBe('KB (changed by a, b)');
    expect(hostOutcome({ ...nothing, failures: [failure] }).reason).toBe('s: why');
    expect(hostOutcome({ ...nothing, verdict: open, standingShields: 2 }).reason).toBe('2 shields stand; no KB');
  });
});
