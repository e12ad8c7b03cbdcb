/**
 * Checks of a host's security configuration as data, and what a host's settings say to them. Pure: reads no host. A
 * setting that could not be read is `unknown`, never `ok`.
 */
import { z } from 'zod';

const versionNumber = z.string().regex(/^\d+\.\d+$/, 'a version is written 6.1');
const keyPath = z.string().regex(/^HKLM\\/, 'a key starts with HKLM\\');
const datum = z.union([z.number(), z.string()]);

const common = {
  id: z.string().regex(/^[a-z][a-z0-9-]*$/, 'an id consists of a-z, 0-9 and -'),
  /** What should be so. */
  title: z.string().min(1),
  /** Systems that it is meant for; left out: all. `below` is not included. */
  versions: z.strictObject({ from: versionNumber.optional(), below: versionNumber.optional() }).optional(),
  severity: z.enum(['high', 'medium', 'low']),
  advice: z.string().min(1),
  source: z.string().min(1),
  confidence: z.enum(['H', 'M', 'm']),
};

export const checkSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('registry'),
    key: keyPath,
    name: z.string().min(1),
    /** Where a policy keeps the same value: present there, it decides. */
    policy_key: keyPath.optional(),
    /** Data that are as they should be; a number or a text. */
    good: z.array(datum).optional(),
    at_least: z.number().optional(),
    /** What no value means on these systems. */
    absent: z.enum(['good', 'weak', 'unknown']),
    /** Only where another value is this; else the check does not apply. */
    when: z.strictObject({ key: keyPath, name: z.string().min(1), is: datum }).optional(),
    ...common,
  }),
  /** Weak where the service runs. */
  z.strictObject({ kind: z.literal('service'), name: z.string().min(1), ...common }),
  /** A well-known local account, by the last number of its SID, is disabled. */
  z.strictObject({ kind: z.literal('account'), rid: z.int().min(500).max(999), ...common }),
  z.strictObject({
    kind: z.literal('password-policy'),
    field: z.enum(['min_length', 'history', 'lockout_threshold']),
    at_least: z.int().min(1),
    ...common,
  }),
  /** An assigned IPsec policy is one of the two kinds that protect nobody. */
  z.strictObject({ kind: z.literal('ipsec'), ...common }),
]);
export type Check = z.infer<typeof checkSchema>;
type RegistryCheck = Extract<Check, { readonly kind: 'registry' }>;

export interface Settings {
  /** `5.1`; null: unknown. */
  readonly version: string | null;
  readonly values: readonly {
    readonly key: string;
    readonly name: string;
    /** Null: it could not be read. */
    readonly present: boolean | null;
    /** Null for what is never shown. */
    readonly data: string | null;
    readonly error: string;
  }[];
  readonly services: readonly {
    readonly name: string;
    readonly exists: boolean | null;
    readonly state: string | null;
  }[];
  readonly accounts: readonly {
    readonly rid: number;
    readonly present: boolean | null;
    readonly name: string | null;
    readonly disabled: boolean | null;
    readonly error: string;
  }[];
  readonly passwords: {
    readonly readable: boolean;
    readonly min_length: number | null;
    readonly history: number | null;
    readonly lockout_threshold: number | null;
    readonly error: string;
  } | null;
  /** Null: not asked for, or it could not be read. */
  readonly ipsec: { readonly assigned: string | null; readonly byPolicy: boolean; readonly weakness: string } | null;
}

export interface CheckResult {
  readonly id: string;
  readonly title: string;
  readonly state: 'ok' | 'weak' | 'unknown' | 'not-applicable';
  readonly severity: Check['severity'];
  /** What was read. */
  readonly found: string;
  /** Empty unless weak. */
  readonly advice: string;
  readonly source: string;
  readonly confidence: Check['confidence'];
}

type Judged = Pick<CheckResult, 'state' | 'found'>;

/** Values, in pairs of key and name, that the checks need. */
export function valuesOf(checks: readonly Check[]): readonly { readonly key: string; readonly name: string }[] {
  const wanted = checks.flatMap((check) => {
    if (check.kind !== 'registry') return [];
    const { key, name, policy_key: policy, when } = check;
    return [
      { key, name },
      ...(policy === undefined ? [] : [{ key: policy, name }]),
      ...(when === undefined ? [] : [{ key: when.key, name: when.name }]),
    ];
  });
  return [...new Map(wanted.map((each) => [`${each.key}\\${each.name}`, each])).values()];
}

export function judgeChecks(checks: readonly Check[], settings: Settings): readonly CheckResult[] {
  return checks.map((check) => {
    const { id, title, severity, source, confidence } = check;
    const judged = outOfRange(check, settings.version) ?? judge(check, settings);
    const advice = judged.state === 'weak' ? check.advice : '';
    return { id, title, severity, ...judged, advice, source, confidence };
  });
}

function outOfRange({ versions }: Check, version: string | null): Judged | null {
  if (versions === undefined) return null;
  if (version === null) return { state: 'unknown', found: 'the version of the system could not be read' };
  const isIn =
    (versions.from === undefined || compare(version, versions.from) >= 0) &&
    (versions.below === undefined || compare(version, versions.below) < 0);
  return isIn ? null : { state: 'not-applicable', found: `not on version ${version}` };
}

function compare(one: string, other: string): number {
  const [a = 0, b = 0] = one.split('.').map(Number);
  const [c = 0, d = 0] = other.split('.').map(Number);
  return a - c || b - d;
}

function judge(check: Check, settings: Settings): Judged {
  switch (check.kind) {
    case 'registry':
      return judgeValue(check, settings);
    case 'service': {
      const service = settings.services.find(({ name }) => name === check.name);
      if (service === undefined || service.exists === null) return unreadable(`service ${check.name}`, '');
      if (!service.exists) return { state: 'ok', found: `there is no service ${check.name}` };
      if (service.state === null) return unreadable(`the state of ${check.name}`, '');
      return { state: service.state === 'Stopped' ? 'ok' : 'weak', found: `${check.name}: ${service.state}` };
    }
    case 'account': {
      const account = settings.accounts.find(({ rid }) => rid === check.rid);
      if (account === undefined || account.present === null) {
        return unreadable('local accounts', account?.error ?? '');
      }
      if (!account.present) return { state: 'ok', found: `there is no account S-…-${check.rid}` };
      return {
        state: account.disabled === true ? 'ok' : 'weak',
        found: `${account.name} is ${account.disabled === true ? '' : 'not '}disabled`,
      };
    }
    case 'password-policy': {
      const value = settings.passwords?.readable === true ? settings.passwords[check.field] : null;
      if (value === null) return unreadable('password policy', settings.passwords?.error ?? '');
      return { state: value >= check.at_least ? 'ok' : 'weak', found: `${check.field} is ${value}` };
    }
    case 'ipsec': {
      const { ipsec } = settings;
      if (ipsec === null) return unreadable('IPsec policy', '');
      if (ipsec.assigned === null && !ipsec.byPolicy)
        return { state: 'not-applicable', found: 'no IPsec policy is assigned' };
      if (ipsec.weakness !== '') return { state: 'weak', found: `${ipsec.assigned}: ${ipsec.weakness}` };
      if (ipsec.byPolicy)
        return { state: 'unknown', found: 'Group Policy assigns it, its filters are not on the host' };
      return { state: 'ok', found: `${ipsec.assigned}` };
    }
  }
}

function judgeValue(check: RegistryCheck, settings: Settings): Judged {
  const at = (key: string, name: string): Settings['values'][number] | undefined =>
    settings.values.find((value) => value.key === key && value.name === name);
  if (check.when !== undefined) {
    const { key, name, is } = check.when;
    const condition = at(key, name);
    if (condition === undefined || condition.present === null)
      return unreadable(`${key}\\${name}`, condition?.error ?? '');
    if (!condition.present || condition.data !== String(is)) {
      return { state: 'not-applicable', found: `${name} is ${condition.present ? condition.data : 'absent'}` };
    }
  }
  const policy = check.policy_key === undefined ? undefined : at(check.policy_key, check.name);
  if (check.policy_key !== undefined && (policy === undefined || policy.present === null)) {
    return unreadable(`${check.policy_key}\\${check.name}`, policy?.error ?? '');
  }
  const value = policy?.present === true ? policy : at(check.key, check.name);
  if (value === undefined || value.present === null)
    return unreadable(`${check.key}\\${check.name}`, value?.error ?? '');
  if (!value.present) {
    return { state: check.absent === 'good' ? 'ok' : check.absent, found: `${check.name} is absent` };
  }
  const where = value === policy ? ' (by Group Policy)' : '';
  const { data } = value;
  const isGood =
    check.at_least === undefined
      ? (check.good ?? []).some((good) => String(good) === data)
      : data !== null && /^\d+$/.test(data) && Number(data) >= check.at_least;
  return { state: isGood ? 'ok' : 'weak', found: `${check.name} is ${data ?? 'present'}${where}` };
}

function unreadable(what: string, error: string): Judged {
  return { state: 'unknown', found: `${what} could not be read${error === '' ? '' : `: ${error}`}` };
}
