/** One line a fact on stderr, with the time: for logs, pipes and large fleets. The summary goes to stdout. */
import { formatEvent } from './format-event.ts';
import type { RunDisplay } from './observer.ts';
import { oneLine } from './printable.ts';
import { writeSummary } from './summary.ts';

export function createLinesDisplay(): RunDisplay {
  const lastProgress = new Map<string, string>();
  return {
    start: () => {},
    event: (event) => {
      const text = formatEvent(event);
      if (text !== undefined) process.stderr.write(`${event.at.slice(11, 19)} ${text}\n`);
    },
    progress: ({ host, step, text }) => {
      // A step that only begins: its outcome follows, or what it does.
      if (text === '') return;
      // Numbers in a progress text change all the time; a line is worth it only when the words do.
      if (text === '') return;
      const words = `${step} ${text.replace(/[\d.,]+/g, '#')}`;
      if (lastProgress.get(host) === words) return;
      lastProgress.set(host, words);
      process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${oneLine(`${host}: ${step}: ${text}`)}\n`);
    },
    stop: () => {},
    finish: writeSummary,
  };
}
