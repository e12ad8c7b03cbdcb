/**
 * Answering a question from outside the run that asked it. The answer is only recorded: `resume` goes on with it. Must not
 * know who answers, nor what an answer means.
 */
import { FirebreakError, type Journal, legalAnswer, type Question } from '../domain/index.ts';
import { didYouMean } from '../util/index.ts';
import { foldHosts, type HostRecord, type QuestionRecord } from './host-record.ts';

export interface AnswerOptions {
  readonly run: string;
  readonly host: string;
  /** Absent: the host's one open question. */
  readonly step?: string | undefined;
  readonly answer: string;
  /** Who answers: user@machine. */
  readonly by: string;
  /** ISO 8601 */
  readonly at: string;
}

export interface Answered {
  readonly step: string;
  readonly question: Question;
  /** In its one spelling. */
  readonly answer: string;
  /** What makes use of it: the run has ended when only a rerun does. */
  readonly next: 'resume' | 'rerun';
  /** A live process is still at work on other hosts of the run. */
  readonly isBusy: boolean;
}

/**
 * @throws FB_RUN_UNKNOWN; FB_NO_HOSTS (no such host); FB_RUN_STATE (no such open question, answered already, aborted, or
 * being asked on a terminal right now); FB_INPUT_INVALID (no legal answer)
 */
export async function answerQuestion(journal: Journal, options: AnswerOptions): Promise<Answered> {
  const { run, host, by, at } = options;
  const events = await journal.events(run);
  const end = events.findLast((event) => event.type === 'RunFinished')?.how ?? null;
  const names = (await journal.plan(run)).hosts.map(({ name }) => name);
  if (!names.includes(host)) {
    throw new FirebreakError('FB_NO_HOSTS', `run ${run} has no host "${host}"`, {
      remedy: didYouMean(host, names) || `firebreak answer ${run} shows the questions`,
    });
  }
  const record = foldHosts(events).get(host);
  if (record === undefined || end === 'aborted') throw nothingOpen(options, end === 'aborted' ? 'it was aborted' : '');
  const { step, asked } = openQuestion(record, options);
  const isBusy = (await journal.runs()).find((info) => info.run === run)?.state === 'running';
  if (isBusy && record.parked === null) {
    throw new FirebreakError('FB_RUN_STATE', `${host}: the question is being asked by a process that lives`, {
      remedy: `answer it there, or end that process and answer then (firebreak status ${run} names it)`,
    });
  }
  const answer = legalAnswer(asked.question, options.answer);
  if (answer === null) throw illegal(asked.question, options.answer);
  await journal.append(run, [{ type: 'OperatorAnswered', host, step, answer, by, via: 'command', givenAt: at }]);
  const first =
    foldHosts(await journal.events(run))
      .get(host)
      ?.steps.get(step)?.question?.answer ?? null;
  if (first !== null && (first.by !== by || first.givenAt !== at || first.answer !== answer)) {
    throw new FirebreakError('FB_RUN_STATE', `${host}: ${first.by} has answered "${first.answer}" just before`, {
      remedy: `firebreak status ${run} --host ${host}`,
    });
  }
  return { step, question: asked.question, answer, next: end === null ? 'resume' : 'rerun', isBusy };
}

function openQuestion(
  record: HostRecord,
  options: AnswerOptions,
): { readonly step: string; readonly asked: QuestionRecord } {
  const { host, run, step } = options;
  const isOver = record.finished !== null && record.parked === null;
  const asked = [...record.steps.values()].flatMap(({ id, question, finished }) =>
    question === null || isOver || (finished !== null && finished.outcome !== 'parked') ? [] : [{ id, question }],
  );
  const wanted = step === undefined ? asked : asked.filter(({ id }) => id === step);
  const open = wanted.filter(({ question }) => question.answer === null);
  const [only] = open;
  if (only !== undefined && open.length === 1) return { step: only.id, asked: only.question };
  if (open.length > 1) {
    throw new FirebreakError('FB_RUN_STATE', `${host} has several open questions`, {
      remedy: `name the step: ${open.map(({ id }) => `--step ${id}`).join(' or ')}`,
    });
  }
  const before = wanted[0]?.question.answer;
  if (before === undefined || before === null) throw nothingOpen(options, '');
  throw new FirebreakError('FB_RUN_STATE', `${host}: ${before.by} answered "${before.answer}" already`, {
    remedy: `go on: firebreak resume ${run}`,
  });
}

function nothingOpen({ run, host, step }: AnswerOptions, why: string): FirebreakError {
  const what = step === undefined ? 'no open question' : `no open question at step ${step}`;
  return new FirebreakError('FB_RUN_STATE', `run ${run}: ${host} has ${what}${why === '' ? '' : `: ${why}`}`, {
    remedy: `firebreak answer ${run} shows the open ones`,
  });
}

function illegal({ choices, text }: Question, given: string): FirebreakError {
  if (choices.length === 0) {
    return new FirebreakError('FB_INPUT_INVALID', 'the answer must be text of at most 4000 characters, and not empty');
  }
  return new FirebreakError('FB_INPUT_INVALID', `"${given}" is no answer to: ${text}`, {
    remedy: didYouMean(given, choices) || `answers: ${choices.join(', ')}`,
  });
}
