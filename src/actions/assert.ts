/** `assert`: fails the step when a condition does not hold. */
import { z } from 'zod';
import type { ReadAction } from '../domain/index.ts';
import { readArgs } from './arguments.ts';

const args = z.strictObject({
  /** `${{ expression }}` that gives true or false. */
  that: z.boolean(),
  message: z.string().min(1).default('the condition does not hold'),
});

export const assertAction: ReadAction = {
  uses: 'assert',
  kind: 'read',
  summary: 'fails unless the condition holds',
  args,
  results: ['passed'],
  read(_step, given) {
    const { that, message } = readArgs(args, given, 'assert');
    const result = { passed: that };
    if (that) return Promise.resolve({ result });
    return Promise.resolve({ result, error: { code: 'FB_STEP_CONDITION', message, remedy: '', retryable: false } });
  },
};
