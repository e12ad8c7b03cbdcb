/** The run as one JSON object on stdout, at its end. */
import type { RunDisplay } from './observer.ts';

export function createJsonDisplay(): RunDisplay {
  return {
    start: () => {},
    event: () => {},
    progress: () => {},
    pause: () => {},
    resume: () => {},
    stop: () => {},
    finish: (view) => {
      process.stdout.write(`${JSON.stringify(view)}\n`);
    },
  };
}
