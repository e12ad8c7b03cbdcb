/**
 * A real OpenSSH server (Debian: openssh-server) for a test file: own keys, own configuration, a port of 127.0.0.1; its
 * subsystem is the lab engine as PowerShell in server mode, so that nothing of ours is on the other side.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { Secret, type Target } from '../../../../src/domain/index.ts';
import { freePort } from '../../../support/free-port.ts';

const SSHD = '/usr/sbin/sshd';
const root = resolve(import.meta.dirname, '..', '..', '..', '..');
const ENGINE = process.env['FIREBREAK_TEST_ENGINE'] ?? join(root, 'lab', 'engine', 'out', 'firebreak-lab-engine.dll');

export const HAS_SSHD = existsSync(SSHD) && existsSync('/usr/bin/ssh-keygen');
if (!HAS_SSHD) process.stderr.write('left out: tests against OpenSSH (apt install openssh-server)\n');

export interface SshdOptions {
  /** Lines added to sshd_config. */
  readonly config?: readonly string[];
  /** False: no subsystem powershell. */
  readonly hasPowerShell?: boolean;
  readonly hasSftp?: boolean;
  /** Types of host keys; ed25519 alone when absent. */
  readonly hostKeys?: readonly ('ed25519' | 'ecdsa' | 'rsa')[];
}

export interface Sshd {
  readonly port: number;
  readonly folder: string;
  readonly user: string;
  /** A private key that is authorized. */
  readonly key: string;
  /** The same, encrypted. */
  readonly encryptedKey: string;
  readonly passphrase: string;
  /** File with the host's keys. */
  readonly knownHosts: string;
  /** Lines of its log so far. */
  log(): string;
  target(settings?: Target['settings'], more?: Partial<Target>): Target;
  /** Public key lines of the host by type. */
  hostKey(type: 'ed25519' | 'ecdsa' | 'rsa'): string;
  end(): Promise<void>;
}

export function keygen(...args: readonly string[]): string {
  return execFileSync('/usr/bin/ssh-keygen', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

export async function startSshd(options: SshdOptions = {}): Promise<Sshd> {
  const folder = mkdtempSync(join(tmpdir(), 'fbsshd-'));
  const file = (name: string): string => join(folder, name);
  const hostKeys = options.hostKeys ?? ['ed25519'];
  for (const type of hostKeys) keygen('-q', '-t', type, '-N', '', '-f', file(`host_${type}`));
  const passphrase = 'open sesame';
  keygen('-q', '-t', 'ed25519', '-N', '', '-f', file('key'));
  keygen('-q', '-t', 'ed25519', '-N', passphrase, '-f', file('locked'));
  const read = (name: string): string => readFileSync(file(name), 'utf8').trim();
  writeFileSync(file('authorized'), `${read('key.pub')}\n${read('locked.pub')}\n`);
  writeFileSync(file('machine.json'), JSON.stringify(machine()));
  // an address of its own for each session's machine
  writeFileSync(
    file('powershell'),
    `#!/bin/sh\nexec dotnet '${ENGINE}' --console '${file('machine.json')}' 127.9.$(($$ / 250 % 250 + 1)).$(($$ % 250 + 1)) "$@"\n`,
  );
  chmodSync(file('powershell'), 0o755);
  const port = await freePort();
  const hostKey = (type: string): string => read(`host_${type}.pub`).split(' ').slice(0, 2).join(' ');
  writeFileSync(file('known_hosts'), hostKeys.map((type) => `[127.0.0.1]:${port} ${hostKey(type)}\n`).join(''));
  writeFileSync(
    file('sshd_config'),
    [
      'ListenAddress 127.0.0.1',
      `Port ${port}`,
      ...hostKeys.map((type) => `HostKey ${file(`host_${type}`)}`),
      `AuthorizedKeysFile ${file('authorized')}`,
      `PidFile ${file('pid')}`,
      'StrictModes no',
      'UsePAM no',
      'PasswordAuthentication no',
      'KbdInteractiveAuthentication no',
      'PermitRootLogin prohibit-password',
      'LogLevel VERBOSE',
      ...(options.hasPowerShell === false ? [] : [`Subsystem powershell ${file('powershell')} -s -NoLogo`]),
      ...(options.hasSftp === false ? [] : ['Subsystem sftp internal-sftp']),
      ...(options.config ?? []),
      '',
    ].join('\n'),
  );
  // where sshd of root looks for its empty folder
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
  const child = spawn(SSHD, ['-D', '-e', '-f', file('sshd_config')], { stdio: ['ignore', 'ignore', 'pipe'] });
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    log += text;
  });
  await untilListening(child, () => log);
  const user = userInfo().username;
  return {
    port,
    folder,
    user,
    key: file('key'),
    encryptedKey: file('locked'),
    passphrase,
    knownHosts: file('known_hosts'),
    log: () => log,
    target: (settings = {}, more = {}) => ({
      host: 'web01',
      transport: 'ssh',
      address: '127.0.0.1',
      port,
      useTls: false,
      auth: 'negotiate',
      user,
      password: new Secret(''),
      allowUnencrypted: false,
      settings: { knownHosts: file('known_hosts'), privateKey: file('key'), ...settings },
      ...more,
    }),
    hostKey,
    async end() {
      if (child.exitCode === null && child.signalCode === null) {
        const ended = new Promise((done) => child.once('exit', done));
        child.kill('SIGTERM');
        await ended;
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function untilListening(child: ChildProcess, log: () => string): Promise<void> {
  return new Promise((done, failed) => {
    const look = (): void => {
      if (/Server listening on/.test(log())) done();
    };
    child.stderr!.on('data', look);
    child.once('exit', () => failed(new Error(`sshd ended:\n${log()}`)));
    look();
  });
}

/** A small Windows machine as the engine takes it. */
function machine(): object {
  return {
    name: 'WEB01',
    os: {
      product: 'Windows Server 2019',
      caption: 'Microsoft Windows Server 2019 Standard',
      version: '10.0.17763',
      ubr: 1,
      releaseId: '1809',
      edition: 'ServerStandard',
      installationType: 'Server',
      language: 'ENU',
      culture: 'en-US',
      arch: 'x64',
      productType: 3,
      utcOffsetMinutes: 0,
    },
    powershell: { version: '5.1.17763.1', edition: 'Desktop' },
    accounts: { admin: { password: 'unused', admin: true } },
  };
}
