/** The queue of hosts on a real server: who has a job, who lost it, and what the leader of a run hears. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { openTaskQueue, type TaskQueue } from '../../src/dispatch/index.ts';
import type { HostTask } from '../../src/domain/index.ts';
import { installed, startServer, type TestServer } from '../journal/support/postgres.ts';

function task(run: string, host: string): HostTask {
  return { run, host, set: null, forks: 10, kind: 'plan', heard: 0 };
}

const whenInstalled = installed === null ? describe.skip : describe;

whenInstalled('the queue of hosts', () => {
  let server: TestServer;
  let pool: pg.Pool;
  let queue: TaskQueue;
  beforeAll(async () => {
    server = await startServer();
    pool = new pg.Pool({ connectionString: await server.database(), max: 3 });
    // The server ends before the last connection has.
    pool.on('error', () => {});
    pool.on('connect', (client) => client.on('error', () => {}));
    const query: Parameters<typeof openTaskQueue>[0]['query'] = async (text, values) => {
      const result: pg.QueryResult | pg.QueryResult[] = await pool.query(text, values && [...values]);
      return (Array.isArray(result) ? result.at(-1)?.rows : result.rows) ?? [];
    };
    // The first ones make its tables, all at once.
    const [first, ...others] = await Promise.all([1, 2, 3].map(() => openTaskQueue({ query, self: 'me' })));
    for (const other of others) await other.close();
    if (first !== undefined) queue = first;
  });
  afterAll(async () => {
    await queue?.close();
    await pool?.end();
    await server.dispose();
  });

  /** As the engine asks for it. */
  function lead(of: HostTask, pause = new AbortController().signal) {
    let looks = 0;
    const done = queue.remote.work(of, {
      pause,
      onLook: async () => {
        looks += 1;
      },
      onWait: () => {},
    });
    return { done, looks: () => looks };
  }

  async function taken() {
    for (;;) {
      const job = await queue.take();
      if (job !== null) return job;
    }
  }

  it('gives a host to one, and tells the leader when it is done with', async () => {
    const { done, looks } = lead(task('r1', 'web01'));
    const job = await taken();
    expect(job.task).toEqual({ ...task('r1', 'web01'), leader: 'me' });
    expect(await queue.take()).toBeNull();
    expect(await job.keep()).toBe(true);
    await job.done();
    await done;
    expect(looks()).toBeGreaterThan(0);
    expect(await job.keep()).toBe(false);
  });

  it('gives a host that was given back to the next; the first can end it no more', async () => {
    const { done } = lead(task('r2', 'web01'));
    const first = await taken();
    await first.giveBack();
    const second = await taken();
    expect(second.task).toEqual(first.task);
    expect(await first.keep()).toBe(false);
    await first.done();
    expect(await second.keep()).toBe(true);
    await second.done();
    await done;
  });

  it('does not begin what nobody has taken when the run pauses', async () => {
    const pause = new AbortController();
    pause.abort();
    await lead(task('r3', 'web01'), pause.signal).done;
    expect(await queue.take()).toBeNull();
  });

  it('says to the leader that nobody could work on a host', async () => {
    const { done } = lead(task('r4', 'web01'));
    const failed = expect(done).rejects.toMatchObject({
      code: 'FB_ENVIRONMENT',
      remedy: expect.stringContaining('r4'),
    });
    await taken();
    await pool.query(`update firebreak_jobs.job set state = 'failed' where data->>'run' = 'r4'`);
    await failed;
  });
});
