/** Calls into the system's library that may wait for a KDC: bounded in number, and given up by whoever waits. */
import PQueue from 'p-queue';

/** Calls that wait for a KDC: more at once would only pile up threads while one is down. */
const CONCURRENT_CALLS = 8;
const calls = new PQueue({ concurrency: CONCURRENT_CALLS });

/**
 * Runs `work` when it is its turn. Rejects with the signal's reason when it aborts first; what has begun goes on, and
 * interests nobody.
 */
export async function queued<Result>(work: () => Promise<Result>, signal: AbortSignal): Promise<Result> {
  signal.throwIfAborted();
  return untilAborted(
    calls.add(async () => {
      signal.throwIfAborted();
      return work();
    }),
    signal,
  );
}

async function untilAborted<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  let onAbort: (() => void) | undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    onAbort = () => reject(signal.reason as Error);
    signal.addEventListener('abort', onAbort, { once: true });
  });
  // what comes after giving up interests nobody
  work.catch(() => undefined);
  try {
    return await Promise.race([work, aborted]);
  } finally {
    if (onAbort !== undefined) signal.removeEventListener('abort', onAbort);
  }
}
