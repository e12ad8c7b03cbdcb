/** How errors are shown, and which exit code they mean. */

import { type ErrorCode, EXIT_CODES, FirebreakError, toErrorRecord } from '../domain/index.ts';
import { formatProblems, type SourceProblem } from '../util/index.ts';

const BY_CODE: Partial<Record<ErrorCode, number>> = {
  FB_USAGE: EXIT_CODES.invalid,
  FB_PLAYBOOK_INVALID: EXIT_CODES.invalid,
  FB_INVENTORY_INVALID: EXIT_CODES.invalid,
  FB_ADVISORY_INVALID: EXIT_CODES.invalid,
  FB_EXCEPTIONS_INVALID: EXIT_CODES.invalid,
  FB_INPUT_INVALID: EXIT_CODES.invalid,
  FB_NO_HOSTS: EXIT_CODES.invalid,
  FB_FILE_MISSING: EXIT_CODES.invalid,
  FB_RUN_UNKNOWN: EXIT_CODES.invalid,
  FB_RUN_STATE: EXIT_CODES.invalid,
  FB_APPROVAL_REFUSED: EXIT_CODES.invalid,
  FB_CREDENTIAL_MISSING: EXIT_CODES.invalid,
  FB_PACKAGE_MISSING: EXIT_CODES.invalid,
  FB_PACKAGE_HASH: EXIT_CODES.invalid,
  FB_RUN_LEASED: EXIT_CODES.leased,
  FB_STATE_UNREADABLE: EXIT_CODES.environment,
  FB_STATE_NEWER: EXIT_CODES.environment,
  FB_STATE_FULL: EXIT_CODES.environment,
  FB_STATE_LOCKED: EXIT_CODES.environment,
  FB_STATE_UNREACHABLE: EXIT_CODES.environment,
  FB_ENVIRONMENT: EXIT_CODES.environment,
  FB_LAB: EXIT_CODES.environment,
  FB_CANCELLED: EXIT_CODES.interrupted,
  FB_BUG: EXIT_CODES.bug,
};

export function exitCodeOf(thrown: unknown): number {
  const { code } = toErrorRecord(thrown);
  return BY_CODE[code] ?? EXIT_CODES.notFine;
}

/**
 * One line of cause, one of remedy, on stderr; mistakes in files each with place, source line and caret. A stack trace is
 * shown for a bug only.
 */
export function printError(thrown: unknown): void {
  process.stderr.write(`${describeError(thrown)}\n`);
}

export function describeError(thrown: unknown): string {
  const record = toErrorRecord(thrown);
  const details = thrown instanceof FirebreakError ? thrown.details : undefined;
  if (isProblems(details)) return formatProblems(details);
  if (Array.isArray(details) && details.every((item) => isProblems(item) || item instanceof FirebreakError)) {
    return details.map((item) => (isProblems(item) ? formatProblems(item) : describeError(item))).join('\n');
  }
  const remedy = record.remedy === '' ? '' : `\n  → ${record.remedy}`;
  const stack = record.code === 'FB_BUG' && thrown instanceof Error ? `\n${thrown.stack ?? ''}` : '';
  return `firebreak: ${record.message} [${record.code}]${remedy}${stack}`;
}

function isProblems(details: unknown): details is readonly SourceProblem[] {
  const isProblem = (item: unknown): boolean => typeof item === 'object' && item !== null && 'excerpt' in item;
  return Array.isArray(details) && details.length > 0 && details.every(isProblem);
}
