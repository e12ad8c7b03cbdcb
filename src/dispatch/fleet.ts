/**
 * Hosts as jobs of pg-boss, which keeps them in the state database: whoever leads a run sends them, workers take them. A
 * worker that is silent loses its job to another; what it may still write or do is fenced elsewhere (HostClaim). Must not
 * know what is done with a host.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { PgBoss } from 'pg-boss';
import { FirebreakError, type FleetJournal, type LedTask, type RemoteHosts } from '../domain/index.ts';

const SCHEMA = 'firebreak_jobs';
const QUEUE = 'hosts';
/** The least that pg-boss takes. */
const HEARTBEAT_SECONDS = 10;
/** The longest that a host may take, waits included: what pg-boss allows. */
const EXPIRE_SECONDS = 24 * 60 * 60 - 1;
/** How often a host is given to somebody else when whoever had it died or stopped. */
const RETRIES = 20;
const LOOK_MS = 700;
const START_TRIES = 6;
/** After so long without a worker it is said that there is none. */
const SAY_AFTER_MS = 10_000;

/** A job that this process has; its fields tell pg-boss which attempt that is. */
export interface TakenTask {
  readonly task: LedTask;
  /** False: it was given to somebody else. */
  keep(): Promise<boolean>;
  done(): Promise<void>;
  /** Somebody else shall take it. */
  giveBack(): Promise<void>;
}

export interface TaskQueue {
  take(): Promise<TakenTask | null>;
  /** As the engine wants it. */
  readonly remote: RemoteHosts;
  close(): Promise<void>;
}

/** @throws FB_STATE_* */
export async function openTaskQueue(journal: Pick<FleetJournal, 'query' | 'self'>): Promise<TaskQueue> {
  const boss = await startBoss(journal);
  return {
    take: () => take(boss),
    remote: createRemote(boss, journal.self),
    close: () => boss.stop({ graceful: false, close: false }),
  };
}

/** Two that make the tables at the same moment get in each other's way; then the tables are there. */
async function startBoss(journal: Pick<FleetJournal, 'query' | 'self'>): Promise<PgBoss> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await tryToStart(journal);
    } catch (thrown) {
      if (attempt === START_TRIES || thrown instanceof FirebreakError) throw thrown;
      await delay(LOOK_MS);
    }
  }
}

async function tryToStart(journal: Pick<FleetJournal, 'query' | 'self'>): Promise<PgBoss> {
  const { PgBoss } = await import('pg-boss');
  const boss: PgBoss = new PgBoss({
    db: { executeSql: async (text, values) => ({ rows: [...(await journal.query(text, values))] }) },
    schema: SCHEMA,
    schedule: false,
    superviseIntervalSeconds: 1,
    monitorIntervalSeconds: 1,
  });
  // One look of its own that fails; whoever asks it for something gets the error himself.
  boss.on('error', () => {});
  await boss.start();
  await boss.createQueue(QUEUE, {
    retryLimit: RETRIES,
    retryDelay: 1,
    heartbeatSeconds: HEARTBEAT_SECONDS,
    expireInSeconds: EXPIRE_SECONDS,
    deleteAfterSeconds: 24 * 60 * 60,
  });
  return boss;
}

async function take(boss: PgBoss): Promise<TakenTask | null> {
  const [job] = await boss.fetch<LedTask>(QUEUE, { batchSize: 1 });
  if (job === undefined) return null;
  // With its attempt: by the id alone another's attempt would be meant too.
  const attempt = { id: job.id, retryCount: job.retryCount };
  return {
    task: job.data,
    keep: async () => {
      // Its type does not say what it holds.
      const answer: object = await boss.touch(QUEUE, attempt);
      return !('affected' in answer) || answer.affected !== 0;
    },
    done: async () => {
      await boss.complete(QUEUE, attempt);
    },
    giveBack: async () => {
      await boss.fail(QUEUE, attempt);
    },
  };
}

function createRemote(boss: PgBoss, leader: string): RemoteHosts {
  /** Per run: what an earlier leader has sent and nobody has begun is sent again by this one. */
  const cleared = new Map<string, Promise<void>>();
  const clear = async (run: string): Promise<void> => {
    const left = await boss.findJobs<LedTask>(QUEUE, { data: { run }, limit: 100_000 });
    const open = left.filter(({ state }) => state === 'created' || state === 'retry' || state === 'active');
    if (open.length > 0) {
      await boss.cancel(
        QUEUE,
        open.map(({ id }) => id),
      );
    }
  };
  return {
    async work(task, { pause, onLook, onWait }) {
      if (!cleared.has(task.run)) cleared.set(task.run, clear(task.run));
      await cleared.get(task.run);
      const id = await boss.send(QUEUE, { ...task, leader });
      if (id === null) throw new FirebreakError('FB_BUG', `${task.host}: the queue did not take it`);
      const since = performance.now();
      let isSaid = false;
      for (;;) {
        await delay(LOOK_MS);
        const [job] = await boss.findJobs(QUEUE, { id });
        await onLook();
        switch (job?.state) {
          case 'completed':
            return;
          case 'created':
          case 'retry':
            if (pause.aborted) {
              await boss.cancel(QUEUE, id);
              // Somebody may have taken it just before: then it is heard of again.
              const [now] = await boss.findJobs(QUEUE, { id });
              if (now?.state === 'cancelled') return;
            } else if (!isSaid && performance.now() - since > SAY_AFTER_MS) {
              isSaid = true;
              onWait('waits for a worker: start one with firebreak worker, on any machine with this state store');
            }
            break;
          case 'active':
            break;
          default:
            throw new FirebreakError(
              'FB_ENVIRONMENT',
              `${task.host}: no worker could work on it (its job is ${job?.state ?? 'gone'})`,
              { remedy: `see what the workers say, then: firebreak resume ${task.run} --workers` },
            );
        }
      }
    },
  };
}
