/** Ctrl-C once: stop at the next safe point and stay resumable; twice: stop at once. */
import { EXIT_CODES } from '../domain/index.ts';

/** Ctrl-Break on Windows, where nobody can send SIGTERM; elsewhere there is no such signal. */
const BREAK: readonly NodeJS.Signals[] = process.platform === 'win32' ? ['SIGBREAK'] : [];

const OF_A_RUN = 'stopping at the next safe point; again to stop at once (the run can be resumed either way)';
/** For commands that leave nothing to resume. */
export const STOPPING = 'stopping; again to stop at once';

/**
 * Runs `work` with a signal that aborts on SIGINT, SIGTERM, SIGHUP or Ctrl-Break; `said` tells what happens then. A prompt
 * gets Ctrl-C as a key instead, and passes it on by `interrupt`.
 */
export async function interruptible<T>(
  work: (signal: AbortSignal, interrupt: () => void) => Promise<T>,
  said = OF_A_RUN,
): Promise<T> {
  const controller = new AbortController();
  const onSignal = (name: NodeJS.Signals): void => {
    if (controller.signal.aborted) process.exit(EXIT_CODES.interrupted);
    process.stderr.write(`\n${name}: ${said}\n`);
    controller.abort();
  };
  const signals: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP', ...BREAK];
  for (const name of signals) process.on(name, onSignal);
  try {
    return await work(controller.signal, () => onSignal('SIGINT'));
  } finally {
    for (const name of signals) process.off(name, onSignal);
  }
}
