/**
 * Spends a wait for a gate or a window: until the time has come, somebody has answered or the run is to pause. Nothing is
 * held meanwhile but the run itself. Must not know what the wait is for beyond that.
 */
import type { EngineDeps } from './deps.ts';
import { Orders } from './orders.ts';
import type { Held } from './waves.ts';

/** How soon an answer in the journal is noticed. */
const LOOK_MS = 2_000;
/** A computer that slept, or whose clock was set, notices within this. */
const CLOCK_MS = 30_000;

/**
 * @param heard orders come after this event
 * @returns `go`, or why the run pauses
 */
export async function awaitHold(
  deps: EngineDeps,
  { run, signal }: { readonly run: string; readonly signal: AbortSignal },
  { hold, answersAfter }: Held,
  heard: number,
): Promise<string> {
  const { journal, clock, observer } = deps;
  const orders = new Orders();
  const deafen = deps.watchOrders?.(run, heard, (order) => orders.take(order));
  const pause = AbortSignal.any([signal, orders.pause]);
  const until = hold.until === null ? Number.POSITIVE_INFINITY : Date.parse(hold.until);
  try {
    for (;;) {
      if (pause.aborted) return orders.pausedBy === null ? 'interrupted' : `paused by ${orders.pausedBy}`;
      const leftMs = until - clock.now();
      if (leftMs <= 0) return 'go';
      if (answersAfter !== null) {
        const events = await journal.events(run, answersAfter);
        const answers = events.filter((event) => event.type === 'GateAnswered');
        for (const answer of answers) observer?.event(answer);
        if (answers.length > 0) return 'go';
      }
      // Cut short by a pause.
      await clock.sleep(Math.min(leftMs, answersAfter === null ? CLOCK_MS : LOOK_MS), pause).catch(() => {});
    }
  } finally {
    deafen?.();
  }
}
