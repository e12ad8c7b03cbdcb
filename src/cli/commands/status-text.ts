/** What `status` says of a run as a whole: change, plan, gates, what it waits for, and what to type next. */
import type { GateView, RunInfo, RunView } from '../../domain/index.ts';
import { oneLine } from '../live/index.ts';

/** Below the run's first line; empty for one without any of it. */
export function renderFacts(view: RunView): readonly string[] {
  const facts = [
    ...(view.change === null ? [] : [`change ${view.change}`]),
    ...(view.gates.length === 0 ? [] : [`plan ${view.planHash.slice(0, 12)}`]),
    ...(view.gates.length === 0 && view.change === null ? [] : [`started by ${view.by}`]),
  ];
  return facts.length === 0 ? [] : [oneLine(facts.join(', '))];
}

/** Gates that were asked for, one line each. */
export function renderGates(gates: readonly GateView[]): readonly string[] {
  return gates.map(({ gate, state, approve, by, note, answeredAt, soaksUntil, deadline }) => {
    const said =
      by === null || answeredAt === null
        ? [
            ...(approve === null || state !== 'asked'
              ? []
              : [`for ${approve} to approve${deadline === null ? '' : ` until ${minute(deadline)}`}`]),
            ...(soaksUntil === null || state !== 'asked' ? [] : [`soaks until ${minute(soaksUntil)}`]),
          ]
        : [`by ${by} at ${minute(answeredAt)}${note === '' ? '' : `: ${note}`}`];
    return `  ${oneLine([`before wave ${gate}`, state, ...said].join(', '))}`;
  });
}

/** @param now milliseconds since the epoch */
export function renderWait(view: RunView, info: RunInfo, now: number): readonly string[] {
  const { hold, run } = view;
  if (hold === null) return [];
  const isLive = info.state === 'running';
  const isOver = hold.until !== null && Date.parse(hold.until) <= now;
  const open = view.gates.find(
    ({ gate, state, approve }) => gate === hold.wave && state === 'asked' && approve !== null,
  );
  const next = [
    ...(hold.kind === 'gate' && open !== undefined && !isOver
      ? [`  firebreak approve ${run}    another user than ${view.by}; with --reject the run stops`]
      : []),
    ...(isLive ? [] : [`  firebreak resume ${run}     ${isOver ? 'the wait is over' : 'waits, and goes on then'}`]),
  ];
  const process = isLive ? ['', `process ${info.owner?.pid ?? ''} goes on by itself then`] : [];
  return ['', `Waits: ${oneLine(view.reason)}`, ...process, ...(next.length === 0 ? [] : ['', 'Next:', ...next])];
}

function minute(iso: string): string {
  return `${iso.slice(0, 16).replace('T', ' ')}Z`;
}
