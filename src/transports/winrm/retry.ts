/** Trying again what may be tried again, less and less often. Must not know what it is. */
import { FirebreakError } from '../../domain/index.ts';

export interface RetryOptions {
  /** Milliseconds from the first failure on. */
  readonly forMs: number;
  readonly firstMs: number;
  readonly longestMs: number;
  readonly signal: AbortSignal;
  /** Asked for each failure. */
  readonly isWorth: (error: FirebreakError) => boolean;
}

/** @throws what `act` threw last; an abort while waiting does not hide it */
export async function retry<T>(act: () => Promise<T>, options: RetryOptions): Promise<T> {
  const { forMs, firstMs, longestMs, signal, isWorth } = options;
  let until: number | undefined;
  for (let delayMs = firstMs; ; delayMs = Math.min(longestMs, delayMs * 1.5)) {
    try {
      return await act();
    } catch (thrown) {
      if (!(thrown instanceof FirebreakError) || !isWorth(thrown)) throw thrown;
      until ??= performance.now() + forMs;
      if (signal.aborted || performance.now() + delayMs > until) throw thrown;
      await sleep(delayMs, signal);
      if (signal.aborted) throw thrown;
    }
  }
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
  });
}
