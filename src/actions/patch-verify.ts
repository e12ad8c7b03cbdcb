/** `patch.verify`: is the fix in effect? Judges evidence by the playbook's advisory or by minimum builds. */
import { z } from 'zod';
import { affectedSystem, minimumAdvisory } from '../advisory/index.ts';
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
  results: [
    'verdict',
    'fixed',
    'applicable',
    'pending_reboot',
    'settings_open',
    'left_open',
    'reason',
    'build',
    'ubr',
    'os',
    'service_pack',
    'support_ended',
    'out_of_support',
    'evidence',
  ],
  async read(step, given) {
    const { build } = readArgs(args, given, 'patch.verify');
    const advisory = build === undefined ? planAdvisory(step) : minimumAdvisory(build);
    const { evidence, verdict } = await readVerdict(step, advisory);
    const entry = evidence.build === null ? undefined : affectedSystem(advisory, evidence.build, evidence.system);
    const supportEnded = entry?.support_ended ?? null;
    return {
      result: {
        verdict: verdict.verdict,
        fixed: verdict.fixed,
        applicable: verdict.applicable,
        pending_reboot: verdict.pendingReboot,
        settings_open: verdict.settingsOpen === true,
        left_open: verdict.leftOpen === true,
        reason: verdict.reason,
        build: evidence.build,
        ubr: evidence.ubr,
        // What the advisory calls the system; null when no entry or more than one fits.
        os: entry?.os ?? null,
        service_pack: evidence.system?.servicePack ?? null,
        support_ended: supportEnded,
        out_of_support: supportEnded === null ? null : Date.parse(supportEnded) < step.clock.now(),
        evidence: evidence as unknown as JsonObject,
      },
    };
  },
};
