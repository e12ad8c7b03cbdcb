/**
 * Runs a program and takes what it prints, bounded in time and size; never through a shell. Must not know what the
 * output means, nor whether it is secret.
 */
import { spawn } from 'node:child_process';

/** What became of a program. `started: false`: it could not be run at all. */
export interface ProgramResult {
  readonly ended: 'exited' | 'not-started' | 'timed-out' | 'too-much' | 'aborted';
  /** Null after a signal, or when it never ran. */
  readonly exitCode: number | null;
  readonly stdout: string;
  /** The end of it, a few lines. */
  readonly stderr: string;
}

export interface ProgramOptions {
  readonly timeoutMs: number;
  /** Of stdout. */
  readonly maxBytes: number;
  readonly cwd?: string;
  readonly environment?: { readonly [name: string]: string | undefined };
  readonly signal?: AbortSignal;
}

const MAX_STDERR = 8_192;

/** Never rejects; its standard input is empty. */
export function runProgram(command: readonly string[], options: ProgramOptions): Promise<ProgramResult> {
  const [file = '', ...args] = command;
  return new Promise((done) => {
    const stdout: Buffer[] = [];
    let bytes = 0;
    let stderr = '';
    let ended: ProgramResult['ended'] = 'exited';
    const finish = (exitCode: number | null): void => {
      clearTimeout(timer);
      options.signal?.removeEventListener('abort', onAbort);
      done({ ended, exitCode, stdout: Buffer.concat(stdout).toString('utf8'), stderr: stderr.trim() });
    };
    const child = spawn(file, args, {
      cwd: options.cwd,
      env: { ...process.env, ...options.environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      windowsHide: true,
    });
    const stop = (why: ProgramResult['ended']): void => {
      if (ended !== 'exited') return;
      ended = why;
      child.kill('SIGKILL');
      // A grandchild may hold the pipes open for as long as it likes.
      child.stdout.destroy();
      child.stderr.destroy();
    };
    const onAbort = (): void => stop('aborted');
    const timer = setTimeout(() => stop('timed-out'), options.timeoutMs);
    options.signal?.addEventListener('abort', onAbort, { once: true });
    if (options.signal?.aborted === true) onAbort();
    child.stdout.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > options.maxBytes) stop('too-much');
      else stdout.push(chunk);
    });
    child.stderr.on('data', (chunk: Buffer) => {
      stderr = (stderr + chunk.toString('utf8')).slice(-MAX_STDERR);
    });
    child.once('error', (error) => {
      ended = 'not-started';
      stderr = error.message;
      finish(null);
    });
    child.once('close', (code) => finish(code));
  });
}

/** Why it gave nothing usable, in a few words and the last line of its stderr; null when it exited with 0. */
export function programFailure(
  result: ProgramResult,
  options: Pick<ProgramOptions, 'timeoutMs' | 'maxBytes'>,
): string | null {
  const said = result.stderr.split(/\r?\n/).at(-1) ?? '';
  const tail = said === '' ? '' : `: ${said.slice(0, 300)}`;
  switch (result.ended) {
    case 'not-started':
      return `could not be started${tail}`;
    case 'timed-out':
      return `did not end within ${options.timeoutMs / 1000} s${tail}`;
    case 'too-much':
      return `printed more than ${options.maxBytes} bytes`;
    case 'aborted':
      return 'was interrupted';
    case 'exited':
      return result.exitCode === 0 ? null : `ended with exit code ${result.exitCode ?? 'none'}${tail}`;
  }
}
