/** Orders to a run from another process: they travel through the journal, which the process at work looks into now and then. */
import { FirebreakError, type Journal } from '../domain/index.ts';
import type { Order } from '../engine/index.ts';
import { viewOf, whoAmI } from './run.ts';
import { systemClock } from './system-ports.ts';
import type { Services } from './wiring.ts';

const LOOK_MS = 1_000;

/** Until the returned function is called. A journal that cannot be read is found out by whoever writes to it. */
export function watchOrders(
  journal: Journal,
  run: string,
  afterSeq: number,
  onOrder: (order: Order) => void,
): () => void {
  let seen = afterSeq;
  let isLooking = false;
  const look = async (): Promise<void> => {
    for (const event of await journal.events(run, seen)) {
      seen = event.seq;
      if (event.type === 'RunPauseAsked' || event.type === 'HostSkipAsked') onOrder(event);
    }
  };
  const timer = setInterval(() => {
    if (isLooking) return;
    isLooking = true;
    look().then(
      () => {
        isLooking = false;
      },
      () => {
        isLooking = false;
      },
    );
  }, LOOK_MS);
  timer.unref();
  return () => clearInterval(timer);
}

/**
 * Asks the process that is at work on the run to stop where it can be resumed, and waits until it has.
 * @throws FB_RUN_UNKNOWN, FB_RUN_STATE (nobody is at work on it), FB_CANCELLED
 */
export async function pauseRun(services: Services, reference: string, signal: AbortSignal): Promise<string> {
  const journal = await services.journal();
  const run = await journal.resolveRun(reference);
  const state = await stateOf(journal, run);
  if (state !== 'running') {
    throw new FirebreakError('FB_RUN_STATE', `nobody is at work on run ${run}: it is ${state}`, {
      remedy: `firebreak status ${run}`,
    });
  }
  await journal.append(run, [{ type: 'RunPauseAsked', by: whoAmI() }]);
  while ((await stateOf(journal, run)) === 'running') await systemClock.sleep(LOOK_MS / 4, signal);
  return run;
}

async function stateOf(journal: Journal, run: string): Promise<string> {
  return (await journal.runs()).find((info) => info.run === run)?.state ?? 'unknown';
}

/**
 * Leaves hosts out of the rest of a run: at the next safe point when a process is at work, else with the next resume. What
 * is owed to them stays owed.
 * @throws FB_RUN_UNKNOWN, FB_NO_HOSTS, FB_RUN_STATE (the run or the host has ended)
 */
export async function skipHosts(
  services: Services,
  reference: string,
  hosts: readonly string[],
): Promise<{ readonly run: string; readonly isBusy: boolean }> {
  const journal = await services.journal();
  const run = await journal.resolveRun(reference);
  const view = await viewOf(services, run);
  if (hosts.length === 0) throw new FirebreakError('FB_USAGE', 'which host?', { remedy: 'name it: --host NAME' });
  for (const name of hosts) {
    const host = view.hosts.find((one) => one.name === name);
    if (host === undefined) {
      throw new FirebreakError('FB_NO_HOSTS', `run ${run} has no host "${name}"`, {
        remedy: `firebreak status ${run}`,
      });
    }
    const isParked = host.questions.some(({ state }) => state !== 'closed');
    const hasEnded = view.finishedAt !== null || (host.state === 'finished' && !isParked);
    if (hasEnded) {
      throw new FirebreakError('FB_RUN_STATE', `${name} has ended already: ${host.outcome ?? view.state}`, {
        remedy: `firebreak status ${run} --host ${name}`,
      });
    }
  }
  await journal.append(
    run,
    hosts.map((host) => ({ type: 'HostSkipAsked', host, by: whoAmI() })),
  );
  return { run, isBusy: (await stateOf(journal, run)) === 'running' };
}
