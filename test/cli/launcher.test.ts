/** bin/firebreak.js under a Node that is too old: it starts the one that came along, and the two are one process to others. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const bin = resolve(import.meta.dirname, '..', '..', 'bin', 'firebreak.js');

/** A preload that makes the running Node say that it is an old one; the one that is started in its place does not load it. */
let folder: string;
let oldNode: string[];
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'firebreak-launcher-'));
  const preload = join(folder, 'old.cjs');
  writeFileSync(preload, "Object.defineProperty(process.versions, 'node', { value: '20.20.2' });");
  oldNode = ['--require', preload];
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the launcher', () => {
  it('starts the Node that came along, with the same arguments, streams and exit code', () => {
    const { version } = JSON.parse(readFileSync(resolve(bin, '..', '..', 'package.json'), 'utf8')) as {
      version: string;
    };
    const good = spawnSync(process.execPath, [...oldNode, bin, '--version'], { encoding: 'utf8' });
    expect(good).toMatchObject({ status: 0, stdout: `${version}\n` });
    const bad = spawnSync(process.execPath, [...oldNode, bin, 'frobnicate'], { encoding: 'utf8' });
    expect(bad.status).toBe(2);
    expect(bad.stderr).toContain('unknown command');
  });

  it('keeps compiled code in a folder of the user alone, and not where others can write', () => {
    const start = (home: string) =>
      spawnSync(process.execPath, [bin, '--version'], { env: { ...process.env, HOME: home, XDG_CACHE_HOME: '' } });
    const [own, shared] = [join(folder, 'own'), join(folder, 'shared')];
    mkdirSync(own, { mode: 0o700 });
    mkdirSync(shared);
    chmodSync(shared, 0o777);
    for (const home of [own, own, shared, join(folder, 'none')]) expect(start(home).status).toBe(0);
    expect(statSync(join(own, '.cache', 'firebreak', 'compiled')).mode & 0o777).toBe(0o700);
    expect(readdirSync(join(own, '.cache', 'firebreak', 'compiled'))).not.toEqual([]);
    expect(readdirSync(shared)).toEqual([]);
    expect(existsSync(join(folder, 'none'))).toBe(false);
  });

  it('takes the program with it when it is killed', async () => {
    const server = await silentServer();
    const { port } = server.address() as { port: number };
    const connected = new Promise<void>((done) => server.once('connection', () => done()));
    const child = spawn(
      process.execPath,
      [
        ...oldNode,
        bin,
        'exec',
        `winrm://a@127.0.0.1:${port}`,
        '--auth',
        'basic',
        '--allow-unencrypted',
        '--password-env',
        'PW',
        '--',
        '1',
      ],
      { env: { ...process.env, PW: 'secret-1' }, stdio: 'ignore' },
    );
    await connected;
    const program = childOf(child);
    child.kill('SIGKILL');
    await new Promise((done) => child.once('exit', done));
    for (let tries = 0; existsSync(`/proc/${program}`) && !isZombie(program) && tries < 200; tries += 1) {
      await new Promise((done) => setTimeout(done, 25));
    }
    expect(existsSync(`/proc/${program}`) && !isZombie(program)).toBe(false);
    server.close();
  });
});

function silentServer(): Promise<Server> {
  const server = createServer((socket) => socket.on('error', () => {}));
  return new Promise((done) => server.listen(0, '127.0.0.1', () => done(server)));
}

function childOf({ pid }: ChildProcess): number {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
  return Number(children[0]);
}

function isZombie(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'latin1').includes(') Z ');
  } catch {
    return true;
  }
}
