export { createKerberosContext, isWithoutKerberos, type KerberosOptions, type SecurityContext } from './kerberos.ts';
export { preferenceOf, serviceHostOf } from './principals.ts';
