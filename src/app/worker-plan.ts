/** What a run that workers work on cannot have. */
import { FirebreakError, type Plan, type PlannedNode, type PlannedStep } from '../domain/index.ts';

/** @throws FB_USAGE */
export function refuseOnWorkers(plan: Plan): void {
  const step = stepsOf(plan.steps).find(({ on, runOnce }) => on !== undefined || runOnce === true);
  if (step === undefined) return;
  const what = step.runOnce === true ? 'run_once' : 'on';
  throw new FirebreakError('FB_USAGE', `step ${step.id} has ${what}: hosts then wait for each other in one process`, {
    remedy: 'run it without --workers',
  });
}

function stepsOf(nodes: readonly PlannedNode[]): readonly PlannedStep[] {
  return nodes.flatMap((node) =>
    node.kind === 'block' ? stepsOf([...node.block, ...node.rescue, ...node.always]) : [node],
  );
}
