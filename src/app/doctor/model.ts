/** What the doctor looks at, and how it says what it found. */

/** In the order in which they are made; a later one needs the earlier ones. */
export const CHECK_NAMES = [
  'name',
  'port',
  'tls',
  'auth',
  'shell',
  'language',
  'module',
  'rights',
  'disk',
  'clock',
  'reboot',
] as const;
/** Of a host behind a relay. */
export const RELAYED_CHECK_NAMES = [
  'relay',
  'auth',
  'share',
  'registry',
  'wmi',
  'module',
  'rights',
  'disk',
  'clock',
  'reboot',
] as const;
export type CheckName = (typeof CHECK_NAMES)[number] | (typeof RELAYED_CHECK_NAMES)[number];

export interface Check {
  readonly check: CheckName;
  readonly state: 'ok' | 'warning' | 'failed' | 'skipped';
  /** One line: what was found. */
  readonly finding: string;
  /** One line: the likely cause; empty when nothing is wrong. */
  readonly cause: string;
  /** What to type, where; empty when nothing is wrong. */
  readonly remedy: string;
}

export interface HostReport {
  readonly host: string;
  /** failed when a check failed, warning when one warned. */
  readonly state: 'ok' | 'warning' | 'failed';
  /** FB_… of what ended the examination early; null when it came to its end. */
  readonly code: string | null;
  readonly checks: readonly Check[];
}

export function ok(check: CheckName, finding: string): Check {
  return { check, state: 'ok', finding, cause: '', remedy: '' };
}

export function skipped(check: CheckName, finding: string): Check {
  return { check, state: 'skipped', finding, cause: '', remedy: '' };
}

export function warning(check: CheckName, finding: string, cause: string, remedy: string): Check {
  return { check, state: 'warning', finding, cause, remedy };
}

export function failed(check: CheckName, finding: string, cause: string, remedy: string): Check {
  return { check, state: 'failed', finding, cause, remedy };
}
