/**
 * The schema's history: numbered, append-only; a migration that has been released is never edited. Must not know how the
 * database was opened.
 */
import type { Kysely } from 'kysely';

/** Runs inside one transaction with the change of the version number. */
type Migration = (db: Kysely<never>, on: 'sqlite' | 'postgres') => Promise<void>;

export const MIGRATIONS: readonly Migration[] = [
  async function first(db, on) {
    await db.schema
      .createTable('meta')
      .addColumn('name', 'text', (c) => c.primaryKey())
      .addColumn('value', 'text', (c) => c.notNull())
      .execute();
    await db.schema
      .createTable('runs')
      .addColumn('number', on === 'sqlite' ? 'integer' : 'serial', (c) =>
        on === 'sqlite' ? c.primaryKey().autoIncrement() : c.primaryKey(),
      )
      .addColumn('run', 'text', (c) => c.notNull().unique())
      .addColumn('name', 'text', (c) => c.notNull())
      .addColumn('parent', 'text')
      .addColumn('started_at', 'text', (c) => c.notNull())
      .addColumn('check_only', 'integer', (c) => c.notNull())
      .addColumn('hosts', 'integer', (c) => c.notNull())
      .addColumn('owner_pid', 'integer')
      .addColumn('owner_started', 'text')
      .addColumn('owner_machine', 'text')
      .addColumn('state', 'text')
      .addColumn('last_seq', 'integer', (c) => c.notNull())
      .execute();
    await db.schema
      .createTable('plans')
      .addColumn('run', 'text', (c) => c.primaryKey())
      .addColumn('plan', 'text', (c) => c.notNull())
      .execute();
    await db.schema
      .createTable('events')
      .addColumn('run', 'text', (c) => c.notNull())
      .addColumn('seq', 'integer', (c) => c.notNull())
      .addColumn('at', 'text', (c) => c.notNull())
      .addColumn('type', 'text', (c) => c.notNull())
      .addColumn('body', 'text', (c) => c.notNull())
      .addPrimaryKeyConstraint('events_key', ['run', 'seq'])
      .execute();
    await db.schema
      .createTable('leases')
      .addColumn('key', 'text', (c) => c.primaryKey())
      .addColumn('run', 'text', (c) => c.notNull())
      .addColumn('host', 'text', (c) => c.notNull())
      .execute();
    await db.schema.createIndex('leases_run').on('leases').columns(['run', 'host']).execute();
    await db.schema
      .createTable('host_keys')
      .addColumn('run', 'text', (c) => c.notNull())
      .addColumn('host', 'text', (c) => c.notNull())
      .addColumn('key', 'text', (c) => c.notNull())
      .addPrimaryKeyConstraint('host_keys_key', ['run', 'host'])
      .execute();
    await db.schema
      .createTable('obligations')
      .addColumn('run', 'text', (c) => c.notNull())
      .addColumn('obligation', 'text', (c) => c.notNull())
      .addColumn('host', 'text', (c) => c.notNull())
      .addColumn('kind', 'text', (c) => c.notNull())
      .addColumn('key', 'text', (c) => c.notNull())
      .addColumn('step', 'text', (c) => c.notNull())
      .addColumn('uses', 'text', (c) => c.notNull())
      .addColumn('args', 'text', (c) => c.notNull())
      .addColumn('prior', 'text', (c) => c.notNull())
      .addColumn('owed_at', 'text', (c) => c.notNull())
      .addPrimaryKeyConstraint('obligations_key', ['run', 'obligation'])
      .execute();
    await db.schema.createIndex('obligations_by_key').on('obligations').columns(['key']).execute();
    await db.schema.createIndex('obligations_by_id').on('obligations').columns(['obligation']).execute();
  },
  async function processes(db) {
    await db.schema
      .createTable('processes')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('seen', 'bigint', (c) => c.notNull())
      .addColumn('last_commit', 'text', (c) => c.notNull())
      .execute();
  },
  async function claims(db) {
    await db.schema
      .createTable('claims')
      .addColumn('run', 'text', (c) => c.notNull())
      .addColumn('host', 'text', (c) => c.notNull())
      .addColumn('token', 'text', (c) => c.notNull().unique())
      .addColumn('place_set', 'text')
      .addColumn('seen', 'bigint', (c) => c.notNull())
      .addColumn('revoked', 'integer', (c) => c.notNull())
      .addPrimaryKeyConstraint('claims_key', ['run', 'host'])
      .execute();
    await db.schema
      .createTable('places')
      .addColumn('run', 'text', (c) => c.notNull())
      .addColumn('step', 'text', (c) => c.notNull())
      .addColumn('token', 'text', (c) => c.notNull())
      .addPrimaryKeyConstraint('places_key', ['run', 'step', 'token'])
      .execute();
  },
];
