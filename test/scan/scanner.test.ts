import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { type AddressInfo, createConnection, createServer, type Server } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createScanner } from '../../src/scan/index.ts';

/** A listener in a frozen process whose queue (backlog + 1 connections) is full: the system drops further SYNs, as a block rule would. */
async function silentPort(): Promise<{ readonly port: number; readonly release: () => void }> {
  const frozen = spawn(
    process.execPath,
    [
      '-e',
      `const server = require('node:net').createServer();
       server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
         require('node:fs').writeSync(1, String(server.address().port));
         Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60000);
       });`,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const [chunk] = (await once(frozen.stdout, 'data')) as [Buffer];
  const port = Number(chunk.toString());
  const fillers = Array.from({ length: 2 }, () => createConnection({ host: '127.0.0.1', port }));
  for (const filler of fillers) filler.on('error', () => undefined);
  await Promise.all(fillers.map((filler) => once(filler, 'connect')));
  return {
    port,
    release: () => {
      for (const filler of fillers) filler.destroy();
      frozen.kill('SIGKILL');
    },
  };
}

describe('scanner', () => {
  const servers: Server[] = [];
  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
  });

  async function listen(): Promise<{ readonly server: Server; readonly port: number; readonly seen: string[] }> {
    const seen: string[] = [];
    const server = createServer((socket) => {
      seen.push(socket.remoteAddress ?? '');
      socket.on('error', () => undefined);
      socket.end();
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return { server, port: (server.address() as AddressInfo).port, seen };
  }

  const never = new AbortController().signal;

  it('calls a port that accepts open', async () => {
    const { port } = await listen();
    const state = await createScanner().probe({ address: '127.0.0.1', port, protocol: 'tcp', timeoutMs: 5000 }, never);
    expect(state).toBe('open');
  });

  it('calls a port that refuses closed', async () => {
    const { server, port } = await listen();
    servers.splice(servers.indexOf(server), 1);
    await new Promise((resolve) => server.close(resolve));
    const state = await createScanner().probe({ address: '127.0.0.1', port, protocol: 'tcp', timeoutMs: 5000 }, never);
    expect(state).toBe('closed');
  });

  it('probes from the source address asked for', async () => {
    const { port, seen } = await listen();
    const probe = { address: '127.0.0.1', port, protocol: 'tcp', source: '127.0.0.9', timeoutMs: 5000 } as const;
    expect(await createScanner().probe(probe, never)).toBe('open');
    await new Promise((resolve) => setImmediate(resolve));
    expect(seen).toEqual(['127.0.0.9']);
  });

  it('calls a source address that this machine does not have unknown', async () => {
    const { port } = await listen();
    const probe = { address: '127.0.0.1', port, protocol: 'tcp', source: '192.0.2.1', timeoutMs: 5000 } as const;
    expect(await createScanner().probe(probe, never)).toBe('unknown');
  });

  it('calls a port that stays silent filtered', async () => {
    const { port, release } = await silentPort();
    try {
      const probe = { address: '127.0.0.1', port, protocol: 'tcp', timeoutMs: 300 } as const;
      expect(await createScanner().probe(probe, never)).toBe('filtered');
    } finally {
      release();
    }
  });

  describe('of UDP', () => {
    const bound = async (answers: boolean) => {
      const socket = createSocket('udp4');
      const seen: string[] = [];
      socket.on('message', (_data, from) => {
        seen.push(from.address);
        if (answers) socket.send('here', from.port, from.address);
      });
      await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
      return { socket, seen, port: socket.address().port };
    };
    const probe = { address: '127.0.0.1', protocol: 'udp', timeoutMs: 5000 } as const;

    it('calls a port that answers open, asked from the source address', async () => {
      const { socket, seen, port } = await bound(true);
      expect(await createScanner().probe({ ...probe, port, source: '127.0.0.9' }, never)).toBe('open');
      expect(seen).toEqual(['127.0.0.9']);
      socket.close();
    });

    it('calls a port that nothing listens on closed', async () => {
      const { socket, port } = await bound(false);
      await new Promise<void>((resolve) => socket.close(() => resolve()));
      expect(await createScanner().probe({ ...probe, port }, never)).toBe('closed');
    });

    it('calls silence filtered, whoever is silent', async () => {
      const { socket, seen, port } = await bound(false);
      expect(await createScanner().probe({ ...probe, port, timeoutMs: 300 }, never)).toBe('filtered');
      expect(seen).toHaveLength(1);
      socket.close();
    });

    it('calls a source address that this machine does not have unknown', async () => {
      expect(await createScanner().probe({ ...probe, port: 9, source: '192.0.2.1' }, never)).toBe('unknown');
    });

    it('rejects with FB_CANCELLED when the signal is aborted', async () => {
      const aborted = createScanner().probe({ ...probe, port: 9 }, AbortSignal.abort());
      await expect(aborted).rejects.toMatchObject({ code: 'FB_CANCELLED' });
    });
  });

  it('rejects with FB_CANCELLED when the signal is aborted', async () => {
    const probe = { address: '127.0.0.1', port: 1, protocol: 'tcp', timeoutMs: 5000 } as const;
    await expect(createScanner().probe(probe, AbortSignal.abort())).rejects.toMatchObject({ code: 'FB_CANCELLED' });
  });
});
