/** kill -9 of the controller, again and again, until a run is through. */
import { setTimeout as delay } from 'node:timers/promises';
import { cli, cliJson, startCli } from './cli.ts';
import type { Fleet } from './fleet.ts';

/** When to kill: so many lines that match after the start (none: at once), and so long after the last of them. */
export interface Moment {
  readonly line: RegExp;
  readonly count: number;
  readonly ms: number;
}

export interface Killed {
  /** Exit code of the last process; null when its kill came after the run's end. */
  readonly code: number | null;
  /** How often the process was really killed. */
  readonly kills: number;
  /** Everything that the processes said, with the moments. */
  readonly said: string;
}

/** Starts the run, kills it at each moment, resumes it after each kill and lets the last process finish. */
export async function killed(fleet: Fleet, start: readonly string[], moments: readonly Moment[]): Promise<Killed> {
  const resume = ['resume', 'last', '--output', 'lines'];
  const said: string[] = [];
  let command = start;
  let kills = 0;
  for (const { line, count, ms } of moments) {
    const { child, ended, lines } = startCli(command, fleet.options);
    await lines(line, count);
    await Promise.race([delay(ms), ended]);
    child.kill('SIGKILL');
    const last = await ended;
    said.push(last.stderr);
    if (last.signal === null) return { code: last.code, kills, said: said.join('\n') };
    kills += 1;
    said.push(`--- killed ${ms} ms after line ${count} of ${line.source}`);
    // Killed before its first event: there is no run to resume yet.
    const [run] = await cliJson<{ state: string }[]>(['runs'], fleet.options);
    if (run?.state === 'completed') return { code: null, kills, said: said.join('\n') };
    command = run === undefined ? start : resume;
  }
  const last = await cli(command, fleet.options);
  said.push(last.stderr);
  return { code: last.code, kills, said: said.join('\n') };
}
