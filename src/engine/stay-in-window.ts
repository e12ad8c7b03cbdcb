/**
 * A host that its window has closed on before anything was changed there stops before the first change; one that was begun
 * is seen through, for a host left half-done is worse than one that takes a little longer. Must not know how waves wait.
 */
import type { PlannedHost, PlannedNode } from '../domain/index.ts';
import type { RunScope } from './host-job.ts';
import type { HostRecord } from './host-record.ts';
import { OutsideWindow } from './pause.ts';
import { flattenSteps } from './plan-steps.ts';
import { describeWindow, openingAt } from './windows.ts';

/** @throws OutsideWindow */
export function stayInWindow(
  { plan, check, ignoresWindow, deps }: RunScope,
  host: PlannedHost,
  record: HostRecord,
  node: PlannedNode,
): void {
  const windows = plan.waves[host.wave]?.windows;
  if (windows === undefined || check || ignoresWindow || record.isTouched()) return;
  const steps = flattenSteps([node]);
  const isDone = steps.every(({ id }) => (record.steps.get(id)?.finished ?? null) !== null);
  const changes = steps.some(({ uses }) => deps.actions.get(uses)?.kind === 'change');
  if (isDone || !changes || openingAt(windows, deps.clock.now()) !== null) return;
  const said = windows.map(describeWindow).join('; ');
  throw new OutsideWindow(steps[0]?.id ?? node.id, `nothing was changed yet when the window closed (${said})`);
}
