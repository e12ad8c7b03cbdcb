/** Every way in which reaching a WinRM service fails, as one error with place, cause and remedy. Must not know PSRP. */
import { type ErrorCode, FirebreakError } from '../../domain/index.ts';
import { FAULT_CODE, type WsmanFaultInfo } from '../../protocol/index.ts';
import { quotaOf } from './quotas.ts';
import { handshakeFailed, isTlsError } from './tls-failures.ts';

export { fromProtocolError, sessionClosed } from '../psrp/index.ts';

/** `web01 (10.0.0.11:5985)`, or the address alone when the host is named by it. */
export function labelOf(target: { readonly host: string; readonly address: string; readonly port: number }): string {
  const address = target.address.includes(':') ? `[${target.address}]` : target.address;
  const endpoint = `${address}:${target.port}`;
  return target.host === '' || target.host === target.address ? endpoint : `${target.host} (${endpoint})`;
}

const CONNECT_CAUSES: Readonly<
  Record<string, { readonly code: ErrorCode; readonly cause: string; readonly remedy: string }>
> = {
  ECONNREFUSED: {
    code: 'FB_CONNECT_REFUSED',
    cause: 'the connection was refused: nothing listens there',
    remedy: 'on the host: Enable-PSRemoting -Force; check the port in the inventory',
  },
  ENOTFOUND: {
    code: 'FB_CONNECT_NAME',
    cause: 'the name cannot be resolved',
    remedy: 'check the address in the inventory and the DNS',
  },
  EAI_AGAIN: {
    code: 'FB_CONNECT_NAME',
    cause: 'the name server does not answer',
    remedy: 'check the DNS of this machine',
  },
  EADDRNOTAVAIL: {
    code: 'FB_ENVIRONMENT',
    cause: 'the source address is not one of this machine',
    remedy: 'check the source address that was asked for',
  },
};

const UNREACHABLE: ReadonlySet<string> = new Set(['ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'EHOSTDOWN', 'ENETDOWN']);
const LOST: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE', 'ECONNABORTED', 'UND_ERR_SOCKET', 'UND_ERR_CLOSED']);

function connectTimeout(label: string, ms: number): FirebreakError {
  return new FirebreakError('FB_CONNECT_TIMEOUT', `${label}: no connection within ${seconds(ms)}`, {
    remedy: 'is the host up? check firewalls on the way and the port in the inventory',
  });
}

export function noAnswer(label: string, ms: number): FirebreakError {
  return new FirebreakError('FB_CONNECT_LOST', `${label}: connected, but no complete answer within ${seconds(ms)}`, {
    remedy: 'the network or the host may be down, or another service listens there: check both',
  });
}

/** What was under way when the time was over. */
export type OpeningStage = 'tcp' | 'proxy' | 'tls';

export function notOpened(label: string, stage: OpeningStage, ms: number, proxy: string | undefined): FirebreakError {
  if (stage === 'tls') {
    return new FirebreakError('FB_CONNECT_TIMEOUT', `${label}: connected, but no TLS handshake within ${seconds(ms)}`, {
      remedy: 'the host may be overloaded, or another service listens there: check the port in the inventory',
    });
  }
  if (proxy === undefined) return connectTimeout(label, ms);
  const what = stage === 'tcp' ? 'no connection' : 'no answer to CONNECT';
  return new FirebreakError('FB_CONNECT_TIMEOUT', `${label}: the proxy ${proxy}: ${what} within ${seconds(ms)}`, {
    remedy: 'is the host up? does the proxy know the way to it? check address and port of the proxy',
  });
}

/** While the way to the host was opened; errors of TLS and of the proxy's answer are told already. */
export function fromSocketError(
  label: string,
  error: unknown,
  stage: OpeningStage,
  proxy: string | undefined,
): FirebreakError {
  if (proxy === undefined || stage !== 'tcp') return fromHttpError(label, error);
  const { code, message } = fromHttpError(`${label}: the proxy ${proxy}`, error);
  return new FirebreakError(code, message, { remedy: 'check address and port of the proxy', cause: error });
}

/** The host has answered, but not everything has come here. */
export function answerLost(label: string): FirebreakError {
  return new FirebreakError('FB_CONNECT_LOST', `${label}: an answer was lost with the connection`, {
    remedy: 'the network was away for a moment; firebreak resume goes on from the journal',
  });
}

/** HTTPS is what WinRM has on 5986: to plain HTTP it says nothing that could be understood. */
export function onTlsPort(error: FirebreakError, port: number): FirebreakError {
  if (port !== 5986 || (error.code !== 'FB_CONNECT_LOST' && error.code !== 'FB_PROTOCOL_HTTP')) return error;
  return new FirebreakError('FB_TLS_FAILED', `${error.message} (plain HTTP on port 5986)`, {
    remedy: 'WinRM on port 5986 is HTTPS: use_tls: true (winrms://…); HTTP is on port 5985',
    cause: error,
  });
}

/** Errors of the HTTP client and of the socket under it. */
export function fromHttpError(label: string, error: unknown): FirebreakError {
  if (error instanceof FirebreakError) return error;
  const code = codeOf(error);
  const known = CONNECT_CAUSES[code];
  if (known !== undefined) {
    return new FirebreakError(known.code, `${label}: ${known.cause}`, { remedy: known.remedy, cause: error });
  }
  if (UNREACHABLE.has(code)) {
    return new FirebreakError('FB_CONNECT_TIMEOUT', `${label}: the host cannot be reached (${code})`, {
      remedy: 'is the host up? check routes and firewalls on the way',
      cause: error,
    });
  }
  if (LOST.has(code)) {
    return new FirebreakError('FB_CONNECT_LOST', `${label}: the connection was lost`, {
      remedy: 'the host may have restarted or lost its network; firebreak resume goes on from the journal',
      cause: error,
    });
  }
  if (isTlsError(code)) return handshakeFailed(label, error);
  const message = error instanceof Error ? error.message : String(error);
  return new FirebreakError(
    'FB_PROTOCOL_HTTP',
    `${label}: the answer is not HTTP as WinRM speaks it (${short(message)})`,
    {
      remedy: 'another service may listen on this port: check address and port',
      cause: error,
    },
  );
}

/** Statuses other than 200 and a 500 with a SOAP fault; and bodies that are no SOAP. */
export function fromHttpStatus(
  label: string,
  answer: { readonly status: number; readonly contentType: string; readonly challenges: readonly string[] },
): FirebreakError {
  const { status } = answer;
  if (status === 401) return denied(label, answer.challenges);
  if (status === 403) {
    return new FirebreakError('FB_AUTH_DENIED', `${label}: access is forbidden (HTTP 403)`, {
      remedy: 'the user needs rights on the WinRM service: add it to Remote Management Users',
    });
  }
  if (status === 200 || status === 500) {
    const what = answer.contentType === '' ? 'without a content type' : `of type ${short(answer.contentType)}`;
    if (status === 500 && answer.contentType === '') {
      return new FirebreakError('FB_PROTOCOL_HTTP', `${label}: HTTP 500 ${what} instead of SOAP`, {
        remedy: 'a WinRM service that refuses unencrypted messages answers so: use auth: negotiate',
      });
    }
    return new FirebreakError('FB_PROTOCOL_HTTP', `${label}: HTTP ${status} ${what} instead of SOAP`, {
      remedy: 'another service, or a proxy, answers there: check address and port',
    });
  }
  if (status === 413) {
    return new FirebreakError('FB_PROTOCOL_HTTP', `${label}: the request is too large for the host (HTTP 413)`, {
      remedy: 'raise MaxEnvelopeSizekb on the host: winrm set winrm/config @{MaxEnvelopeSizekb="500"}',
    });
  }
  const hint =
    status >= 300 && status < 400
      ? 'redirects are not followed: use the address that the service really has'
      : 'is this the WinRM service? the path /wsman must exist on this port';
  return new FirebreakError('FB_PROTOCOL_HTTP', `${label}: HTTP ${status} instead of an answer of WinRM`, {
    remedy: hint,
    retryable: status === 503,
  });
}

function denied(label: string, challenges: readonly string[]): FirebreakError {
  const schemes = schemesOf(challenges);
  const offersBasic = schemes.some((scheme) => scheme.toLowerCase() === 'basic');
  if (!offersBasic && schemes.length > 0) {
    return new FirebreakError(
      'FB_AUTH_DENIED',
      `${label}: the host does not offer Basic authentication (it offers ${short(schemes.join(', '))})`,
      {
        remedy:
          'use auth: negotiate, which is what Windows offers by default; or on the host: winrm set winrm/config/service/auth @{Basic="true"}',
      },
    );
  }
  return new FirebreakError('FB_AUTH_DENIED', `${label}: user or password was refused (HTTP 401)`, {
    remedy:
      'check both; Basic takes local accounts only; on plain HTTP the service needs AllowUnencrypted=true: else use auth: negotiate',
  });
}

function schemesOf(challenges: readonly string[]): readonly string[] {
  return challenges.map((each) => each.trim().split(/[\s,]/)[0] ?? '').filter((each) => each !== '');
}

/** 401 to the last word of a login by NTLM: the host does not tell why. */
export function loginDenied(label: string, isTls = false): FirebreakError {
  const binding = isTls
    ? 'with CbtHardeningLevel=Strict nothing on the way may end TLS, such as a load balancer'
    : 'CbtHardeningLevel=Strict refuses plain HTTP: use port 5986';
  return new FirebreakError('FB_AUTH_DENIED', `${label}: user or password was refused (NTLM, HTTP 401)`, {
    remedy: `check both, and whether the account is locked or disabled; a local account other than Administrator needs LocalAccountTokenFilterPolicy=1 on the host; ${binding}; SPN checks refuse an address instead of the name`,
  });
}

/** 401 to a Kerberos ticket: the host does not tell why. */
export function kerberosDenied(label: string, isTls = false): FirebreakError {
  const binding = isTls
    ? 'with CbtHardeningLevel=Strict nothing on the way may end TLS, such as a load balancer'
    : 'CbtHardeningLevel=Strict refuses plain HTTP: use port 5986';
  return new FirebreakError('FB_AUTH_DENIED', `${label}: the host refused the ticket (Kerberos, HTTP 401)`, {
    remedy: `the user must be an administrator of the host or in Remote Management Users; the clocks may differ by 5 minutes at most; the service must belong to the host's own account (setspn -Q); ${binding}`,
  });
}

export function kdcSilent(label: string, ms: number): FirebreakError {
  return new FirebreakError('FB_CONNECT_TIMEOUT', `${label}: Kerberos: no answer of a KDC within ${seconds(ms)}`, {
    remedy: 'is a domain controller up? check port 88 (TCP and UDP) on the way, and the DNS of this machine',
  });
}

/** The host does not map our certificate to an account. */
export function certificateDenied(label: string): FirebreakError {
  return new FirebreakError('FB_AUTH_DENIED', `${label}: the host has no account for our certificate (HTTP 401)`, {
    remedy:
      'on the host: winrm set winrm/config/service/auth @{Certificate="true"}; New-Item WSMan:\\localhost\\ClientCertificate -Subject UPN -URI * -Issuer THUMBPRINT -Credential ACCOUNT',
  });
}

export function negotiateMissing(label: string, challenges: readonly string[]): FirebreakError {
  const offered = schemesOf(challenges).join(', ') || 'nothing';
  return new FirebreakError(
    'FB_AUTH_DENIED',
    `${label}: the host does not offer Negotiate (it offers ${short(offered)})`,
    {
      remedy: 'on the host: winrm set winrm/config/service/auth @{Negotiate="true"}; or use auth: basic',
    },
  );
}

export function loginUnfinished(label: string, why: string): FirebreakError {
  return new FirebreakError('FB_PROTOCOL_AUTH', `${label}: the login did not come to an end: ${why}`, {
    remedy: 'a proxy or load balancer on the way may break logins that belong to a connection: go round it',
  });
}

/** Never taken for an answer: anybody on the way could have written it. */
export function answeredInTheClear(label: string, status: number): FirebreakError {
  return new FirebreakError(
    'FB_PROTOCOL_AUTH',
    `${label}: an answer in the clear (HTTP ${status}) on a sealed connection`,
    { remedy: 'another service or a proxy may answer there: check address and port, and the WinRM log of the host' },
  );
}

const UNNAMED_QUOTA = { name: 'a quota', raise: 'winrm get winrm/config' };

/** A SOAP fault that is no "ask again". */
export function fromFault(label: string, operation: string, fault: WsmanFaultInfo): FirebreakError {
  const reason = short(fault.reason.replace(/\s+/g, ' ').trim() || fault.subcode || 'no reason given');
  const number = fault.windowsCode === undefined ? '' : ` [${fault.windowsCode}]`;
  switch (fault.windowsCode) {
    case FAULT_CODE.accessDenied:
      return new FirebreakError('FB_AUTH_DENIED', `${label}: access is denied: ${reason}${number}`, {
        remedy: 'the user must be an administrator of the host or in Remote Management Users',
      });
    case FAULT_CODE.operationAborted:
      return new FirebreakError('FB_CONNECT_LOST', `${label}: the host broke off ${operation}: ${reason}${number}`, {
        remedy: 'the host or its WinRM service may be restarting; firebreak resume goes on from the journal',
      });
    case FAULT_CODE.shellNotFound:
      return new FirebreakError('FB_SESSION_CLOSED', `${label}: the host has closed the session`, {
        remedy: 'the host restarted, or its idle time or memory quota ended the session; try again',
      });
    case FAULT_CODE.unknownResource:
      return new FirebreakError(
        'FB_PROTOCOL_SOAP',
        `${label}: the host does not have that configuration: ${reason}${number}`,
        {
          remedy: 'on the host: Get-PSSessionConfiguration; name one of these (--configuration, configuration:)',
        },
      );
    default:
  }
  const quota = quotaOf(fault.windowsCode) ?? (fault.subcode === 'QuotaLimit' ? UNNAMED_QUOTA : undefined);
  if (quota !== undefined) {
    return new FirebreakError('FB_SESSION_QUOTA', `${label}: ${quota.name} of WinRM is used up: ${reason}${number}`, {
      remedy: `close other sessions of this user, or on the host: ${quota.raise}`,
    });
  }
  if (fault.subcode === 'AccessDenied') {
    return new FirebreakError('FB_AUTH_DENIED', `${label}: access is denied: ${reason}`, {
      remedy: 'the user must be an administrator of the host or in Remote Management Users',
    });
  }
  return new FirebreakError('FB_PROTOCOL_SOAP', `${label}: the host refused ${operation}: ${reason}${number}`, {
    remedy: 'see the WinRM log on the host: Microsoft-Windows-WinRM/Operational',
  });
}

function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return '';
  const own = (error as { readonly code?: unknown }).code;
  if (typeof own === 'string') return own;
  return 'cause' in error ? codeOf(error.cause) : '';
}

function seconds(ms: number): string {
  return `${Math.max(0, Math.round(ms / 100) / 10)} s`;
}

function short(text: string): string {
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}
