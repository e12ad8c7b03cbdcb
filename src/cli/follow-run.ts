/** Shows a run while it goes on, then says what to type next; shared by every command that runs hosts. */
import type { FinishedRun, Operator, RunWatcher } from '../app/index.ts';
import { FINE_OUTCOMES, type RunView } from '../domain/index.ts';
import { interruptible } from './interrupt.ts';
import { createDisplay, type OutputMode, type RunDisplay, renderTable } from './live/index.ts';
import { type AskOptions, terminalOperator } from './operator.ts';
import { terminalPrompts } from './prompts.ts';

export interface FollowedRun {
  readonly watcher: RunWatcher;
  readonly signal: AbortSignal;
  readonly operator: Operator;
}

/**
 * @param work starts the run; its watcher must be told everything
 * @param next the lines at the end: what to type next, and where the files are
 */
export async function followRun(
  { output: mode, ...asking }: AskOptions & { readonly output: OutputMode },
  work: (context: FollowedRun) => Promise<FinishedRun>,
  next: (finished: FinishedRun) => readonly string[] = nextSteps,
): Promise<FinishedRun> {
  let display: RunDisplay | undefined;
  const watcher: RunWatcher = {
    start: (view) => {
      display = createDisplay(mode, view.hosts.length);
      display.start(view);
    },
    event: (event) => display?.event(event),
    progress: (progress) => display?.progress(progress),
  };
  let finished: FinishedRun;
  try {
    finished = await interruptible((signal, interrupt) => {
      const stage = {
        pause: async () => display?.pause(),
        resume: () => display?.resume(),
        interrupt,
      };
      return work({ watcher, signal, operator: terminalOperator(stage, terminalPrompts(), asking) });
    });
  } catch (thrown) {
    await display?.stop();
    throw thrown;
  }
  await display?.finish(finished.view, next(finished));
  process.exitCode = finished.exitCode;
  return finished;
}

function nextSteps({ run, how, view, reportFile, logFile }: FinishedRun): readonly string[] {
  const steps: (readonly [command: string, purpose: string])[] = [];
  if (how === 'paused') steps.push([`firebreak resume ${run}`, 'go on where it stopped']);
  const isAsked = view.hosts.some(({ questions }) => questions.some(({ state }) => state === 'open'));
  if (how === 'waiting' && isAsked) {
    steps.push([`firebreak answer ${run}`, 'the open questions, and how to answer them']);
  }
  if (isForApproval(view)) steps.push([`firebreak approve ${run}`, 'by another user than who started it']);
  if (how === 'waiting') {
    steps.push([
      `firebreak resume ${run}`,
      view.hold !== null
        ? 'wait, and go on then'
        : isAsked
          ? 'go on once they are answered'
          : 'look again for the hosts that are away',
    ]);
  }
  if (how !== 'paused' && !view.check && hasFailures(view)) {
    steps.push([`firebreak rerun ${run} --failed`, 'the hosts that did not end fine, again']);
  }
  if (view.hosts.some((host) => host.standingShields > 0)) {
    steps.push(['firebreak shields list', 'shields that still stand']);
  }
  steps.push([`firebreak status ${run}`, 'each host, step by step']);
  return [...renderTable(steps, null).split('\n'), `report: ${reportFile}`, `log:    ${logFile}`];
}

function isForApproval({ hold, gates }: RunView): boolean {
  return (
    hold?.kind === 'gate' &&
    gates.some(({ gate, approve, state }) => gate === hold.wave && approve !== null && state === 'asked')
  );
}

function hasFailures(view: RunView): boolean {
  return view.hosts.some(
    ({ outcome, questions }) =>
      outcome !== null && !FINE_OUTCOMES.has(outcome) && !questions.some(({ state }) => state === 'open'),
  );
}
