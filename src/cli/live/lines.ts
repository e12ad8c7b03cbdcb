/** One line a fact on stderr, with the time: for logs, pipes and large fleets. The summary goes to stdout. */
import { formatEvent } from './format-event.ts';
import type { RunDisplay } from './observer.ts';
import { oneLine } from './printable.ts';
import { writeSummary } from './summary.ts';

export function createLinesDisplay(): RunDisplay {
  const lastProgress = new Map<string, string>();
  let held: string[] | null = null;
  const write = (line: string): void => {
    if (held === null) process.stderr.write(line);
    else held.push(line);
  };
  const resume = (): void => {
    const lines = held ?? [];
    held = null;
    for (const line of lines) write(line);
  };
  return {
    start: ({ run, hold, reason }) => {
      // Said in the journal already, so that no event tells of it again.
      if (hold !== null) write(`${new Date().toISOString().slice(11, 19)} ${oneLine(`run ${run}: ${reason}`)}\n`);
    },
    event: (event) => {
      const text = formatEvent(event);
      if (text !== undefined) write(`${event.at.slice(11, 19)} ${text}\n`);
    },
    progress: ({ host, step, text }) => {
      // Numbers in a progress text change all the time; a line is worth it only when the words do.
      if (text === '') return;
      const words = `${step} ${text.replace(/[\d.,]+/g, '#')}`;
      if (lastProgress.get(host) === words) return;
      lastProgress.set(host, words);
      write(`${new Date().toISOString().slice(11, 19)} ${oneLine(`${host}: ${step}: ${text}`)}\n`);
    },
    pause: () => {
      held ??= [];
    },
    resume,
    stop: resume,
    finish: writeSummary,
  };
}
