/**
 * A PostgreSQL server of the test's own, in a temporary folder, on a loopback port, ended with the test. The server refuses
 * to run as root: then it runs as the user that Debian's package has made, or as nobody.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { freePort } from '../../support/free-port.ts';

const DEBIAN = '/usr/lib/postgresql';
const USER = 'fleet';
const START_TRIES = 400;

export interface TestServer {
  readonly port: number;
  readonly user: string;
  readonly password: string;
  /** An empty database, as an address with the password. */
  database(options?: string): Promise<string>;
  /** Runs one statement, in the database of the address or as the server's owner. */
  query(statement: string, address?: string): Promise<readonly Record<string, unknown>[]>;
  /** As an administrator does it: connections are cut. */
  stop(): Promise<void>;
  start(): Promise<void>;
  dispose(): Promise<void>;
}

interface Installed {
  readonly folder: string;
  /** Null: this process's own. */
  readonly user: { readonly uid: number; readonly gid: number } | null;
}

/** Null, with a printed line, where there is no PostgreSQL. */
export const installed: Installed | null = find();

function find(): Installed | null {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).sort((a, b) => Number(b) - Number(a)) : [];
  const folder = versions.map((version) => join(DEBIAN, version, 'bin')).find((bin) => existsSync(join(bin, 'initdb')));
  if (folder === undefined) {
    process.stderr.write('skipped: no PostgreSQL here (Debian: apt-get install postgresql)\n');
    return null;
  }
  if (process.getuid?.() !== 0) return { folder, user: null };
  const idOf = (option: string, name: string) => Number(spawnSync('id', [option, name], { encoding: 'utf8' }).stdout);
  const name = spawnSync('id', ['postgres']).status === 0 ? 'postgres' : 'nobody';
  return { folder, user: { uid: idOf('-u', name), gid: idOf('-g', name) } };
}

export async function startServer(): Promise<TestServer> {
  if (installed === null) throw new Error('no PostgreSQL');
  const { folder: bin, user } = installed;
  const folder = mkdtempSync(join(tmpdir(), 'firebreak-pg-'));
  const data = join(folder, 'data');
  const password = randomBytes(9).toString('hex');
  const passwordFile = join(folder, 'password');
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (user !== null) for (const path of [folder, passwordFile]) chownSync(path, user.uid, user.gid);
  const asUser = user === null ? {} : user;
  const made = spawnSync(
    join(bin, 'initdb'),
    ['-D', data, '-U', USER, '-A', 'scram-sha-256', '--pwfile', passwordFile, '-E', 'UTF8', '--locale', 'C', '-N'],
    { ...asUser, encoding: 'utf8', cwd: folder },
  );
  if (made.status !== 0) throw new Error(`initdb: ${made.stderr}`);
  const port = await freePort();
  const address = (database: string, options = '') =>
    `postgres://${USER}:${password}@127.0.0.1:${port}/${database}${options}`;
  let child: ChildProcess | null = null;
  let databases = 0;

  async function query(statement: string, at = address('postgres')): Promise<readonly Record<string, unknown>[]> {
    const client = new pg.Client({ connectionString: at });
    await client.connect();
    try {
      const { rows } = await client.query(statement);
      return rows;
    } finally {
      await client.end();
    }
  }

  async function start(): Promise<void> {
    const args = ['-D', data, '-k', folder, '-p', String(port), '-c', 'listen_addresses=127.0.0.1'];
    const server = spawn(join(bin, 'postgres'), [...args, '-c', 'max_connections=60'], {
      ...asUser,
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    child = server;
    let said = '';
    server.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    for (let attempt = 0; ; attempt++) {
      const isUp = await query('select 1').then(
        () => true,
        () => false,
      );
      if (isUp) return;
      if (server.exitCode !== null || attempt === START_TRIES) throw new Error(`postgres did not start: ${said}`);
      await delay(100);
    }
  }

  async function stop(): Promise<void> {
    const server = child;
    if (server === null || server.exitCode !== null) return;
    const ended = new Promise<void>((resolve) => server.once('close', () => resolve()));
    server.kill('SIGINT');
    await ended;
    child = null;
  }

  await start();
  return {
    port,
    user: USER,
    password,
    async database(options = '') {
      const name = `d${++databases}`;
      await query(`create database ${name} ${options}`);
      return address(name);
    },
    query,
    stop,
    start,
    async dispose() {
      await stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
