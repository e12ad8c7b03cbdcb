/** Starts and ends the process that watches the others. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Canary } from './canaries.ts';
import type { Watched } from './watch-processes.ts';

export interface Watcher {
  /** What it has seen since the start; it has ended then. */
  end(): Promise<Watched>;
}

export async function startWatcher(canaries: readonly Canary[], folder: string): Promise<Watcher> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'watch-processes.ts')], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: {},
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  child.stdin.write(`${JSON.stringify({ canaries, folder })}\n`);
  await lines.next();
  return {
    async end() {
      child.stdin.write('end\n');
      const { value } = await lines.next();
      child.stdin.end();
      return JSON.parse(String(value)) as Watched;
    },
  };
}
