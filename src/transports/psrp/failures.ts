/** The failures that every carrier of PSRP shares, as one error with place, cause and remedy. */
import { FirebreakError } from '../../domain/index.ts';
import { ProtocolError } from '../../protocol/index.ts';

export function deadlinePassed(label: string, what: string, ms: number): FirebreakError {
  return new FirebreakError('FB_DEADLINE', `${label}: ${what} did not end within ${seconds(ms)}`, {
    remedy: 'raise the timeout, or see on the host what takes so long',
  });
}

export function cancelled(label: string): FirebreakError {
  return new FirebreakError('FB_CANCELLED', `${label}: cancelled`);
}

export function sessionClosed(label: string, cause?: unknown): FirebreakError {
  return new FirebreakError('FB_SESSION_CLOSED', `${label}: the session is closed`, {
    remedy: 'open a new session',
    cause,
  });
}

/** The host took the connection but gave no runspace pool. */
export function poolNotOpened(label: string, why: string): FirebreakError {
  return new FirebreakError('FB_PROTOCOL_PSRP', `${label}: the host did not open a PowerShell session: ${why}`, {
    remedy: 'on the host: Enable-PSRemoting -Force; see the log Microsoft-Windows-PowerShell/Operational',
  });
}

/** A break of protocol inside well-delivered bytes; any other error as it is. */
export function fromProtocolError(label: string, error: unknown): unknown {
  if (!(error instanceof ProtocolError)) return error;
  return new FirebreakError(error.code, `${label}: ${error.message}`, {
    remedy:
      error.code === 'FB_PROTOCOL_AUTH'
        ? 'the host wants another kind of login, or something on the way changes its messages: check both'
        : 'another service, or a proxy, may answer there: check address and port',
    cause: error,
  });
}

function seconds(ms: number): string {
  return `${Math.max(0, Math.round(ms / 100) / 10)} s`;
}
