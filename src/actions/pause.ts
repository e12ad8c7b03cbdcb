/** `pause`: waits, with no hand on the host. */
import { z } from 'zod';
import type { WaitAction } from '../domain/index.ts';
import { durationArgument, durationMs, readArgs } from './arguments.ts';

const args = z.strictObject({ duration: durationArgument });

export const pause: WaitAction = {
  uses: 'pause',
  kind: 'wait',
  summary: 'waits',
  args,
  results: [],
  durationMs: (given) => durationMs(readArgs(args, given, 'pause').duration),
};
