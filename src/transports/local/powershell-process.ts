/**
 * A PowerShell process on this machine, started, owned and ended by node-powershell.
 *
 * It runs as a PSRP server on its standard streams (`-s`, what Start-Job and remoting over SSH use), because
 * node-powershell's own `invoke` gives text only, after the end, copies its buffer at every piece of output, and has no
 * way to stop a command. See docs/decisions, "Local PowerShell is PSRP too". Must not know PSRP.
 */
import { once } from 'node:events';
import { basename } from 'node:path';
import process from 'node:process';
import { PassThrough } from 'node:stream';
import type { ProcessError } from 'node-powershell';
import { FirebreakError } from '../../domain/index.ts';
import type { ServerProgram } from '../out-of-process/index.ts';

/** Milliseconds for the program to end by itself. */
const END_GRACE_MS = 2_000;

type ProcessErrorClass = typeof ProcessError;

/** @param program full path */
export async function startPowerShell(program: string, label: string): Promise<ServerProgram> {
  // loaded when needed: its dependencies cost start-up time that other transports should not pay
  const { PowerShell, ProcessError } = await import('node-powershell');

  class ServerShell extends PowerShell {
    /** The program that was found: the base class would let NODE_POWERSHELL win, and knows three names only. */
    protected override setExecutable(): string {
      return program;
    }
  }

  const shell = new ServerShell({
    executableOptions: { '-s': true, '-NoLogo': true, '-NoProfile': true },
    spawnOptions: { env: environmentFor(), windowsHide: true },
  });
  const exit = exitOf(shell, ProcessError, basename(program), label);
  const { stdin, stdout, stderr } = shell.streams;
  // the base class has made them give text
  const output = stdout.pipe(new PassThrough());
  const errors = stderr.pipe(new PassThrough());
  const drained = Promise.allSettled([once(output, 'end'), once(errors, 'end')]);
  const ended = exit.then(async (why) => {
    // a program that it has started may hold the streams open; what PowerShell itself wrote is there by then
    await Promise.race([drained, sleep(END_GRACE_MS)]);
    return why;
  });
  const kill = (): void => {
    shell.dispose('SIGKILL').catch(() => undefined);
    stdin.destroy();
    output.destroy();
    errors.destroy();
  };
  return {
    input: stdin,
    output,
    errors,
    clientAddress: undefined,
    ended,
    async close() {
      stdin.end();
      await Promise.race([exit, sleep(END_GRACE_MS)]);
    },
    destroy: kill,
  };
}

/**
 * How the process ended. The base class rejects a promise of its own when the exit code is not 0, and nobody but `invoke`
 * and `dispose` looks at it: unheard it would end this program.
 */
function exitOf(shell: object, ProcessError: ProcessErrorClass, name: string, label: string): Promise<FirebreakError> {
  const exit: unknown = Reflect.get(shell, 'exitPromise');
  return Promise.resolve(exit).then(
    () => closed(label, `${name} ended`),
    (error: unknown) => {
      const { signalCode, exitCode, originalError } = error instanceof ProcessError ? error : startFailure(error);
      if (signalCode !== null) return closed(label, `${name} was ended by ${signalCode}`);
      // below zero it is the reason why it could not be started
      if (exitCode !== null && exitCode >= 0) return closed(label, `${name} ended with exit code ${exitCode}`);
      const why = originalError?.message.replace(/\s+/g, ' ').trim() ?? 'for no known reason';
      return new FirebreakError('FB_ENVIRONMENT', `${label}: ${name} cannot be started: ${why}`, {
        remedy: 'start it by hand in a terminal; name another program with shell:',
        cause: error,
      });
    },
  );
}

function startFailure(error: unknown): Pick<ProcessError, 'exitCode' | 'signalCode' | 'originalError'> {
  const originalError = error instanceof Error ? error : new Error(String(error));
  return { exitCode: null, signalCode: null, originalError };
}

function closed(label: string, how: string): FirebreakError {
  return new FirebreakError('FB_SESSION_CLOSED', `${label}: ${how}`, { remedy: 'open a new session' });
}

/**
 * Our environment. On Windows without PSModulePath: started from PowerShell 7 we have inherited a path from which Windows
 * PowerShell would load modules that it cannot use; without it each edition makes its own.
 */
function environmentFor(): NodeJS.ProcessEnv {
  if (process.platform !== 'win32') return process.env;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => name.toUpperCase() !== 'PSMODULEPATH'));
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}
