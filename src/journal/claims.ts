/**
 * Who works on which host of a run, over all machines. A claim is kept up by the database's clock; nobody else gets the
 * host before it was given back or has been silent for long, and whoever was silent looks before it acts again. Limits
 * (hosts at once, one of a set, places in a step) are counted under a lock: they are never exceeded. Must not know what is
 * done on a host.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { type Kysely, sql } from 'kysely';
import { FirebreakError, type HostClaim, type HostClaims, type Journal, type Random } from '../domain/index.ts';
import { processId } from './owner.ts';
import { advisoryLock, LOCKS, NOW, SCHEMA } from './postgres-database.ts';
import type { JournalDatabase } from './schema.ts';
import { type ClaimOfHost, claimLost, type JournalStore, ownerOf } from './store.ts';

type Db = Kysely<JournalDatabase>;

const RENEW_MS = 3_000;
/** Whoever has not renewed for so long asks before it acts. */
const FRESH_MS = 8_000;
/** After so long in silence somebody else may take the host. Much more than FRESH_MS: a question on its way takes time. */
const GONE_MS = 30_000;
const LOOK_MS = 500;
/** How long whoever takes a run over waits for its workers to stop. */
const STOP_MS = 5 * 60_000;

const CLAIMS = sql.id(SCHEMA, 'claims');
const GONE = sql`${NOW} - ${sql.lit(GONE_MS)}`;

/** Until the transaction ends nobody can take the host over. */
export async function holdsClaim(tx: Db, { run, host, token }: ClaimOfHost): Promise<boolean> {
  const row = await tx
    .selectFrom('claims')
    .select('token')
    .where('run', '=', run)
    .where('host', '=', host)
    .where('token', '=', token)
    .where('revoked', '=', 0)
    .forShare()
    .executeTakeFirst();
  return row !== undefined;
}

/** Waits until those whose claims were revoked have stopped or are silent for long. @throws FB_RUN_STATE */
export async function awaitRevoked(db: Db, run: string): Promise<void> {
  for (let waitedMs = 0; ; waitedMs += LOOK_MS) {
    const { rows } = await sql<{ host: string }>`
      select host from ${CLAIMS} where run = ${run} and seen >= ${GONE} order by host`.execute(db);
    if (rows.length === 0) return;
    if (waitedMs >= STOP_MS) {
      const named = rows.slice(0, 5).map(({ host }) => host);
      throw new FirebreakError(
        'FB_RUN_STATE',
        `workers are still at work on ${named.join(', ')}; they were told to stop`,
        {
          remedy: 'wait until they have, or end them, then try again',
        },
      );
    }
    await delay(LOOK_MS);
  }
}

export function createClaims(store: JournalStore, fenced: (claim: ClaimOfHost) => Journal, random: Random): HostClaims {
  return {
    claim: (task) =>
      store.retried(async () => {
        const claim: ClaimOfHost = { run: task.run, host: task.host, token: random.id(12) };
        const got = await store.transaction(async (tx) => {
          await advisoryLock(LOCKS.claims).execute(tx);
          // Whoever takes the run over has to wait for this, and revokes it then.
          const run = await tx.selectFrom('runs').selectAll().where('run', '=', task.run).forShare().executeTakeFirst();
          const leader = run === undefined ? null : ownerOf(run);
          if (run === undefined || leader === null || processId(leader) !== task.leader) return 'over' as const;
          if (run.state !== null && run.state !== 'waiting') return 'over' as const;
          await sql`delete from ${CLAIMS} where seen < ${GONE}`.execute(tx);
          const taken = await tx
            .selectFrom('claims')
            .select(['host', 'place_set'])
            .where('run', '=', task.run)
            .execute();
          const isTaken = taken.some(
            ({ host, place_set }) => host === task.host || (task.set !== null && place_set === task.set),
          );
          if (isTaken || taken.length >= Math.max(1, task.forks)) return 'busy' as const;
          await sql`insert into ${CLAIMS} (run, host, token, place_set, seen, revoked)
            values (${task.run}, ${task.host}, ${claim.token}, ${task.set}, ${NOW}, 0)`.execute(tx);
          return 'mine' as const;
        });
        return got === 'mine' ? new HeldClaim(store, claim, fenced(claim)) : got;
      }),
  };
}

class HeldClaim implements HostClaim {
  readonly journal: Journal;
  readonly #store: JournalStore;
  readonly #claim: ClaimOfHost;
  readonly #lost = new AbortController();
  readonly #timer: NodeJS.Timeout;
  #renewedAt = latest();
  #isReleased = false;

  constructor(store: JournalStore, claim: ClaimOfHost, journal: Journal) {
    this.#store = store;
    this.#claim = claim;
    this.journal = journal;
    this.#timer = setInterval(() => {
      // A database that is away is found out by whoever acts.
      this.#renew().catch(() => {});
    }, RENEW_MS).unref();
  }

  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  async verify(): Promise<void> {
    if (!this.#lost.signal.aborted && latest() - this.#renewedAt >= FRESH_MS)
      await this.#store.retried(() => this.#renew());
    if (this.#lost.signal.aborted || this.#isReleased) throw claimLost(this.#claim);
  }

  async enter(step: string, limit: number, signal: AbortSignal): Promise<() => void> {
    const { run, token } = this.#claim;
    const { db } = this.#store;
    while (!(await this.#store.retried(() => this.#takePlace(step, limit)))) {
      await delay(LOOK_MS, undefined, { signal }).catch(() => {});
      if (signal.aborted) throw signal.reason;
    }
    return () => {
      // One that is not given back is freed with the claim.
      db.deleteFrom('places')
        .where('run', '=', run)
        .where('step', '=', step)
        .where('token', '=', token)
        .execute()
        .catch(() => {});
    };
  }

  async release(): Promise<void> {
    this.#isReleased = true;
    clearInterval(this.#timer);
    const { run, token } = this.#claim;
    await this.#store.retried(() =>
      this.#store.transaction(async (tx) => {
        await tx.deleteFrom('places').where('run', '=', run).where('token', '=', token).execute();
        await tx.deleteFrom('claims').where('token', '=', token).execute();
      }),
    );
  }

  #takePlace(step: string, limit: number): Promise<boolean> {
    const { run, token } = this.#claim;
    return this.#store.transaction(async (tx) => {
      await advisoryLock(LOCKS.claims).execute(tx);
      await sql`delete from ${CLAIMS} where seen < ${GONE}`.execute(tx);
      const alive = tx.selectFrom('claims').select('token').where('run', '=', run);
      await tx.deleteFrom('places').where('run', '=', run).where('token', 'not in', alive).execute();
      const taken = await tx
        .selectFrom('places')
        .select('token')
        .where('run', '=', run)
        .where('step', '=', step)
        .execute();
      if (taken.some((place) => place.token === token)) return true;
      if (taken.length >= limit || !(await holdsClaim(tx, this.#claim))) return false;
      await tx.insertInto('places').values({ run, step, token }).execute();
      return true;
    });
  }

  /** A revoked claim is kept up too, until this process has come to a safe point: nobody begins there before. */
  async #renew(): Promise<void> {
    const asked = latest();
    const { rows } = await sql<{ revoked: number }>`update ${CLAIMS} set seen = ${NOW}
      where token = ${this.#claim.token} returning revoked`.execute(this.#store.db);
    if (rows[0]?.revoked === 0) this.#renewedAt = asked;
    else if (!this.#isReleased) this.#lost.abort();
  }
}

/** Whichever clock has gone on further: one stands still while the machine sleeps, the other may be set back. */
function latest(): number {
  return Math.max(performance.now() + performance.timeOrigin, Date.now());
}
