/**
 * OpenSSH's known_hosts format (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT): which keys a host may show. Must not know files,
 * connections or what to do about a wrong key.
 */
import { createHmac } from 'node:crypto';

interface KnownKey {
  readonly marker: 'revoked' | 'cert-authority' | undefined;
  /** `ssh-ed25519`, `ssh-rsa`, `ecdsa-sha2-nistp256` … */
  readonly type: string;
  readonly key: Buffer;
}

interface Entry extends KnownKey {
  readonly hosts: string;
}

export type HostKeyVerdict =
  | { readonly kind: 'known' }
  | { readonly kind: 'revoked' }
  /** The host is known by other keys. */
  | { readonly kind: 'changed'; readonly knownTypes: readonly string[] }
  /** Only an authority is listed, and this client cannot check certificates of hosts. */
  | { readonly kind: 'authority-only' }
  | { readonly kind: 'unknown' };

export class KnownHosts {
  readonly #entries: readonly Entry[];

  /** @param texts the files' contents; lines that are no entries are left out, as ssh does */
  constructor(texts: readonly string[]) {
    this.#entries = texts.flatMap((text) => text.split(/\r?\n/).flatMap(parseLine));
  }

  /** Types of the host's keys in the order of the files: what the client should ask for first. */
  keyTypes(address: string, port: number): readonly string[] {
    const keys = this.#of(address, port).filter(({ marker }) => marker === undefined);
    return [...new Set(keys.map(({ type }) => type))];
  }

  check(address: string, port: number, key: Buffer): HostKeyVerdict {
    const all = this.#of(address, port);
    if (all.some((known) => known.marker === 'revoked' && known.key.equals(key))) return { kind: 'revoked' };
    const plain = all.filter(({ marker }) => marker === undefined);
    if (plain.some((known) => known.key.equals(key))) return { kind: 'known' };
    if (plain.length > 0) return { kind: 'changed', knownTypes: this.keyTypes(address, port) };
    return { kind: all.some(({ marker }) => marker === 'cert-authority') ? 'authority-only' : 'unknown' };
  }

  #of(address: string, port: number): readonly Entry[] {
    const name = hostName(address, port);
    return this.#entries.filter(({ hosts }) => matches(hosts, name));
  }
}

/** `host`, or `[host]:port` for another port than 22, as ssh writes it. */
export function hostName(address: string, port: number): string {
  const host = address.toLowerCase();
  return port === 22 ? host : `[${host}]:${port}`;
}

/** Type of a key in SSH's wire format (RFC 4253 6.6): its first string. */
export function keyTypeOf(key: Buffer): string {
  const length = key.length < 4 ? 0 : key.readUInt32BE(0);
  return key.subarray(4, 4 + Math.min(length, 64)).toString('latin1');
}

function parseLine(line: string): Entry[] {
  const words = line.trim().split(/\s+/);
  const marker = words[0]?.startsWith('@') === true ? words.shift()?.slice(1) : undefined;
  const [hosts, type, text] = words;
  if (hosts === undefined || hosts.startsWith('#') || type === undefined || text === undefined) return [];
  if (marker !== undefined && marker !== 'revoked' && marker !== 'cert-authority') return [];
  const key = Buffer.from(text, 'base64');
  // a line of SSH 1, or one that was cut
  if (keyTypeOf(key) !== type) return [];
  return [{ marker, hosts, type, key }];
}

/** Patterns: `*`, `?`, `!` takes a name out whatever else matches; or one hashed name. */
function matches(hosts: string, name: string): boolean {
  if (hosts.startsWith('|1|')) return matchesHash(hosts, name);
  let isMatch = false;
  for (const part of hosts.split(',')) {
    const isNegated = part.startsWith('!');
    if (!wildcard(isNegated ? part.slice(1) : part).test(name)) continue;
    if (isNegated) return false;
    isMatch = true;
  }
  return isMatch;
}

function matchesHash(hosts: string, name: string): boolean {
  const [, , salt = '', hash = ''] = hosts.split('|');
  return createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest().equals(Buffer.from(hash, 'base64'));
}

function wildcard(pattern: string): RegExp {
  const source = pattern
    .toLowerCase()
    .replace(/[.*+?^${}()|[\]\\]/g, (sign) => (sign === '*' ? '.*' : sign === '?' ? '.' : `\\${sign}`));
  return new RegExp(`^${source}$`, 's');
}
