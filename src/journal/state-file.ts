/**
 * Opens the state file: looks at it without writing first (a foreign, broken or newer file is never touched), then in
 * WAL mode with the schema brought up to date. Must not know what the tables mean.
 */
import { chmodSync, closeSync, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { Kysely, SqliteDialect, sql } from 'kysely';
import { FirebreakError } from '../domain/index.ts';
import { makePrivateFolder } from '../util/index.ts';
import { MIGRATIONS } from './migrations.ts';
import type { JournalDatabase } from './schema.ts';
import { asStateError, unreadable } from './state-errors.ts';

/** `FBRK`: tells our files from other programs' databases. */
const APPLICATION_ID = 0x4642524b;
/** Above this the whole-file check would be felt at every start. */
const CHECKED_BYTES = 32 * 1024 * 1024;
/** How long opening waits for another process's commit, and each try of a transaction after that. */
const BUSY_MS = 10_000;
const TRY_MS = 1_000;

/** @throws FB_STATE_UNREADABLE, FB_STATE_NEWER, FB_STATE_FULL, FB_STATE_LOCKED */
export async function openStateFile(path: string): Promise<Kysely<JournalDatabase>> {
  let opened: Database.Database | null = null;
  try {
    prepareFile(path);
    if (statSync(path).size > 0) inspect(path);
    const database = new Database(path, { timeout: BUSY_MS });
    opened = database;
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = FULL');
    const db = new Kysely<JournalDatabase>({ dialect: new SqliteDialect({ database: forWriters(database) }) });
    await migrate(db, path);
    database.pragma(`busy_timeout = ${TRY_MS}`);
    return db;
  } catch (thrown) {
    opened?.close();
    throw asStateError(thrown, path);
  }
}

function prepareFile(path: string): void {
  makePrivateFolder(dirname(path));
  // SQLite gives its -wal and -shm files the mode of the main file.
  closeSync(openSync(path, 'a', 0o600));
  if (statSync(path).size === 0) chmodSync(path, 0o600);
}

/** Reads only. */
function inspect(path: string): void {
  const database = new Database(path, { readonly: true, fileMustExist: true, timeout: BUSY_MS });
  try {
    const applicationId = Number(database.pragma('application_id', { simple: true }));
    const isEmpty = database.prepare('select count(*) as n from sqlite_master').pluck().get() === 0;
    if (applicationId !== APPLICATION_ID && !isEmpty) {
      throw unreadable(path, "it is a database, but not one of Firebreak's");
    }
    refuseNewer(Number(database.pragma('user_version', { simple: true })), path);
    if (statSync(path).size > CHECKED_BYTES) return;
    const found = String(database.pragma('quick_check(1)', { simple: true }));
    if (found !== 'ok') throw unreadable(path, `it is damaged (${found.split('\n').at(-1)})`);
  } finally {
    database.close();
  }
}

function refuseNewer(version: number, path: string): void {
  if (version <= MIGRATIONS.length) return;
  throw new FirebreakError(
    'FB_STATE_NEWER',
    `the state file ${path} was written by a newer Firebreak (schema ${version}, this one knows ${MIGRATIONS.length})`,
    { remedy: 'use the newer version, or name another file with --state' },
  );
}

/**
 * Kysely begins a deferred transaction, which fails at once when another process writes between its first read and its
 * first write; an immediate one waits. It also rolls back what SQLite has rolled back already (the disk is full): the
 * complaint about that would hide the cause.
 */
function forWriters(database: Database.Database): { prepare: Database.Database['prepare']; close(): void } {
  const prepare = (text: string) => {
    if (text === 'begin') return database.prepare('begin immediate');
    return database.prepare(text === 'rollback' && !database.inTransaction ? 'select 1' : text);
  };
  return { prepare: prepare as Database.Database['prepare'], close: () => database.close() };
}

async function migrate(db: Kysely<JournalDatabase>, path: string): Promise<void> {
  const before = await versionOf(db);
  if (before === MIGRATIONS.length) return;
  await db.transaction().execute(async (tx) => {
    // Another process may have done it while this one waited for the lock.
    const version = await versionOf(tx);
    refuseNewer(version, path);
    for (const migration of MIGRATIONS.slice(version)) await migration(tx as unknown as Kysely<never>, 'sqlite');
    await sql`pragma application_id = ${sql.raw(String(APPLICATION_ID))}`.execute(tx);
    await sql`pragma user_version = ${sql.raw(String(MIGRATIONS.length))}`.execute(tx);
  });
}

async function versionOf(db: Kysely<JournalDatabase>): Promise<number> {
  const { rows } = await sql<{ user_version: number }>`pragma user_version`.execute(db);
  return rows[0]?.user_version ?? 0;
}
