/** `patch.verify`: is the fix in effect? Judges evidence by the playbook's advisory or by minimum builds. */
import { z } from 'zod';
import { minimumAdvisory } from '../advisory/index.ts';
import type { JsonObject, ReadAction } from '../domain/index.ts';
import { readArgs } from './arguments.ts';
import { planAdvisory, readVerdict } from './evidence.ts';

const args = z.strictObject({
  /** Minimum instead of an advisory: `18362.720`, several with commas or as a list. */
  build: z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]).optional(),
});

export const patchVerify: ReadAction = {
  uses: 'patch.verify',
  kind: 'read',
  summary: 'says from registry, build and files whether the fix is in effect',
  args,
  results: ['verdict', 'fixed', 'applicable', 'pending_reboot', 'reason', 'build', 'ubr', 'evidence'],
  async read(step, given) {
    const { build } = readArgs(args, given, 'patch.verify');
    const advisory = build === undefined ? planAdvisory(step) : minimumAdvisory(build);
    const { evidence, verdict } = await readVerdict(step, advisory);
    return {
      result: {
        verdict: verdict.verdict,
        fixed: verdict.fixed,
        applicable: verdict.applicable,
        pending_reboot: verdict.pendingReboot,
        reason: verdict.reason,
        build: evidence.build,
        ubr: evidence.ubr,
        evidence: evidence as unknown as JsonObject,
      },
    };
  },
};
