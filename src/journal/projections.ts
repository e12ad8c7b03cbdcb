/**
 * What is derived from the events and kept for quick answers: how a run finished, the machine key of each host, the open
 * obligations. Always written in the transaction that writes the events; rebuilt from them when the two disagree.
 */
import type { Kysely } from 'kysely';
import type { RunEvent } from '../domain/index.ts';
import type { JournalDatabase } from './schema.ts';

type Db = Kysely<JournalDatabase>;

/** Applies the events of one run, in order. */
export async function project(db: Db, events: readonly RunEvent[]): Promise<void> {
  for (const event of events) {
    switch (event.type) {
      case 'HostLeased':
        await rememberKey(db, event.run, event.host, event.key);
        break;
      case 'ObligationOwed':
        await owe(db, event);
        break;
      case 'ObligationDischarged':
        await db
          .deleteFrom('obligations')
          .where('run', '=', event.run)
          .where('obligation', '=', event.obligation)
          .execute();
        break;
      case 'RunResumed':
        await db.updateTable('runs').set({ state: null }).where('run', '=', event.run).execute();
        break;
      case 'RunWaiting':
        await db.updateTable('runs').set({ state: 'waiting' }).where('run', '=', event.run).execute();
        break;
      case 'RunFinished':
        await db.updateTable('runs').set({ state: event.how }).where('run', '=', event.run).execute();
        break;
      default:
    }
  }
}

async function rememberKey(db: Db, run: string, host: string, key: string): Promise<void> {
  const known = await keyOf(db, run, host);
  // The machine's own key is never replaced by its address.
  if (known.startsWith('machine:') && !key.startsWith('machine:')) return;
  await db
    .insertInto('host_keys')
    .values({ run, host, key })
    .onConflict((conflict) => conflict.columns(['run', 'host']).doUpdateSet({ key }))
    .execute();
  await db.updateTable('obligations').set({ key }).where('run', '=', run).where('host', '=', host).execute();
}

async function keyOf(db: Db, run: string, host: string): Promise<string> {
  const row = await db
    .selectFrom('host_keys')
    .select('key')
    .where('run', '=', run)
    .where('host', '=', host)
    .executeTakeFirst();
  return row?.key ?? '';
}

async function owe(db: Db, event: Extract<RunEvent, { type: 'ObligationOwed' }>): Promise<void> {
  // A later run that takes an obligation over keeps its id: the first date stays.
  const first = await db
    .selectFrom('obligations')
    .select((select) => select.fn.min('owed_at').as('at'))
    .where('obligation', '=', event.obligation)
    .executeTakeFirst();
  await db
    .insertInto('obligations')
    .values({
      run: event.run,
      obligation: event.obligation,
      host: event.host,
      kind: event.kind,
      key: await keyOf(db, event.run, event.host),
      step: event.step,
      uses: event.uses,
      args: JSON.stringify(event.args),
      prior: JSON.stringify(event.prior),
      owed_at: first?.at ?? event.at,
    })
    .onConflict((conflict) => conflict.columns(['run', 'obligation']).doNothing())
    .execute();
}

/** Throws everything derived away and derives it again; `eventsOf` reads a run's events. */
export async function rebuild(db: Db, eventsOf: (db: Db, run: string) => Promise<readonly RunEvent[]>): Promise<void> {
  await db.deleteFrom('obligations').execute();
  await db.deleteFrom('host_keys').execute();
  const runs = await db.selectFrom('runs').select('run').orderBy('number').execute();
  const firstOwed = new Map<string, string>();
  for (const { run } of runs) {
    const events = await eventsOf(db, run);
    for (const event of events) {
      if (event.type === 'ObligationOwed' && !firstOwed.has(event.obligation)) {
        firstOwed.set(event.obligation, event.at);
      }
    }
    await db.updateTable('runs').set({ state: null, last_seq: events.length }).where('run', '=', run).execute();
    await project(db, events);
  }
  for (const [obligation, at] of firstOwed) {
    await db.updateTable('obligations').set({ owed_at: at }).where('obligation', '=', obligation).execute();
  }
}

/** True when some run has other events than the derived tables have seen. */
export async function disagrees(db: Db): Promise<boolean> {
  const row = await db
    .selectFrom('runs')
    .select('run')
    .where((where) =>
      where(
        'last_seq',
        '!=',
        where
          .selectFrom('events')
          .select((select) => select.fn.coalesce(select.fn.max('seq'), select.lit(0)).as('n'))
          .whereRef('events.run', '=', 'runs.run'),
      ),
    )
    .executeTakeFirst();
  return row !== undefined;
}
