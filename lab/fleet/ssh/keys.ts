/** Key pairs of a lab: gone with it. */
import ssh2 from 'ssh2';

export interface SshKey {
  /** OpenSSH's format. */
  readonly private: string;
  /** `ssh-ed25519 AAAA…` */
  readonly public: string;
}

export function newSshKey(kind: 'ed25519' | 'ecdsa', comment: string): SshKey {
  // ssh2 now and then writes an ed25519 key that it cannot read itself
  for (;;) {
    const pair =
      kind === 'ed25519'
        ? ssh2.utils.generateKeyPairSync('ed25519', { comment })
        : ssh2.utils.generateKeyPairSync('ecdsa', { bits: 256, comment });
    const isReadable = [pair.private, pair.public].every((key) => !(ssh2.utils.parseKey(key) instanceof Error));
    if (isReadable) return { private: pair.private, public: pair.public.trim() };
  }
}

/** Lines of known_hosts for one host. */
export function knownHostsLines(address: string, port: number, keys: readonly SshKey[]): string {
  const name = port === 22 ? address : `[${address}]:${port}`;
  return keys.map((key) => `${name} ${key.public.split(' ').slice(0, 2).join(' ')}\n`).join('');
}
