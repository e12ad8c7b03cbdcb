/** A lab for a test file: in a temporary folder, on addresses that no other test process uses, ended by its pid. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

const root = resolve(import.meta.dirname, '..', '..', '..');
const FAKE_ENGINE = join(import.meta.dirname, 'fake-engine.ts');
/** The built engine; FIREBREAK_TEST_ENGINE names another build of it. */
const REAL_ENGINE =
  process.env['FIREBREAK_TEST_ENGINE'] ?? join(root, 'lab', 'engine', 'out', 'firebreak-lab-engine.dll');

export interface TestHost {
  readonly host: string;
  readonly profile: string;
  readonly variant: string;
  readonly address: string;
}

export interface TestLab {
  readonly dir: string;
  readonly pid: number;
  readonly enginePid: number;
  readonly user: string;
  readonly password: string;
  /** Second source address, which no shield excepts. */
  readonly vantage: string;
  host(name: string): TestHost;
  /** The administrator of a machine that is reached through a relay. */
  relayedAccount(name: string): { readonly user: string; readonly password: string };
  /** One question on the control socket. Rejects with the lab's message. */
  ask<Result = unknown>(op: string, fields?: object): Promise<Result>;
  /** Ends the lab and removes its folder. */
  end(): Promise<void>;
}

interface TestConfiguration {
  readonly language: 'FullLanguage' | 'ConstrainedLanguage' | 'RestrictedLanguage' | 'NoLanguage';
  readonly commands?: readonly string[];
  readonly modules?: readonly string[];
}

export interface TestLabOptions {
  readonly hosts: readonly {
    readonly name: string;
    readonly profile: string;
    readonly variant?: string;
    readonly groups?: readonly string[];
    readonly allow_unencrypted?: boolean;
    readonly ssh?: boolean | 'exec';
    readonly https?: boolean;
    /** Their modules are named by full paths. */
    readonly configurations?: Readonly<Record<string, TestConfiguration>>;
    readonly cbt?: 'none' | 'relaxed' | 'strict';
    /** true: a relay; a name: reached through that one. */
    readonly relay?: true | string;
  }[];
  readonly engine: 'fake' | 'real';
  readonly kerberos?: { readonly keytab: string; readonly realm: string };
  /** Of the lab's processes, besides this one's. */
  readonly env?: NodeJS.ProcessEnv;
  /** A range of one's own when absent. */
  readonly addresses?: string;
  /** A new temporary one when absent. */
  readonly dir?: string;
}

/** What each lab of the last hours took; a folder that all test processes share. */
const TAKEN = join(tmpdir(), 'fblab-addresses');
/** The last number but one is never 0: there are the machines of a demo. */
const PER_BLOCK = 255;
const RANGES = 100 * PER_BLOCK;
const FORGOTTEN_MS = 2 * 60 * 60_000;

/**
 * A range of addresses that no other lab has, nor had in the last two hours: whoever still knocks at a lab that is gone
 * must find nobody there.
 */
export function freeAddresses(): string {
  mkdirSync(TAKEN, { recursive: true });
  for (let turn = 0; turn < RANGES; turn += 1) {
    const key = (process.pid * 4 + turn) % RANGES;
    const range = `127.${100 + Math.floor(key / PER_BLOCK)}.${1 + (key % PER_BLOCK)}`;
    if (take(join(TAKEN, range))) return range;
  }
  throw new Error(`every range of addresses is taken: ${TAKEN}`);
}

function take(path: string): boolean {
  try {
    writeFileSync(path, '', { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    if (Date.now() - statSync(path).mtimeMs < FORGOTTEN_MS) return false;
    utimesSync(path, new Date(), new Date());
    return true;
  }
}

/** Port of the machine's SSH as the lab tells it. */
export function sshPort(lab: TestLab, host: string): number {
  const known = readFileSync(join(lab.dir, 'known_hosts'), 'utf8');
  const { address } = lab.host(host);
  return Number(new RegExp(`\\[${address.replaceAll('.', '\\.')}\\]:(\\d+) `).exec(known)?.[1] ?? 22);
}

export async function startTestLab(options: TestLabOptions): Promise<TestLab> {
  const dir = options.dir ?? mkdtempSync(join(tmpdir(), 'fblab-'));
  const fleet = join(dir, 'fleet.yaml');
  const { kerberos } = options;
  writeFileSync(fleet, JSON.stringify({ hosts: options.hosts, ...(kerberos === undefined ? {} : { kerberos }) }));
  const addresses = options.addresses ?? freeAddresses();
  const engine = options.engine === 'fake' ? FAKE_ENGINE : REAL_ENGINE;
  const main = join(root, 'lab', 'fleet', 'main.ts');
  const child = spawn(
    process.execPath,
    [main, '--dir', dir, '--fleet', fleet, '--addresses', addresses, '--engine', engine, '--attached'],
    { stdio: ['ignore', 'ignore', 'pipe', 'ipc'], env: { ...process.env, ...options.env } },
  );
  const ready = await untilReady(child).catch((thrown: unknown) => {
    if (options.dir === undefined) rmSync(dir, { recursive: true, force: true });
    throw thrown;
  });
  return {
    dir,
    pid: ready.pid,
    enginePid: ready.engine,
    user: 'firebreak',
    password: readFileSync(join(dir, 'password'), 'utf8'),
    vantage: `${addresses}.254`,
    host(name) {
      const found = ready.hosts.find(({ host }) => host === name);
      if (found === undefined) throw new Error(`no host ${name}`);
      return found;
    },
    relayedAccount: (name) => ({
      user: 'Administrator',
      password: readFileSync(join(dir, 'passwords', name), 'utf8'),
    }),
    ask: (op, fields) => askControl(ready.control, op, fields),
    async end() {
      const ended = new Promise((done) => child.once('exit', done));
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGTERM');
        await ended;
      }
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

interface Ready {
  readonly pid: number;
  readonly engine: number;
  readonly control: string;
  readonly hosts: readonly TestHost[];
}

function untilReady(child: ChildProcess): Promise<Ready> {
  return new Promise((done, failed) => {
    let log = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      log += text;
    });
    child.on('message', (message: { readonly ready?: Ready }) => {
      if (message.ready !== undefined) done(message.ready);
    });
    child.on('exit', () => failed(new Error(`the lab ended:\n${log}`)));
  });
}

function askControl<Result>(path: string, op: string, fields: object = {}): Promise<Result> {
  return new Promise((done, failed) => {
    const socket = connect(path, () => socket.write(`${JSON.stringify({ ...fields, op })}\n`));
    socket.on('error', failed);
    createInterface({ input: socket }).once('line', (line) => {
      socket.destroy();
      const reply = JSON.parse(line) as { ok: boolean; result: Result; error?: { code: string; message: string } };
      if (reply.ok) done(reply.result);
      else failed(new Error(`${reply.error?.code}: ${reply.error?.message}`));
    });
  });
}
