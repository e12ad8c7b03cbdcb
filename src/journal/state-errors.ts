/** SQLite's error codes → the product's, with the file and what to do. Must not know what was being stored. */
import { FirebreakError } from '../domain/index.ts';

const LOCKED = /^SQLITE_(BUSY|LOCKED)/;
const FULL = /^SQLITE_FULL/;

/** Another process writes; nothing was done. */
export function isLocked(thrown: unknown): boolean {
  return typeof thrown === 'object' && thrown !== null && 'code' in thrown && LOCKED.test(String(thrown.code));
}

/** The same thrown value when it is not the database's. */
export function asStateError(thrown: unknown, path: string): unknown {
  if (thrown instanceof FirebreakError || typeof thrown !== 'object' || thrown === null) return thrown;
  const code = 'code' in thrown ? String(thrown.code) : '';
  const text = 'message' in thrown ? String(thrown.message) : code;
  const options = { cause: thrown };
  if (FULL.test(code) || code === 'ENOSPC' || code === 'EDQUOT') {
    return new FirebreakError('FB_STATE_FULL', `the disk is full: cannot write the state file ${path}`, {
      ...options,
      remedy: 'make room, then: firebreak resume last',
    });
  }
  if (isLocked(thrown)) {
    return new FirebreakError('FB_STATE_LOCKED', `the state file ${path} is locked by another process (${text})`, {
      ...options,
      remedy: 'wait for the other process or end it, then try again',
    });
  }
  const denied = /^(EACCES|EPERM|EROFS|SQLITE_READONLY.*|SQLITE_CANTOPEN.*)$/.test(code);
  if (denied) return unreadable(path, text, thrown, 'it may not be written: check its permissions and its folder');
  if (code.startsWith('SQLITE_') || /^E[A-Z]+$/.test(code)) return unreadable(path, text, thrown);
  return thrown;
}

export function unreadable(
  path: string,
  why: string,
  cause?: unknown,
  advice = 'it was left as it is: restore it from a backup',
): FirebreakError {
  return new FirebreakError('FB_STATE_UNREADABLE', `cannot use the state file ${path}: ${why}`, {
    remedy: `${advice}, or name another file with --state`,
    cause,
  });
}
