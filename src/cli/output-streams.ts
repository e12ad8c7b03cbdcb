/**
 * What becomes of a command whose output nobody takes any more: it goes on, because its work is on hosts and in the journal.
 * A reader that has seen enough (`firebreak runs | head -1`) and a terminal that is gone are no errors; a result that could
 * not be written is one. Must not know what is written.
 */
import { EXIT_CODES, FirebreakError } from '../domain/index.ts';
import { printError } from './errors.ts';

/** Without a listener the first failed write would end the process in the middle of its work. */
export function watchOutputStreams({ stdout, stderr }: Pick<NodeJS.Process, 'stdout' | 'stderr'> = process): void {
  // Nobody is left to be told.
  stderr.on('error', () => {});
  let isLost = false;
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (isLost || error.code === 'EPIPE' || stdout.isTTY) return;
    isLost = true;
    // Over the command's own exit code: whoever reads the result must not take it for whole.
    process.once('exit', () => {
      process.exitCode = EXIT_CODES.environment;
    });
    printError(
      new FirebreakError('FB_ENVIRONMENT', `standard output cannot be written (${error.code})`, {
        remedy: 'look for space on its disk; what was done to hosts is recorded all the same: firebreak status',
        cause: error,
      }),
    );
  });
}
