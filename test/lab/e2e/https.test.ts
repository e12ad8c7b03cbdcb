/** Machines with WinRM over HTTPS, driven by the product: every login, channel bindings as strict as can be. Needs the built engine. */
import { type AddressInfo, connect as connectTcp, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Secret, type Session, type Target } from '../../../src/domain/index.ts';
import { createTransports } from '../../../src/transports/index.ts';
import { cli } from '../../e2e/support/cli.ts';
import { startTestLab, type TestLab } from '../support/lab.ts';

const { signal } = new AbortController();

interface Relay {
  readonly port: number;
  readonly connections: number;
  /** Cuts all connections; resolves when their clients must have noticed. */
  cut(): Promise<void>;
  end(): Promise<void>;
}

async function startRelay(host: string, port: number): Promise<Relay> {
  const near = new Set<Socket>();
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    near.add(socket);
    const far = connectTcp(port, host);
    for (const [one, other] of [
      [socket, far],
      [far, socket],
    ] as const) {
      one.on('error', () => undefined);
      one.on('close', () => other.destroy());
      one.pipe(other);
    }
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const cut = async (): Promise<void> => {
    for (const socket of near) socket.destroy();
    near.clear();
    await new Promise((resolve) => setTimeout(resolve, 200));
  };
  return {
    port: (server.address() as AddressInfo).port,
    get connections() {
      return connections;
    },
    cut,
    async end() {
      await cut();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}

function fingerprintAt(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connectTls({ host: '127.0.0.1', port, rejectUnauthorized: false }, () => {
      resolve(socket.getPeerCertificate().fingerprint256);
      socket.destroy();
    });
    socket.on('error', reject);
  });
}

describe('machines with HTTPS', () => {
  let lab: TestLab;
  beforeAll(async () => {
    lab = await startTestLab({
      engine: 'real',
      hosts: [
        { name: 'pc-01', profile: 'windows-10-1903-enu', allow_unencrypted: false, https: true, cbt: 'strict' },
        { name: 'pc-02', profile: 'windows-10-1903-enu', https: true },
      ],
    });
  });
  afterAll(() => lab.end());

  const open = (name: string, more: Partial<Target> = {}): Promise<Session> =>
    createTransports().winrm.open(
      {
        host: name,
        transport: 'winrm',
        address: lab.host(name).address,
        port: 5986,
        useTls: true,
        auth: 'ntlm',
        user: lab.user,
        password: new Secret(lab.password),
        allowUnencrypted: false,
        settings: { ca: join(lab.dir, 'ca.pem') },
        ...more,
      },
      { signal, timeoutMs: 120_000 },
    );
  const answerOf = async (session: Session): Promise<unknown> => {
    const { output } = await session.invoke({ script: '$env:COMPUTERNAME; 6 * 7' }, { signal, timeoutMs: 120_000 });
    await session.close();
    return output;
  };

  it.each(['ntlm', 'negotiate', 'basic'] as const)('opens a session by %s', async (auth) => {
    expect(await answerOf(await open('pc-01', { auth }))).toEqual(['PC-01', 42]);
  });

  it('runs exec by its inventory, and by a target URI with the authority in NODE_EXTRA_CA_CERTS', async () => {
    const inventory = join(lab.dir, 'inventory.yaml');
    const byInventory = await cli(['exec', '-i', inventory, 'pc-01,pc-02', '--json', '--', '$env:COMPUTERNAME']);
    expect(byInventory.stderr).toBe('');
    expect(byInventory.code).toBe(0);
    const args = ['exec', `winrms://${lab.user}@${lab.host('pc-01').address}`, '--password-env', 'PW', '--json'];
    const script = ['--', '6 * 7'];
    const trusted = await cli([...args, ...script], {
      env: { PW: lab.password, NODE_EXTRA_CA_CERTS: join(lab.dir, 'ca.pem') },
    });
    expect(JSON.parse(trusted.stdout)).toMatchObject({ ok: true, output: [42] });
    const untrusted = await cli([...args, ...script], { env: { PW: lab.password } });
    expect(JSON.parse(untrusted.stdout)).toMatchObject({ ok: false, error: { code: 'FB_TLS_UNTRUSTED' } });
  });

  it('takes the client certificate that the machine maps to its administrator, and no other', async () => {
    const certificate = { cert: join(lab.dir, 'client.pem'), key: join(lab.dir, 'client.key') };
    const login = { auth: 'certificate', user: '', password: new Secret('') } as const;
    const settings = { ca: join(lab.dir, 'ca.pem') };
    const session = await open('pc-01', { ...login, settings: { ...settings, certificate } });
    expect(await answerOf(session)).toEqual(['PC-01', 42]);
    await expect(open('pc-01', { ...login, settings })).rejects.toMatchObject({ code: 'FB_CREDENTIAL_MISSING' });
  });

  it('refuses NTLM over HTTP where channel bindings are strict, and the error names the port', async () => {
    await expect(open('pc-01', { port: 5985, useTls: false })).rejects.toMatchObject({
      code: 'FB_AUTH_DENIED',
      remedy: expect.stringContaining('5986'),
    });
    expect(await answerOf(await open('pc-02', { port: 5985, useTls: false }))).toEqual(['PC-02', 42]);
  });

  it('refuses a wrong password over TLS', async () => {
    await expect(open('pc-02', { password: new Secret('wrong') })).rejects.toMatchObject({ code: 'FB_AUTH_DENIED' });
  });

  it.each(['ntlm', 'basic'] as const)('goes on by %s after the connection was lost between two calls', async (auth) => {
    const relay = await startRelay(lab.host('pc-01').address, 5986);
    try {
      const fingerprint = await fingerprintAt(relay.port);
      const session = await open('pc-01', { auth, address: '127.0.0.1', port: relay.port, settings: { fingerprint } });
      const ask = async (): Promise<unknown> =>
        (await session.invoke({ script: '$PID' }, { signal, timeoutMs: 120_000 })).output[0];
      const pid = await ask();
      const before = relay.connections;
      await relay.cut();
      expect(await ask()).toBe(pid);
      expect(relay.connections - before).toBe(1);
      await session.close();
    } finally {
      await relay.end();
    }
  });

  it('carries a megabyte through TLS', async () => {
    const session = await open('pc-02');
    const { output } = await session.invoke({ script: "'x' * 1MB" }, { signal, timeoutMs: 120_000 });
    expect(String(output[0])).toHaveLength(1024 * 1024);
    await session.close();
  });
});
