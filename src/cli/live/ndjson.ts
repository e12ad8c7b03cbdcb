/** One journal event a line on stdout; nothing else on stdout. */
import type { RunDisplay } from './observer.ts';

export function createNdjsonDisplay(): RunDisplay {
  return {
    start: () => {},
    event: (event) => {
      process.stdout.write(`${JSON.stringify(event)}\n`);
    },
    progress: () => {},
    pause: () => {},
    resume: () => {},
    stop: () => {},
    finish: () => {},
  };
}
