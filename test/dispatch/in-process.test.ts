import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createInProcessDispatcher } from '../../src/dispatch/index.ts';

/** Lets everything that is ready go on. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('the dispatcher', () => {
  it('never exceeds the window, never runs two of a set, runs each job once, never idles', async () => {
    const anyJobs = fc.array(fc.record({ set: fc.constantFrom(null, 'a', 'b'), turns: fc.nat(3) }), { maxLength: 15 });
    await fc.assert(
      fc.asyncProperty(anyJobs, fc.integer({ min: 1, max: 4 }), async (wanted, concurrency) => {
        const running = new Set<number>();
        const done: number[] = [];
        const jobs = wanted.map(({ set, turns }, index) => ({
          id: `${index}`,
          set,
          async run() {
            running.add(index);
            expect(running.size).toBeLessThanOrEqual(concurrency);
            const sameSet = [...running].filter((other) => wanted[other]?.set === set);
            if (set !== null) expect(sameSet).toEqual([index]);
            for (let count = 0; count < turns; count++) await turn();
            running.delete(index);
            done.push(index);
          },
        }));
        await createInProcessDispatcher().dispatch(jobs, { concurrency, shouldStart: () => true });
        expect(done.toSorted((a, b) => a - b)).toEqual(wanted.map((_, index) => index));
      }),
      { numRuns: 60 },
    );
  });

  it('starts the next as soon as one ends: a slow host holds up nobody', async () => {
    const order: string[] = [];
    let release = () => {};
    const slow = new Promise<void>((resolve) => {
      release = resolve;
    });
    const job = (id: string, work: () => Promise<void>) => ({
      id,
      set: null,
      run: async () => {
        await work();
        order.push(id);
        if (id === '5') release();
      },
    });
    const jobs = [job('slow', () => slow), ...['1', '2', '3', '4', '5'].map((id) => job(id, async () => {}))];
    await createInProcessDispatcher().dispatch(jobs, { concurrency: 2, shouldStart: () => true });
    expect(order).toEqual(['1', '2', '3', '4', '5', 'slow']);
  });

  it('asks before each start', async () => {
    const ran: string[] = [];
    const jobs = ['a', 'b', 'c', 'd'].map((id) => ({
      id,
      set: id > 'b' ? 's' : null,
      run: async () => void ran.push(id),
    }));
    await createInProcessDispatcher().dispatch(jobs, { concurrency: 1, shouldStart: (job) => job.id !== 'c' });
    expect(ran).toEqual(['a', 'b', 'd']);
  });

  it('rejects with the first failure after the running jobs have ended, starting no other', async () => {
    const ran: string[] = [];
    const jobs = ['bad', 'slow', 'never'].map((id) => ({
      id,
      set: null,
      async run() {
        if (id === 'bad') throw new Error('lost journal');
        await turn();
        ran.push(id);
      },
    }));
    const all = createInProcessDispatcher().dispatch(jobs, { concurrency: 2, shouldStart: () => true });
    await expect(all).rejects.toThrow('lost journal');
    expect(ran).toEqual(['slow']);
  });
});
