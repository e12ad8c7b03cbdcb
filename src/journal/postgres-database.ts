/**
 * Connects to the state database: pg is loaded here and nowhere else, and only when somebody asks for it. The server is
 * looked at before anything is written; our tables have a schema of their own, `firebreak`, brought up to date under a
 * lock. Must not know what the tables mean.
 */
import { Socket } from 'node:net';
import { Kysely, PostgresDialect, sql } from 'kysely';
import type { QueryResult } from 'pg';
import { FirebreakError, type FleetJournal } from '../domain/index.ts';
import { MIGRATIONS } from './migrations.ts';
import type { PostgresAddress } from './postgres-address.ts';
import { asPostgresError, unusable } from './postgres-errors.ts';
import type { JournalDatabase } from './schema.ts';

export const SCHEMA = 'firebreak';
/** Oldest server whose behaviour is known to be enough; older ones have no more corrections since 2024. */
const OLDEST = 130_000;
const CONNECT_MS = 10_000;
/** How long a writer waits for another process's commit. */
const LOCK_MS = 15_000;
/** A process that was frozen within a transaction keeps others out no longer; less than they wait. */
const IDLE_MS = 5_000;
/** Connections of one process. */
const CONNECTIONS = 5;
/** Of our advisory locks: `FBRK`. */
const LOCK_CLASS = 0x4642524b;
export const LOCKS = { migration: 1, leases: 2, claims: 3 } as const;

/** Milliseconds since 1970 by the database's clock. */
export const NOW = sql<number>`(extract(epoch from clock_timestamp()) * 1000)::bigint`;

export function advisoryLock(lock: number) {
  return sql`select pg_advisory_xact_lock(${sql.raw(String(LOCK_CLASS))}, ${sql.raw(String(lock))})`;
}

export interface Connected {
  readonly db: Kysely<JournalDatabase>;
  query: FleetJournal['query'];
}

/** @throws FB_STATE_UNREACHABLE, FB_STATE_UNREADABLE, FB_STATE_NEWER */
export async function connectDatabase(address: PostgresAddress): Promise<Connected> {
  const { default: pg } = await import('pg');
  const { host, port, user, database, password, ssl } = address;
  const sockets = new Set<Socket>();
  const pool = new pg.Pool({
    // A connection that fails while it is made (no password) is left open by pg until the server gives it up.
    stream: () => {
      const socket = new Socket();
      sockets.add(socket);
      return socket.once('close', () => sockets.delete(socket));
    },
    application_name: 'firebreak',
    max: CONNECTIONS,
    connectionTimeoutMillis: CONNECT_MS,
    keepAlive: true,
    lock_timeout: LOCK_MS,
    idle_in_transaction_session_timeout: IDLE_MS,
    ...(host === undefined ? {} : { host }),
    ...(port === undefined ? {} : { port }),
    ...(user === undefined ? {} : { user }),
    ...(database === undefined ? {} : { database }),
    ...(password === undefined ? {} : { password: password.reveal() }),
    ...(ssl === undefined ? {} : { ssl }),
  });
  // A connection that breaks while nobody waits for an answer; whoever needs one gets another, or an error of its own.
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  const dialect = new PostgresDialect({
    pool,
    onCreateConnection: async (connection) => {
      // What was acknowledged is on disk, whatever the server's own setting.
      await connection.executeQuery(
        sql`select set_config('synchronous_commit', 'on', false) where current_setting('synchronous_commit') = 'off'`.compile(
          plain,
        ),
      );
    },
  });
  const plain = new Kysely<JournalDatabase>({ dialect });
  const db = plain.withSchema(SCHEMA);
  try {
    await inspect(db, address.shown);
    await migrate(db, address.shown);
    const query: Connected['query'] = async (text, values) => {
      const result: QueryResult | QueryResult[] = await pool.query(
        text,
        values === undefined ? undefined : [...values],
      );
      return (Array.isArray(result) ? result.at(-1)?.rows : result.rows) ?? [];
    };
    return { db, query };
  } catch (thrown) {
    for (const socket of sockets) socket.destroy();
    await plain.destroy();
    throw asPostgresError(thrown, address.shown);
  }
}

interface Server {
  readonly version: number;
  readonly name: string;
  readonly encoding: string;
}

/** @throws FB_STATE_UNREADABLE */
export function refuseServer({ version, name, encoding }: Server, shown: string): void {
  if (version < OLDEST) {
    throw unusable(shown, `the server is PostgreSQL ${name}`, `Firebreak needs PostgreSQL ${OLDEST / 10_000} or newer`);
  }
  if (encoding !== 'UTF8') {
    throw unusable(
      shown,
      `its encoding is ${encoding}`,
      'create a database with: createdb --encoding UTF8 --template template0 DATABASE',
    );
  }
}

/** Reads only. */
async function inspect(db: Kysely<JournalDatabase>, shown: string): Promise<void> {
  const { rows } = await sql<Server & { foreign: boolean }>`
    select current_setting('server_version_num')::int as version, current_setting('server_version') as name,
      current_setting('server_encoding') as encoding,
      exists (select from pg_catalog.pg_class where relnamespace = to_regnamespace(${SCHEMA}))
        and to_regclass(${`${SCHEMA}.meta`}) is null as foreign`.execute(db);
  const [server] = rows;
  if (server === undefined) return;
  refuseServer(server, shown);
  if (server.foreign) {
    throw unusable(shown, `its schema ${SCHEMA} is not one of Firebreak's`, 'name another database with --state');
  }
}

/** What a server says that remembers, from before the lock, that there was no schema: it sees it in the next transaction. */
const STALE = /^(42P06|42P07|23505|3F000|42P01)$/;
const STALE_TRIES = 5;

async function migrate(db: Kysely<JournalDatabase>, shown: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await migrateOnce(db, shown);
    } catch (thrown) {
      const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
      if (attempt === STALE_TRIES || !STALE.test(code)) throw thrown;
    }
  }
}

async function migrateOnce(db: Kysely<JournalDatabase>, shown: string): Promise<void> {
  if ((await versionOf(db, shown)) === MIGRATIONS.length) return;
  await db.transaction().execute(async (tx) => {
    await advisoryLock(LOCKS.migration).execute(tx);
    // Another process may have done it while this one waited for the lock.
    const version = await versionOf(tx, shown);
    if (version === 0) {
      const { rows } = await sql`select where to_regnamespace(${SCHEMA}) is not null`.execute(tx);
      if (rows.length === 0) await sql`create schema ${sql.id(SCHEMA)}`.execute(tx);
    }
    for (const migration of MIGRATIONS.slice(version)) await migration(tx as unknown as Kysely<never>, 'postgres');
    const value = String(MIGRATIONS.length);
    await tx
      .insertInto('meta')
      .values({ name: 'schema', value })
      .onConflict((conflict) => conflict.column('name').doUpdateSet({ value }))
      .execute();
  });
}

/** 0: there is nothing yet. */
async function versionOf(db: Kysely<JournalDatabase>, shown: string): Promise<number> {
  const { rows } = await sql`select where to_regclass(${`${SCHEMA}.meta`}) is not null`.execute(db);
  if (rows.length === 0) return 0;
  const row = await db.selectFrom('meta').select('value').where('name', '=', 'schema').executeTakeFirst();
  const version = Number(row?.value);
  if (!Number.isInteger(version)) {
    throw unusable(shown, `its schema ${SCHEMA} is not one of Firebreak's`, 'name another database with --state');
  }
  if (version <= MIGRATIONS.length) return version;
  throw new FirebreakError(
    'FB_STATE_NEWER',
    `the state database ${shown} was written by a newer Firebreak (schema ${version}, this one knows ${MIGRATIONS.length})`,
    { remedy: 'use the newer version, or name another database with --state' },
  );
}
