/** A writing process, and the lines it has said. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';

/** @param store - a file or `postgres://…` */
export function startWriter(store: string, run: string) {
  const file = join(import.meta.dirname, 'writer.ts');
  const isAddress = store.startsWith('postgres:');
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', file, isAddress ? '' : store, run], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...(isAddress ? { FIREBREAK_TEST_ADDRESS: store } : {}) },
  });
  let text = '';
  let complaint = '';
  let wake = () => {};
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
    wake();
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    complaint += chunk;
  });
  const ended = new Promise<void>((resolve) => child.on('close', () => resolve()));
  // The last line may be cut by the kill.
  const lines = () => text.split('\n').slice(0, -1);
  async function until(count: number): Promise<void> {
    while (lines().length < count) {
      const more = new Promise<void>((resolve) => {
        wake = resolve;
      });
      await Promise.race([more, ended]);
      if (child.exitCode !== null) throw new Error(`the writer ended: ${text}${complaint}`);
    }
  }
  return { child, lines, until, ended, complaint: () => complaint };
}
