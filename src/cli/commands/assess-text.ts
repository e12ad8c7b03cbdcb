/** What `firebreak assess` shows of a host: one row, and what was found, one by one. Prints nothing itself. */
import type { Json, JsonObject } from '../../domain/index.ts';

/** One host, as `assess --json` prints it. */
export interface AssessedHost {
  readonly host: string;
  /** False: it could not be asked, `reason` says why. */
  readonly assessed: boolean;
  readonly os: string | null;
  /** Ids of advisories whose fix is missing. */
  readonly missing: readonly string[];
  /** Ids of advisories of which nobody can tell. */
  readonly undecided: readonly string[];
  /** Ids of checks that have found a weak setting. */
  readonly weak: readonly string[];
  readonly unreadable: readonly string[];
  readonly reason: string;
  readonly verdicts: readonly JsonObject[];
  readonly checks: readonly JsonObject[];
  /** What came of trying weak passwords, account by account; null: not asked for. */
  readonly passwords: readonly JsonObject[] | null;
  /** What the RPC service said without a logon; null: not asked for. */
  readonly scan: JsonObject | null;
  /** Of `missing` and `weak`: what a scan without a logon says nothing of; null: not asked for. */
  readonly beyond_scan: readonly string[] | null;
  /** Day on which the vendor's support of the system ended; null: not known of it. */
  readonly support_ended: string | null;
  readonly out_of_support: boolean;
}

export const ASSESS_HEAD: readonly string[] = ['HOST', 'SYSTEM', 'FIXES', 'SETTINGS', 'FOUND'];

/** Nothing was found, and everything that decides could be read. */
export function isSound(host: AssessedHost): boolean {
  return host.assessed && host.missing.length + host.undecided.length + host.weak.length === 0;
}

/** @param result - of the step; null: it has none */
export function assessedHost(host: string, result: JsonObject | null, why: string): AssessedHost {
  return {
    host,
    assessed: result !== null,
    os: typeof result?.['os'] === 'string' ? result['os'] : null,
    missing: textsOf(result?.['missing']),
    undecided: textsOf(result?.['undecided']),
    weak: textsOf(result?.['weak']),
    unreadable: textsOf(result?.['unreadable']),
    reason: result === null ? why : String(result['reason'] ?? ''),
    verdicts: objectsOf(result?.['verdicts']),
    checks: objectsOf(result?.['checks']),
    passwords: Array.isArray(result?.['passwords']) ? objectsOf(result['passwords']) : null,
    scan: objectOf(result?.['scan']),
    beyond_scan: Array.isArray(result?.['beyond_scan']) ? textsOf(result['beyond_scan']) : null,
    support_ended: typeof result?.['support_ended'] === 'string' ? result['support_ended'] : null,
    out_of_support: result?.['out_of_support'] === true,
  };
}

export function assessRow(host: AssessedHost): readonly string[] {
  if (!host.assessed) return [host.host, '-', '-', '-', host.reason];
  const fixes = [
    host.missing.length === 0 ? '' : `${host.missing.length} missing`,
    host.undecided.length === 0 ? '' : `${host.undecided.length} not decided`,
  ].filter((part) => part !== '');
  const settings = [
    host.weak.length === 0 ? '' : `${host.weak.length} weak`,
    host.unreadable.length === 0 ? '' : `${host.unreadable.length} not read`,
  ].filter((part) => part !== '');
  const system = host.out_of_support ? `${host.os ?? '-'} (out of support)` : (host.os ?? '-');
  return [host.host, system, fixes.join(', ') || 'ok', settings.join(', ') || 'ok', host.reason];
}

/** What is wrong first; with `all` also what is as it should be. */
export function assessText(host: AssessedHost, all: boolean): string {
  if (!host.assessed) return '';
  const fixes = host.verdicts.flatMap((verdict) => {
    const id = String(verdict['advisory']);
    const isWrong = host.missing.includes(id) || host.undecided.includes(id);
    if (!isWrong && !all) return [];
    return [`  ${id.padEnd(22)}${String(verdict['verdict'])}: ${String(verdict['reason'])}`];
  });
  const order = ['weak', 'unknown', 'ok', 'not-applicable'];
  const settings = host.checks
    .filter(({ state }) => all || state === 'weak' || state === 'unknown')
    .toSorted((a, b) => order.indexOf(String(a['state'])) - order.indexOf(String(b['state'])))
    .flatMap((check) => {
      const how = check['state'] === 'weak' ? `weak (${String(check['severity'])})` : String(check['state']);
      const line = `  ${String(check['id']).padEnd(22)}${how}: ${String(check['found'])} [${String(check['confidence'])}]`;
      const advice = String(check['advice'] ?? '');
      return advice === '' ? [line] : [line, `  ${''.padEnd(22)}→ ${advice}`];
    });
  const lines = [...supportOf(host), ...fixes, ...settings, ...scanOf(host)];
  return lines.length === 0 ? '' : [host.host, ...lines].join('\n');
}

function supportOf({ out_of_support: isOut, support_ended: day }: AssessedHost): readonly string[] {
  if (!isOut) return [];
  return [`  ${'support'.padEnd(22)}ended ${day}: fixes for later holes do not exist, patched or not`];
}

function scanOf({ scan, beyond_scan: beyond }: AssessedHost): readonly string[] {
  if (scan === null || beyond === null) return [];
  const found = beyond.length === 0 ? 'nothing more was found here' : `says nothing of ${beyond.join(', ')}`;
  return [`  ${'scan without a logon'.padEnd(22)}${String(scan['reason'])}; ${found}`];
}

function objectOf(value: Json | undefined): JsonObject | null {
  return objectsOf(value === undefined ? [] : [value])[0] ?? null;
}

function textsOf(value: Json | undefined): readonly string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
}

function objectsOf(value: Json | undefined): readonly JsonObject[] {
  if (!Array.isArray(value)) return [];
  return value.filter((item): item is JsonObject => typeof item === 'object' && item !== null && !Array.isArray(item));
}
