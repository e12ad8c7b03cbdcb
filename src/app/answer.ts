/** Open questions of runs, and answers to them. */
import { FirebreakError, type HostView, type QuestionView } from '../domain/index.ts';
import { type Answered, answerQuestion } from '../engine/index.ts';
import { viewOf, whoAmI } from './run.ts';
import { systemClock } from './system-ports.ts';
import type { Services } from './wiring.ts';

export interface OpenQuestion extends QuestionView {
  readonly host: string;
}

/** Questions of a run that nobody has answered, hosts in the plan's order. @throws FB_RUN_UNKNOWN */
export async function openQuestions(
  services: Services,
  reference: string,
): Promise<{ readonly run: string; readonly questions: readonly OpenQuestion[] }> {
  const journal = await services.journal();
  const run = await journal.resolveRun(reference);
  const { hosts, state } = await viewOf(services, run);
  const questions = state === 'aborted' ? [] : hosts.flatMap(openOf);
  return { run, questions };
}

function openOf(host: HostView): readonly OpenQuestion[] {
  return host.questions.filter(({ state }) => state === 'open').map((question) => ({ ...question, host: host.name }));
}

export interface AnsweredHost extends Answered {
  readonly host: string;
}

/**
 * Records one answer for each of the hosts; those before a refused one are recorded.
 * @throws FB_RUN_UNKNOWN, FB_NO_HOSTS, FB_RUN_STATE, FB_INPUT_INVALID
 */
export async function answer(
  services: Services,
  given: {
    readonly run: string;
    readonly hosts: readonly string[];
    readonly step: string | undefined;
    readonly value: string;
  },
): Promise<{ readonly run: string; readonly answered: readonly AnsweredHost[] }> {
  const journal = await services.journal();
  const run = await journal.resolveRun(given.run);
  if (given.hosts.length === 0) {
    throw new FirebreakError('FB_USAGE', 'whose question is it?', { remedy: `name the host: --host NAME` });
  }
  const answered: AnsweredHost[] = [];
  for (const host of given.hosts) {
    const at = new Date(systemClock.now()).toISOString();
    const how = { run, host, step: given.step, answer: given.value, by: whoAmI(), at };
    answered.push({ host, ...(await answerQuestion(journal, how)) });
  }
  return { run, answered };
}
