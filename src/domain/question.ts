/** Questions that a playbook asks a person, and what is a legal answer to them. Must not know who asks or answers. */

export interface Question {
  /** confirm: may the host go on; choice: one of several; text: anything; task: something to do by hand, acknowledged. */
  readonly kind: 'confirm' | 'choice' | 'text' | 'task';
  readonly text: string;
  /** Every legal answer; empty for text. */
  readonly choices: readonly string[];
  /** What `--yes` answers; null: a person must. */
  readonly default: string | null;
  /** True: whoever has done this has left the host without a network, so that it cannot be looked at before the answer counts. */
  readonly offline?: boolean;
}

/** How an answer came about: at the prompt of a run, by `firebreak answer`, by `--yes`, from the run before a rerun. */
export type AnsweredVia = 'terminal' | 'command' | 'default' | 'carried';

const MAX_ANSWER_CHARACTERS = 4000;
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/;

/** The answer in its one spelling; null when it is none. */
export function legalAnswer(question: Question, given: string): string | null {
  const answer = given.trim();
  if (question.kind !== 'text') {
    const lower = answer.toLowerCase();
    return question.choices.find((choice) => choice === answer || choice.toLowerCase() === lower) ?? null;
  }
  return answer === '' || answer.length > MAX_ANSWER_CHARACTERS || CONTROL.test(answer) ? null : answer;
}

/** True when an answer to the one is an answer to the other. */
export function isSameQuestion(one: Question, other: Question): boolean {
  return (
    one.kind === other.kind &&
    one.text === other.text &&
    one.choices.length === other.choices.length &&
    one.choices.every((choice, index) => choice === other.choices[index])
  );
}
