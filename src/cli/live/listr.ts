/**
 * The live view on a terminal: a line a host, its current step beside it, and above them how far the run is. It is gone
 * when the run has ended; the summary takes its place.
 */
import type { DefaultRenderer, ListrTaskWrapper, SimpleRenderer } from 'listr2';
import type { HostOutcome, HostView, RunEvent, RunView } from '../../domain/index.ts';
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

/** What a line says, and whether it has ended (fine or not); it outlives the view, which may be taken away for a while. */
interface Row {
  title: string;
  end: boolean | null;
}

export function createLiveDisplay(): RunDisplay {
  const head: Row = { title: '', end: null };
  const rows = new Map<string, Row>();
  let mounted = new Map<Row, Line>();
  let width = 0;
  let finished = 0;
  let wave = '';
  let done: Promise<unknown> = Promise.resolve();

  const set = (row: Row, title: string): void => {
    row.title = title;
    mounted.get(row)?.show(title);
  };
  const show = (host: string, text: string): void => {
    const row = rows.get(host);
    if (row !== undefined) set(row, `${pad(host, width)}  ${oneLine(text)}`);
  };
  const end = (row: Row | undefined, isFine: boolean): void => {
    if (row === undefined) return;
    row.end = isFine;
    mounted.get(row)?.end(isFine);
  };
  const showHead = (): void => {
    const where = wave === '' ? '' : `${/^wave /.test(wave) ? '' : 'wave '}${wave}, `;
    set(head, `${where}${finished} of ${hostCount(rows.size)} done`);
  };
  const finishHost = (host: string, outcome: HostOutcome, reason: string): void => {
    show(host, `${outcome}${reason === '' ? '' : ` – ${reason}`}`);
    end(rows.get(host), FINE_OUTCOMES.has(outcome));
    finished += 1;
    showHead();
  };
  const onEvent = (event: RunEvent): void => {
    if (event.type === 'HostFinished') finishHost(event.host, event.outcome, event.reason);
    else if (event.type === 'HostParked') finishHost(event.host, 'needs-operator', event.reason);
    else if (event.type === 'WaveStarted') {
      wave = event.wave;
      showHead();
    } else if (event.type === 'RunWaiting') set(head, oneLine(event.reason));
    else if (event.type === 'RunResumed') showHead();
    else if ('host' in event) {
      const text = formatEvent(event);
      if (text !== undefined) show(event.host, text.slice(event.host.length + 2));
    }
  };
  const mount = (): void => {
    mounted = new Map([head, ...rows.values()].map((row) => [row, new Line(row.title)]));
    const tasks = [...mounted.values()].map((line) => ({
      title: line.title,
      task: (_context: unknown, task: Task): Promise<void> => line.run(task),
    }));
    for (const [row, line] of mounted) if (row.end !== null) line.end(row.end);
    const rendererOptions = { clearOutput: true, formatOutput: 'truncate', showErrorMessage: false } as const;
    done = import('listr2').then(({ Listr }) =>
      new Listr(tasks, {
        concurrent: true,
        exitOnError: false,
        registerSignalListeners: false,
        rendererOptions,
      }).run(),
    );
  };
  const unmount = async (): Promise<void> => {
    for (const line of mounted.values()) line.end();
    mounted = new Map();
    // The renderer redraws once more when its last task ends; whatever comes next must come below that.
    await done;
  };

  return {
    start: (view) => {
      width = Math.max(0, ...view.hosts.map((host) => host.name.length));
      for (const host of view.hosts) {
        const row: Row = { title: '', end: null };
        rows.set(host.name, row);
        show(host.name, host.outcome ?? 'waiting');
        // A parked host may go on.
        if (host.outcome === null || isParked(host)) continue;
        finished += 1;
        row.end = FINE_OUTCOMES.has(host.outcome);
      }
      showHead();
      if (view.hold !== null) set(head, oneLine(view.reason));
      mount();
    },
    event: onEvent,
    progress: ({ host, step, text }) => show(host, text === '' ? step : `${step}: ${text}`),
    pause: unmount,
    resume: mount,
    stop: unmount,
    finish: async (view: RunView, nextSteps) => {
      await unmount();
      writeSummary(view, nextSteps);
    },
  };
}

function isParked(host: HostView): boolean {
  return host.questions.some(({ state }) => state !== 'closed');
}
