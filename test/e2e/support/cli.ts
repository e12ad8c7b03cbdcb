/** The command line as a process, as a user starts it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..', '..', '..');
const BIN = join(root, 'bin', 'firebreak.js');

export interface CliResult {
  /** Null after a signal. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

export interface StartedCli {
  readonly child: ChildProcess;
  readonly ended: Promise<CliResult>;
  /** Resolves when so many lines of stdout and stderr match, or when the process has ended. */
  lines(pattern: RegExp, count?: number): Promise<void>;
}

export function startCli(args: readonly string[], options: CliOptions = {}): StartedCli {
  const child = spawn(process.execPath, [BIN, ...args], {
    cwd: options.cwd ?? root,
    env: { ...process.env, NO_COLOR: '1', ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = { stdout: '', stderr: '' };
  const waiting = new Set<() => void>();
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      said[stream] += text;
      for (const look of [...waiting]) look();
    });
  }
  const ended = new Promise<CliResult>((done, failed) => {
    child.on('error', failed);
    child.on('close', (code, signal) => done({ code, signal, ...said }));
  });
  const lines = (pattern: RegExp, count = 1): Promise<void> =>
    new Promise((done) => {
      const look = (): void => {
        const whole = `${said.stdout.replace(/[^\n]*$/, '')}${said.stderr.replace(/[^\n]*$/, '')}`.split('\n');
        if (whole.filter((line) => pattern.test(line)).length < count) return;
        waiting.delete(look);
        done();
      };
      waiting.add(look);
      look();
      ended.then(
        () => done(),
        () => done(),
      );
    });
  return { child, ended, lines };
}

export function cli(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  return startCli(args, options).ended;
}

/** One object or list that the command prints with `--json`. @throws when it prints anything else */
export async function cliJson<Result>(args: readonly string[], options: CliOptions = {}): Promise<Result> {
  const { code, stdout, stderr } = await cli([...args, '--json'], options);
  if (code !== 0) throw new Error(`firebreak ${args.join(' ')} exited ${code}: ${stderr}`);
  return JSON.parse(stdout) as Result;
}
