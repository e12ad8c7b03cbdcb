/**
 * What the system's Kerberos configuration says of realms (krb5.conf, domain_realm; the DNS only where it is told to).
 * Must not know GSSAPI.
 */
import { type Library, loadLibrary } from './library.ts';

export interface Realms {
  readonly default: string | undefined;
  /** Of a host; undefined: by referral of the client's KDC. */
  readonly ofHost: string | undefined;
}

const NONE: Realms = { default: undefined, ofHost: undefined };

/** Nothing known where there is no configuration. */
export async function readRealms(host: string | undefined): Promise<Realms> {
  const names =
    process.platform === 'darwin'
      ? ['/System/Library/Frameworks/Kerberos.framework/Kerberos']
      : ['libkrb5.so.3', 'libkrb5.so'];
  const library = await loadLibrary(names, 'apt-get install libkrb5-3').catch(() => undefined);
  if (library === undefined) return NONE;
  const slot = Buffer.alloc(8);
  if (library.func('krb5_init_context', 'p', true)(slot) !== 0) return NONE;
  const context = slot.readBigUInt64LE(0);
  try {
    return {
      default: await defaultRealm(library, context),
      ofHost: host === undefined ? undefined : await hostRealm(library, context, host),
    };
  } finally {
    library.func('krb5_free_context', 'p')(context);
  }
}

async function defaultRealm(library: Library, context: bigint): Promise<string | undefined> {
  const slot = Buffer.alloc(8);
  if ((await library.func('krb5_get_default_realm', 'pp', true).later(context, slot)) !== 0) return undefined;
  const address = slot.readBigUInt64LE(0);
  const realm = library.readText(address);
  library.func('krb5_free_default_realm', 'pp')(context, address);
  return realm;
}

async function hostRealm(library: Library, context: bigint, host: string): Promise<string | undefined> {
  const slot = Buffer.alloc(8);
  if ((await library.func('krb5_get_host_realm', 'psp', true).later(context, host, slot)) !== 0) return undefined;
  const list = slot.readBigUInt64LE(0);
  const first = library.read(list, 8).readBigUInt64LE(0);
  const realm = first === 0n ? '' : library.readText(first);
  library.func('krb5_free_host_realm', 'pp', true)(context, list);
  return realm === '' ? undefined : realm;
}
