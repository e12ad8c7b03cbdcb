/**
 * The live view on a terminal: a line a host, its current step beside it, and above them how far the run is. It is gone
 * when the run has ended; the summary takes its place.
 */
import type { DefaultRenderer, ListrTaskWrapper, SimpleRenderer } from 'listr2';
import type { HostFinished, RunEvent, RunView } from '../../domain/index.ts';
import { FINE_OUTCOMES } from '../../domain/index.ts';
import { formatEvent, hostCount } from './format-event.ts';
import type { RunDisplay } from './observer.ts';
import { oneLine } from './printable.ts';
import { writeSummary } from './summary.ts';
import { pad } from './table.ts';

type Task = ListrTaskWrapper<unknown, typeof DefaultRenderer, typeof SimpleRenderer>;

/** A line of the view; its spinner turns until it is ended. */
class Line {
  title: string;
  #task: Task | undefined;
  #end: (isFine: boolean) => void = () => {};
  readonly #ended: Promise<boolean>;

  constructor(title: string) {
    this.title = title;
    this.#ended = new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  show(title: string): void {
    this.title = title;
    if (this.#task !== undefined) this.#task.title = title;
  }

  end(isFine = true): void {
    this.#end(isFine);
  }

  /** Listr marks a task that throws with a cross. */
  async run(task: Task): Promise<void> {
    this.#task = task;
    task.title = this.title;
    if (!(await this.#ended)) throw new Error(this.title);
  }
}

export function createLiveDisplay(): RunDisplay {
  const lines = new Map<string, Line>();
  const head = new Line('');
  let width = 0;
  let finished = 0;
  let wave = '';
  let done: Promise<unknown> = Promise.resolve();

  const show = (host: string, text: string): void => lines.get(host)?.show(`${pad(host, width)}  ${oneLine(text)}`);
  const showHead = (): void => {
    const where = wave === '' ? '' : `${/^wave /.test(wave) ? '' : 'wave '}${wave}, `;
    head.show(`${where}${finished} of ${hostCount(lines.size)} done`);
  };
  const finishHost = (event: HostFinished): void => {
    show(event.host, `${event.outcome}${event.reason === '' ? '' : ` – ${event.reason}`}`);
    lines.get(event.host)?.end(FINE_OUTCOMES.has(event.outcome));
    finished += 1;
    showHead();
  };
  const onEvent = (event: RunEvent): void => {
    if (event.type === 'HostFinished') finishHost(event);
    else if (event.type === 'WaveStarted') {
      wave = event.wave;
      showHead();
    } else if ('host' in event) {
      const text = formatEvent(event);
      if (text !== undefined) show(event.host, text.slice(event.host.length + 2));
    }
  };
  const stop = async (): Promise<void> => {
    for (const line of [head, ...lines.values()]) line.end();
    // The renderer redraws once more when its last task ends; whatever comes next must come below that.
    await done;
  };

  return {
    start: (view) => {
      width = Math.max(0, ...view.hosts.map((host) => host.name.length));
      for (const host of view.hosts) {
        lines.set(host.name, new Line(''));
        show(host.name, host.outcome ?? 'waiting');
        if (host.outcome === null) continue;
        finished += 1;
        lines.get(host.name)?.end(FINE_OUTCOMES.has(host.outcome));
      }
      showHead();
      const tasks = [head, ...lines.values()].map((line) => ({
        title: line.title,
        task: (_context: unknown, task: Task): Promise<void> => line.run(task),
      }));
      const rendererOptions = { clearOutput: true, formatOutput: 'truncate', showErrorMessage: false } as const;
      done = import('listr2').then(({ Listr }) =>
        new Listr(tasks, {
          concurrent: true,
          exitOnError: false,
          registerSignalListeners: false,
          rendererOptions,
        }).run(),
      );
    },
    event: onEvent,
    progress: ({ host, step, text }) => show(host, text === '' ? step : `${step}: ${text}`),
    stop,
    finish: async (view: RunView, nextSteps) => {
      await stop();
      writeSummary(view, nextSteps);
    },
  };
}
