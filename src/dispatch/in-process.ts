/**
 * Runs hosts in this process: a host-pinned sliding window on p-queue. The hosts of one set share a lane, which runs
 * them one after the other, so that a lane never holds a place in the window without working.
 * Must not know what a job does.
 */
import PQueue from 'p-queue';
import type { Dispatcher, DispatchJob } from '../domain/index.ts';

export function createInProcessDispatcher(): Dispatcher {
  return {
    async dispatch(jobs, options) {
      const queue = new PQueue({ concurrency: Math.max(1, options.concurrency) });
      const failures: unknown[] = [];
      const runLane = async (lane: readonly DispatchJob[]): Promise<void> => {
        for (const job of lane) {
          if (failures.length > 0) return;
          if (!options.shouldStart(job)) continue;
          try {
            await job.run();
          } catch (thrown) {
            failures.push(thrown);
          }
        }
      };
      await Promise.all(lanes(jobs).map((lane) => queue.add(() => runLane(lane))));
      if (failures.length > 0) throw failures[0];
    },
  };
}

/** Jobs without a set are a lane of their own; order is that of each lane's first job. */
function lanes(jobs: readonly DispatchJob[]): readonly (readonly DispatchJob[])[] {
  const ordered: DispatchJob[][] = [];
  const bySet = new Map<string, DispatchJob[]>();
  for (const job of jobs) {
    const known = job.set === null ? undefined : bySet.get(job.set);
    if (known !== undefined) {
      known.push(job);
      continue;
    }
    const lane = [job];
    ordered.push(lane);
    if (job.set !== null) bySet.set(job.set, lane);
  }
  return ordered;
}
