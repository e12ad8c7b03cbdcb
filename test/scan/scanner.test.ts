import { spawn } from 'node:child_process';
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

  it('says that UDP cannot be told', async () => {
    const probe = { address: '127.0.0.1', port: 137, protocol: 'udp', timeoutMs: 5000 } as const;
    expect(await createScanner().probe(probe, never)).toBe('unknown');
  });

  it('rejects with FB_CANCELLED when the signal is aborted', async () => {
    const probe = { address: '127.0.0.1', port: 1, protocol: 'tcp', timeoutMs: 5000 } as const;
    await expect(createScanner().probe(probe, AbortSignal.abort())).rejects.toMatchObject({ code: 'FB_CANCELLED' });
  });
});
