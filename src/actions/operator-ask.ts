/** `operator.ask`: asks a person for a text, a choice, or to do something by hand and say so. */
import { z } from 'zod';
import { legalAnswer, type OperatorAction, type Question } from '../domain/index.ts';
import { readArgs } from './arguments.ts';
import { OPERATOR_RESULTS } from './operator.ts';

const TASK_ANSWERS = ['done', 'failed'] as const;

const args = z
  .strictObject({
    question: z.string().trim().min(1),
    /** text: anything but nothing; choice: one of `options`; task: `done` goes on, `failed` fails the step. */
    type: z.enum(['text', 'choice', 'task']).optional(),
    options: z.array(z.string().trim().min(1)).min(2).optional(),
    /** What `--yes` answers; without it only a person can. */
    default: z.string().trim().min(1).optional(),
    /** Of a task: the host is off the network until a later question is answered, and is looked at only then. */
    offline: z.boolean().default(false),
  })
  .superRefine(({ type, options, default: preset, offline }, context) => {
    const complain = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message });
    const kind = kindOf(type, options);
    if (kind === 'choice' && options === undefined) complain('type', 'A choice needs options: [a, b]');
    if (kind !== 'choice' && options !== undefined) complain('options', 'Only a choice has options');
    if (options !== undefined && new Set(options.map((one) => one.toLowerCase())).size !== options.length) {
      complain('options', 'An option stands there twice');
    }
    if (kind !== 'task' && offline) complain('offline', 'Only a task takes a host off the network');
    if (kind === 'task' && preset !== undefined) complain('default', 'Only a person knows whether a task is done');
    else if (preset !== undefined && legalAnswer(questionOf({ question: '-', type, options }), preset) === null) {
      complain('default', 'It is not one of the options');
    }
  });

type Given = Pick<z.infer<typeof args>, 'question' | 'type' | 'options' | 'default'> & { readonly offline?: boolean };

function kindOf(type: Given['type'], options: Given['options']): 'text' | 'choice' | 'task' {
  return type ?? (options === undefined ? 'text' : 'choice');
}

function questionOf({ question, type, options = [], default: preset, offline = false }: Given): Question {
  const kind = kindOf(type, options.length === 0 ? undefined : options);
  const choices = kind === 'task' ? TASK_ANSWERS : kind === 'choice' ? options : [];
  const asked: Question = { kind, text: question, choices, default: null };
  const answered = { ...asked, default: preset === undefined ? null : legalAnswer(asked, preset) };
  return offline ? { ...answered, offline } : answered;
}

export const operatorAsk: OperatorAction = {
  uses: 'operator.ask',
  kind: 'operator',
  summary: 'asks a person for an answer, or to do something by hand',
  args,
  results: OPERATOR_RESULTS,
  question: (given) => questionOf(readArgs(args, given, 'operator.ask')),
  settle(given, answer) {
    const { kind, text } = questionOf(readArgs(args, given, 'operator.ask'));
    // A cable that was pulled yesterday may be plugged in again.
    const carries = kind !== 'task';
    if (kind !== 'task' || answer === 'done') return { flow: 'go-on', carries };
    const remedy = 'do it, then run the host again: firebreak rerun last --failed';
    const error = {
      code: 'FB_STEP_CONDITION',
      message: `could not be done: ${text}`,
      remedy,
      retryable: false,
    } as const;
    return { flow: 'fail', carries, error };
  },
};
