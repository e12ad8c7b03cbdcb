/**
 * A program that stands where PowerShell would, and hands its standard streams to the test: what starts it, starts a
 * process; what is said through it, comes from a machine of the lab by SSH, past a man in the middle.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ssh2, { type ClientChannel } from 'ssh2';
import { sshPort, type TestLab } from '../../lab/support/lab.ts';
import type { PacketRelay } from './packet-relay.ts';

/** Its first line: which case it is, and its process id. */
const PROGRAM = `const socket = require('node:net').connect(Number(process.argv[2]), '127.0.0.1');
socket.write(process.argv[3] + ' ' + process.pid + '\\n');
process.stdin.pipe(socket);
socket.pipe(process.stdout);
socket.on('error', () => process.exit(1));
socket.on('close', () => process.exit(0));
`;

export interface Bridge {
  /** Full path of a program that leads to that case's machine. */
  program(index: number): string;
  /** The command line that does the same. */
  command(index: number): string;
  /** Who stands between that program and the machine; absent: nobody. */
  relays: Map<number, PacketRelay>;
  end(): Promise<void>;
}

export async function startBridge(lab: TestLab, hostOf: (index: number) => string): Promise<Bridge> {
  const folder = mkdtempSync(join(tmpdir(), 'fbbridge-'));
  const script = join(folder, 'bridge.cjs');
  writeFileSync(script, PROGRAM);
  const relays = new Map<number, PacketRelay>();
  const sockets = new Set<{ destroy(): void }>();

  async function serve(socket: Socket): Promise<void> {
    sockets.add(socket);
    socket.on('error', () => undefined);
    const [index = 0, pid = 0] = (await firstLine(socket)).split(' ').map(Number);
    const client = new ssh2.Client();
    sockets.add(client);
    client.on('error', () => undefined);
    const host = await subsystem(client, lab, hostOf(index));
    host.on('error', () => undefined);
    host.on('close', () => client.end());
    socket.on('close', () => client.end());
    const relay = relays.get(index);
    if (relay === undefined) socket.pipe(host).pipe(socket);
    else {
      const kill = (): void => {
        process.kill(pid, 'SIGKILL');
      };
      await relay.join({ input: socket, output: socket, end: () => socket.end(), kill }, host);
    }
  }

  const server = createServer((socket) => {
    serve(socket).catch(() => socket.destroy());
  });
  await new Promise<void>((done) => {
    server.listen(0, '127.0.0.1', done);
  });
  const { port } = server.address() as { readonly port: number };
  const command = (index: number): string => `'${process.execPath}' '${script}' ${port} ${index}`;
  return {
    relays,
    command,
    program(index) {
      const file = join(folder, `powershell-${index}`);
      writeFileSync(file, `#!/bin/sh\nexec ${command(index)}\n`, { mode: 0o755 });
      return file;
    },
    async end() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((done) => {
        server.close(() => done());
      });
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function subsystem(client: ssh2.Client, lab: TestLab, host: string): Promise<ClientChannel> {
  return new Promise((done, failed) => {
    client.on('error', failed);
    client.on('ready', () => {
      client.subsys('powershell', (error, channel) => {
        if (error) failed(error);
        else done(channel);
      });
    });
    client.connect({
      host: lab.host(host).address,
      port: sshPort(lab, host),
      username: lab.user,
      password: lab.password,
    });
  });
}

/** Up to the line break; what follows stays in the stream. */
function firstLine(socket: Socket): Promise<string> {
  return new Promise((done) => {
    socket.once('data', (chunk: Buffer) => {
      socket.pause();
      const end = chunk.indexOf('\n');
      socket.unshift(chunk.subarray(end + 1));
      done(chunk.subarray(0, end).toString('latin1'));
    });
  });
}
