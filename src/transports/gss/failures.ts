/** Every way in which Kerberos fails, as one error with cause and remedy; told by number, never by text. */
import { type ErrorCode, FirebreakError } from '../../domain/index.ts';

/** Numbers of krb5's error table (com_err, "krb5"). */
const TABLE = -1_765_328_384;
/** Numbers of MIT's own GSSAPI table ("k5g"). */
const GSS_TABLE = 39_756_032;

const CODE = {
  clientUnknown: TABLE + 6,
  serviceUnknown: TABLE + 7,
  policy: TABLE + 12,
  noEncryption: TABLE + 14,
  clientRevoked: TABLE + 18,
  keyExpired: TABLE + 23,
  preauthFailed: TABLE + 24,
  badIntegrity: TABLE + 31,
  ticketExpired: TABLE + 32,
  notYetValid: TABLE + 33,
  notUs: TABLE + 35,
  badMatch: TABLE + 36,
  skew: TABLE + 37,
  modified: TABLE + 41,
  noKey: TABLE + 45,
  generic: TABLE + 60,
  wrongRealm: TABLE + 68,
  configMissing: TABLE + 135,
  configBroken: TABLE + 136,
  cacheUnknown: TABLE + 140,
  notFound: TABLE + 141,
  replyModified: TABLE + 147,
  replySkew: TABLE + 148,
  realmUnknown: TABLE + 154,
  kdcUnreachable: TABLE + 156,
  mutualFailed: TABLE + 158,
  keytabNotFound: TABLE + 181,
  noTicketGranting: TABLE + 185,
  cacheMissing: TABLE + 195,
  cacheFormat: TABLE + 199,
  kdcNotResolved: TABLE + 220,
  noDefaultRealm: TABLE + 224,
  preauthOther: TABLE + 210,
  keytabFormat: TABLE + 235,
  cacheNoMatch: GSS_TABLE,
  keytabNoMatch: GSS_TABLE + 1,
  ticketMissing: GSS_TABLE + 2,
  cacheEmpty: GSS_TABLE + 12,
  noFile: 2,
  noPermission: 13,
} as const;

/** Major status of RFC 2744 3.9.1, where no number of the mechanism says more. */
const MAJOR_CODE = {
  badBindings: 4,
  defectiveToken: 9,
  noCredential: 7,
  credentialsExpired: 11,
  contextExpired: 12,
} as const;

export interface FailureContext {
  /** `web01 (10.0.0.11:5985)` */
  readonly label: string;
  /** Undefined: the one of the default cache. */
  readonly principal: string | undefined;
  readonly realm: string;
  /** Asked for in turn. */
  readonly services: readonly string[];
  readonly source: 'password' | 'keytab' | 'ccache' | 'default';
  readonly keytab?: string;
  readonly ccache?: string;
}

/** True: the KDC knows no such service; another name may be known. */
export function isServiceUnknown(minor: number): boolean {
  return minor === CODE.serviceUnknown;
}

/** True where NTLM may still do: Kerberos is not to be had here. Never after a word about the password. */
export function isKerberosAbsent(minor: number): boolean {
  const absent: readonly number[] = [
    CODE.serviceUnknown,
    CODE.clientUnknown,
    CODE.realmUnknown,
    CODE.kdcUnreachable,
    CODE.kdcNotResolved,
    CODE.noDefaultRealm,
    CODE.configMissing,
    CODE.noTicketGranting,
  ];
  return absent.includes(minor);
}

interface Explanation {
  readonly code: ErrorCode;
  readonly cause: string;
  readonly remedy: string;
  readonly retryable?: boolean;
}

/**
 * @param error what the library said: `major`, `minor` and its own words
 */
export function fromGssError(
  context: FailureContext,
  error: { readonly major: number; readonly minor: number; readonly message: string },
): FirebreakError {
  const { code, cause, remedy, retryable } = explain(context, error);
  return new FirebreakError(code, `${context.label}: Kerberos: ${cause}`, {
    remedy,
    cause: error,
    details: { major: error.major >>> 0, minor: error.minor },
    ...(retryable === undefined ? {} : { retryable }),
  });
}

function explain(
  context: FailureContext,
  error: { readonly major: number; readonly minor: number; readonly message: string },
): Explanation {
  const user = context.principal ?? 'the user';
  const denied = (cause: string, remedy: string): Explanation => ({ code: 'FB_AUTH_DENIED', cause, remedy });
  const missing = (cause: string, remedy: string): Explanation => ({ code: 'FB_CREDENTIAL_MISSING', cause, remedy });
  const host = context.services[0]?.replace(/^[^/]*\//, '').replace(/@.*$/, '') ?? '';
  switch (error.minor) {
    case CODE.clientUnknown:
      return denied(`the realm ${context.realm} has no user ${user}`, 'check the user; write it as user@REALM');
    case CODE.serviceUnknown:
      return denied(
        `the realm has no service ${context.services.map(withoutRealm).join(', ')}`,
        `on a domain controller: setspn -L ${host.split('.')[0]}; use the host's full name as address, or spn: SERVICE/NAME; is it a member of the domain?`,
      );
    case CODE.preauthFailed:
    case CODE.badIntegrity:
      return context.source === 'keytab'
        ? denied(
            `the key of ${user} in ${context.keytab} is not the right one`,
            'the password was changed since: make a new key table (ktpass, ktutil)',
          )
        : denied(`the password of ${user} is wrong`, 'check it, and the case of letters in the realm');
    case CODE.clientRevoked:
      return denied(
        `the account ${user} is disabled, locked or expired`,
        'on a domain controller: Unlock-ADAccount, Enable-ADAccount',
      );
    case CODE.keyExpired:
      return denied(`the password of ${user} has expired`, 'change it: kpasswd, or at a Windows logon');
    case CODE.policy:
      return denied(
        `a policy of the KDC refuses ${user} (hours, workstations, authentication policy)`,
        'see the event log of the domain controller: 4768, 4769',
      );
    case CODE.noEncryption:
      return denied(
        'client and KDC have no kind of encryption in common',
        'allow AES for the account (msDS-SupportedEncryptionTypes), or see permitted_enctypes in krb5.conf',
      );
    case CODE.skew:
    case CODE.replySkew:
    case CODE.notYetValid:
      return denied(
        'the clocks differ by more than Kerberos allows (5 minutes)',
        'set the clock here and on the host: timedatectl set-ntp true; w32tm /resync',
      );
    case CODE.ticketExpired:
      return missing(`the ticket of ${user} has expired`, renewal(context));
    case CODE.modified:
    case CODE.notUs:
    case CODE.badMatch:
    case CODE.noKey:
      return denied(
        `the host cannot read the ticket for ${withoutRealm(context.services[0] ?? '')}: the service belongs to another account, or the name leads to another host`,
        `on a domain controller: setspn -Q */${host}, setspn -X; check the DNS`,
      );
    case CODE.generic:
      return denied(
        `the ticket was refused without a reason (${error.message})`,
        `does the host have the key of ${withoutRealm(context.services[0] ?? '')}? on a domain controller: setspn -Q */${host}; on the host: klist purge -li 0x3e7, or join the domain again`,
      );
    case CODE.realmUnknown:
    case CODE.kdcNotResolved:
      return {
        code: 'FB_ENVIRONMENT',
        cause: `no KDC is known for the realm ${context.realm}`,
        remedy:
          'name it in /etc/krb5.conf ([realms] kdc = …) or let the DNS of the domain answer: nslookup -type=srv _kerberos._tcp.REALM',
      };
    case CODE.kdcUnreachable:
      return {
        code: 'FB_CONNECT_TIMEOUT',
        cause: `no KDC of the realm ${context.realm} answers`,
        remedy: 'is a domain controller up? check port 88 (TCP and UDP) on the way',
      };
    case CODE.noDefaultRealm:
    case CODE.configMissing:
      return missing(
        'the realm of the user is not known',
        'write the user as user@REALM, or set default_realm in /etc/krb5.conf',
      );
    case CODE.configBroken:
      return {
        code: 'FB_ENVIRONMENT',
        cause: 'the configuration of Kerberos cannot be read',
        remedy: 'check /etc/krb5.conf (KRB5_CONFIG)',
      };
    case CODE.wrongRealm:
    case CODE.replyModified:
      return denied(
        `the KDC answers for another name than ${user}`,
        'write the realm in capitals, as the domain controller does',
      );
    case CODE.cacheMissing:
    case CODE.cacheNoMatch:
    case CODE.cacheEmpty:
    case CODE.cacheUnknown:
    case CODE.cacheFormat:
    case CODE.ticketMissing:
    case CODE.notFound:
    case CODE.noTicketGranting:
      if (context.source === 'keytab') return keytabUseless(context);
      return missing(
        context.principal === undefined ? 'there is no ticket' : `there is no ticket of ${context.principal}`,
        renewal(context),
      );
    case CODE.keytabNotFound:
    case CODE.keytabNoMatch:
    case CODE.keytabFormat:
      return keytabUseless(context);
    case CODE.noFile:
    case CODE.noPermission:
      return missing(
        `${context.keytab ?? context.ccache ?? 'the credential'} cannot be read`,
        'check the path and who may read it',
      );
    case CODE.mutualFailed:
      return {
        code: 'FB_PROTOCOL_AUTH',
        cause: 'the host could not prove who it is',
        remedy: 'something on the way may answer in its place: check the address',
      };
    case CODE.preauthOther:
      return denied(
        `the KDC wants another proof than a password of ${user}`,
        'smart card or one-time password: get a ticket with kinit and use it (no password in the inventory)',
      );
    default:
      return byMajor(context, error);
  }
}

function byMajor(context: FailureContext, error: { readonly major: number; readonly message: string }): Explanation {
  switch ((error.major >>> 16) & 0xff) {
    case MAJOR_CODE.badBindings:
      return {
        code: 'FB_AUTH_DENIED',
        cause: 'the login is bound to another TLS connection',
        remedy: 'something on the way ends the TLS connection: go round it',
      };
    case MAJOR_CODE.noCredential:
    case MAJOR_CODE.credentialsExpired:
      return {
        code: 'FB_CREDENTIAL_MISSING',
        cause: `there is no usable ticket (${error.message})`,
        remedy: renewal(context),
      };
    case MAJOR_CODE.contextExpired:
      return { code: 'FB_AUTH_DENIED', cause: 'the login has expired', remedy: 'try again' };
    default:
      return {
        code: 'FB_PROTOCOL_AUTH',
        cause: error.message,
        remedy: 'see more: KRB5_TRACE=/dev/stderr in the environment',
      };
  }
}

function keytabUseless({ keytab = 'FILE', principal = 'the user' }: FailureContext): Explanation {
  return {
    code: 'FB_CREDENTIAL_MISSING',
    cause: `the key table ${keytab} cannot be read, or has no key of ${principal}`,
    remedy: `see what it has: klist -kte ${keytab}`,
  };
}

function renewal(context: FailureContext): string {
  const { principal, ccache } = context;
  const into = ccache === undefined ? '' : ` -c ${ccache}`;
  return `get one: kinit${into} ${principal ?? 'user@REALM'}; or give a password or keytab:`;
}

function withoutRealm(principal: string): string {
  return principal.replace(/@.*$/, '');
}
