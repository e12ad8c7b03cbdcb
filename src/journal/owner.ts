/**
 * Which process works on a run, and whether it still lives: pid, the process's start time (a pid is given out again) and
 * the machine's name. Must not know what a run is.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';

export interface ProcessOwner {
  readonly pid: number;
  /**
   * Start time of the process: as Linux tells it, on Windows milliseconds since the epoch as the process itself has seen it;
   * empty on other systems.
   */
  readonly started: string;
  readonly machine: string;
}

export function thisProcess(): ProcessOwner {
  return { pid: process.pid, started: startTime(process.pid), machine: hostname() };
}

/**
 * As thisProcess, for a store that machines share: names of machines may be the same by accident (containers, clones), so
 * that `started` also tells the boot and the process namespace to which the pid belongs.
 */
export function thisFleetProcess(): ProcessOwner {
  const { pid, started, machine } = thisProcess();
  return { pid, started: `${started}${SEPARATOR}${pidSpace()}`, machine };
}

/** True only when that process can be seen to be dead from here; `here` and `owner` are of thisFleetProcess. */
export function isGone(owner: ProcessOwner, here: ProcessOwner): boolean {
  const [started = '', space = ''] = owner.started.split(SEPARATOR);
  const ours = here.started.split(SEPARATOR)[1] ?? '';
  // The machine may have got another name meanwhile.
  return space !== '' && space === ours && !isAlive({ pid: owner.pid, started, machine: here.machine }, here);
}

/** One text for it. */
export function processId({ machine, pid, started }: ProcessOwner): string {
  return `${machine} ${pid} ${started}`;
}

const SEPARATOR = '@';

/** Empty where it cannot be told. */
function pidSpace(): string {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
    return `${boot}/${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return '';
  }
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
  if (owner.started === '') return true;
  if (process.platform === 'win32') return startedThen(owner.pid, Number(owner.started));
  return owner.started === startTime(owner.pid);
}

/** Field 22 of /proc/<pid>/stat; the name in field 2 may contain spaces and parentheses. */
function startTime(pid: number): string {
  if (process.platform === 'win32') return pid === process.pid ? String(Math.round(performance.timeOrigin)) : '';
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}

/** What a process sees of its own start is a little later than what the system has noted. */
const START_TOLERANCE_MS = 30_000;
const ASK_TIMEOUT_MS = 15_000;

/** Windows gives pids out again soon, and only asking another program tells when that process began. No answer: it lives. */
function startedThen(pid: number, started: number): boolean {
  if (pid === process.pid) return Math.abs(performance.timeOrigin - started) < 1;
  const folder = join(process.env['SystemRoot'] ?? 'C:\\Windows', 'System32', 'WindowsPowerShell', 'v1.0');
  const script = `[long]((Get-Process -Id ${pid}).StartTime.ToUniversalTime() - [datetime]'1970-01-01').TotalMilliseconds`;
  const asked = spawnSync(join(folder, 'powershell.exe'), ['-NoProfile', '-NonInteractive', '-Command', script], {
    encoding: 'utf8',
    timeout: ASK_TIMEOUT_MS,
    windowsHide: true,
  });
  const answer = /^\d+$/.exec((asked.stdout ?? '').trim());
  return answer === null || Math.abs(Number(answer[0]) - started) < START_TOLERANCE_MS;
}
