/**
 * What each case of the demo's fleets must end as. The product does not read this while it works; the demo compares with it
 * afterwards, and exits 0 only when every host ended as its case must.
 */
import type { HostOutcome } from '../../domain/index.ts';
import { paperCaseOf } from './paper.ts';

export interface Expectation {
  readonly outcome: HostOutcome;
  /** Installer starts, as the machine itself counted them. */
  readonly installs: number;
  readonly reboots: number;
  /** Shields left standing. */
  readonly shields: number;
}

const REMEDIATED: Expectation = { outcome: 'remediated', installs: 1, reboots: 1, shields: 0 };

const BY_VARIANT: { readonly [variant: string]: Expectation } = {
  vulnerable: REMEDIATED,
  'network-loss': REMEDIATED,
  'prior-ipsec': REMEDIATED,
  'domain-controller': REMEDIATED,
  patched: { outcome: 'compliant', installs: 0, reboots: 0, shields: 0 },
  'patched-not-rebooted': { outcome: 'remediated', installs: 0, reboots: 1, shields: 0 },
  unreachable: { outcome: 'unreachable', installs: 0, reboots: 0, shields: 0 },
  'installer-fails': { outcome: 'failed', installs: 1, reboots: 0, shields: 1 },
  'installer-hangs': { outcome: 'failed', installs: 1, reboots: 0, shields: 1 },
  'no-return': { outcome: 'unreachable', installs: 1, reboots: 1, shields: 1 },
};

/** Systems that the advisory does not affect, whatever their variant. */
const NOT_AFFECTED: ReadonlySet<string> = new Set(['windows-server-2019']);

/** Undefined for a case that the demo knows nothing of. */
export function expectationOf(playbook: string, profile: string, variant: string): Expectation | undefined {
  if (playbook === 'ms03-039') return paperCaseOf(profile, variant)?.expected;
  if (NOT_AFFECTED.has(profile)) return { outcome: 'not-applicable', installs: 0, reboots: 0, shields: 0 };
  return BY_VARIANT[variant];
}
