/**
 * PowerShell on a Windows machine that is Wine: Microsoft's engine of Windows behind our own local transport. Its
 * registry and its files are Wine's, reached by Microsoft's own providers; nothing of the lab's emulation is in it.
 */
import { copyFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Json, type ParameterValue, Secret, type Session, type Target } from '../../../src/domain/index.ts';
import { createLocalTransport } from '../../../src/transports/local/index.ts';
import { WineMachine, windowsPath } from '../../windows/support/wine.ts';
import { type Published, publishForWindows } from './published.ts';

const OPTIONS = { signal: new AbortController().signal, timeoutMs: 120_000 };
type Parameters = Readonly<Record<string, ParameterValue>>;

export class WinePowerShell {
  readonly machine = new WineMachine();
  /** Null until `start` has ended. */
  #session: Session | null = null;
  #published: Published | null = null;

  async start(): Promise<void> {
    this.#published = publishForWindows();
    await this.machine.boot();
    // a 32-bit process reaches the native programs by that name; here it is there for all
    symlinkSync('system32', this.machine.driveC('windows', 'sysnative'));
    const program = join(this.machine.folder, 'pwsh');
    // .NET's double mapping of code pages ends in a crash of its garbage collector on Wine 8
    const variables = { ...this.machine.variables, DOTNET_EnableWriteXorExecute: '0' };
    const exports = Object.entries(variables).map(([name, value]) => `export ${name}='${value}'\n`);
    const engine = windowsPath(this.#published.engine);
    writeFileSync(program, `#!/bin/sh\n${exports.join('')}exec wine '${engine}' "$@"\n`, { mode: 0o755 });
    this.#session = await createLocalTransport().open(localTarget(program), OPTIONS);
  }

  async end(): Promise<void> {
    await this.#session?.close();
    this.machine.end();
  }

  /** A function of our modules, called as actions call it: its objects. */
  async call(name: string, parameters: Parameters = {}): Promise<readonly Json[]> {
    const [module = '', fn = ''] = name.split('\\');
    const { output } = await this.#open().invoke({ module, function: fn, parameters }, OPTIONS);
    return output;
  }

  /** For functions that give one object. */
  async one(name: string, parameters: Parameters = {}): Promise<Json | undefined> {
    const [first] = await this.call(name, parameters);
    return first;
  }

  async script(script: string, parameters: Parameters = {}): Promise<readonly Json[]> {
    const { output } = await this.#open().invoke({ script, parameters }, OPTIONS);
    return output;
  }

  /** Windows' own reg.exe: what it wrote, line by line, or what it ended with; what it was to add must be there. */
  async reg(...args: readonly string[]): Promise<readonly string[]> {
    const { code, stdout, stderr } = await this.machine.run(['reg', ...args]);
    if (code !== 0 && args[0] === 'add')
      throw new Error(`reg ${args.join(' ')}: exit code ${code}: ${stderr}${stdout}`);
    if (code !== 0) return [`exit code ${code}`];
    return stdout.split(/\r?\n/).filter((line) => line.trim() !== '');
  }

  /** Puts the package on drive C: under a name, which decides what it does. */
  putInstaller(path: string): void {
    const file = this.machine.driveC(...path.replace(/^C:\\/, '').split('\\'));
    mkdirSync(dirname(file), { recursive: true });
    copyFileSync(this.#published?.installer ?? '', file);
  }

  /**
   * Shares its Windows folder and drive C: under its own name, so that it can be its own target: Wine looks shares up
   * among its devices, and its remote registry knows the own name.
   */
  async share(): Promise<string> {
    const [name] = await this.script('$env:COMPUTERNAME');
    const folder = join(this.machine.variables['WINEPREFIX'] ?? '', 'dosdevices', 'unc', String(name));
    mkdirSync(folder, { recursive: true });
    symlinkSync(this.machine.driveC('windows'), join(folder, 'ADMIN$'));
    symlinkSync(this.machine.driveC(), join(folder, 'C$'));
    return String(name);
  }

  #open(): Session {
    if (this.#session === null) throw new Error('not started');
    return this.#session;
  }
}

function localTarget(shell: string): Target {
  return {
    host: 'wine',
    transport: 'local',
    address: 'localhost',
    port: 0,
    useTls: false,
    auth: 'negotiate',
    user: '',
    password: new Secret(''),
    allowUnencrypted: false,
    settings: { shell },
  };
}
