/** The journal on SQLite. */
import type { Clock, Journal, Random } from '../domain/index.ts';
import { FirebreakError } from '../domain/index.ts';
import type { ProcessOwner } from './owner.ts';

export interface SqliteJournalOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** Absent: this process. */
  readonly owner?: ProcessOwner;
  readonly isAlive?: (owner: ProcessOwner) => boolean;
}

/**
 * Opens the state file, creating it and its folder (mode 700, file 600) when it is not there.
 * @throws FB_STATE_UNREADABLE, FB_STATE_NEWER, FB_STATE_FULL, FB_STATE_LOCKED
 */
export function openSqliteJournal(_path: string, _options: SqliteJournalOptions): Promise<Journal> {
  throw new FirebreakError('FB_BUG', 'not there yet');
}
