/** Memory of this side for each open session. A process of its own opens them: nothing else is in its figure. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import process from 'node:process';
import type { BenchLab } from './support/lab.ts';
import type { Row, Section } from './support/report.ts';

export const SESSIONS = 1_000;
/** Below MaxShellsPerUser (30). */
export const SESSIONS_PER_HOST = 25;

export function benchSessions(lab: BenchLab): Section {
  const rows: Row[] = [];
  for (const auth of ['basic', 'ntlm'] as const) {
    const input = JSON.stringify({
      auth,
      sessions: SESSIONS,
      perHost: SESSIONS_PER_HOST,
      user: lab.user,
      password: lab.password,
      addresses: lab.addresses,
    });
    const opener = join(import.meta.dirname, 'support', 'open-sessions.ts');
    const { status, stdout, stderr } = spawnSync(process.execPath, ['--expose-gc', opener], {
      input,
      encoding: 'utf8',
      timeout: 600_000,
    });
    if (status !== 0) throw new Error(`opening ${SESSIONS} sessions failed: ${stderr}`);
    const { kilobytes } = JSON.parse(stdout) as { readonly kilobytes: number };
    rows.push({
      what: `RSS for each of ${SESSIONS} open sessions, ${auth === 'basic' ? 'Basic' : 'NTLM, sealed'}`,
      value: `${kilobytes.toFixed(0)} kB`,
      peer: '',
    });
  }
  return {
    title: 'Memory',
    text: `${SESSIONS_PER_HOST} sessions on each of ${SESSIONS / SESSIONS_PER_HOST} machines, each after one invoke.`,
    rows,
  };
}
