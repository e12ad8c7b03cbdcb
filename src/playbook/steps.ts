/** Walking planned steps, and what `steps` holds before anything has run. */
import type { Plan, PlannedNode, PlannedStep, StepValue } from '../domain/index.ts';

/** Every step in order of the text: block, rescue, always. */
export function* allSteps(nodes: readonly PlannedNode[]): Generator<PlannedStep> {
  for (const node of nodes) {
    if (node.kind === 'step') yield node;
    else {
      yield* allSteps(node.block);
      yield* allSteps(node.rescue);
      yield* allSteps(node.always);
    }
  }
}

/** Every id with all fields of its result null and the outcome "none". */
export function emptySteps(plan: Pick<Plan, 'steps' | 'results'>): { [id: string]: StepValue } {
  const steps: { [id: string]: StepValue } = {};
  for (const { id } of allSteps(plan.steps)) {
    const fields = (plan.results[id] ?? []).map((field) => [field, null] as const);
    steps[id] = { ...Object.fromEntries(fields), outcome: 'none' };
  }
  return steps;
}
