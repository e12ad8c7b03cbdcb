/**
 * Starts and ends a lab. The lab is a program of its own: this knows how to start it and what it says, never how it
 * works.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { FirebreakError } from '../../domain/index.ts';
import { askLab, findLab, type LabFile, requireLab } from './client.ts';
import { ensureEngine } from './engine-build.ts';
import { locateLab } from './locate.ts';

export interface LabStart {
  readonly dir: string;
  /** A fleet file, or a number of mixed hosts. */
  readonly hosts: { readonly fleet: string } | { readonly count: number };
  /** The first two or three numbers of the machines' addresses (default 127.83). */
  readonly addresses?: string;
  readonly onProgress: (text: string) => void;
}

export interface RunningLab {
  readonly lab: LabFile;
  /** Resolves with the exit code when the lab has ended. */
  readonly ended: Promise<number>;
  /** Ends it and waits for that. */
  end(): Promise<void>;
}

const messageSchema = z.union([
  z.object({ progress: z.string() }),
  z.object({ ready: z.unknown() }),
  z.object({ failed: z.object({ code: z.string(), message: z.string() }) }),
]);

const LOG = 'lab.log';
const END_TIMEOUT_MS = 20_000;
/** The shipped fleet for a shipped playbook. @throws FB_ENVIRONMENT when this installation has no lab */
export function fleetFile(name: string): string {
  return join(locateLab().root, 'lab', 'fleets', `${name}.yaml`);
}

/** The fleet file that a user names: a path, or the name of a shipped fleet. @throws FB_ENVIRONMENT when this installation has no lab */
export function findFleet(named: string): string {
  const shipped = /^[a-z0-9-]+$/.test(named) ? fleetFile(named) : named;
  return existsSync(named) || !existsSync(shipped) ? named : shipped;
}

/**
 * Starts a lab that goes on after this process has ended; resolves when its machines answer.
 * @throws FB_USAGE (a lab is up there, bad fleet file), FB_FILE_MISSING, FB_ENVIRONMENT (no SDK, ports taken), FB_LAB
 */
export async function startLab(start: LabStart): Promise<LabFile> {
  const child = await launch(start, []);
  const lab = await untilReady(child, start);
  child.disconnect();
  child.unref();
  return lab;
}

/**
 * Starts a lab that belongs to this process: it ends when this process ends, however that happens.
 * @throws like startLab
 */
export async function runLab(start: LabStart): Promise<RunningLab> {
  const child = await launch(start, ['--attached']);
  const ended = new Promise<number>((resolve) => child.on('exit', (code) => resolve(code ?? 1)));
  const lab = await untilReady(child, start);
  return {
    lab,
    ended,
    async end() {
      if (child.connected) child.disconnect();
      await ended;
    },
  };
}

/**
 * Ends the lab of a folder and waits until it is gone. Returns false when there was none.
 * @throws FB_LAB when it does not end
 */
export async function stopLab(dir: string): Promise<boolean> {
  if ((await findLab(dir)) === null) return false;
  const { pid } = await requireLab(dir);
  await askLab(dir, 'down', {});
  const deadline = Date.now() + END_TIMEOUT_MS;
  while (isAlive(pid)) {
    if (Date.now() > deadline) {
      throw new FirebreakError('FB_LAB', `the lab in ${dir} does not end (process ${pid})`, { remedy: `kill ${pid}` });
    }
    await delay(50);
  }
  return true;
}

async function launch(start: LabStart, more: readonly string[]): Promise<ChildProcess> {
  if ((await findLab(start.dir)) !== null) {
    throw new FirebreakError('FB_USAGE', `a lab is already up in ${start.dir}`, {
      remedy: 'firebreak lab status, firebreak lab down, or another folder with --dir',
    });
  }
  if ('fleet' in start.hosts && !existsSync(start.hosts.fleet)) {
    throw new FirebreakError('FB_FILE_MISSING', `there is no fleet file ${start.hosts.fleet}`, {
      remedy: 'name a file or a shipped fleet (smbghost, ms03-039) with --fleet, or a number of machines with --hosts',
    });
  }
  const program = locateLab();
  await ensureEngine(program, start.onProgress);
  const hosts = 'fleet' in start.hosts ? ['--fleet', start.hosts.fleet] : ['--hosts', String(start.hosts.count)];
  const addresses = start.addresses === undefined ? [] : ['--addresses', start.addresses];
  const log = openLog(start.dir);
  try {
    // A process group of its own: Ctrl-C is for us, we end it in our own time.
    return spawn(process.execPath, [program.main, '--dir', start.dir, ...hosts, ...addresses, ...more], {
      detached: true,
      stdio: ['ignore', 'ignore', log, 'ipc'],
    });
  } finally {
    closeSync(log);
  }
}

/** @throws FB_ENVIRONMENT when the lab's folder cannot be made or written */
function openLog(dir: string): number {
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    return openSync(join(dir, LOG), 'w');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new FirebreakError('FB_ENVIRONMENT', `the lab's folder ${dir} cannot be written (${code})`, {
      remedy: 'name another folder with --dir',
      cause,
    });
  }
}

function untilReady(child: ChildProcess, start: LabStart): Promise<LabFile> {
  return new Promise((resolve, reject) => {
    let failure: FirebreakError | undefined;
    child.on('message', (message) => {
      const parsed = messageSchema.safeParse(message);
      if (!parsed.success) return;
      if ('progress' in parsed.data) start.onProgress(parsed.data.progress);
      else if ('failed' in parsed.data) failure = failureOf(parsed.data.failed, start.dir);
      else requireLab(start.dir).then(resolve, reject);
    });
    child.on('error', (cause) =>
      reject(new FirebreakError('FB_LAB', `the lab cannot be started: ${cause.message}`, { cause })),
    );
    child.on('exit', (code) =>
      reject(
        failure ??
          new FirebreakError('FB_LAB', `the lab ended while it started (exit code ${code})`, {
            remedy: `see ${join(start.dir, LOG)}`,
          }),
      ),
    );
  });
}

function failureOf(
  { code, message }: { readonly code: string; readonly message: string },
  dir: string,
): FirebreakError {
  switch (code) {
    case 'lab.data':
    case 'lab.usage':
      return new FirebreakError('FB_USAGE', message);
    case 'lab.already-up':
      return new FirebreakError('FB_USAGE', message, { remedy: 'firebreak lab down, or another folder with --dir' });
    case 'lab.listen':
      return new FirebreakError('FB_ENVIRONMENT', message, {
        remedy: 'another lab, perhaps: end it, or start this one with --addresses 127.84',
      });
    case 'lab.engine-gone':
      return new FirebreakError('FB_ENVIRONMENT', message, {
        remedy: `the .NET runtime 10 must be installed (dotnet --list-runtimes); see ${join(dir, LOG)}`,
      });
    default:
      return new FirebreakError('FB_LAB', message, { remedy: `see ${join(dir, LOG)}` });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
