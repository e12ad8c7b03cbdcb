/** `host.wait`: until the host can be reached – tonight, or within days. The runner looks, parks and looks again. */
import { z } from 'zod';
import type { WaitAction } from '../domain/index.ts';
import { durationArgument, durationMs, readArgs } from './arguments.ts';

const args = z.strictObject({
  /** Counted from the first look, whoever is at work meanwhile. */
  for: durationArgument,
});

export const hostWait: WaitAction = {
  uses: 'host.wait',
  kind: 'wait',
  isForHost: true,
  summary: 'waits until the host can be reached, holding nothing',
  args,
  results: ['waited_minutes'],
  durationMs: (given) => durationMs(readArgs(args, given, 'host.wait').for),
};
