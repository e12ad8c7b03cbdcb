/** `fail`: fails the step, so that `rescue` and `always` of its block run. */
import { z } from 'zod';
import type { ReadAction } from '../domain/index.ts';
import { readArgs } from './arguments.ts';

const args = z.strictObject({ message: z.string().min(1), remedy: z.string().default('') });

export const fail: ReadAction = {
  uses: 'fail',
  kind: 'read',
  summary: 'fails with a message',
  args,
  results: [],
  read(_step, given) {
    const { message, remedy } = readArgs(args, given, 'fail');
    return Promise.resolve({ result: {}, error: { code: 'FB_STEP_CONDITION', message, remedy, retryable: false } });
  },
};
