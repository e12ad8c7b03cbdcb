/** Words for how a step and a host ended. The order of HOST_OUTCOMES is the order of precedence (docs/architecture.md). */

const STEP_OUTCOMES = [
  'ok',
  'changed',
  'skipped',
  'refused',
  'failed',
  'unreachable',
  'timed-out',
  'cancelled',
  'parked',
] as const;
export type StepOutcome = (typeof STEP_OUTCOMES)[number];

export const HOST_OUTCOMES = [
  'cancelled',
  'compromised',
  'needs-operator',
  'unreachable',
  'failed',
  'skipped',
  'not-applicable',
  'excepted',
  'shielded',
  'unhealthy',
  'remediated',
  'compliant',
] as const;
export type HostOutcome = (typeof HOST_OUTCOMES)[number];

/** Outcomes that need nobody's attention. */
export const FINE_OUTCOMES: ReadonlySet<HostOutcome> = new Set([
  'compliant',
  'remediated',
  'not-applicable',
  'excepted',
]);

export const EXIT_CODES = {
  fine: 0,
  bug: 1,
  invalid: 2,
  notFine: 3,
  stopped: 4,
  leased: 5,
  environment: 6,
  interrupted: 130,
} as const;
