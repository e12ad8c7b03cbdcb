/** Ctrl-C once: stop at the next safe point and stay resumable; twice: stop at once. */
import { EXIT_CODES } from '../domain/index.ts';

/** Runs `work` with a signal that aborts on SIGINT, SIGTERM or SIGHUP. */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const onSignal = (name: NodeJS.Signals): void => {
    if (controller.signal.aborted) process.exit(EXIT_CODES.interrupted);
    process.stderr.write(
      `\n${name}: stopping at the next safe point; again to stop at once (the run can be resumed either way)\n`,
    );
    controller.abort();
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const name of signals) process.on(name, onSignal);
  try {
    return await work(controller.signal);
  } finally {
    for (const name of signals) process.off(name, onSignal);
  }
}
