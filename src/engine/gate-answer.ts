/**
 * Approving or rejecting a gate from outside the run. The answer is only recorded: the process that waits, or `resume`,
 * goes on with it. Must not know who answers beyond their name.
 */
import { FirebreakError, type GateAnswered, type GateAsked, type Journal } from '../domain/index.ts';
import { foldGates, gateNamed, isSamePerson, waveName } from './gates.ts';
import { planHash } from './plan/index.ts';

export interface GateAnswerOptions {
  readonly run: string;
  /** The wave that it opens or stands behind; absent: the gate that waits. */
  readonly gate?: string | undefined;
  readonly decision: 'approved' | 'rejected';
  readonly note: string;
  /** Beginning of the hash of the plan that they have looked at; absent: whatever the run's plan is. */
  readonly plan?: string | undefined;
  /** Who answers: user@machine. */
  readonly by: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

export interface AnsweredGate {
  readonly asked: GateAsked;
  readonly answer: GateAnswered;
  /** A live process waits for it and goes on by itself. */
  readonly isBusy: boolean;
}

/**
 * @throws FB_RUN_UNKNOWN; FB_RUN_STATE (no such gate waits, answered already, too late, the run has ended);
 * FB_APPROVAL_REFUSED (by whoever started the run; of another plan)
 */
export async function answerGate(journal: Journal, options: GateAnswerOptions): Promise<AnsweredGate> {
  const { run, decision, by, note, now } = options;
  const events = await journal.events(run);
  const plan = await journal.plan(run);
  const wave = options.gate === undefined ? undefined : gateNamed(plan, options.gate);
  if (options.gate !== undefined && wave === undefined) {
    const names = plan.waves.flatMap(({ name, gate }) => (gate === undefined ? [] : [name]));
    throw new FirebreakError('FB_RUN_STATE', `run ${run} has no gate "${options.gate}"`, {
      remedy: names.length === 0 ? `firebreak status ${run}` : `its gates: ${names.join(', ')}`,
    });
  }
  const end = events.findLast((event) => event.type === 'RunFinished');
  const record = [...foldGates(events).values()].findLast(
    ({ asked }) => wave === undefined || asked.gate === wave.name,
  );
  if (record === undefined || end !== undefined) {
    const why = end === undefined ? 'no gate waits for an approval yet' : `it is ${end.how} already`;
    throw new FirebreakError('FB_RUN_STATE', `run ${run}: ${why}`, { remedy: `firebreak status ${run}` });
  }
  const { asked, answer: before } = record;
  const name = waveName(asked.gate);
  if (before !== null) throw answeredBefore(run, name, before);
  if (asked.approve === null) {
    throw new FirebreakError('FB_RUN_STATE', `run ${run}: ${name} waits for no approval, it only soaks`, {
      remedy: `firebreak status ${run} says until when`,
    });
  }
  if (asked.deadline !== null && now >= Date.parse(asked.deadline)) {
    throw new FirebreakError('FB_RUN_STATE', `run ${run}: ${name} could be approved until ${asked.deadline}`, {
      remedy: `firebreak resume ${run} does what the playbook says then`,
    });
  }
  const startedBy = events.find((event) => event.type === 'RunStarted')?.by ?? '';
  const hash = planHash(plan);
  if (decision === 'approved') refuse(options, { startedBy, hash, asked });
  const answer: GateAnswered = {
    type: 'GateAnswered',
    gate: asked.gate,
    decision,
    by,
    planHash: asked.planHash,
    note,
  };
  const [written] = await journal.append(run, [answer]);
  const first = foldGates(await journal.events(run)).get(asked.gate)?.answer ?? null;
  if (first !== null && first.at !== written?.at && (first.by !== by || first.decision !== decision)) {
    throw answeredBefore(run, name, first);
  }
  const isBusy = (await journal.runs()).find((info) => info.run === run)?.state === 'running';
  return { asked, answer, isBusy };
}

function refuse(
  { run, by, plan }: GateAnswerOptions,
  { startedBy, hash, asked }: { readonly startedBy: string; readonly hash: string; readonly asked: GateAsked },
): void {
  if (isSamePerson(by, startedBy)) {
    throw new FirebreakError('FB_APPROVAL_REFUSED', `${startedBy} has started run ${run} and cannot approve it too`, {
      remedy: `another user has to type: firebreak approve ${run}`,
    });
  }
  if (hash !== asked.planHash) {
    throw new FirebreakError('FB_APPROVAL_REFUSED', `run ${run}: the plan has been changed since it was begun`, {
      remedy: `give the run up: firebreak abort ${run}`,
    });
  }
  if (plan !== undefined && (plan.length < 6 || !hash.startsWith(plan.toLowerCase()))) {
    throw new FirebreakError('FB_APPROVAL_REFUSED', `run ${run} has the plan ${hash.slice(0, 12)}, not ${plan}`, {
      remedy: `look at it again: firebreak status ${run}`,
    });
  }
}

function answeredBefore(
  run: string,
  name: string,
  { by, decision, at }: GateAnswered & { at: string },
): FirebreakError {
  const what = decision === 'timed-out' ? 'timed out' : `was ${decision} by ${by}`;
  return new FirebreakError('FB_RUN_STATE', `run ${run}: ${name} ${what} already (${at})`, {
    remedy: `firebreak status ${run}`,
  });
}
