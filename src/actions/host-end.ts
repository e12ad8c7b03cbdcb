/** `host.end`: ends the host's way through the playbook. */
import { z } from 'zod';
import { type ControlAction, HOST_OUTCOMES } from '../domain/index.ts';
import { readArgs } from './arguments.ts';

const args = z.strictObject({
  /** Absent: what the steps so far amount to. */
  outcome: z.enum(HOST_OUTCOMES).optional(),
  reason: z.string().default(''),
});

export const hostEnd: ControlAction = {
  uses: 'host.end',
  kind: 'control',
  summary: 'ends the playbook for the host',
  args,
  results: [],
  decide(given) {
    const { outcome, reason } = readArgs(args, given, 'host.end');
    return { end: outcome ?? null, reason };
  },
};
