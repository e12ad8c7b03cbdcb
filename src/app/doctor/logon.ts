/** Why a session could not be opened: which check failed, the likely cause, and the command that mends it. */
import type { ErrorRecord, PlannedHost } from '../../domain/index.ts';
import { type Check, failed } from './model.ts';

/** @param error of the transport, or of the credential */
export function explainLogon(host: PlannedHost, error: ErrorRecord): Check {
  const { code, message, remedy } = error;
  // The host's name stands before every finding already.
  const finding = message.replace(/^\S+(?: \([^)]*\))?: /, '');
  const [cause, mend] = causeOf(host, code, finding);
  const fix = [remedy, mend].filter((text) => text !== '').join('; ');
  if (code.startsWith('FB_TLS_')) return failed('tls', finding, cause, fix);
  if (code === 'FB_CONNECT_NAME') return failed('name', finding, cause, fix);
  if (code.startsWith('FB_CONNECT_') || code === 'FB_SSH_HOST_KEY') return failed('port', finding, cause, fix);
  if (code.startsWith('FB_AUTH_') || code === 'FB_CREDENTIAL_MISSING') return failed('auth', finding, cause, fix);
  return failed('shell', finding, cause, fix);
}

function causeOf(host: PlannedHost, code: string, finding: string): readonly [cause: string, remedy: string] {
  switch (code) {
    case 'FB_CREDENTIAL_MISSING':
      return ['the password could not be had', ''];
    case 'FB_AUTH_UNENCRYPTED':
      return ['Basic over plain HTTP would show the password to everybody on the way', ''];
    case 'FB_AUTH_UNSUPPORTED':
      return ['this way of logging on is not possible here', ''];
    case 'FB_AUTH_DENIED':
      return deniedCause(host, finding);
    case 'FB_SSH_HOST_KEY':
      return ['the host key is unknown or has changed', ''];
    case 'FB_CONNECT_LOST':
    case 'FB_DEADLINE':
      return [
        'the port is open, but nobody answers in time: the service hangs, or another one listens there',
        'on the host: Restart-Service WinRM',
      ];
    case 'FB_ENVIRONMENT':
      return ['something is missing on this machine', ''];
    case 'FB_SESSION_QUOTA':
      return [
        'too many sessions of this user are open',
        'on the host: Get-WSManInstance -ResourceURI Shell -Enumerate',
      ];
    case 'FB_PROTOCOL_HTTP':
      return ['something else than WinRM answers on this port', 'on the host: winrm enumerate winrm/config/listener'];
    default:
      return ['the host does not open a PowerShell session', ''];
  }
}

function deniedCause(host: PlannedHost, finding: string): readonly [cause: string, remedy: string] {
  const { transport, auth, user, useTls } = host;
  if (transport === 'ssh')
    return ['wrong user, password or key', 'on the host: Get-WinEvent OpenSSH/Operational -MaxEvents 5'];
  if (/access is denied/i.test(finding)) {
    const isLocal = user !== null && !/[\\@]/.test(user);
    return [
      'the logon worked, but the account has no right to a remote session',
      isLocal
        ? 'on the host: reg add HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Policies\\System /v LocalAccountTokenFilterPolicy /t REG_DWORD /d 1 /f'
        : `on the host: Add-LocalGroupMember -Group "Remote Management Users" -Member "${user ?? 'USER'}"`,
    ];
  }
  if (/does not offer|not offered/i.test(finding)) return ['this way of logging on is switched off on the host', ''];
  if (auth === 'kerberos')
    return [
      'no ticket, a ticket for another name, or clocks that differ by more than 5 minutes',
      `klist; setspn -Q HTTP/${host.address}; w32tm /query /status on the host`,
    ];
  if (auth === 'certificate') return ['the host maps no account to this certificate', ''];
  return [
    'wrong user or password, or an account that is locked, disabled or expired',
    useTls
      ? 'with channel binding hardened, nothing may end TLS in between: winrm get winrm/config/service/auth (CbtHardeningLevel)'
      : '',
  ];
}
