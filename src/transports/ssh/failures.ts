/** Every way in which reaching an SSH server fails, as one error with place, cause and remedy. */
import { type ErrorCode, FirebreakError } from '../../domain/index.ts';

/** `web01 (10.0.0.11:22)`, or the address alone when the host is named by it. */
export function labelOf(target: { readonly host: string; readonly address: string; readonly port: number }): string {
  const address = target.address.includes(':') ? `[${target.address}]` : target.address;
  const endpoint = `${address}:${target.port}`;
  return target.host === '' || target.host === target.address ? endpoint : `${target.host} (${endpoint})`;
}

type Cause = readonly [code: ErrorCode, cause: string, remedy: string];

const CAUSES: Readonly<Record<string, Cause>> = {
  ECONNREFUSED: [
    'FB_CONNECT_REFUSED',
    'the connection was refused: nothing listens there',
    'on the host: Start-Service sshd (Add-WindowsCapability -Online -Name OpenSSH.Server installs it); check the port in the inventory',
  ],
  ENOTFOUND: ['FB_CONNECT_NAME', 'the name cannot be resolved', 'check the address in the inventory and the DNS'],
  EAI_AGAIN: ['FB_CONNECT_NAME', 'the name server does not answer', 'check the DNS of this machine'],
  EADDRNOTAVAIL: [
    'FB_ENVIRONMENT',
    'the source address is not one of this machine',
    'check the source address that was asked for',
  ],
};
const UNREACHABLE: ReadonlySet<string> = new Set(['ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'EHOSTDOWN', 'ENETDOWN']);
const LOST: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE', 'ECONNABORTED']);

export function connectTimeout(label: string, ms: number): FirebreakError {
  return new FirebreakError('FB_CONNECT_TIMEOUT', `${label}: no SSH session within ${Math.round(ms / 100) / 10} s`, {
    remedy: 'is the host up? check firewalls on the way and the port in the inventory',
  });
}

export function connectionLost(label: string, why: string, cause?: unknown): FirebreakError {
  return new FirebreakError('FB_CONNECT_LOST', `${label}: the connection was lost (${why})`, {
    remedy: 'the host may have restarted or lost its network; firebreak resume goes on from the journal',
    cause,
  });
}

export function lostBeforeLogin(label: string, cause: unknown): FirebreakError {
  return new FirebreakError('FB_CONNECT_LOST', `${label}: the host closed the connection before the login`, {
    remedy:
      'another service may listen on this port, or sshd refuses us for now (MaxStartups, PerSourcePenalties): check the port, see its log',
    cause,
  });
}

function protocolError(label: string, what: string, remedy: string, cause?: unknown): FirebreakError {
  return new FirebreakError('FB_PROTOCOL_SSH', `${label}: ${what}`, { remedy, cause });
}

/** Errors of the SSH client before the session is ready. */
export function fromConnectError(label: string, error: unknown, timeoutMs: number): FirebreakError {
  if (error instanceof FirebreakError) return error;
  const { code, level } = error as { readonly code?: unknown; readonly level?: string };
  const known = typeof code === 'string' ? CAUSES[code] : undefined;
  if (known !== undefined) {
    return new FirebreakError(known[0], `${label}: ${known[1]}`, { remedy: known[2], cause: error });
  }
  if (typeof code === 'string' && UNREACHABLE.has(code)) {
    return new FirebreakError('FB_CONNECT_TIMEOUT', `${label}: the host cannot be reached (${code})`, {
      remedy: 'is the host up? check routes and firewalls on the way',
      cause: error,
    });
  }
  if (level === 'client-timeout') return connectTimeout(label, timeoutMs);
  const message = short(error);
  if ((typeof code === 'string' && LOST.has(code)) || /connection lost|before handshake/i.test(message)) {
    return lostBeforeLogin(label, error);
  }
  if (/no matching|handshake failed/i.test(message)) {
    return protocolError(
      label,
      `the host and we have no algorithm in common (${message})`,
      'update OpenSSH on the host',
      error,
    );
  }
  return protocolError(
    label,
    `the answer is not SSH (${message})`,
    'another service may listen on this port: check address and port',
    error,
  );
}

export function short(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/\s+/g, ' ').trim().slice(0, 200);
}
