/** `host.preflight`: is there anything that would make an installation fail or interfere with somebody else's? */
import { z } from 'zod';
import type { ReadAction } from '../domain/index.ts';
import { readArgs } from './arguments.ts';
import { readBootState } from './boot-state.ts';
import { readFacts } from './facts.ts';
import { readInstallers } from './installers.ts';

const args = z.strictObject({
  /** Free space on the system drive, megabytes. */
  free_disk_mb: z.int().min(0).default(2048),
  /** Whether a pending reboot is a problem. */
  pending_reboot: z.enum(['allow', 'refuse']).default('allow'),
});

export const hostPreflight: ReadAction = {
  uses: 'host.preflight',
  kind: 'read',
  summary: 'checks free disk space, other installers at work and pending reboots',
  args,
  results: ['problems', 'free_disk_bytes', 'pending_reboot', 'installers'],
  async read(step, given) {
    const wanted = readArgs(args, given, 'host.preflight');
    const facts = await readFacts(step);
    const boot = await readBootState(step);
    // An installation of ours is not in the way: package.install finds it and waits for it.
    const installers = (await readInstallers(step)).others;
    const problems: string[] = [];
    if (facts.FreeDiskBytes !== null && facts.FreeDiskBytes < wanted.free_disk_mb * 1_048_576) {
      const megabytes = Math.floor(facts.FreeDiskBytes / 1_048_576);
      problems.push(`only ${megabytes} MB free on the system drive, ${wanted.free_disk_mb} MB wanted`);
    }
    if (installers.length > 0) problems.push(`an installer is at work: ${installers.join(', ')}`);
    if (wanted.pending_reboot === 'refuse') {
      if (boot.PendingReboot.length > 0) problems.push(`a reboot is pending (${boot.PendingReboot.join(', ')})`);
      else if (!boot.PendingReadable) problems.push('whether a reboot is pending could not be read');
    }
    const result = {
      problems,
      free_disk_bytes: facts.FreeDiskBytes,
      pending_reboot: boot.PendingReboot,
      installers,
    };
    if (problems.length === 0) return { result };
    const message = `${step.host.name} is not ready: ${problems.join('; ')}`;
    const remedy = 'mend this on the host, then rerun';
    return { result, error: { code: 'FB_STEP_CONDITION', message, remedy, retryable: false } };
  },
};
