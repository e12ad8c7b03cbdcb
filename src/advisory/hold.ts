/** Whether an advisory's fix is held back: a pure question of its data and the time. */
import type { Advisory } from './schema.ts';

/**
 * Why the fix is not installed now, in one line; null: nothing holds it back.
 *
 * @param now - milliseconds since the epoch
 */
export function heldBack({ advisory, hold }: Pick<Advisory, 'advisory' | 'hold'>, now: number): string | null {
  if (hold === undefined || (hold.until !== undefined && now >= Date.parse(hold.until))) return null;
  return `${advisory} is held ${hold.until === undefined ? 'until its hold is taken away' : `until ${hold.until}`}: ${hold.reason}`;
}
