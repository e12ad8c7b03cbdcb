/** The right to touch a machine: one row a key, all or none. Must not know what a key stands for. */
import type { Kysely } from 'kysely';
import type { LeaseConflict } from '../domain/index.ts';
import type { JournalDatabase, RunRow } from './schema.ts';

type Db = Kysely<JournalDatabase>;

/** Bound values of one query. */
const KEYS_A_QUERY = 500;

/** Inside a transaction. Leases nothing when there is a conflict. */
export async function lease(
  tx: Db,
  run: string,
  wanted: readonly { readonly key: string; readonly host: string }[],
  isOwned: (run: RunRow) => Promise<boolean>,
): Promise<readonly LeaseConflict[]> {
  const conflicts: LeaseConflict[] = [];
  const hostOf = new Map<string, string>();
  for (const { key, host } of wanted) {
    const other = hostOf.get(key);
    if (other !== undefined && other !== host) conflicts.push({ key, host, run });
    else hostOf.set(key, host);
  }
  const keys = [...hostOf.keys()];
  for (let start = 0; start < keys.length; start += KEYS_A_QUERY) {
    const held = await tx
      .selectFrom('leases')
      .selectAll()
      .where('key', 'in', keys.slice(start, start + KEYS_A_QUERY))
      .execute();
    for (const row of held) {
      const host = hostOf.get(row.key) ?? '';
      if (row.run === run && row.host === host) hostOf.delete(row.key);
      else if (row.run === run || !(await isAbandoned(tx, row.run, isOwned))) {
        conflicts.push({ key: row.key, host, run: row.run });
      } else await tx.deleteFrom('leases').where('run', '=', row.run).execute();
    }
  }
  if (conflicts.length > 0) return conflicts;
  const rows = [...hostOf].map(([key, host]) => ({ key, run, host }));
  for (let start = 0; start < rows.length; start += KEYS_A_QUERY) {
    await tx
      .insertInto('leases')
      .values(rows.slice(start, start + KEYS_A_QUERY))
      .execute();
  }
  return [];
}

/** A run that leased and died before its first event has touched nothing. */
async function isAbandoned(tx: Db, run: string, isOwned: (run: RunRow) => Promise<boolean>): Promise<boolean> {
  const row = await tx.selectFrom('runs').selectAll().where('run', '=', run).executeTakeFirst();
  return row === undefined || (row.last_seq === 0 && !(await isOwned(row)));
}

/** @param change makes a transaction that waits for other writers */
export async function release(
  db: Db,
  run: string,
  host: string,
  change: (work: (tx: Db) => Promise<unknown>) => Promise<unknown>,
): Promise<void> {
  // A read costs nothing, a write that changes nothing costs an fsync.
  const held = await db
    .selectFrom('leases')
    .select('key')
    .where('run', '=', run)
    .where('host', '=', host)
    .executeTakeFirst();
  if (held === undefined) return;
  await change((tx) => tx.deleteFrom('leases').where('run', '=', run).where('host', '=', host).execute());
}
