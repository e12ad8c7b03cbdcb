/**
 * What went wrong on the way, told apart: the relay (`relay` is set) or the host behind it. Pure; knows the error ids of
 * the modules only as far as they are our codes.
 */
import { ERROR_CODES, type ErrorCode, FirebreakError, type PowerShellError, type Target } from '../../domain/index.ts';

/** After these the session is not used again, and what became of the call is not known. */
const LOST = /^FB_(CONNECT|PROTOCOL)_|^FB_SESSION_CLOSED$/;
/** The relay may still be busy with what was cut short. */
const UNSETTLED = /^FB_(DEADLINE|CANCELLED)$/;
const OF_TARGET = /^FB_(?:CONNECT|AUTH)_[A-Z]+(?=,|$)/;

export function isLoss(thrown: unknown): thrown is FirebreakError {
  return thrown instanceof FirebreakError && LOST.test(thrown.code);
}

export function isUnsettled(thrown: unknown): boolean {
  return !(thrown instanceof FirebreakError) || UNSETTLED.test(thrown.code);
}

/** The relay was there and is not any more, in the midst of a call. */
export function relayLost(relay: string, thrown: FirebreakError): FirebreakError {
  return new FirebreakError('FB_CONNECT_LOST', `relay ${relay}: ${withoutLabel(relay, thrown.message)}`, {
    remedy: thrown.remedy,
    retryable: true,
    cause: thrown,
    relay,
  });
}

/** No session on the relay. Whatever the reason is: its hosts cannot be reached. */
export function relayUnreachable(relay: string, thrown: unknown, isFinal: boolean): FirebreakError {
  const error = asError(thrown);
  const code = error.code.startsWith('FB_CONNECT_') ? error.code : 'FB_CONNECT_REFUSED';
  return new FirebreakError(code, `relay ${relay}: ${withoutLabel(relay, error.message)}`, {
    remedy: error.remedy || `firebreak doctor ${relay}`,
    retryable: !isFinal,
    cause: error,
    relay,
  });
}

/** It did not come back in time. */
export function relayGivenUp(relay: string, last: FirebreakError | null, waited: string): FirebreakError {
  const why = last === null ? 'it is lost again and again' : withoutLabel(relay, last.message);
  return new FirebreakError(last?.code ?? 'FB_CONNECT_LOST', `relay ${relay}: not back after ${waited}: ${why}`, {
    remedy: `look at ${relay}; when it is up: firebreak rerun last --failed`,
    retryable: false,
    relay,
    ...(last === null ? {} : { cause: last }),
  });
}

export function cancelled(host: string): FirebreakError {
  return new FirebreakError('FB_CANCELLED', `${host}: cancelled`);
}

/** An error of a call on the relay as one of the host behind it. */
export function ofTarget(target: Target, relay: string, thrown: unknown): unknown {
  if (!(thrown instanceof FirebreakError) || thrown.relay !== undefined) return thrown;
  const label = labelOf(target, relay);
  const { code, remedy, retryable, details } = thrown;
  if (code === 'FB_DEADLINE' || code === 'FB_CANCELLED') {
    const message = `${label}: ${withoutLabel(relay, thrown.message)}`;
    return new FirebreakError(code, message, { remedy, retryable, details, cause: thrown });
  }
  if (code !== 'FB_INVOKE_FAILED') return thrown;
  const record = recordOf(thrown);
  const own = codeOf(record?.fullyQualifiedErrorId ?? '');
  const why = record?.message.replace(/\s+/g, ' ').trim() || withoutLabel(relay, thrown.message);
  if (own === null) return new FirebreakError(code, `${label}: ${why}`, { remedy, retryable, details, cause: thrown });
  return new FirebreakError(own, `${label}: ${why}`, { remedy: remedyOf(own, target, relay), details, cause: thrown });
}

export function labelOf({ host, address }: Target, relay: string): string {
  return `${host} (${address}) through relay ${relay}`;
}

/** True where the relay does not know the command: its modules are those of an older version. */
export function isUnknownCommand(thrown: unknown): boolean {
  if (!(thrown instanceof FirebreakError)) return false;
  return recordOf(thrown)?.fullyQualifiedErrorId.includes('CommandNotFoundException') === true;
}

function recordOf({ details }: FirebreakError): PowerShellError | undefined {
  return (details as { readonly error?: PowerShellError } | undefined)?.error;
}

function codeOf(id: string): ErrorCode | null {
  const code = OF_TARGET.exec(id)?.[0];
  return code !== undefined && code in ERROR_CODES ? (code as ErrorCode) : null;
}

function remedyOf(code: ErrorCode, { host, address, user }: Target, relay: string): string {
  if (code.startsWith('FB_AUTH_')) {
    const who = user === '' ? 'a credential' : `user ${user}`;
    return `give ${who} of ${host} that is an administrator there; try on ${relay}: net use \\\\${address}\\ADMIN$ /user:USER`;
  }
  return `on ${relay}: Test-NetConnection ${address} -Port 445; is ${host} up, and file sharing open to ${relay}?`;
}

/** `mgmt01 (10.0.0.1:5985): refused` → `refused`. */
function withoutLabel(relay: string, message: string): string {
  for (const start of [`relay ${relay}`, relay]) {
    if (!message.startsWith(start)) continue;
    const rest = /^(?: \([^)]*\))?: (.*)$/s.exec(message.slice(start.length))?.[1];
    if (rest !== undefined) return rest;
  }
  return message;
}

function asError(thrown: unknown): FirebreakError {
  if (thrown instanceof FirebreakError) return thrown;
  return new FirebreakError('FB_BUG', thrown instanceof Error ? thrown.message : String(thrown), { cause: thrown });
}
