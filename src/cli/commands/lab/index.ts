/** `firebreak lab …`: emulated Windows machines to try things on. */
import type { Command } from 'commander';
import { registerClock } from './clock.ts';
import { registerDown } from './down.ts';
import { registerHistory } from './history.ts';
import { registerStatus } from './status.ts';
import { registerTrouble } from './trouble.ts';
import { registerUp } from './up.ts';

export function registerLab(program: Command): void {
  const lab = program
    .command('lab')
    .summary('emulated Windows machines to try things on')
    .description('Emulated Windows machines on the real PowerShell engine: start, look at, trouble and end them.')
    .addHelpText(
      'after',
      `
Examples:
  $ firebreak lab up                                 the demo fleet: 14 machines with every case
  $ firebreak lab up --hosts 50                      fifty mixed machines
  $ firebreak lab status
  $ firebreak lab trouble pc-tokyo-01 network-loss --for 8s
  $ firebreak lab history pc-tokyo-01 --json
  $ firebreak lab down`,
    );
  for (const register of [registerUp, registerStatus, registerHistory, registerTrouble, registerClock, registerDown]) {
    register(lab);
  }
}
