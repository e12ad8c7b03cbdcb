/** Cold start of the command; the peer is Node itself doing nothing. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import process from 'node:process';
import { distributionOf, milliseconds, ratio, type Section } from './support/report.ts';

const STARTS = 15;

export function benchStart(): Section {
  const launcher = join(import.meta.dirname, '..', 'bin', 'firebreak.js');
  const ours = distributionOf(times([launcher, '--version']));
  const bare = distributionOf(times(['-e', '0']));
  return {
    title: 'Start',
    text: '',
    rows: [
      {
        what: '`firebreak --version`',
        value: milliseconds(ours),
        peer: ratio(ours.min, bare.min, `node -e 0 (${bare.min.toFixed(0)} ms)`),
      },
    ],
  };
}

function times(args: readonly string[]): readonly number[] {
  return Array.from({ length: STARTS }, () => {
    const before = performance.now();
    const { status } = spawnSync(process.execPath, args, { stdio: 'ignore' });
    if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}`);
    return performance.now() - before;
  });
}
