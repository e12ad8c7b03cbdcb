/** Folds plan and events into a RunView. */
import type { Plan, RunEvent, RunView } from '../domain/index.ts';
import { FirebreakError } from '../domain/index.ts';

export function foldRun(_plan: Plan, _events: readonly RunEvent[]): RunView {
  throw new FirebreakError('FB_BUG', 'not there yet');
}
