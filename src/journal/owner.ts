/**
 * Which process works on a run, and whether it still lives: pid, the process's start time (a pid is given out again) and
 * the machine's name. Must not know what a run is.
 */
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';

export interface ProcessOwner {
  readonly pid: number;
  /** Start time of the process as the system tells it; empty where it does not tell (anything but Linux). */
  readonly started: string;
  readonly machine: string;
}

export function thisProcess(): ProcessOwner {
  return { pid: process.pid, started: startTime(process.pid), machine: hostname() };
}

export function isSameProcess(a: ProcessOwner, b: ProcessOwner): boolean {
  return a.pid === b.pid && a.started === b.started && a.machine === b.machine;
}

/**
 * A process of another machine counts as dead: a SQLite file in WAL mode cannot be shared between machines, so the name
 * differs only when the state was moved or the machine (a container) was renamed.
 */
export function isAlive(owner: ProcessOwner, here: ProcessOwner = thisProcess()): boolean {
  if (owner.machine !== here.machine) return false;
  try {
    process.kill(owner.pid, 0);
  } catch (thrown) {
    // EPERM: it lives, it is only not ours.
    if ((thrown as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  return owner.started === '' || owner.started === startTime(owner.pid);
}

/** Field 22 of /proc/<pid>/stat; the name in field 2 may contain spaces and parentheses. */
function startTime(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}
