/** The live view on a terminal: a line a host, its current step beside it. */
import type { ListrTaskWrapper } from 'listr2';
import type { HostFinished, RunEvent, RunView } from '../../domain/index.ts';
import { FINE_OUTCOMES } from '../../domain/index.ts';
import { formatEvent } from './format-event.ts';
import type { RunDisplay } from './observer.ts';
import { writeSummary } from './summary.ts';

type Task = ListrTaskWrapper<unknown, never, never>;

interface HostLine {
  task: Task | undefined;
  end: () => void;
  readonly ended: Promise<void>;
}

export function createLiveDisplay(): RunDisplay {
  const lines = new Map<string, HostLine>();
  let done: Promise<unknown> = Promise.resolve();

  const show = (host: string, text: string): void => {
    const task = lines.get(host)?.task;
    if (task !== undefined) task.title = `${host}  ${text}`;
  };
  const finishHost = (event: HostFinished): void => {
    const mark = FINE_OUTCOMES.has(event.outcome) ? '' : '! ';
    show(event.host, `${mark}${event.outcome}${event.reason === '' ? '' : ` – ${event.reason}`}`);
    lines.get(event.host)?.end();
  };
  const onEvent = (event: RunEvent): void => {
    if (event.type === 'HostFinished') finishHost(event);
    else if ('host' in event) {
      const text = formatEvent(event);
      if (text !== undefined) show(event.host, text.slice(event.host.length + 2));
    }
  };

  return {
    start: (view) => {
      for (const host of view.hosts) lines.set(host.name, createLine());
      const tasks = view.hosts.map((host) => ({
        title: `${host.name}  ${host.outcome ?? 'waiting'}`,
        task: async (_context: unknown, task: Task): Promise<void> => {
          const line = lines.get(host.name)!;
          line.task = task;
          if (host.outcome !== null) line.end();
          await line.ended;
        },
      }));
      done = import('listr2').then(({ Listr }) =>
        new Listr(tasks, { concurrent: true, registerSignalListeners: false }).run(),
      );
    },
    event: onEvent,
    progress: ({ host, step, text }) => show(host, text === '' ? step : `${step}: ${text}`),
    finish: (view: RunView, nextSteps) => {
      for (const line of lines.values()) line.end();
      // The renderer redraws once more when its last task ends; the summary must come below that.
      return done.then(() => writeSummary(view, nextSteps));
    },
  };
}

function createLine(): HostLine {
  let end = (): void => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  return { task: undefined, end, ended };
}
