/** `patch.verify`: is the fix in effect? Judges evidence by the playbook's advisory or by minimum builds. */
import { z } from 'zod';
import { affectedSystem, heldBack, minimumAdvisory } from '../advisory/index.ts';
import { FirebreakError, type JsonObject, type ReadAction } from '../domain/index.ts';
import { readArgs } from './arguments.ts';
import { planAdvisory, readVerdict } from './evidence.ts';
import { SCANNED_UPDATE, scanFields, scanHost, weighScan } from './rpc-evidence.ts';

const SCAN_TIMEOUT_MS = 3000;

const args = z.strictObject({
  /** Minimum instead of an advisory: `18362.720`, several with commas or as a list. */
  build: z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]).optional(),
  /** KB824146 alone: ask the host over the network too; a contradiction is a conflict. */
  scan: z.boolean().default(false),
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
    'held',
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
    const { build, scan: isScanned } = readArgs(args, given, 'patch.verify');
    const advisory = build === undefined ? planAdvisory(step) : minimumAdvisory(build);
    if (isScanned && advisory.kb !== SCANNED_UPDATE) {
      throw new FirebreakError('FB_USAGE', `step ${step.stepId}: a scan tells ${SCANNED_UPDATE} alone`, {
        remedy: 'leave scan: true out of its with:, or use the advisory ms03-039',
      });
    }
    const { evidence, verdict: read } = await readVerdict(step, advisory);
    const scan = isScanned ? await scanHost(step, { timeoutMs: SCAN_TIMEOUT_MS, alsoActivation: false }) : null;
    const verdict = scan === null ? read : weighScan(read, scan);
    const held = heldBack(advisory, step.clock.now());
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
        // No step installs the fix now; the reason says why.
        held: held !== null,
        reason: held === null || verdict.fixed ? verdict.reason : `${verdict.reason}; ${held}`,
        build: evidence.build,
        ubr: evidence.ubr,
        // What the advisory calls the system; null when no entry or more than one fits.
        os: entry?.os ?? null,
        service_pack: evidence.system?.servicePack ?? null,
        support_ended: supportEnded,
        out_of_support: supportEnded === null ? null : Date.parse(supportEnded) < step.clock.now(),
        evidence: {
          ...(evidence as unknown as JsonObject),
          ...(scan === null ? {} : { network: scanFields(scan) }),
        },
      },
    };
  },
};
