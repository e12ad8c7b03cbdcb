/** How errors are shown, and which exit code they mean. */
import { type ErrorCode, EXIT_CODES, FirebreakError, toErrorRecord } from '../domain/index.ts';

const BY_CODE: Partial<Record<ErrorCode, number>> = {
  FB_USAGE: EXIT_CODES.invalid,
  FB_PLAYBOOK_INVALID: EXIT_CODES.invalid,
  FB_INVENTORY_INVALID: EXIT_CODES.invalid,
  FB_ADVISORY_INVALID: EXIT_CODES.invalid,
  FB_INPUT_INVALID: EXIT_CODES.invalid,
  FB_NO_HOSTS: EXIT_CODES.invalid,
  FB_FILE_MISSING: EXIT_CODES.invalid,
  FB_RUN_UNKNOWN: EXIT_CODES.invalid,
  FB_RUN_STATE: EXIT_CODES.invalid,
  FB_CREDENTIAL_MISSING: EXIT_CODES.invalid,
  FB_PACKAGE_MISSING: EXIT_CODES.invalid,
  FB_PACKAGE_HASH: EXIT_CODES.invalid,
  FB_RUN_LEASED: EXIT_CODES.leased,
  FB_STATE_UNREADABLE: EXIT_CODES.environment,
  FB_STATE_NEWER: EXIT_CODES.environment,
  FB_STATE_FULL: EXIT_CODES.environment,
  FB_STATE_LOCKED: EXIT_CODES.environment,
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
 * One line of cause, one of remedy, on stderr. Errors with positions carry their own text (one entry per problem) as
 * the message. A stack trace is shown for a bug only.
 */
export function printError(thrown: unknown): void {
  const record = toErrorRecord(thrown);
  process.stderr.write(`firebreak: ${record.message}${record.message.includes('\n') ? '' : ` [${record.code}]`}\n`);
  if (record.remedy !== '') process.stderr.write(`  → ${record.remedy}\n`);
  if (record.code === 'FB_BUG' && !(thrown instanceof FirebreakError) && thrown instanceof Error) {
    process.stderr.write(`${thrown.stack ?? ''}\n`);
  }
}
