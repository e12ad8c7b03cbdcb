/** `operator.confirm`: a person decides whether the host goes on. */
import { z } from 'zod';
import type { OperatorAction } from '../domain/index.ts';
import { readArgs } from './arguments.ts';
import { OPERATOR_RESULTS } from './operator.ts';

const ANSWERS = ['yes', 'skip', 'no'] as const;

const args = z.strictObject({
  question: z.string().trim().min(1),
  /** What `--yes` answers; without it only a person can. */
  default: z.enum(ANSWERS).optional(),
});

export const operatorConfirm: OperatorAction = {
  uses: 'operator.confirm',
  kind: 'operator',
  summary: 'asks whether to go on, to skip the host or to fail',
  args,
  results: OPERATOR_RESULTS,
  question(given) {
    const { question, default: preset } = readArgs(args, given, 'operator.confirm');
    return { kind: 'confirm', text: question, choices: ANSWERS, default: preset ?? null };
  },
  settle(given, answer) {
    const { question } = readArgs(args, given, 'operator.confirm');
    if (answer === 'yes') return { flow: 'go-on', carries: true };
    // Whoever runs the host again after a no has looked at it: they are asked again.
    if (answer === 'skip') return { flow: 'end', carries: false };
    const remedy = 'settle what the question is about, then run the host again: firebreak rerun last --failed';
    const error = { code: 'FB_STEP_CONDITION', message: `answered no: ${question}`, remedy, retryable: false } as const;
    return { flow: 'fail', carries: false, error };
  },
};
