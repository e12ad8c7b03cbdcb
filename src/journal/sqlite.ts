/**
 * The journal on SQLite (WAL, synchronous=FULL): appends that arrive together share one transaction and one fsync. Any
 * number of processes may read; each run is written by its owner. Must not know what the events mean beyond projections.
 */
import type { Kysely } from 'kysely';
import {
  type Clock,
  FirebreakError,
  type Journal,
  type LeaseConflict,
  type OpenObligation,
  type Plan,
  type Random,
  type RunEvent,
  type RunEventBody,
  type RunInfo,
} from '../domain/index.ts';
import { GroupCommit } from './group-commit.ts';
import { lease, release } from './leases.ts';
import { isAlive, isSameProcess, type ProcessOwner, thisProcess } from './owner.ts';
import { disagrees, project, rebuild } from './projections.ts';
import type { JournalDatabase, RunRow } from './schema.ts';
import { asStateError, unreadable } from './state-errors.ts';
import { openStateFile } from './state-file.ts';

type Db = Kysely<JournalDatabase>;

/** Rows of one insert: five columns each, well below SQLite's limit of bound values. */
const INSERT_ROWS = 500;

/**
 * What others may say in a run that is still at work: whoever holds a machine's lease says in the run that owed it that an
 * obligation is met; whoever answers the question of a parked host, or gives an order, need not wait for the other hosts.
 */
const OF_OTHERS: ReadonlySet<RunEventBody['type']> = new Set([
  'ObligationDischarged',
  'OperatorAnswered',
  'RunPauseAsked',
  'HostSkipAsked',
]);

export interface SqliteJournalOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** Absent: this process. */
  readonly owner?: ProcessOwner;
  /** Absent: asks the system. */
  readonly isAlive?: (owner: ProcessOwner) => boolean;
}

/**
 * Opens the state file, creating it and its folder (mode 700, file 600) when it is not there.
 * @throws FB_STATE_UNREADABLE, FB_STATE_NEWER, FB_STATE_FULL, FB_STATE_LOCKED
 */
export async function openSqliteJournal(path: string, options: SqliteJournalOptions): Promise<Journal> {
  const db = await openStateFile(path);
  try {
    if (await disagrees(db))
      await db.transaction().execute((tx) => rebuild(tx, (on, run) => readEvents(on, path, run, 0)));
    return new SqliteJournal(db, path, await storeIdOf(db, options.random), options);
  } catch (thrown) {
    await db.destroy();
    throw asStateError(thrown, path);
  }
}

async function storeIdOf(db: Db, random: Random): Promise<string> {
  await db
    .insertInto('meta')
    .values({ name: 'store', value: random.id(8) })
    .onConflict((conflict) => conflict.column('name').doNothing())
    .execute();
  const row = await db.selectFrom('meta').select('value').where('name', '=', 'store').executeTakeFirstOrThrow();
  return row.value;
}

interface Append {
  readonly run: string;
  readonly bodies: readonly RunEventBody[];
}

class SqliteJournal implements Journal {
  readonly storeId: string;
  readonly #db: Db;
  readonly #path: string;
  readonly #clock: Clock;
  readonly #owner: ProcessOwner;
  readonly #isAlive: (owner: ProcessOwner) => boolean;
  readonly #commits: GroupCommit<Append, readonly RunEvent[]>;

  constructor(db: Db, path: string, storeId: string, options: SqliteJournalOptions) {
    this.storeId = storeId;
    this.#db = db;
    this.#path = path;
    this.#clock = options.clock;
    this.#owner = options.owner ?? thisProcess();
    this.#isAlive = options.isAlive ?? isAlive;
    this.#commits = new GroupCommit((appends) => this.#guard(() => this.#commit(appends)));
  }

  create(created: { run: string; plan: Plan; parent: string | null; check: boolean }): Promise<void> {
    return this.#guard(() =>
      this.#db.transaction().execute(async (tx) => {
        await tx
          .insertInto('plans')
          .values({ run: created.run, plan: JSON.stringify(created.plan) })
          .execute();
        await tx
          .insertInto('runs')
          .values({
            run: created.run,
            name: created.plan.playbook.name,
            parent: created.parent,
            started_at: new Date(this.#clock.now()).toISOString(),
            check_only: created.check ? 1 : 0,
            hosts: created.plan.hosts.length,
            owner_pid: this.#owner.pid,
            owner_started: this.#owner.started,
            owner_machine: this.#owner.machine,
            state: null,
            last_seq: 0,
          })
          .execute();
      }),
    );
  }

  adopt(run: string): Promise<void> {
    return this.#guard(() =>
      this.#db.transaction().execute(async (tx) => {
        const row = await this.#row(tx, run);
        this.#refuseOthers(row);
        await tx
          .updateTable('runs')
          .set({ owner_pid: this.#owner.pid, owner_started: this.#owner.started, owner_machine: this.#owner.machine })
          .where('run', '=', run)
          .execute();
      }),
    );
  }

  disown(run: string): Promise<void> {
    return this.#guard(async () => {
      await this.#db
        .updateTable('runs')
        .set({ owner_pid: null, owner_started: null, owner_machine: null })
        .where('run', '=', run)
        .where('owner_pid', '=', this.#owner.pid)
        .where('owner_started', '=', this.#owner.started)
        .execute();
    });
  }

  append(run: string, bodies: readonly RunEventBody[]): Promise<readonly RunEvent[]> {
    return bodies.length === 0 ? Promise.resolve([]) : this.#commits.add({ run, bodies });
  }

  async #commit(appends: readonly Append[]): Promise<readonly (readonly RunEvent[])[]> {
    const at = new Date(this.#clock.now()).toISOString();
    return this.#db.transaction().execute(async (tx) => {
      const lastSeq = new Map<string, number>();
      const written: (readonly RunEvent[])[] = [];
      for (const { run, bodies } of appends) {
        let seq = lastSeq.get(run) ?? (await this.#writableSeq(tx, run, bodies));
        const events = bodies.map((body): RunEvent => ({ ...body, run, seq: ++seq, at }));
        lastSeq.set(run, seq);
        written.push(events);
      }
      const rows = written.flat().map((event) => {
        const { run, seq, at: _, ...body } = event;
        return { run, seq, at, type: event.type, body: JSON.stringify(body) };
      });
      for (let start = 0; start < rows.length; start += INSERT_ROWS) {
        await tx
          .insertInto('events')
          .values(rows.slice(start, start + INSERT_ROWS))
          .execute();
      }
      for (const [run, seq] of lastSeq) {
        await tx.updateTable('runs').set({ last_seq: seq }).where('run', '=', run).execute();
      }
      for (const events of written) await project(tx, events);
      return written;
    });
  }

  async #writableSeq(tx: Db, run: string, bodies: readonly RunEventBody[]): Promise<number> {
    const row = await this.#row(tx, run);
    if (!bodies.every((body) => OF_OTHERS.has(body.type))) this.#refuseOthers(row);
    return row.last_seq;
  }

  #refuseOthers(row: RunRow): void {
    const owner = ownerOf(row);
    if (owner === null || isSameProcess(owner, this.#owner) || !this.#isAlive(owner)) return;
    throw new FirebreakError('FB_RUN_STATE', `run ${row.run} is being worked on by process ${owner.pid}`, {
      remedy: `look at it with: firebreak status ${row.run}`,
    });
  }

  events(run: string, afterSeq = 0): Promise<readonly RunEvent[]> {
    return this.#guard(() => readEvents(this.#db, this.#path, run, afterSeq));
  }

  plan(run: string): Promise<Plan> {
    return this.#guard(async () => {
      await this.#row(this.#db, run);
      const row = await this.#db.selectFrom('plans').select('plan').where('run', '=', run).executeTakeFirstOrThrow();
      return parse(row.plan, this.#path) as Plan;
    });
  }

  runs(): Promise<readonly RunInfo[]> {
    return this.#guard(async () => {
      // A run without events was never begun (its hosts were leased by another run).
      const rows = await this.#db
        .selectFrom('runs')
        .select(['run', 'name', 'parent', 'started_at', 'check_only', 'state', 'hosts'])
        .select(['owner_pid', 'owner_started', 'owner_machine'])
        .where('last_seq', '>', 0)
        .orderBy('number', 'desc')
        .execute();
      return rows.map((row): RunInfo => {
        const owner = ownerOf(row);
        const open = owner !== null && this.#isAlive(owner) ? 'running' : 'interrupted';
        return {
          run: row.run,
          name: row.name,
          parent: row.parent,
          startedAt: row.started_at,
          check: row.check_only === 1,
          state: (row.state as RunInfo['state'] | null) ?? open,
          owner: owner === null ? null : { pid: owner.pid, machine: owner.machine },
          hosts: row.hosts,
        };
      });
    });
  }

  resolveRun(reference: string): Promise<string> {
    return this.#guard(async () => {
      const known = this.#db.selectFrom('runs').select('run').where('last_seq', '>', 0).orderBy('number', 'desc');
      if (reference === 'last') {
        const last = await known.limit(1).executeTakeFirst();
        if (last === undefined) {
          throw new FirebreakError('FB_RUN_UNKNOWN', 'there is no run yet', { remedy: 'start one: firebreak run' });
        }
        return last.run;
      }
      const all = (await known.execute()).map((row) => row.run);
      const matches = all.includes(reference) ? [reference] : all.filter((run) => run.startsWith(reference));
      if (reference !== '' && matches[0] !== undefined && matches.length === 1) return matches[0];
      const message =
        matches.length > 1 && reference !== ''
          ? `run ${reference} is ambiguous: ${matches.slice(0, 5).join(', ')}${matches.length > 5 ? ' …' : ''}`
          : `there is no run ${reference === '' ? '""' : reference}`;
      throw new FirebreakError('FB_RUN_UNKNOWN', message, { remedy: 'list them with: firebreak runs' });
    });
  }

  lease(
    run: string,
    wanted: readonly { readonly key: string; readonly host: string }[],
  ): Promise<readonly LeaseConflict[]> {
    return this.#guard(() =>
      this.#db.transaction().execute(async (tx) => {
        await this.#row(tx, run);
        return lease(tx, run, wanted, (row) => {
          const owner = ownerOf(row);
          return owner !== null && this.#isAlive(owner);
        });
      }),
    );
  }

  release(run: string, host: string): Promise<void> {
    return this.#guard(() => release(this.#db, run, host));
  }

  openObligations(
    filter: { readonly keys?: readonly string[]; readonly run?: string } = {},
  ): Promise<readonly OpenObligation[]> {
    return this.#guard(async () => {
      let query = this.#db.selectFrom('obligations').selectAll();
      if (filter.run !== undefined) query = query.where('run', '=', filter.run);
      if (filter.keys !== undefined) query = query.where('key', 'in', filter.keys);
      const rows = await query.orderBy('owed_at').orderBy('obligation').execute();
      return rows.map(
        (row): OpenObligation => ({
          id: row.obligation,
          run: row.run,
          step: row.step,
          uses: row.uses,
          args: parse(row.args, this.#path) as OpenObligation['args'],
          prior: parse(row.prior, this.#path) as OpenObligation['prior'],
          owedAt: row.owed_at,
          host: row.host,
          kind: row.kind as OpenObligation['kind'],
          key: row.key,
        }),
      );
    });
  }

  async close(): Promise<void> {
    await this.#commits.idle();
    await this.#db.destroy();
  }

  async #row(db: Db, run: string): Promise<RunRow> {
    const row = await db.selectFrom('runs').selectAll().where('run', '=', run).executeTakeFirst();
    if (row !== undefined) return row;
    throw new FirebreakError('FB_RUN_UNKNOWN', `there is no run ${run}`, { remedy: 'list them with: firebreak runs' });
  }

  async #guard<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (thrown) {
      throw asStateError(thrown, this.#path);
    }
  }
}

function ownerOf(row: Pick<RunRow, 'owner_pid' | 'owner_started' | 'owner_machine'>): ProcessOwner | null {
  if (row.owner_pid === null) return null;
  return { pid: row.owner_pid, started: row.owner_started ?? '', machine: row.owner_machine ?? '' };
}

async function readEvents(db: Db, path: string, run: string, afterSeq: number): Promise<readonly RunEvent[]> {
  const rows = await db
    .selectFrom('events')
    .select(['seq', 'at', 'body'])
    .where('run', '=', run)
    .where('seq', '>', afterSeq)
    .orderBy('seq')
    .execute();
  return rows.map((row) => ({ ...(parse(row.body, path) as RunEventBody), run, seq: row.seq, at: row.at }));
}

function parse(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (thrown) {
    throw unreadable(path, 'it holds an entry that is not JSON', thrown);
  }
}
