/** `firebreak verify ADVISORY HOSTS`: the verdict of the fleet, reading only. A playbook of one step that no file holds. */
import { assessOptionsOf, assessPlaybook } from './assess.ts';
import type { PlanSource } from './load-plan.ts';

const SCANNED = ' --scan';

/**
 * @param advisory id or path
 * @param isScanned ask over the network too, which tells KB824146 alone
 */
export function verifyPlaybook(advisory: string, isScanned = false): PlanSource['playbook'] {
  const quoted = JSON.stringify(advisory);
  return {
    file: `verify ${advisory}${isScanned ? SCANNED : ''}`,
    text: `firebreak: 1
name: ${JSON.stringify(`Verify ${advisory}`)}
advisory: ${quoted}
hosts: all
max_fail_percentage: 100
max_unreachable_percentage: 100
defaults: { timeout: 3m, retries: 1 }
steps:
  - { id: verify, uses: patch.verify, with: { scan: ${isScanned} } }
`,
  };
}

/** What the plan names as its file: a path, or a playbook of `verify` or `assess` that no file holds. */
export async function playbookAgain(file: string): Promise<PlanSource['playbook']> {
  const assessed = assessOptionsOf(file);
  if (assessed !== null) return assessPlaybook(assessed);
  const advisory = /^verify (.+)$/s.exec(file)?.[1];
  if (advisory === undefined) return file;
  const isScanned = advisory.endsWith(SCANNED);
  return verifyPlaybook(isScanned ? advisory.slice(0, -SCANNED.length) : advisory, isScanned);
}
