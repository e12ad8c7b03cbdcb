/** Who may work on which host: claims, their limits and their fence, on a real server and with several processes' journals. */
import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Clock, FleetJournal, HostClaim, LedTask } from '../../src/domain/index.ts';
import { openPostgresJournal, parsePostgresAddress } from '../../src/journal/index.ts';
import { host, plan, step } from '../engine/support/plans.ts';
import { installed, startServer, type TestServer } from './support/postgres.ts';

const clock: Clock = { now: () => Date.now(), sleep: () => Promise.resolve() };
const random = { id: (bytes: number) => randomBytes(bytes).toString('hex'), fraction: () => 0.5 };
const somePlan = plan([step('verify', 'patch.verify')], { hosts: [host('web01'), host('web02')] });
const PAUSED = { type: 'HostSkipAsked', by: 'me' } as const;

function task(name: string, changes: Partial<LedTask> = {}): LedTask {
  return {
    run: 'r1',
    host: name,
    set: null,
    forks: 10,
    kind: 'plan',
    heard: 0,
    leader: 'here 1 then@boot0',
    ...changes,
  };
}

const whenInstalled = installed === null ? describe.skip : describe;

whenInstalled('claims', () => {
  let server: TestServer;
  let address = '';
  let opened: FleetJournal[] = [];
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(() => server.dispose());
  afterEach(async () => {
    for (const journal of opened.splice(0)) await journal.close();
    opened = [];
  });

  async function open(): Promise<FleetJournal> {
    const journal = await openPostgresJournal(parsePostgresAddress(address), {
      clock,
      random,
      owner: { pid: opened.length + 1, started: `then@boot${opened.length}`, machine: 'here' },
    });
    opened.push(journal);
    return journal;
  }

  /** A run that one process leads, and two workers. */
  async function begin() {
    address = await server.database();
    const lead = await open();
    await lead.create({ run: 'r1', plan: somePlan, parent: null, check: false });
    await lead.append('r1', [{ type: 'RunPaused', reason: '' }]);
    return { lead, one: await open(), two: await open() };
  }

  async function claim(journal: FleetJournal, wanted: LedTask): Promise<HostClaim> {
    const got = await journal.claims.claim(wanted);
    if (typeof got === 'string') throw new Error(got);
    return got;
  }

  const silence = () => server.query('update firebreak.claims set seen = seen - 60000', address);
  const probed = (name: string) =>
    ({ type: 'StepProbed', host: name, step: 'verify', verdict: 'needed', reason: '' }) as never;

  it('give a host to one, and a set and the hosts at once to no more than may', async () => {
    const { one, two } = await begin();
    const first = await claim(one, task('web01', { set: 'dcs' }));
    expect(await two.claims.claim(task('web01'))).toBe('busy');
    expect(await one.claims.claim(task('web01'))).toBe('busy');
    expect(await two.claims.claim(task('web02', { set: 'dcs' }))).toBe('busy');
    expect(await two.claims.claim(task('web02', { forks: 1 }))).toBe('busy');
    await first.release();
    await (await claim(two, task('web02', { set: 'dcs', forks: 1 }))).release();
  });

  it('that are asked for all at once never exceed the limit', async () => {
    const { one, two } = await begin();
    const asked = Array.from({ length: 20 }, (_, index) =>
      (index % 2 === 0 ? one : two).claims.claim(task(`h${index}`, { forks: 3 })),
    );
    const got = (await Promise.all(asked)).filter((claimed) => typeof claimed !== 'string');
    expect(got).toHaveLength(3);
    for (const claimed of got) await claimed.release();
  });

  it('let their holder write of that host alone, in the run that another process leads', async () => {
    const { one } = await begin();
    const mine = await claim(one, task('web01'));
    expect(await mine.journal.append('r1', [probed('web01')])).toHaveLength(1);
    await expect(mine.journal.append('r1', [probed('web02')])).rejects.toMatchObject({ code: 'FB_RUN_STATE' });
    await expect(one.append('r1', [probed('web01')])).rejects.toMatchObject({ code: 'FB_RUN_STATE' });
    await mine.release();
    await expect(mine.journal.append('r1', [probed('web01')])).rejects.toMatchObject({ code: 'FB_RUN_STATE' });
    await expect(mine.verify()).rejects.toMatchObject({ code: 'FB_RUN_STATE' });
  });

  it('of whoever was silent for long go to others; the first writes and acts no more', async () => {
    const { one, two } = await begin();
    const first = await claim(one, task('web01'));
    await first.verify();
    await silence();
    const second = await claim(two, task('web01'));
    await expect(first.journal.append('r1', [probed('web01')])).rejects.toMatchObject({ code: 'FB_RUN_STATE' });
    if (!first.lost.aborted) {
      await new Promise<void>((resolve) => first.lost.addEventListener('abort', () => resolve(), { once: true }));
    }
    await expect(first.verify()).rejects.toMatchObject({ code: 'FB_RUN_STATE' });
    expect(await second.journal.append('r1', [probed('web01')])).toHaveLength(1);
    // What the first gives back is not the second's.
    await first.release();
    expect(await one.claims.claim(task('web01'))).toBe('busy');
    await second.release();
  });

  it('are revoked when the run gets another leader, who waits until their holders have stopped', async () => {
    const { lead, one, two } = await begin();
    const mine = await claim(one, task('web01'));
    await lead.disown('r1');
    const taken = two.adopt('r1');
    await new Promise<void>((resolve) => mine.lost.addEventListener('abort', () => resolve(), { once: true }));
    await expect(mine.verify()).rejects.toMatchObject({ code: 'FB_RUN_STATE' });
    await expect(mine.journal.append('r1', [probed('web01')])).rejects.toMatchObject({ code: 'FB_RUN_STATE' });
    let hasTaken = false;
    const settled = taken.then(() => {
      hasTaken = true;
    });
    await delay(1_000);
    expect(hasTaken).toBe(false);
    await mine.release();
    await settled;
    expect(await two.append('r1', [{ type: 'RunPaused', reason: '' }])).toHaveLength(1);
  });

  it('are not given in a run that has ended', async () => {
    const { lead, one } = await begin();
    await lead.append('r1', [{ type: 'RunFinished', how: 'completed', reason: '' }]);
    expect(await one.claims.claim(task('web01'))).toBe('over');
    expect(await one.claims.claim(task('web01', { run: 'unknown' }))).toBe('over');
  });

  it('are not given for what an earlier leader has sent', async () => {
    const { lead, one, two } = await begin();
    await lead.disown('r1');
    expect(await one.claims.claim(task('web01'))).toBe('over');
    await two.adopt('r1');
    expect(await one.claims.claim(task('web01'))).toBe('over');
    await (await claim(one, task('web01', { leader: two.self }))).release();
  });

  it('share the places of a step: never more are in it, and those of the dead are free again', async () => {
    const { one, two } = await begin();
    const claims = await Promise.all(
      ['a', 'b', 'c', 'd'].map((name, index) => claim(index % 2 === 0 ? one : two, task(name))),
    );
    let inside = 0;
    let most = 0;
    await Promise.all(
      claims.map(async (mine) => {
        const leave = await mine.enter('stage', 2, new AbortController().signal);
        inside += 1;
        most = Math.max(most, inside);
        await delay(50);
        inside -= 1;
        leave();
      }),
    );
    expect(most).toBe(2);
    const [a, b, c] = claims as [HostClaim, HostClaim, HostClaim, HostClaim];
    await a.enter('stage', 1, new AbortController().signal);
    const impatient = new AbortController();
    const waiting = b.enter('stage', 1, impatient.signal);
    impatient.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
    await a.release();
    const leave = await c.enter('stage', 1, new AbortController().signal);
    leave();
    for (const mine of claims) await mine.release();
  });

  it('leave orders and answers to everybody', async () => {
    const { two } = await begin();
    expect(await two.append('r1', [{ ...PAUSED, host: 'web01' }])).toHaveLength(1);
  });
});
