/**
 * The journal in a SQLite file (WAL, synchronous=FULL): one fsync a commit. Writers wait for each other by the file's
 * lock. Must not know what is stored.
 */
import { setTimeout as wait } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import type { Journal } from '../domain/index.ts';
import { isAlive, thisProcess } from './owner.ts';
import type { JournalDatabase } from './schema.ts';
import { type JournalOptions, openJournal } from './sql-journal.ts';
import { asStateError, isLocked, unreadable } from './state-errors.ts';
import { openStateFile } from './state-file.ts';
import type { JournalStore } from './store.ts';

/** How long a transaction waits in all; each try waits for a moment only, because nothing else goes on here meanwhile. */
const LOCKED_MS = 60_000;
const PAUSE_MS = 50;

/**
 * Opens the state file, creating it and its folder (mode 700, file 600) when it is not there.
 * @throws FB_STATE_UNREADABLE, FB_STATE_NEWER, FB_STATE_FULL, FB_STATE_LOCKED
 */
export async function openSqliteJournal(path: string, options: JournalOptions): Promise<Journal> {
  return openJournal(sqliteStore(await openStateFile(path), path, options), options);
}

function sqliteStore(db: Kysely<JournalDatabase>, path: string, options: JournalOptions): JournalStore {
  const lives = options.isAlive ?? isAlive;
  const transaction: JournalStore['transaction'] = async (work) => {
    const end = performance.now() + LOCKED_MS;
    for (;;) {
      try {
        return await db.transaction().execute(work);
      } catch (thrown) {
        if (!isLocked(thrown) || performance.now() > end) throw thrown;
        // not in step with whoever writes without a pause
        await wait(PAUSE_MS * options.random.fraction());
      }
    }
  };
  return {
    db,
    owner: options.owner ?? thisProcess(),
    transaction,
    commit: transaction,
    retried: (work) => work(),
    // Every transaction begins with the file's write lock (state-file.ts).
    lockRuns: async (tx, runs) => {
      const rows = await tx.selectFrom('runs').selectAll().where('run', 'in', runs).execute();
      return new Map(rows.map((row) => [row.run, row]));
    },
    lockLeases: async () => {},
    lockEverything: async () => {},
    beAlive: async () => {},
    isAlive: async (_, owner) => lives(owner),
    // One process works on a run.
    isClaimed: async () => false,
    revokeClaims: async () => {},
    awaitRevoked: async () => {},
    isLost: () => false,
    asError: (thrown) => asStateError(thrown, path),
    unreadable: (why, cause) => unreadable(path, why, cause),
    close: () => db.destroy(),
  };
}
