/**
 * A login by Kerberos as a series of tokens, and the sealing that follows from it: by GSSAPI, on Windows by SSPI. A KDC
 * that does not answer holds up nobody but the caller, who may give up at any time. Must not know HTTP.
 */
import { FirebreakError } from '../../domain/index.ts';
import { isKerberosAbsent } from './failures.ts';
import { GssError } from './gss-context.ts';
import { GssLogin } from './gss-login.ts';
import type { KerberosOptions, SecurityContext } from './security-context.ts';
import { SspiLogin } from './sspi.ts';

export function createKerberosContext(options: KerberosOptions): SecurityContext {
  return process.platform === 'win32' ? new SspiLogin(options) : new GssLogin(options);
}

/** True: Kerberos is not to be had here, and NTLM may do. */
export function isWithoutKerberos(error: unknown): boolean {
  if (!(error instanceof FirebreakError)) return false;
  if (error.cause instanceof GssError) return isKerberosAbsent(error.cause.minor);
  return (
    error.code === 'FB_ENVIRONMENT' ||
    (error.details as { readonly isKerberosAbsent?: unknown })?.isKerberosAbsent === true
  );
}
