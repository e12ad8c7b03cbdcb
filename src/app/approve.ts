/** Gates of runs that wait for an approval, and what somebody says to them. */
import { FirebreakError, type Journal } from '../domain/index.ts';
import { type AnsweredGate, answerGate } from '../engine/index.ts';
import { viewOf, whoAmI } from './run.ts';
import { systemClock } from './system-ports.ts';
import type { Services } from './wiring.ts';

export interface Approval extends AnsweredGate {
  readonly run: string;
}

/**
 * Approves or rejects the gate that a run waits for.
 * @throws FB_RUN_UNKNOWN, FB_RUN_STATE, FB_APPROVAL_REFUSED (by whoever started the run; of another plan)
 */
export async function approve(
  services: Services,
  given: {
    /** A run as everywhere, or the name of a gate that exactly one run waits for. */
    readonly reference: string;
    readonly gate: string | undefined;
    readonly decision: 'approved' | 'rejected';
    readonly note: string | undefined;
    readonly plan: string | undefined;
  },
): Promise<Approval> {
  const journal = await services.journal();
  const { run, gate } = await resolve(services, journal, given);
  const { decision, note = '', plan } = given;
  const answered = await answerGate(journal, {
    run,
    gate,
    decision,
    note: note.trim(),
    plan,
    by: whoAmI(),
    now: systemClock.now(),
  });
  return { run, ...answered };
}

async function resolve(
  services: Services,
  journal: Journal,
  { reference, gate }: { readonly reference: string; readonly gate: string | undefined },
): Promise<{ readonly run: string; readonly gate: string | undefined }> {
  try {
    return { run: await journal.resolveRun(reference), gate };
  } catch (thrown) {
    if (!(thrown instanceof FirebreakError) || thrown.code !== 'FB_RUN_UNKNOWN' || gate !== undefined) throw thrown;
    const runs = await runsAt(services, journal, reference);
    const [run] = runs;
    if (run === undefined) throw thrown;
    if (runs.length === 1) return { run, gate: reference };
    throw new FirebreakError('FB_RUN_STATE', `${runs.length} runs wait at a gate "${reference}"`, {
      remedy: `say which: ${runs.map((one) => `firebreak approve ${one}`).join(' or ')}`,
    });
  }
}

/** Runs that wait for an approval of the gate of that name, newest first. */
async function runsAt(services: Services, journal: Journal, gate: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const { run, state } of await journal.runs()) {
    if (state !== 'waiting' && state !== 'running') continue;
    const view = await viewOf(services, run);
    const isWaiting = view.gates.some((one) => one.state === 'asked' && (one.gate === gate || one.after === gate));
    if (isWaiting && view.hold?.kind === 'gate') found.push(run);
  }
  return found;
}
