/** `firebreak verify ADVISORY HOSTS`: the verdict of the fleet, reading only. A playbook of one step that no file holds. */
import type { PlanSource } from './load-plan.ts';

/** @param advisory id or path */
export function verifyPlaybook(advisory: string): PlanSource['playbook'] {
  const quoted = JSON.stringify(advisory);
  return {
    file: `verify ${advisory}`,
    text: `firebreak: 1
name: ${JSON.stringify(`Verify ${advisory}`)}
advisory: ${quoted}
hosts: all
max_fail_percentage: 100
max_unreachable_percentage: 100
defaults: { timeout: 3m, retries: 1 }
steps:
  - { id: verify, uses: patch.verify }
`,
  };
}

/** What the plan names as its file: a path, or a playbook of `verify` that no file holds. */
export function playbookAgain(file: string): PlanSource['playbook'] {
  const advisory = /^verify (.+)$/s.exec(file)?.[1];
  return advisory === undefined ? file : verifyPlaybook(advisory);
}
