export { WinrmFront } from './front.ts';
export { KerberosService } from './kerberos.ts';
export type { KerberosLogins } from './logins.ts';
export type { LoginOptions } from './logins.ts';
export { type Sessions, WinrmService } from './service.ts';
