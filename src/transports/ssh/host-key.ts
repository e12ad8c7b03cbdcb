/**
 * Which host key a connection accepts: a pinned fingerprint, or what known_hosts says; anything only where the user asked
 * for it. Must not know how connections are made.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { ServerHostKeyAlgorithm } from 'ssh2';
import { type ConnectionSettings, FirebreakError } from '../../domain/index.ts';
import { hostName, KnownHosts, keyTypeOf } from './known-hosts.ts';

export interface SshEndpoint {
  /** For messages: `web01 (10.0.0.11:22)`. */
  readonly label: string;
  readonly address: string;
  readonly port: number;
}

/** What the client library offers by default, best first. */
const ALGORITHMS: readonly ServerHostKeyAlgorithm[] = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
  'ssh-rsa',
];

export class HostKeyCheck {
  readonly #endpoint: SshEndpoint;
  readonly #settings: ConnectionSettings;
  readonly #known: KnownHosts;
  readonly #files: readonly string[];

  private constructor(
    endpoint: SshEndpoint,
    settings: ConnectionSettings,
    known: KnownHosts,
    files: readonly string[],
  ) {
    this.#endpoint = endpoint;
    this.#settings = settings;
    this.#known = known;
    this.#files = files;
  }

  /** @throws FB_FILE_MISSING: the known_hosts file that the settings name cannot be read */
  static async load(endpoint: SshEndpoint, settings: ConnectionSettings): Promise<HostKeyCheck> {
    const isPinned = settings.insecure === true || settings.fingerprint !== undefined;
    const files = settings.knownHosts === undefined ? defaultFiles() : [settings.knownHosts];
    const texts = isPinned ? [] : await Promise.all(files.map((file) => read(file, settings.knownHosts, endpoint)));
    return new HostKeyCheck(endpoint, settings, new KnownHosts(texts), files);
  }

  /** Algorithms to ask for: those of the keys that we know come first, so that a host with several shows one of them. */
  get algorithms(): ServerHostKeyAlgorithm[] {
    const known = this.#known
      .keyTypes(this.#endpoint.address, this.#endpoint.port)
      .flatMap((type) => ALGORITHMS.filter((name) => name === type || (type === 'ssh-rsa' && name.startsWith('rsa-'))));
    return [...new Set([...known, ...ALGORITHMS])];
  }

  /** @returns the error when the key must not be accepted: FB_SSH_HOST_KEY */
  refusal(key: Buffer): FirebreakError | undefined {
    if (this.#settings.insecure === true) return undefined;
    const { address, port } = this.#endpoint;
    const shown = `${keyTypeOf(key)} ${fingerprintOf(key)}`;
    const pinned = this.#settings.fingerprint;
    if (pinned !== undefined) {
      if (withoutPadding(pinned) === fingerprintOf(key)) return undefined;
      return this.#error(`the host shows the key ${shown}, expected is ${pinned}`, [
        'somebody may be listening in; if the host was set up anew, compare the fingerprint on its console',
        `(${ON_THE_HOST}) and change fingerprint: in the inventory`,
      ]);
    }
    const verdict = this.#known.check(address, port, key);
    const file = this.#files[0]!;
    const scan = `ssh-keyscan -p ${port} ${address} >> ${quoted(file)}`;
    switch (verdict.kind) {
      case 'known':
        return undefined;
      case 'revoked':
        return this.#error(`the host shows the key ${shown}, which known_hosts marks as @revoked`, [
          'do not connect: give the host a new key, then add that one to known_hosts',
        ]);
      case 'changed':
        return this.#error(
          `the host shows the key ${shown}, which is not one of those in ${this.#files.join(', ')} (${verdict.knownTypes.join(', ')})`,
          [
            `somebody may be listening in; if the host was set up anew, compare the fingerprint on its console (${ON_THE_HOST}), then:`,
            `ssh-keygen -R ${quoted(hostName(address, port))} -f ${quoted(file)} && ${scan}`,
          ],
        );
      default: {
        const why =
          verdict.kind === 'authority-only' ? ' (certificates of @cert-authority cannot be checked here)' : '';
        return this.#error(`the host's key is not known${why}: it shows ${shown}`, [
          `compare the fingerprint on the host's console (${ON_THE_HOST}), then: ${scan}`,
          `; or set fingerprint: ${fingerprintOf(key)} in the inventory`,
        ]);
      }
    }
  }

  #error(what: string, remedy: readonly string[]): FirebreakError {
    return new FirebreakError('FB_SSH_HOST_KEY', `${this.#endpoint.label}: ${what}`, {
      remedy: remedy.join(' ').replace(' ;', ';'),
    });
  }
}

const ON_THE_HOST = 'ssh-keygen -lf %ProgramData%\\ssh\\ssh_host_ed25519_key.pub';

/** `SHA256:` and base64 without padding, as ssh-keygen -l prints it. */
function fingerprintOf(key: Buffer): string {
  return `SHA256:${withoutPadding(createHash('sha256').update(key).digest('base64'))}`;
}

function withoutPadding(text: string): string {
  return text.trim().replace(/=+$/, '');
}

function defaultFiles(): readonly string[] {
  const system =
    process.platform === 'win32'
      ? join(process.env['ProgramData'] ?? 'C:\\ProgramData', 'ssh', 'ssh_known_hosts')
      : '/etc/ssh/ssh_known_hosts';
  return [join(homedir(), '.ssh', 'known_hosts'), join(homedir(), '.ssh', 'known_hosts2'), system];
}

/** A default file need not be there. */
async function read(file: string, named: string | undefined, endpoint: SshEndpoint): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    if (named === undefined) return '';
    const { code } = cause as NodeJS.ErrnoException;
    throw new FirebreakError('FB_FILE_MISSING', `${endpoint.label}: ${file} cannot be read (${code ?? 'unknown'})`, {
      remedy: `write the host's key there: ssh-keyscan -p ${endpoint.port} ${endpoint.address} >> ${quoted(file)}, after comparing it with the host's own`,
      cause,
    });
  }
}

function quoted(text: string): string {
  return /^[\w./:\\-]+$/.test(text) ? text : process.platform === 'win32' ? `"${text}"` : `'${text}'`;
}
