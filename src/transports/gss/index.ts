export { createKerberosContext, isWithoutKerberos } from './kerberos.ts';
export { preferenceOf, serviceHostOf } from './principals.ts';
export type { KerberosOptions, SecurityContext } from './security-context.ts';
