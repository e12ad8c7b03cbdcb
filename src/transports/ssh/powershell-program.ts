/**
 * PowerShell in server mode at the other end of an SSH channel: the subsystem, or, where the host has none, the program
 * itself by exec. Windows PowerShell knows no `-sshs`, but it has spoken PSRP on its standard streams since 2.0 (`-s`,
 * which Start-Job uses): the same framing, so that values travel as CLIXML both ways. Must not know PSRP.
 */
import type { ClientChannel } from 'ssh2';
import { FirebreakError, type Target } from '../../domain/index.ts';
import type { ServerProgram } from '../out-of-process/index.ts';
import type { SshConnection } from './connection.ts';
import { connectionLost } from './failures.ts';

const SUBSYSTEM = 'powershell';
const WINDOWS_POWERSHELL = 'powershell.exe';
/** `-s` must come first: Windows PowerShell 2.0 takes it as a prefix of nothing else then. */
const SERVER_MODE = '-s -NoLogo -NoProfile';
/** Milliseconds for the program to end by itself. */
const END_GRACE_MS = 2_000;

/** @throws FB_PROTOCOL_SSH: the host starts neither */
export async function startPowerShell(
  connection: SshConnection,
  settings: Target['settings'],
  signal: AbortSignal,
): Promise<ServerProgram> {
  const { label } = connection;
  const { shell, configuration } = settings;
  // who names a program means it
  if (shell === undefined || configuration !== undefined) {
    const name = configuration ?? SUBSYSTEM;
    const channel = await connection.subsystem(name, signal);
    if (channel !== null) return program(connection, channel, `the subsystem ${name}`);
    if (configuration !== undefined) {
      throw new FirebreakError('FB_PROTOCOL_SSH', `${label}: the host has no subsystem ${name}`, {
        remedy: `in its sshd_config: Subsystem ${name} c:/progra~1/powershell/7/pwsh.exe -sshs -NoLogo; then Restart-Service sshd`,
      });
    }
  }
  const command = `${quoted(shell ?? WINDOWS_POWERSHELL)} ${SERVER_MODE}`;
  const channel = await connection.exec(command, signal);
  if (channel !== null) return program(connection, channel, command);
  throw new FirebreakError(
    'FB_PROTOCOL_SSH',
    `${label}: the host starts neither a subsystem ${SUBSYSTEM} nor a program`,
    {
      remedy: 'see ForceCommand, ChrootDirectory and Subsystem in its sshd_config',
    },
  );
}

/** The host's shell is cmd.exe, PowerShell or a POSIX one: double quotes mean the same to all three. */
function quoted(path: string): string {
  return /\s/.test(path) ? `"${path}"` : path;
}

function program(connection: SshConnection, channel: ClientChannel, what: string): ServerProgram {
  const { label } = connection;
  let exit: string | undefined;
  channel.on('exit', (code: number | null, signal?: string) => {
    exit = code === null ? `by signal ${signal ?? ''}` : `with exit code ${code}`;
  });
  const ended = new Promise<FirebreakError>((resolve) => {
    channel.once('close', () => {
      const lost = connection.lost;
      resolve(lost === undefined || exit !== undefined ? closed(label, what, exit) : lost);
    });
    void connection.closed.then(() => resolve(connection.lost ?? connectionLost(label, 'it was closed')));
  });
  return {
    input: channel,
    output: channel,
    errors: channel.stderr,
    clientAddress: connection.clientAddress,
    ended,
    async close() {
      channel.end();
      await Promise.race([ended, sleep(END_GRACE_MS)]);
      connection.end();
      await Promise.race([connection.closed, sleep(END_GRACE_MS)]);
    },
    destroy: () => connection.destroy(),
  };
}

function closed(label: string, what: string, exit: string | undefined): FirebreakError {
  return new FirebreakError('FB_SESSION_CLOSED', `${label}: ${what} ended ${exit ?? 'without an exit code'}`, {
    remedy: 'open a new session; if it ends again, see the log Microsoft-Windows-PowerShell/Operational on the host',
  });
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}
