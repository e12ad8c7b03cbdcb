export { WinrmFront } from './front.ts';
export { KerberosService } from './kerberos.ts';
export type { KerberosLogins, LoginOptions } from './logins.ts';
export { type Sessions, WinrmService } from './service.ts';
