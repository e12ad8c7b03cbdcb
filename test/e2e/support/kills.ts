/** kill -9 of the controller, again and again, until a run is through. */
import { setTimeout as delay } from 'node:timers/promises';
import { type CliResult, cli, cliJson, startCli } from './cli.ts';
import type { Fleet } from './fleet.ts';

/** When to kill: so many lines that match after the start (none: at once), and so long after the last of them. */
export interface Moment {
  readonly line: RegExp;
  readonly count: number;
  readonly ms: number;
}

export interface Killed {
  readonly last: CliResult;
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
    if (last.signal === null) return { last, kills, said: said.join('\n') };
    kills += 1;
    said.push(`--- killed ${ms} ms after line ${count} of ${line.source}`);
    // Killed before its first event: there is no run to resume yet.
    command = (await cliJson<unknown[]>(['runs'], fleet.options)).length === 0 ? start : resume;
  }
  const last = await cli(command, fleet.options);
  said.push(last.stderr);
  return { last, kills, said: said.join('\n') };
}
