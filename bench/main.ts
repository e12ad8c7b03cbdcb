/**
 * `npm run bench`: measures against peers in the same run and prints a table; `-- --write` puts it into
 * docs/performance.md. A lab is started for it and ended again.
 */
import { writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { benchClixml } from './clixml.ts';
import { benchInvoke } from './invoke.ts';
import { benchPush } from './push.ts';
import { benchSessions, SESSIONS, SESSIONS_PER_HOST } from './sessions.ts';
import { benchStart } from './start.ts';
import { startBenchLab } from './support/lab.ts';
import type { Section } from './support/report.ts';

const file = join(import.meta.dirname, '..', 'docs', 'performance.md');
const lab = await startBenchLab(SESSIONS / SESSIONS_PER_HOST);
const sections: Section[] = [];
const loads = [load()];
try {
  for (const measure of [benchStart, benchInvoke, benchClixml, benchPush, benchSessions]) {
    const section = await measure(lab);
    process.stderr.write(`bench: ${section.title}: done\n`);
    sections.push(section);
    loads.push(load());
  }
} finally {
  await lab.end();
}
const text = [
  '# Performance',
  '',
  'Written by `npm run bench -- --write`. Figures of one machine at one time: only those beside a peer, which ran on the same',
  'machine in the same minutes, say something elsewhere.',
  '',
  `Node ${process.version}, ${process.platform} ${process.arch}, ${cpus().length} cores (${cpus()[0]?.model.trim() ?? 'unknown'}), ${new Date().toISOString().slice(0, 10)}.`,
  `Load average while it ran: ${Math.min(...loads).toFixed(1)} to ${Math.max(...loads).toFixed(1)}; above the number of cores the times in milliseconds say little.`,
  '',
  ...sections.flatMap(({ title, text: about, rows }) => [
    `## ${title}`,
    '',
    ...(about === '' ? [] : [about, '']),
    '| What | Ours | Against the peer |',
    '|---|---|---|',
    ...rows.map((row) => `| ${row.what} | ${row.value} | ${row.peer} |`),
    '',
  ]),
].join('\n');
process.stdout.write(text);
if (process.argv.includes('--write')) writeFileSync(file, text);

/** Of the last minute. */
function load(): number {
  return loadavg()[0] ?? 0;
}
