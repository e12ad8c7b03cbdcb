/**
 * Names in Kerberos: the user's principal, the services that a host may have, and when `auth: negotiate` means Kerberos
 * at all. Pure. Must not know a library.
 */
import { isIP } from 'node:net';

export interface UserName {
  readonly name: string;
  /** As it was written: a Kerberos realm, a DNS domain or a NetBIOS name. */
  readonly domain: string | undefined;
}

export function parseUser(user: string): UserName {
  const backslash = user.indexOf('\\');
  if (backslash >= 0) return { name: user.slice(backslash + 1), domain: user.slice(0, backslash) };
  const at = user.lastIndexOf('@');
  if (at > 0) return { name: user.slice(0, at), domain: user.slice(at + 1) };
  return { name: user, domain: undefined };
}

/**
 * The realm that a user's domain stands for: one of the known ones by its whole name or, for NetBIOS names, by its first
 * label; any DNS domain in capitals, as Active Directory names its realms. Undefined: nobody knows.
 */
export function realmOf(domain: string, known: readonly string[]): string | undefined {
  const wanted = domain.toLowerCase();
  const exact = known.find((realm) => realm.toLowerCase() === wanted);
  if (exact !== undefined) return exact;
  if (domain.includes('.')) return domain.length > 1 ? domain.toUpperCase() : undefined;
  return known.find((realm) => realm.toLowerCase().startsWith(`${wanted}.`));
}

/** The name by which a service ticket can be had: addresses have none. */
export function serviceHostOf(address: string, host: string): string | undefined {
  return [address, host]
    .find((name) => isDnsName(name))
    ?.toLowerCase()
    .replace(/\.$/, '');
}

function isDnsName(name: string): boolean {
  return isIP(name) === 0 && /^[a-z0-9_]([a-z0-9_.-]*[a-z0-9_.])?$/i.test(name) && /[a-z]/i.test(name);
}

/**
 * Principals to ask for, in turn. `host/` is on every machine of a domain and always the machine's own key; `WSMAN/` may
 * be missing on domain controllers; `HTTP/` comes last because a web site may have it for another account.
 * @param spn the one that the settings name, alone; with or without `@REALM`
 * @param realm empty: the client's KDC knows by referral
 */
export function servicePrincipals(host: string | undefined, spn: string | undefined, realm: string): readonly string[] {
  if (spn !== undefined) return [spn.includes('@') ? spn : `${spn}@${realm}`];
  if (host === undefined) return [];
  return ['host', 'WSMAN', 'HTTP'].map((service) => `${service}/${host}@${realm}`);
}

export type Preference =
  /** Kerberos or an error. */
  | 'kerberos'
  /** Kerberos; NTLM where there is no KDC, no such realm or service. */
  | 'kerberos-then-ntlm'
  | 'ntlm';

/** What `auth: negotiate` means for a credential. */
export function preferenceOf(credential: {
  readonly user: string;
  readonly hasPassword: boolean;
  readonly hasKeytabOrCache: boolean;
  readonly serviceHost: string | undefined;
  readonly spn: string | undefined;
}): Preference {
  if (!credential.hasPassword || credential.hasKeytabOrCache) return 'kerberos';
  const { domain } = parseUser(credential.user);
  if (domain === undefined || domain === '' || domain === '.') return 'ntlm';
  if (credential.serviceHost === undefined && credential.spn === undefined) return 'ntlm';
  // the machine's own name before the backslash: a local account
  const first = credential.serviceHost?.split('.')[0];
  return domain.toLowerCase() === first ? 'ntlm' : 'kerberos-then-ntlm';
}
