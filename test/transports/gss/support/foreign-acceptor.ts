/** MIT's acceptor in a process of its own, by python3-gssapi: the other side that we did not write. */
import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';

/** False, with a printed line, where python3-gssapi is missing. */
export function hasPythonGssapi(): boolean {
  if (spawnSync('/usr/bin/python3', ['-c', 'import gssapi'], { timeout: 120_000 }).status === 0) return true;
  process.stderr.write('skipped: python3-gssapi missing (apt-get install python3-gssapi)\n');
  return false;
}

export interface Accepted {
  readonly token: Buffer | undefined;
  readonly done: boolean;
  readonly client: string | null;
  /** The login is bound to the channel that the acceptor named. */
  readonly bound: boolean;
}

export class ForeignAcceptor {
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #lines: Interface;
  #log = '';

  constructor(keytab: string, env: NodeJS.ProcessEnv) {
    this.#process = spawn('/usr/bin/python3', [join(import.meta.dirname, 'acceptor.py'), keytab], { env });
    this.#process.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#log += text;
    });
    this.#lines = createInterface({ input: this.#process.stdout });
  }

  async accept(token: Uint8Array, binding?: Uint8Array): Promise<Accepted> {
    const answer = await this.#ask({
      op: 'accept',
      token: base64(token),
      ...(binding === undefined ? {} : { binding: base64(binding) }),
    });
    return {
      token: answer['token'] === null ? undefined : Buffer.from(String(answer['token']), 'base64'),
      done: answer['done'] === true,
      client: answer['client'] as string | null,
      bound: answer['bound'] === true,
    };
  }

  /** The error that it sends to a client whose token it does not take. */
  async refusal(token: Uint8Array): Promise<Buffer> {
    const answer = await this.#line({ op: 'accept', token: base64(token) });
    if (typeof answer['error'] !== 'string' || typeof answer['token'] !== 'string') throw new Error('no refusal');
    return Buffer.from(answer['token'], 'base64');
  }

  async unwrap(header: Uint8Array, data: Uint8Array): Promise<{ readonly plain: Buffer; readonly sealed: boolean }> {
    const answer = await this.#ask({ op: 'unwrap', header: base64(header), data: base64(data) });
    return { plain: Buffer.from(String(answer['plain']), 'base64'), sealed: answer['sealed'] === true };
  }

  async wrap(plain: Uint8Array): Promise<{ readonly header: Buffer; readonly data: Buffer }> {
    const answer = await this.#ask({ op: 'wrap', plain: base64(plain) });
    return {
      header: Buffer.from(String(answer['header']), 'base64'),
      data: Buffer.from(String(answer['data']), 'base64'),
    };
  }

  async mic(message: Uint8Array): Promise<Buffer> {
    return Buffer.from(String((await this.#ask({ op: 'mic', message: base64(message) }))['mic']), 'base64');
  }

  async end(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const ended = new Promise((done) => this.#process.once('exit', done));
    this.#process.stdin.end();
    this.#process.kill('SIGTERM');
    await ended;
  }

  async #ask(request: object): Promise<Answer> {
    const answer = await this.#line(request);
    if (answer['error'] !== undefined) throw new Error(String(answer['error']));
    return answer;
  }

  #line(request: object): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const onExit = (): void => reject(new Error(`the acceptor ended:\n${this.#log}`));
      this.#process.once('exit', onExit);
      this.#lines.once('line', (line) => {
        this.#process.off('exit', onExit);
        resolve(JSON.parse(line) as Answer);
      });
      this.#process.stdin.write(`${JSON.stringify(request)}\n`);
    });
  }
}

interface Answer {
  readonly [name: string]: unknown;
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
