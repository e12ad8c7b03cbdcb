/** Trying again what may be tried again, less and less often. Must not know what it is. */
import { FirebreakError } from '../../domain/index.ts';

export interface RetryOptions {
  readonly firstMs: number;
  readonly longestMs: number;
  readonly signal: AbortSignal;
  /** Asked at each failure, with the milliseconds between the first one and the next try. */
  readonly isWorth: (error: FirebreakError, failingMs: number) => boolean;
}

/** @throws what `act` threw last; an abort while waiting does not hide it */
export async function retry<T>(act: () => Promise<T>, options: RetryOptions): Promise<T> {
  const { firstMs, longestMs, signal, isWorth } = options;
  let since: number | undefined;
  for (let delayMs = firstMs; ; delayMs = Math.min(longestMs, delayMs * 1.5)) {
    try {
      return await act();
    } catch (thrown) {
      since ??= performance.now();
      const failingMs = performance.now() - since + delayMs;
      if (!(thrown instanceof FirebreakError) || !isWorth(thrown, failingMs) || signal.aborted) throw thrown;
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
