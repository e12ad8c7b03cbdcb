/**
 * The command line on a pseudo terminal (`script` of util-linux), typed at as a person does. What it draws is read as text:
 * colours and cursor movements are left out.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..', '..', '..');
const BIN = join(root, 'bin', 'firebreak.js');
const SCRIPT = '/usr/bin/script';
/** Colours, cursor movements, titles, modes. */
const ESCAPES = /\u001b(?:\[[0-9;?]*[A-Za-z]|\][^\u0007]*\u0007|[()][A-Z0-9]|[=>78])/g;

/** A program that draws nothing for so long will not go on. */
const SILENT_MS = 180_000;

export const KEYS = { enter: '\r', down: '\u001b[B', up: '\u001b[A', space: ' ', interrupt: '\u0003' } as const;

/** False, said aloud, when this machine has no program for pseudo terminals. */
export const hasTerminals = existsSync(SCRIPT);
if (!hasTerminals) process.stdout.write('no `script` (bsdutils) here, tests on a terminal are left out\n');

export interface TerminalOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

export class Terminal {
  readonly #child: ChildProcess;
  readonly ended: Promise<number | null>;
  #text = '';
  #read = 0;
  #look: () => void = () => {};
  #hasEnded = false;

  constructor(args: readonly string[], { env, cwd = root }: TerminalOptions = {}) {
    const words = [process.execPath, BIN, ...args].map((word) => `'${word.replaceAll("'", "'\\''")}'`);
    const command = `stty cols 200 rows 50; exec ${words.join(' ')}`;
    this.#child = spawn(SCRIPT, ['--quiet', '--return', '--flush', '--command', command, '/dev/null'], {
      cwd,
      env: { ...process.env, NO_COLOR: '1', TERM: 'xterm', SHELL: '/bin/sh', ...env },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.#text += text;
      this.#look();
    });
    this.ended = new Promise((done, failed) => {
      this.#child.on('error', failed);
      this.#child.on('close', (code) => {
        this.#hasEnded = true;
        this.#look();
        done(code);
      });
    });
  }

  /** All that was drawn, as text. */
  get text(): string {
    return this.#text.replace(ESCAPES, '').replaceAll('\r', '');
  }

  /** Waits until that is drawn, after what was waited for before. @throws when the program ends or falls silent first */
  async sees(pattern: RegExp): Promise<string> {
    for (;;) {
      const whole = this.text;
      const found = pattern.exec(whole.slice(this.#read));
      if (found !== null) {
        this.#read += found.index + found[0].length;
        return found[0];
      }
      if (this.#hasEnded) throw new Error(`never seen: ${pattern}\n${whole.slice(this.#read)}`);
      await new Promise<void>((next, failed) => {
        const tooLong = setTimeout(() => failed(new Error(`not seen: ${pattern}\n${whole.slice(-1500)}`)), SILENT_MS);
        this.#look = () => {
          clearTimeout(tooLong);
          next();
        };
      });
    }
  }

  type(keys: string): void {
    this.#child.stdin?.write(keys);
  }

  /** Waits for a question, then types; what is drawn after counts as new. */
  async answers(question: RegExp, ...keys: readonly string[]): Promise<void> {
    await this.sees(question);
    for (const key of keys) this.type(key);
  }

  /** Ends it by its own pid when it does not end by itself. */
  async close(): Promise<void> {
    if (!this.#hasEnded) this.#child.kill('SIGKILL');
    await this.ended;
  }
}
