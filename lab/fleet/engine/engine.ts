/**
 * The engine process and the line-delimited JSON to it (lab/README.md, Wire). The engine ends at the end of its
 * standard input, so it can never outlive this process. Must not know what the messages mean.
 */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { z } from 'zod';
import { LabError } from '../errors.ts';

export interface EngineEvent {
  readonly event: string;
  readonly [field: string]: unknown;
}

interface EngineOptions {
  /** Program and arguments. */
  readonly command: readonly [string, ...string[]];
  onEvent(event: EngineEvent): void;
  /** The engine ended; `reason` is one line. Not called after `shutdown()`. */
  onExit(reason: string): void;
  /** A line of the engine's standard error. */
  onLog(line: string): void;
}

interface Waiting {
  resolve(result: unknown): void;
  reject(error: LabError): void;
}

const replySchema = z.object({
  reply: z.number(),
  ok: z.boolean(),
  result: z.unknown().optional(),
  error: z.object({ code: z.string(), message: z.string() }).optional(),
});
const eventSchema = z.looseObject({ event: z.string() });

export class Engine {
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #options: EngineOptions;
  readonly #waiting = new Map<number, Waiting>();
  readonly #ended: Promise<void>;
  #nextId = 1;
  #isStopping = false;
  #gone: string | undefined;

  constructor(options: EngineOptions) {
    this.#options = options;
    const [program, ...args] = options.command;
    this.#child = spawn(program, args, {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: {
        ...process.env,
        POWERSHELL_TELEMETRY_OPTOUT: '1',
        POWERSHELL_DIAGNOSTICS_OPTOUT: '1',
        DOTNET_NOLOGO: '1',
        DOTNET_CLI_TELEMETRY_OPTOUT: '1',
      },
    });
    this.#child.stdin.on('error', () => {
      // The exit that caused it is reported by 'close'.
    });
    createInterface({ input: this.#child.stdout }).on('line', (line) => this.#onLine(line));
    createInterface({ input: this.#child.stderr }).on('line', (line) => options.onLog(line));
    this.#ended = new Promise((resolve) => {
      this.#child.on('error', (error) => {
        this.#end(`the engine cannot be started: ${error.message}`);
        resolve();
      });
      this.#child.on('close', (code, signal) => {
        this.#end(`the engine ended (${signal ?? `exit code ${code}`})`);
        resolve();
      });
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** @throws LabError with the engine's code, or `lab.engine-gone` */
  request(op: string, fields: object = {}): Promise<unknown> {
    if (this.#gone !== undefined) return Promise.reject(new LabError('lab.engine-gone', this.#gone));
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#child.stdin.write(`${JSON.stringify({ id, op, ...fields })}\n`);
    });
  }

  /** A message that has no answer. */
  tell(op: string, fields: object): void {
    if (this.#gone === undefined) this.#child.stdin.write(`${JSON.stringify({ op, ...fields })}\n`);
  }

  /** Ends the process: asked first, by closing its input, then killed after `graceMs`. */
  async shutdown(graceMs: number): Promise<void> {
    this.#isStopping = true;
    if (this.#gone === undefined) {
      this.#child.stdin.end(`${JSON.stringify({ id: this.#nextId++, op: 'shutdown' })}\n`);
    }
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), graceMs);
    await this.#ended;
    clearTimeout(timer);
  }

  #onLine(line: string): void {
    let message: unknown;
    try {
      message = JSON.parse(line);
    } catch {
      this.#options.onLog(`not a message: ${line}`);
      return;
    }
    const reply = replySchema.safeParse(message);
    if (reply.success) {
      const waiting = this.#waiting.get(reply.data.reply);
      if (waiting === undefined && !reply.data.ok) this.#options.onLog(reply.data.error?.message ?? line);
      this.#waiting.delete(reply.data.reply);
      if (reply.data.ok) waiting?.resolve(reply.data.result);
      else
        waiting?.reject(new LabError(reply.data.error?.code ?? 'lab.engine', reply.data.error?.message ?? 'no cause'));
      return;
    }
    const event = eventSchema.safeParse(message);
    if (event.success) this.#options.onEvent(event.data);
    else this.#options.onLog(`not a message: ${line}`);
  }

  #end(reason: string): void {
    if (this.#gone !== undefined) return;
    this.#gone = reason;
    for (const waiting of this.#waiting.values()) waiting.reject(new LabError('lab.engine-gone', reason));
    this.#waiting.clear();
    if (!this.#isStopping) this.#options.onExit(reason);
  }
}
