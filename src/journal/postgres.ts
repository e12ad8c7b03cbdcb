/**
 * The journal on PostgreSQL, for controllers on several machines. A run's writers wait for each other by its row; which
 * process lives is told by a sign of life with the database's clock, so that the clocks of the machines do not matter.
 * A server that restarts is waited for. Must not know what is stored.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { type Kysely, sql, type Transaction } from 'kysely';
import type { FleetJournal } from '../domain/index.ts';
import { awaitRevoked, createClaims, holdsClaim } from './claims.ts';
import { isGone, isSameProcess, type ProcessOwner, processId, thisFleetProcess } from './owner.ts';
import type { PostgresAddress } from './postgres-address.ts';
import { advisoryLock, connectDatabase, LOCKS, NOW, SCHEMA } from './postgres-database.ts';
import { asPostgresError, isConnectionLost, isTransient, unusable } from './postgres-errors.ts';
import type { JournalDatabase } from './schema.ts';
import { type JournalOptions, openJournal } from './sql-journal.ts';
import type { ClaimOfHost, JournalStore } from './store.ts';

type Db = Kysely<JournalDatabase>;

const BEAT_MS = 5_000;
/** After so long without a sign of life another process may take a run over. */
const DEAD_AFTER_MS = 30_000;
/** What a dead process has left is cleared away. */
const FORGET_AFTER_MS = 24 * 60 * 60_000;
/** How long a server that restarts is waited for, and how often it is tried. */
const AWAY_MS = 60_000;
const TRY_MS = 1_000;
/** A transaction that others have crossed is made again. */
const CROSSED = 5;

const PROCESSES = sql.id(SCHEMA, 'processes');

/**
 * Connects and brings the schema up to date.
 * @throws FB_STATE_UNREACHABLE, FB_STATE_UNREADABLE, FB_STATE_NEWER, FB_STATE_FULL, FB_STATE_LOCKED
 */
export async function openPostgresJournal(address: PostgresAddress, options: JournalOptions): Promise<FleetJournal> {
  const { db, query } = await connectDatabase(address);
  const store = new PostgresStore(db, address.shown, options);
  const journal = await openJournal(store, options);
  const claims = createClaims(store, (claim) => journal.fenced(claim), options.random);
  const patient: FleetJournal['query'] = async (text, values) => {
    try {
      return await store.retried(() => query(text, values));
    } catch (thrown) {
      throw isConnectionLost(thrown) ? store.asError(thrown) : thrown;
    }
  };
  return Object.assign(journal, { claims, query: patient, self: processId(store.owner) });
}

class PostgresStore implements JournalStore {
  readonly db: Db;
  readonly owner: ProcessOwner;
  readonly #shown: string;
  readonly #id: string;
  readonly #lives: JournalOptions['isAlive'];
  #beat: NodeJS.Timeout | null = null;
  readonly #nonce: string;
  #commits = 0;
  #isClosed = false;

  constructor(db: Db, shown: string, options: JournalOptions) {
    this.db = db;
    this.owner = options.owner ?? thisFleetProcess();
    this.#shown = shown;
    this.#id = processId(this.owner);
    this.#lives = options.isAlive;
    this.#nonce = options.random.id(8);
  }

  async transaction<T>(work: (tx: Transaction<JournalDatabase>) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.db.transaction().execute(work);
      } catch (thrown) {
        if (attempt === CROSSED || !isTransient(thrown)) throw thrown;
      }
    }
  }

  async commit<T>(work: (tx: Transaction<JournalDatabase>) => Promise<T>): Promise<T> {
    const name = `${this.#nonce}-${++this.#commits}`;
    let done: { readonly result: T } | null = null;
    return this.retried(async () => {
      // The last attempt may have got through although nobody heard of it.
      if (done !== null && (await this.#isCommitted(name))) return done.result;
      return this.transaction(async (tx) => {
        done = { result: await work(tx) };
        await this.#sign(tx, name);
        return done.result;
      });
    });
  }

  async retried<T>(work: () => Promise<T>): Promise<T> {
    const since = performance.now();
    for (;;) {
      try {
        return await work();
      } catch (thrown) {
        if (this.#isClosed || !isConnectionLost(thrown) || performance.now() - since > AWAY_MS) throw thrown;
        await delay(TRY_MS);
      }
    }
  }

  async lockRuns(tx: Db, runs: readonly string[]) {
    // Always in the same order, so that two writers never wait for each other.
    const rows = await tx.selectFrom('runs').selectAll().where('run', 'in', runs).orderBy('run').forUpdate().execute();
    return new Map(rows.map((row) => [row.run, row]));
  }

  async lockLeases(tx: Db): Promise<void> {
    await advisoryLock(LOCKS.leases).execute(tx);
  }

  async lockEverything(tx: Db): Promise<void> {
    const tables = ['runs', 'events', 'obligations', 'host_keys'].map((table) => sql.id(SCHEMA, table));
    await sql`lock table ${sql.join(tables)} in share row exclusive mode`.execute(tx);
  }

  async beAlive(): Promise<void> {
    if (this.#beat !== null) return;
    await sql`delete from ${PROCESSES} where seen < ${NOW} - ${sql.lit(FORGET_AFTER_MS)}`.execute(this.db);
    await this.#sign(this.db, null);
    this.#beat ??= setInterval(() => {
      // One that fails is found out by whoever writes.
      this.#sign(this.db, null).catch(() => {});
    }, BEAT_MS).unref();
  }

  async isAlive(db: Db, owner: ProcessOwner): Promise<boolean> {
    if (this.#lives !== undefined) return this.#lives(owner);
    if (isSameProcess(owner, this.owner)) return true;
    // A process of this machine that was killed need not be waited for.
    if (isGone(owner, this.owner)) return false;
    const { rows } = await sql`
      select from ${PROCESSES} where id = ${processId(owner)} and seen > ${NOW} - ${sql.lit(DEAD_AFTER_MS)}`.execute(
      db,
    );
    return rows.length > 0;
  }

  isClaimed(tx: Db, claim: ClaimOfHost): Promise<boolean> {
    return holdsClaim(tx, claim);
  }

  async revokeClaims(tx: Db, run: string): Promise<void> {
    await tx.updateTable('claims').set({ revoked: 1 }).where('run', '=', run).execute();
  }

  awaitRevoked(run: string): Promise<void> {
    return this.retried(() => awaitRevoked(this.db, run));
  }

  isLost(thrown: unknown): boolean {
    return isConnectionLost(thrown) || isConnectionLost((thrown as Error | undefined)?.cause);
  }

  asError(thrown: unknown): unknown {
    return asPostgresError(thrown, this.#shown);
  }

  unreadable(why: string, cause?: unknown): Error {
    return unusable(this.#shown, why, 'it was left as it is: restore it from a backup', cause);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    if (this.#beat !== null) clearInterval(this.#beat);
    if (this.#commits > 0 || this.#beat !== null) {
      await sql`delete from ${PROCESSES} where id = ${this.#id}`.execute(this.db).catch(() => {});
    }
    await this.db.destroy();
  }

  /** The sign of life, and the name of the commit that it is part of. */
  async #sign(db: Db, commit: string | null): Promise<void> {
    const last = commit === null ? sql`processes.last_commit` : sql`excluded.last_commit`;
    await sql`insert into ${PROCESSES} as processes (id, seen, last_commit) values (${this.#id}, ${NOW}, ${commit ?? ''})
      on conflict (id) do update set seen = excluded.seen, last_commit = ${last}`.execute(db);
  }

  async #isCommitted(name: string): Promise<boolean> {
    const { rows } = await sql`select from ${PROCESSES} where id = ${this.#id} and last_commit = ${name}`.execute(
      this.db,
    );
    return rows.length > 0;
  }
}
