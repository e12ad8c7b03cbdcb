/**
 * The control socket: one JSON object a line, answered in order on the same connection. Must not know what the
 * operations do.
 */
import { createHash } from 'node:crypto';
import { unlinkSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { LabError, messageOf } from '../errors.ts';

interface Control {
  readonly path: string;
  close(): void;
}

export type ControlHandler = (op: string, fields: { readonly [field: string]: unknown }) => Promise<unknown>;

const requestSchema = z.looseObject({ op: z.string() });

/** Unix limits a socket's path to some 100 bytes: a long folder gets its socket in the system's temporary one. */
const MAX_PATH = 100;

export function controlPath(folder: string): string {
  const whole = resolve(folder);
  const hash = createHash('sha256').update(whole).digest('hex').slice(0, 16);
  if (process.platform === 'win32') return `\\\\.\\pipe\\firebreak-lab-${hash}`;
  const path = join(whole, 'control.sock');
  return Buffer.byteLength(path) <= MAX_PATH ? path : join(tmpdir(), `firebreak-lab-${hash}.sock`);
}

/** @throws LabError `lab.already-up` when another lab answers there */
export async function openControl(path: string, handler: ControlHandler): Promise<Control> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    serve(socket, handler);
  });
  try {
    await listen(server, path);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code !== 'EADDRINUSE')
      throw new LabError('lab.listen', `cannot open the control socket ${path} (${code ?? messageOf(cause)})`);
    if (await answers(path)) throw new LabError('lab.already-up', `a lab is already up there (${path})`);
    unlinkSync(path);
    await listen(server, path);
  }
  return {
    path,
    close() {
      server.close();
      for (const socket of sockets) socket.end();
    },
  };
}

function serve(socket: Socket, handler: ControlHandler): void {
  let last: Promise<void> = Promise.resolve();
  createInterface({ input: socket }).on('line', (line) => {
    last = last.then(async () => {
      const reply = await answer(line, handler);
      if (socket.writable) socket.write(`${JSON.stringify(reply)}\n`);
    });
  });
}

async function answer(line: string, handler: ControlHandler): Promise<object> {
  try {
    const { op, ...fields } = requestSchema.parse(JSON.parse(line));
    return { ok: true, result: (await handler(op, fields)) ?? {} };
  } catch (thrown) {
    const code = thrown instanceof LabError ? thrown.code : 'lab.bad-request';
    return { ok: false, error: { code, message: messageOf(thrown) } };
  }
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((done, failed) => {
    server.once('error', failed);
    server.listen(path, () => {
      server.off('error', failed);
      done();
    });
  });
}

function answers(path: string): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect(path);
    socket.on('connect', () => {
      socket.destroy();
      done(true);
    });
    socket.on('error', () => done(false));
  });
}
