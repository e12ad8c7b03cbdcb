/** Our client against a real OpenSSH server with the engine's own PSRP server behind it. */
import { spawn, spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Secret, type Session, type Target } from '../../../src/domain/index.ts';
import { createTransports } from '../../../src/transports/index.ts';
import { errorOf, never } from '../support/open-session.ts';
import { HAS_SSHD, type Sshd, startSshd } from './support/sshd.ts';

const real = HAS_SSHD ? describe : describe.skip;
const options = { signal: never, timeoutMs: 120_000 };
const folder = mkdtempSync(join(tmpdir(), 'fbssht-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function open(target: Target): Promise<Session> {
  return createTransports().ssh.open(target, options);
}

async function answerOf(target: Target): Promise<unknown> {
  const session = await open(target);
  try {
    return (await session.invoke({ script: 'param($n) $n + 1', parameters: { n: 41 } }, options)).output[0];
  } finally {
    await session.close();
  }
}

real('PSRP over the subsystem', () => {
  let sshd: Sshd;
  let session: Session;
  beforeAll(async () => {
    sshd = await startSshd();
    session = await open(sshd.target());
  });
  afterAll(async () => {
    await session.close();
    await sshd.end();
  });

  it('binds parameters and gives typed values', async () => {
    const parameters = { n: 41, text: "a'b$(1)ü" };
    const script = 'param($n, $text) $n + 1; [datetime]"2003-09-10"; $null; @{ a = $text }';
    const { output } = await session.invoke({ script, parameters }, options);
    expect(output).toEqual([42, '2003-09-10T00:00:00', null, { $type: 'System.Collections.Hashtable', a: "a'b$(1)ü" }]);
    expect(session.shell.edition).toBe('Desktop');
    expect(session.shell.version).toMatch(/^\d+\.\d+/);
    expect(session.clientAddress).toBe('127.0.0.1');
  });

  it('gives every stream', async () => {
    const script = `Write-Error 'e'; Write-Warning 'w'; $VerbosePreference = 'Continue'; Write-Verbose 'v'; 'out'`;
    const { output, streams } = await session.invoke({ script }, options);
    expect(output).toEqual(['out']);
    expect(streams.error.map(({ message }) => message)).toEqual(['e']);
    expect(streams.warning).toEqual(['w']);
    expect(streams.verbose).toEqual(['v']);
  });

  it('carries more than a packet in both directions', async () => {
    const text = 'ü'.repeat(700_000);
    const { output } = await session.invoke({ script: 'param($t) $t; $t.Length', parameters: { t: text } }, options);
    expect(output[1]).toBe(700_000);
    expect(output[0] === text).toBe(true);
  });

  it('stops a pipeline at its deadline and goes on with the next', async () => {
    const error = await errorOf(session.invoke({ script: 'Start-Sleep 60' }, { signal: never, timeoutMs: 500 }));
    expect(error.code).toBe('FB_DEADLINE');
    expect((await session.invoke({ script: '1 + 1' }, options)).output).toEqual([2]);
  });

  it('says how a pipeline failed', async () => {
    const error = await errorOf(session.invoke({ script: 'throw "no good"' }, options));
    expect(error.code).toBe('FB_INVOKE_FAILED');
    expect(error.message).toContain('no good');
  });

  it('copies the objects of its input to the script', async () => {
    const script = '$input | ForEach-Object { $_ * 2 }';
    const { output } = await session.invoke({ script }, { ...options, input: [1, 2, 3] });
    expect(output).toEqual([2, 4, 6]);
  });
});

real('where there is no subsystem', () => {
  let sshd: Sshd;
  beforeAll(async () => {
    sshd = await startSshd({ hasPowerShell: false, hasSftp: false });
  });
  afterAll(() => sshd.end());

  it('starts the program itself, and copies files through pipelines', async () => {
    const session = await open(sshd.target({ shell: join(sshd.folder, 'powershell') }));
    try {
      expect((await session.invoke({ script: '@(1, "x", 2.5)' }, options)).output).toEqual([1, 'x', 2.5]);
      const bytes = randomBytes(300_000);
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      const source = (start: number): Readable => Readable.from([bytes.subarray(start)]);
      const pushed = await session.push(source, 'C:\\Temp\\new\\a.bin', { ...options, sha256 });
      expect(pushed).toEqual({ bytes: 300_000, sha256, skipped: false });
      const copy = join(folder, 'pipeline.bin');
      await session.fetch('C:\\Temp\\new\\a.bin', copy, options);
      expect(readFileSync(copy).equals(bytes)).toBe(true);
    } finally {
      await session.close();
    }
  });

  it('says what the program printed when it is not PowerShell', async () => {
    const error = await errorOf(open(sshd.target({ shell: 'no-such-powershell' })));
    expect(error.code).toBe('FB_PROTOCOL_PSRP');
    expect(error.message).toMatch(/no-such-powershell.* ended with exit code 127.*not found/);
  });

  it('names the line of sshd_config for a subsystem that was asked for', async () => {
    const error = await errorOf(open(sshd.target({ configuration: 'powershell7' })));
    expect(error.code).toBe('FB_PROTOCOL_SSH');
    expect(error.remedy).toContain('Subsystem powershell7');
  });
});

real('the login', () => {
  let sshd: Sshd;
  beforeAll(async () => {
    sshd = await startSshd();
  });
  afterAll(() => sshd.end());

  it('takes an encrypted key with its passphrase', async () => {
    const target = sshd.target({ privateKey: sshd.encryptedKey }, { passphrase: new Secret(sshd.passphrase) });
    expect(await answerOf(target)).toBe(42);
  });

  it.each([
    ['no passphrase', undefined, /needs a passphrase/],
    ['a wrong passphrase', 'guess', /passphrase does not open/],
  ])('explains %s', async (_what, passphrase, message) => {
    const more = passphrase === undefined ? {} : { passphrase: new Secret(passphrase) };
    const error = await errorOf(open(sshd.target({ privateKey: sshd.encryptedKey }, more)));
    expect(error.code).toBe('FB_CREDENTIAL_MISSING');
    expect(error.message).toMatch(message);
  });

  it('says what the host offers and what was tried', async () => {
    spawnSync('/usr/bin/ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, 'stranger')]);
    const error = await errorOf(open(sshd.target({ privateKey: join(folder, 'stranger') })));
    expect(error.code).toBe('FB_AUTH_DENIED');
    expect(error.message).toContain('it offers publickey; tried: key ');
    expect(error.remedy).toContain('authorized_keys');
    const { privateKey: _none, ...keyless } = sshd.target({ agent: false }).settings;
    const withPassword = { ...sshd.target(), settings: keyless, password: new Secret('s3cret-canary') };
    const password = await errorOf(open(withPassword));
    expect(password.code).toBe('FB_AUTH_DENIED');
    expect(`${password.message} ${password.remedy}`).not.toContain('s3cret-canary');
  });

  it('asks the agent', async () => {
    const socket = join(folder, 'agent');
    const agent = spawn('/usr/bin/ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' });
    const before = process.env['SSH_AUTH_SOCK'];
    try {
      for (let i = 0; i < 100 && !existsSync(socket); i += 1) await new Promise((done) => setTimeout(done, 20));
      const added = spawnSync('/usr/bin/ssh-add', [sshd.key], { env: { ...process.env, SSH_AUTH_SOCK: socket } });
      expect(added.status).toBe(0);
      const { privateKey: _none, ...settings } = sshd.target().settings;
      process.env['SSH_AUTH_SOCK'] = socket;
      expect(await answerOf({ ...sshd.target(), settings: { ...settings, agent: true } })).toBe(42);
      delete process.env['SSH_AUTH_SOCK'];
      const error = await errorOf(open({ ...sshd.target(), settings: { ...settings, agent: true } }));
      expect(error.code).toBe('FB_CREDENTIAL_MISSING');
    } finally {
      if (before === undefined) delete process.env['SSH_AUTH_SOCK'];
      else process.env['SSH_AUTH_SOCK'] = before;
      agent.kill();
    }
  });

  it('goes through a jump host, whose key is checked as well', async () => {
    const second = await startSshd();
    try {
      // a key that only the target knows would not get past the first
      const both = join(folder, 'both');
      writeFileSync(both, readFileSync(sshd.knownHosts, 'utf8') + readFileSync(second.knownHosts, 'utf8'));
      writeFileSync(join(second.folder, 'authorized'), readFileSync(join(sshd.folder, 'authorized')));
      const jump = { address: '127.0.0.1', port: second.port, user: second.user };
      expect(await answerOf(sshd.target({ knownHosts: both, jump }))).toBe(42);
      expect(second.log()).toContain('Accepted publickey');
      const unknown = await errorOf(open(sshd.target({ jump })));
      expect(unknown.code).toBe('FB_SSH_HOST_KEY');
      expect(unknown.message).toContain(`jump host (127.0.0.1:${second.port}) on the way to web01`);
      const behind = { ...sshd.target({ knownHosts: both, jump }), port: 1 };
      const refused = await errorOf(open(behind));
      expect(refused.code).toBe('FB_CONNECT_REFUSED');
    } finally {
      await second.end();
    }
  });
});

real('the host key', () => {
  let sshd: Sshd;
  beforeAll(async () => {
    sshd = await startSshd({ hostKeys: ['ed25519', 'ecdsa', 'rsa'] });
  });
  afterAll(() => sshd.end());

  it.each(['ed25519', 'ecdsa', 'rsa'] as const)('is asked for in the kind that is known: %s', async (type) => {
    const known = join(folder, `only-${type}`);
    writeFileSync(known, `[127.0.0.1]:${sshd.port} ${sshd.hostKey(type)}\n`);
    expect(await answerOf(sshd.target({ knownHosts: known }))).toBe(42);
  });

  it('must be known', async () => {
    const empty = join(folder, 'empty');
    writeFileSync(empty, '');
    const error = await errorOf(open(sshd.target({ knownHosts: empty })));
    expect(error.code).toBe('FB_SSH_HOST_KEY');
    // nothing of a login has reached a host that might be another
    expect(sshd.log()).not.toMatch(new RegExp(`Failed|Accepted .* port ${sshd.port} `));
  });

  it('is told as ssh-keygen tells it, and can be pinned so', async () => {
    const listed = spawnSync('/usr/bin/ssh-keygen', ['-lf', join(sshd.folder, 'host_ed25519.pub')], {
      encoding: 'utf8',
    });
    const fingerprint = listed.stdout.split(' ')[1]!;
    expect(await answerOf(sshd.target({ fingerprint }))).toBe(42);
    const error = await errorOf(open(sshd.target({ fingerprint: fingerprint.replace(/.$/, '!') })));
    expect(error.code).toBe('FB_SSH_HOST_KEY');
    expect(error.message).toContain(fingerprint);
  });
});

real('files over SFTP', () => {
  let sshd: Sshd;
  let session: Session;
  const bytes = randomBytes(3_000_000);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const starts: number[] = [];
  const source = (start: number): Readable => {
    starts.push(start);
    return Readable.from([bytes.subarray(start, start + 1_000_000), bytes.subarray(start + 1_000_000)]);
  };
  beforeAll(async () => {
    sshd = await startSshd();
    session = await open(sshd.target());
  });
  afterAll(async () => {
    await session.close();
    await sshd.end();
  });

  it('are pushed into new folders, and not twice', async () => {
    const path = join(sshd.folder, 'new folder', 'sub', 'ä.bin');
    const progress: number[] = [];
    const pushed = await session.push(source, path, { ...options, sha256, onProgress: (at) => progress.push(at) });
    expect(pushed).toEqual({ bytes: bytes.length, sha256, skipped: false });
    expect(readFileSync(path).equals(bytes)).toBe(true);
    expect(Math.max(...progress)).toBe(bytes.length);
    expect((await session.push(source, path, { ...options, sha256 })).skipped).toBe(true);
  });

  it('replace what is there', async () => {
    const path = join(sshd.folder, 'old.bin');
    writeFileSync(path, 'something older');
    await session.push(source, path, { ...options, sha256 });
    expect(readFileSync(path).equals(bytes)).toBe(true);
  });

  it('go on where an earlier transfer stopped', async () => {
    const path = join(sshd.folder, 'resumed.bin');
    writeFileSync(`${path}.${sha256.slice(0, 8)}.part`, bytes.subarray(0, 1_234_567));
    starts.length = 0;
    await session.push(source, path, { ...options, sha256 });
    expect(starts).toEqual([1_234_567]);
    expect(readFileSync(path).equals(bytes)).toBe(true);
  });

  it('begin anew when what was there of it is damaged', async () => {
    const path = join(sshd.folder, 'damaged.bin');
    writeFileSync(`${path}.${sha256.slice(0, 8)}.part`, Buffer.alloc(100_000));
    starts.length = 0;
    await session.push(source, path, { ...options, sha256 });
    expect(starts).toEqual([100_000, 0]);
    expect(readFileSync(path).equals(bytes)).toBe(true);
    expect(existsSync(`${path}.${sha256.slice(0, 8)}.part`)).toBe(false);
  });

  it('are empty when they are empty', async () => {
    const path = join(sshd.folder, 'empty.bin');
    const nothing = createHash('sha256').digest('hex');
    await session.push(() => Readable.from([]), path, { ...options, sha256: nothing });
    expect(statSync(path).size).toBe(0);
    await session.fetch(path, join(folder, 'empty.bin'), options);
    expect(statSync(join(folder, 'empty.bin')).size).toBe(0);
  });

  it('refuse a source that is not what was promised', async () => {
    const path = join(sshd.folder, 'wrong.bin');
    const error = await errorOf(session.push(source, path, { ...options, sha256: '0'.repeat(64) }));
    expect(error).toMatchObject({ code: 'FB_TRANSFER_HASH', retryable: false });
    expect(existsSync(path)).toBe(false);
    expect(existsSync(`${path}.00000000.part`)).toBe(false);
  });

  it('say why they could not be written', async () => {
    const path = join(sshd.folder, 'key', 'x.bin');
    const error = await errorOf(session.push(source, path, { ...options, sha256 }));
    expect(error.code).toBe('FB_TRANSFER_FAILED');
    expect(error.message).toContain(join(sshd.folder, 'key'));
  });

  it('are fetched, and go on where an earlier transfer stopped', async () => {
    // larger than what is under way at once: a transfer that is given up is not complete
    const large = randomBytes(12_000_000);
    const path = join(sshd.folder, 'source.bin');
    writeFileSync(path, large);
    const copy = join(folder, 'made', 'copy.bin');
    expect(await session.fetch(path, copy, options)).toMatchObject({ bytes: large.length, skipped: false });
    expect(readFileSync(copy).equals(large)).toBe(true);
    const gone = new AbortController();
    const again = join(folder, 'again.bin');
    const first = session.fetch(path, again, {
      timeoutMs: 120_000,
      signal: gone.signal,
      onProgress: (at) => at > 1_000_000 && gone.abort(),
    });
    expect((await errorOf(first)).code).toBe('FB_CANCELLED');
    const progress: number[] = [];
    await session.fetch(path, again, { ...options, onProgress: (at) => progress.push(at) });
    expect(progress[0]).toBeGreaterThan(1_000_000);
    expect(readFileSync(again).equals(large)).toBe(true);
  });

  it('that are not there are said to be missing', async () => {
    const error = await errorOf(session.fetch(join(sshd.folder, 'nowhere.bin'), join(folder, 'n.bin'), options));
    expect(error).toMatchObject({ code: 'FB_TRANSFER_FAILED', retryable: false });
    expect(error.message).toContain('no such file');
  });
});
