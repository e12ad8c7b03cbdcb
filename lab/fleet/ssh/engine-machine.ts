/** The machine of the SSH front on the engine's wire. Must not know SSH. */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Engine } from '../engine/index.ts';
import type { FileStat, ProgramEvents, SessionEvents, SshMachine } from './machine.ts';

const statSchema = z.object({ name: z.string(), isFolder: z.boolean(), size: z.number(), modified: z.number() });
const listSchema = z.object({ entries: z.array(statSchema) });
const dataSchema = z.object({ data: z.string() });

/** UTF-8: what a client of SSH expects, whatever the machine's code page. */
const CODE_PAGE = '65001';

export class EngineMachine implements SshMachine {
  readonly #engine: Engine;
  readonly #host: string;
  readonly #sessions = new Map<string, SessionEvents>();
  readonly #programs = new Map<string, ProgramEvents>();
  readonly files: SshMachine['files'];

  constructor(engine: Engine, host: string) {
    this.#engine = engine;
    this.#host = host;
    const ask = (op: string, path: string, fields: object = {}): Promise<unknown> =>
      engine.request(op, { host, path, ...fields });
    this.files = {
      stat: async (path): Promise<FileStat> => statSchema.parse(await ask('file.stat', path)),
      list: async (path) => listSchema.parse(await ask('file.list', path)).entries,
      make: async (path, exclusive) => void (await ask('file.make', path, { exclusive })),
      read: async (path, offset, length) =>
        Buffer.from(dataSchema.parse(await ask('file.read', path, { offset, length })).data, 'base64'),
      write: async (path, offset, data) => void (await ask('file.write', path, { offset, data: base64(data) })),
      makeFolder: async (path) => void (await ask('file.folder', path)),
      remove: async (path) => void (await ask('file.delete', path)),
      move: async (path, to, overwrite) => void (await ask('file.move', path, { to, overwrite })),
    };
  }

  openSession: SshMachine['openSession'] = async (user, clientAddress, data, events) => {
    const session = randomUUID().toUpperCase();
    // known before the engine answers: its first data may come ahead of the answer
    this.#sessions.set(session, events);
    const request = (op: string, fields: object): Promise<void> =>
      this.#engine.request(op, { session, ...fields }).then(() => undefined);
    try {
      const fields = { host: this.#host, user, clientAddress, configuration: 'Microsoft.PowerShell', program: true };
      await request('session.open', { ...fields, data: base64(data) });
    } catch (error) {
      this.#sessions.delete(session);
      throw error;
    }
    return {
      send: (command, stream, bytes) => request('session.send', { command, stream, data: base64(bytes) }),
      command: (command, bytes) => request('session.command', { command, data: base64(bytes) }),
      signal: (command, code) => request('session.signal', { command, code }),
      close: () => request('session.close', {}),
    };
  };

  startProgram: SshMachine['startProgram'] = async (user, line, events) => {
    const session = randomUUID().toUpperCase();
    const command = randomUUID().toUpperCase();
    this.#programs.set(session, events);
    try {
      await this.#engine.request('text.open', { host: this.#host, session, user, codepage: CODE_PAGE });
      await this.#engine.request('text.command', { session, command, line, program: false, input: true });
    } catch (error) {
      this.#programs.delete(session);
      throw error;
    }
    return {
      input: async (data, end) =>
        void (await this.#engine.request('text.send', { session, command, data: base64(data), end })),
      close: async () => {
        this.#programs.delete(session);
        await this.#engine.request('text.close', { session });
      },
    };
  };

  onData(session: string, command: string | null, data: Buffer): void {
    this.#sessions.get(session.toUpperCase())?.onData(command, data);
  }

  onText(session: string, stream: 'stdout' | 'stderr', data: Buffer): void {
    this.#programs.get(session.toUpperCase())?.onOutput(stream, data);
  }

  onExit(session: string, exitCode: number): void {
    this.#programs.get(session.toUpperCase())?.onExit(exitCode);
  }

  onClosed(session: string): void {
    const id = session.toUpperCase();
    this.#sessions.get(id)?.onClosed();
    this.#sessions.delete(id);
    this.#programs.get(id)?.onExit(-1);
    this.#programs.delete(id);
  }
}

function base64(data: Uint8Array): string {
  return Buffer.from(data).toString('base64');
}
