/**
 * The journal on a SQL database: appends that arrive together share one transaction. Any number of processes may read;
 * each run is written by its owner. Must not know which database it is (store.ts) nor what the events mean beyond
 * projections.
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
import { isSameProcess, type ProcessOwner } from './owner.ts';
import { disagrees, project, rebuild } from './projections.ts';
import type { JournalDatabase, RunRow } from './schema.ts';
import { type ClaimOfHost, claimLost, type JournalStore, ownerOf } from './store.ts';

type Db = Kysely<JournalDatabase>;

/** Rows of one insert: five columns each, well below any database's limit of bound values. */
const INSERT_ROWS = 500;

/**
 * What others may say in a run that is still at work: whoever holds a machine's lease says in the run that owed it that an
 * obligation is met; whoever answers the question of a parked host or of a gate, or gives an order, need not wait for the
 * other hosts.
 */
const OF_OTHERS: ReadonlySet<RunEventBody['type']> = new Set([
  'ObligationDischarged',
  'OperatorAnswered',
  'GateAnswered',
  'RunPauseAsked',
  'HostSkipAsked',
]);

export interface JournalOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** Absent: this process. */
  readonly owner?: ProcessOwner;
  /** Absent: asks the system, or the database. */
  readonly isAlive?: (owner: ProcessOwner) => boolean;
}

/** The journal in an open store: projections are made to agree with the events first. The store is closed with it. */
export async function openJournal(
  store: JournalStore,
  options: Pick<JournalOptions, 'clock' | 'random'>,
): Promise<SqlJournal> {
  try {
    if (await disagrees(store.db)) {
      await store.transaction(async (tx) => {
        await store.lockEverything(tx);
        await rebuild(tx, (on, run) => readEvents(on, store, run, 0));
      });
    }
    return new SqlJournal(store, await storeIdOf(store.db, options.random), options.clock);
  } catch (thrown) {
    await store.close();
    throw store.asError(thrown);
  }
}

async function storeIdOf(db: Db, random: Random): Promise<string> {
  const known = await db.selectFrom('meta').select('value').where('name', '=', 'store').executeTakeFirst();
  if (known !== undefined) return known.value;
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
  readonly claim?: ClaimOfHost;
}

export class SqlJournal implements Journal {
  readonly storeId: string;
  readonly #store: JournalStore;
  readonly #db: Db;
  readonly #clock: Clock;
  readonly #owner: ProcessOwner;
  readonly #commits: GroupCommit<Append, readonly RunEvent[]>;
  /** Runs that this journal has made its own: once another process has taken one over, nothing more is written to it. */
  readonly #owned = new Set<string>();

  constructor(store: JournalStore, storeId: string, clock: Clock) {
    this.storeId = storeId;
    this.#store = store;
    this.#db = store.db;
    this.#clock = clock;
    this.#owner = store.owner;
    this.#commits = new GroupCommit(
      (appends) => this.#guard(() => this.#store.commit((tx) => this.#write(tx, appends))),
      (thrown) => !store.isLost(thrown),
    );
  }

  create(created: { run: string; plan: Plan; parent: string | null; check: boolean }): Promise<void> {
    return this.#guard(async () => {
      await this.#store.beAlive();
      await this.#store.transaction(async (tx) => {
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
      });
      this.#owned.add(created.run);
    });
  }

  adopt(run: string): Promise<void> {
    return this.#guard(async () => {
      this.#owned.delete(run);
      await this.#store.beAlive();
      await this.#store.retried(() =>
        this.#store.transaction(async (tx) => {
          const row = await this.#locked(tx, run);
          await this.#refuseOthers(tx, row);
          await tx
            .updateTable('runs')
            .set({ owner_pid: this.#owner.pid, owner_started: this.#owner.started, owner_machine: this.#owner.machine })
            .where('run', '=', run)
            .execute();
          await this.#store.revokeClaims(tx, run);
        }),
      );
      this.#owned.add(run);
      await this.#store.awaitRevoked(run);
    });
  }

  disown(run: string): Promise<void> {
    this.#owned.delete(run);
    return this.#again(() =>
      this.#store.transaction(async (tx) => {
        await tx
          .updateTable('runs')
          .set({ owner_pid: null, owner_started: null, owner_machine: null })
          .where('run', '=', run)
          .where('owner_pid', '=', this.#owner.pid)
          .where('owner_started', '=', this.#owner.started)
          .where('owner_machine', '=', this.#owner.machine)
          .execute();
      }),
    );
  }

  append(run: string, bodies: readonly RunEventBody[]): Promise<readonly RunEvent[]> {
    return bodies.length === 0 ? Promise.resolve([]) : this.#commits.add({ run, bodies });
  }

  /** As this journal, for whoever has claimed one host of a run that another process leads. */
  fenced(claim: ClaimOfHost): Journal {
    const append: Journal['append'] = (run, bodies) =>
      bodies.length === 0 ? Promise.resolve([]) : this.#commits.add({ run, bodies, claim });
    return {
      storeId: this.storeId,
      create: (created) => this.create(created),
      adopt: (run) => this.adopt(run),
      disown: (run) => this.disown(run),
      append,
      events: (run, afterSeq) => this.events(run, afterSeq),
      plan: (run) => this.plan(run),
      runs: () => this.runs(),
      resolveRun: (reference) => this.resolveRun(reference),
      lease: (run, wanted) => this.lease(run, wanted),
      release: (run, host) => this.release(run, host),
      openObligations: (filter) => this.openObligations(filter),
      close: async () => {},
    };
  }

  async #write(tx: Db, appends: readonly Append[]): Promise<readonly (readonly RunEvent[])[]> {
    const at = new Date(this.#clock.now()).toISOString();
    const rowOf = await this.#store.lockRuns(tx, [...new Set(appends.map(({ run }) => run))]);
    const lastSeq = new Map<string, number>();
    const written: (readonly RunEvent[])[] = [];
    for (const { run, bodies, claim } of appends) {
      const row = rowOf.get(run) ?? unknownRun(run);
      if (!bodies.every((body) => OF_OTHERS.has(body.type))) await this.#refuseStrangers(tx, row, bodies, claim);
      let seq = lastSeq.get(run) ?? row.last_seq;
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
  }

  async #refuseStrangers(tx: Db, row: RunRow, bodies: readonly RunEventBody[], claim?: ClaimOfHost): Promise<void> {
    if (claim === undefined || claim.run !== row.run) return this.#refuseOthers(tx, row);
    const isItsOwn = bodies.every((body) => 'host' in body && body.host === claim.host);
    if (isItsOwn && (await this.#store.isClaimed(tx, claim))) return;
    throw claimLost(claim);
  }

  async #refuseOthers(tx: Db, row: RunRow): Promise<void> {
    const owner = ownerOf(row);
    if (owner !== null && isSameProcess(owner, this.#owner)) return;
    const isLost = this.#owned.has(row.run);
    if (!isLost && (owner === null || !(await this.#store.isAlive(tx, owner)))) return;
    const by = owner === null ? 'another process' : `process ${owner.pid} on ${owner.machine}`;
    const did = isLost ? 'was taken over by' : 'is being worked on by';
    throw new FirebreakError('FB_RUN_STATE', `run ${row.run} ${did} ${by}`, {
      remedy: `look at it with: firebreak status ${row.run}`,
    });
  }

  events(run: string, afterSeq = 0): Promise<readonly RunEvent[]> {
    return this.#again(() => readEvents(this.#db, this.#store, run, afterSeq));
  }

  plan(run: string): Promise<Plan> {
    return this.#again(async () => {
      await this.#row(this.#db, run);
      const row = await this.#db.selectFrom('plans').select('plan').where('run', '=', run).executeTakeFirstOrThrow();
      return parse(row.plan, this.#store) as Plan;
    });
  }

  runs(): Promise<readonly RunInfo[]> {
    return this.#again(async () => {
      // A run without events was never begun (its hosts were leased by another run).
      const rows = await this.#db
        .selectFrom('runs')
        .select(['run', 'name', 'parent', 'started_at', 'check_only', 'state', 'hosts'])
        .select(['owner_pid', 'owner_started', 'owner_machine'])
        .where('last_seq', '>', 0)
        .orderBy('number', 'desc')
        .execute();
      const infos: RunInfo[] = [];
      for (const row of rows) {
        const owner = ownerOf(row);
        // A process may stay while its run waits for a gate or a window.
        const mayGoOn = (row.state === null || row.state === 'waiting') && owner !== null;
        const isRunning = mayGoOn && (await this.#store.isAlive(this.#db, owner));
        infos.push({
          run: row.run,
          name: row.name,
          parent: row.parent,
          startedAt: row.started_at,
          check: row.check_only === 1,
          state: isRunning ? 'running' : ((row.state as RunInfo['state'] | null) ?? 'interrupted'),
          owner: owner === null ? null : { pid: owner.pid, machine: owner.machine },
          hosts: row.hosts,
        });
      }
      return infos;
    });
  }

  resolveRun(reference: string): Promise<string> {
    return this.#again(async () => {
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
    return this.#again(() =>
      this.#store.transaction(async (tx) => {
        await this.#store.lockLeases(tx);
        await this.#row(tx, run);
        return lease(tx, run, wanted, async (row) => {
          const owner = ownerOf(row);
          return owner !== null && (await this.#store.isAlive(tx, owner));
        });
      }),
    );
  }

  release(run: string, host: string): Promise<void> {
    return this.#again(() => release(this.#db, run, host, (change) => this.#store.transaction(change)));
  }

  openObligations(
    filter: { readonly keys?: readonly string[]; readonly run?: string } = {},
  ): Promise<readonly OpenObligation[]> {
    return this.#again(async () => {
      if (filter.keys?.length === 0) return [];
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
          args: parse(row.args, this.#store) as OpenObligation['args'],
          prior: parse(row.prior, this.#store) as OpenObligation['prior'],
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
    await this.#store.close();
  }

  async #row(db: Db, run: string): Promise<RunRow> {
    return (await db.selectFrom('runs').selectAll().where('run', '=', run).executeTakeFirst()) ?? unknownRun(run);
  }

  async #locked(tx: Db, run: string): Promise<RunRow> {
    return (await this.#store.lockRuns(tx, [run])).get(run) ?? unknownRun(run);
  }

  /** For what does no harm when it is done twice. */
  #again<T>(work: () => Promise<T>): Promise<T> {
    return this.#guard(() => this.#store.retried(work));
  }

  async #guard<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (thrown) {
      throw this.#store.asError(thrown);
    }
  }
}

function unknownRun(run: string): never {
  throw new FirebreakError('FB_RUN_UNKNOWN', `there is no run ${run}`, { remedy: 'list them with: firebreak runs' });
}

async function readEvents(db: Db, store: JournalStore, run: string, afterSeq: number): Promise<readonly RunEvent[]> {
  const rows = await db
    .selectFrom('events')
    .select(['seq', 'at', 'body'])
    .where('run', '=', run)
    .where('seq', '>', afterSeq)
    .orderBy('seq')
    .execute();
  return rows.map((row) => ({ ...(parse(row.body, store) as RunEventBody), run, seq: row.seq, at: row.at }));
}

function parse(text: string, store: JournalStore): unknown {
  try {
    return JSON.parse(text);
  } catch (thrown) {
    throw store.unreadable('it holds an entry that is not JSON', thrown);
  }
}
