/**
 * Questions of a run, asked on its terminal one at a time; the view of the run makes room meanwhile. Must not know what an
 * answer leads to.
 */
import type { Operator } from '../app/index.ts';
import { legalAnswer, type Question } from '../domain/index.ts';
import { oneLine, printable } from './live/index.ts';
import { canPrompt, isClosedPrompt, type Prompts } from './prompts.ts';

export interface AskOptions {
  /** False: questions park their hosts, also on a terminal. */
  readonly ask?: boolean;
  /** Questions that have a default are answered by it. */
  readonly yes?: boolean;
}

/** What shows the run. */
export interface Stage {
  /** Nothing is drawn until `resume`. */
  pause(): Promise<void>;
  resume(): void;
  /** As Ctrl-C does. */
  interrupt(): void;
}

const LATER = 'later';
const MEANING: { readonly [answer: string]: string } = {
  yes: 'yes    go on with this host',
  skip: 'skip   leave this host as it is',
  no: 'no     fail here',
  done: 'done   it is done',
  failed: 'failed it cannot be done',
};

export function terminalOperator(stage: Stage, prompts: Prompts, { ask = true, yes = false }: AskOptions): Operator {
  const byDefault = (question: Question): string | null => (yes ? question.default : null);
  const isManned = ask && canPrompt();
  let last: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  let isPaused = false;

  const prompt = async (asked: Parameters<Operator['ask']>[0]): Promise<string | null> => {
    isPaused = true;
    await stage.pause();
    try {
      return await answerTo(prompts, asked);
    } catch (thrown) {
      if (!isClosedPrompt(thrown)) throw thrown;
      if (!asked.signal.aborted) stage.interrupt();
      throw thrown;
    }
  };

  return {
    willAnswer: (question) => isManned || byDefault(question) !== null,
    ask: async (asked) => {
      const preset = byDefault(asked.question);
      if (preset !== null) return { answer: preset, via: 'default' };
      waiting += 1;
      const turn = last.then(() => {
        asked.signal.throwIfAborted();
        return prompt(asked);
      });
      last = turn.catch(() => {});
      try {
        const answer = await turn;
        return answer === null ? null : { answer, via: 'terminal' };
      } finally {
        waiting -= 1;
        if (waiting === 0 && isPaused) {
          isPaused = false;
          stage.resume();
        }
      }
    },
  };
}

/** Null: decide later. */
async function answerTo(
  prompts: Prompts,
  { host, step, question, signal }: Parameters<Operator['ask']>[0],
): Promise<string | null> {
  const message = `${oneLine(host)} (${step}): ${printable(question.text)}`;
  if (question.kind === 'text') {
    const { default: preset } = question;
    const answer = await prompts.text({
      message: preset === null ? `${message} (empty: decide later, the host is parked)` : message,
      ...(preset === null ? {} : { preset }),
      check: (text) =>
        text.trim() === '' || legalAnswer(question, text) !== null ? null : 'a text of at most 4000 characters',
      signal,
    });
    return answer.trim() === '' ? null : answer;
  }
  const choices = question.choices.map((value) => ({ value, name: oneLine(MEANING[value] ?? value) }));
  const later = { value: LATER, name: `${LATER}  decide later: the host is parked` };
  const value = await prompts.choose({
    message,
    choices: question.choices.includes(LATER) ? choices : [...choices, later],
    ...(question.default === null ? {} : { preset: question.default }),
    signal,
  });
  return value === LATER && !question.choices.includes(LATER) ? null : value;
}
