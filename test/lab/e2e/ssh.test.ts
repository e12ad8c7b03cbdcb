/** The lab's SSH front: foreign clients (OpenSSH's ssh and sftp) and ours, and what becomes of connections with the machine. */
import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Secret, type Target } from '../../../src/domain/index.ts';
import { encodePacket, LineReader, type OutOfProcessPacket, RunspacePoolClient } from '../../../src/protocol/index.ts';
import { createSshTransport } from '../../../src/transports/ssh/index.ts';
import { errorOf, never } from '../../transports/support/open-session.ts';
import { sshPort, startTestLab, type TestLab } from '../support/lab.ts';

const hasClients = existsSync('/usr/bin/ssh') && existsSync('/usr/bin/sftp');
if (!hasClients) process.stderr.write('left out: OpenSSH’s clients against the lab (apt install openssh-client)\n');
const foreign = hasClients ? it : it.skip;

const options = { signal: never, timeoutMs: 120_000 };
const folder = mkdtempSync(join(tmpdir(), 'fbssh-'));
let lab: TestLab;
const transport = createSshTransport();
/** Takes a busy machine for a silent one, too: for silence alone. */
const impatient = createSshTransport({ keepAlive: { intervalMs: 300, count: 2 } });

beforeAll(async () => {
  lab = await startTestLab({
    engine: 'real',
    hosts: [
      { name: 'web-01', profile: 'windows-server-2019', ssh: true },
      { name: 'web-02', profile: 'windows-server-2019', ssh: 'exec' },
    ],
  });
});
afterAll(async () => {
  await lab.end();
  rmSync(folder, { recursive: true, force: true });
});

function target(name: string, more: Partial<Target> = {}): Target {
  return {
    host: name,
    transport: 'ssh',
    address: lab.host(name).address,
    port: sshPort(lab, name),
    useTls: false,
    auth: 'negotiate',
    user: lab.user,
    password: new Secret(lab.password),
    allowUnencrypted: false,
    settings: { knownHosts: join(lab.dir, 'known_hosts'), agent: false },
    ...more,
  };
}

interface Ended {
  readonly code: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** OpenSSH's client with nothing of the user's own configuration. */
function client(
  program: 'ssh' | 'sftp',
  host: string,
  args: readonly string[],
  input: string | null | readonly (readonly [after: string, text: string])[],
): Promise<Ended> {
  const config = [
    ...['-F', 'none', '-i', join(lab.dir, 'id_ed25519'), '-o', 'BatchMode=yes', '-o', 'IdentitiesOnly=yes'],
    ...['-o', `UserKnownHostsFile=${join(lab.dir, 'known_hosts')}`, '-o', 'StrictHostKeyChecking=yes'],
    ...['-o', `Port=${sshPort(lab, host)}`, '-o', `User=${lab.user}`],
  ];
  const { address } = lab.host(host);
  const last = program === 'ssh' ? [address, ...args] : [...args, address];
  const child = spawn(`/usr/bin/${program}`, [...config, ...last], { stdio: 'pipe', timeout: 120_000 });
  const stdout: Buffer[] = [];
  let stderr = '';
  const steps = typeof input === 'string' || input === null ? [] : [...input];
  child.stdout.on('data', (data: Buffer) => {
    stdout.push(data);
    const [next] = steps;
    if (next === undefined || !Buffer.concat(stdout).includes(next[0])) return;
    steps.shift();
    if (steps.length === 0) child.stdin.end(next[1]);
    else child.stdin.write(next[1]);
  });
  child.stderr.on('data', (data: Buffer) => {
    stderr += data.toString();
  });
  child.stdin.on('error', () => undefined);
  if (typeof input === 'string') child.stdin.end(input);
  else if (steps[0]?.[0] === '') child.stdin.write(steps.shift()![1]);
  return new Promise((done) => child.on('close', (code) => done({ code, stdout: Buffer.concat(stdout), stderr })));
}

describe('OpenSSH’s clients', () => {
  foreign('run a program and get its output and exit code', async () => {
    const echo = await client('ssh', 'web-01', ['echo hello'], '');
    expect(echo).toMatchObject({ code: 0, stderr: '' });
    expect(echo.stdout.toString()).toBe('hello\r\n');
    const failed = await client('ssh', 'web-01', ['cmd /c exit 3'], '');
    expect(failed.code).toBe(3);
  });

  foreign('speak PSRP with the subsystem, and with powershell.exe -s where there is none', async () => {
    const pool = new RunspacePoolClient({ poolId: '3c1d0d5e-1c2f-4a6b-9f80-5b1f2d3c4e5a' });
    const data = pool.openData();
    // each packet after the acknowledgement of the one before, as a client has to
    const input = [
      ['', encodePacket({ kind: 'Data', id: null, stream: 'Default', data })],
      ['<DataAck', encodePacket({ kind: 'Close', id: null })],
      ['<CloseAck', ''],
    ] as const;
    const subsystem = await client('ssh', 'web-01', ['-s', 'powershell'], input);
    const exec = await client('ssh', 'web-02', ['powershell.exe -s -NoLogo'], input);
    for (const { stdout, stderr } of [subsystem, exec]) {
      const lines = new LineReader().push(stdout);
      const packets = lines.map((line) => (line as { packet: OutOfProcessPacket }).packet);
      const kinds = packets.map(({ kind }) => kind).filter((kind) => kind !== 'Data');
      expect({ kinds, stderr }).toEqual({ kinds: ['DataAck', 'CloseAck'], stderr: '' });
      const mine = new RunspacePoolClient({ poolId: '3c1d0d5e-1c2f-4a6b-9f80-5b1f2d3c4e5a' });
      mine.openData();
      const events = packets.flatMap((packet) => (packet.kind === 'Data' ? mine.receive(packet.data) : []));
      expect(events.map(({ kind }) => kind)).toContain('capability');
    }
    const refused = await client('ssh', 'web-02', ['-s', 'powershell'], '');
    expect(refused.stderr).toContain('subsystem request failed');
  });

  foreign('copy files by SFTP, and see them as Windows has them', async () => {
    const local = join(folder, 'up.bin');
    const bytes = randomBytes(400_000);
    writeFileSync(local, bytes);
    const batch = join(folder, 'batch');
    writeFileSync(
      batch,
      [
        'mkdir /C:/Temp/new',
        `put ${local} /C:/Temp/new/up.bin`,
        'rename /C:/Temp/new/up.bin /C:/Temp/new/two.bin',
        'ls -l /C:/Temp/new',
        `get /C:/Temp/new/two.bin ${join(folder, 'down.bin')}`,
        'rm /C:/Temp/new/two.bin',
        'rmdir /C:/Temp/new',
        '-get /C:/Temp/none.bin',
        'pwd',
        '',
      ].join('\n'),
    );
    const { code, stdout, stderr } = await client('sftp', 'web-01', ['-b', batch], null);
    expect(stderr.trim()).toBe('File "/C:/Temp/none.bin" not found.');
    expect(stdout.toString()).toMatch(/400000 .*two\.bin/);
    expect(stdout.toString()).toContain('/C:/Users/firebreak');
    expect(readFileSync(join(folder, 'down.bin')).equals(bytes)).toBe(true);
    expect(code).toBe(0);
  });
});

describe('our client', () => {
  it('logs on by password, and is told about a wrong one', async () => {
    const session = await transport.open(target('web-01'), options);
    expect(session.shell.edition).toBe('Desktop');
    expect(session.shell.version).toMatch(/^5\.1\.17763\./);
    await session.close();
    const error = await errorOf(transport.open(target('web-01', { password: new Secret('wrong') }), options));
    expect(error.code).toBe('FB_AUTH_DENIED');
    expect(error.message).toContain(
      'it offers publickey, password, keyboard-interactive; tried: password, keyboard-int',
    );
  });

  it('logs on by key', async () => {
    const settings = { ...target('web-01').settings, privateKey: join(lab.dir, 'id_ed25519') };
    const session = await transport.open(target('web-01', { password: new Secret(''), settings }), options);
    expect((await session.invoke({ script: '$env:USERNAME' }, options)).output).toEqual(['firebreak']);
    await session.close();
  });

  it.each(['web-01', 'web-02'])('copies files by Windows paths and lets the host check them: %s', async (name) => {
    const session = await transport.open(target(name), options);
    const bytes = randomBytes(500_000);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const source = (start: number): Readable => Readable.from([bytes.subarray(start)]);
    const path = 'C:\\Temp\\Neuer Ordner\\ä.bin';
    expect((await session.push(source, path, { ...options, sha256 })).skipped).toBe(false);
    const script = 'param($p) (Get-FileHash -LiteralPath $p).Hash.ToLower(); (Get-Item -LiteralPath $p).Length';
    expect((await session.invoke({ script, parameters: { p: path } }, options)).output).toEqual([sha256, 500_000]);
    expect((await session.push(source, path, { ...options, sha256 })).skipped).toBe(true);
    const copy = join(folder, `${name}.bin`);
    expect(await session.fetch(path, copy, options)).toEqual({ bytes: 500_000, sha256, skipped: false });
    expect(readFileSync(copy).equals(bytes)).toBe(true);
    expect((await session.fetch(path, copy, options)).skipped).toBe(true);
    await session.close();
  });

  it('finds out that the machine has fallen silent, and the machine can be reached again later', async () => {
    const session = await impatient.open(target('web-02'), options);
    const waiting = session.invoke({ script: 'Start-Sleep 120' }, { signal: never, timeoutMs: 120_000 });
    await lab.ask('trouble', { host: 'web-02', kind: 'network-loss', options: { for: 2 } });
    const error = await errorOf(waiting);
    expect(error.code).toBe('FB_CONNECT_LOST');
    expect((await errorOf(session.invoke({ script: '1' }, options))).code).toBe('FB_SESSION_CLOSED');
    await session.close();
    let again: unknown;
    for (let attempt = 0; again === undefined && attempt < 400; attempt += 1) {
      again = await transport
        .open(target('web-02'), { signal: never, timeoutMs: 120_000 })
        .then(async (next) => {
          const { output } = await next.invoke({ script: '40 + 2' }, options);
          await next.close();
          return output[0];
        })
        .catch(() => new Promise<undefined>((done) => setTimeout(() => done(undefined), 250)));
    }
    expect(again).toBe(42);
  });
});
