/** Logins and failures of connections against servers that behave as they are told. Nothing but loopback. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server as NetServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import ssh2, { type AuthContext, type Connection, type Session as SshServerSession } from 'ssh2';
import { newSshKey } from '../../../lab/fleet/ssh/index.ts';
import { type Prompter, Secret, type Target } from '../../../src/domain/index.ts';
import { encodePacket, LineReader } from '../../../src/protocol/index.ts';
import { createSshTransport } from '../../../src/transports/ssh/index.ts';
import { errorOf, never } from '../support/open-session.ts';

const hostKey = newSshKey('ed25519', 'host');
const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

function listening(server: NetServer, address = '127.0.0.1'): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  });
  closers.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return new Promise((done) => {
    server.listen(0, address, () => done((server.address() as { readonly port: number }).port));
  });
}

interface FakeSsh {
  readonly authenticate?: (context: AuthContext) => void;
  readonly onSession?: (session: SshServerSession, client: Connection, socket: Socket) => void;
}

/** An SSH server of the library's. */
async function fakeSsh({ authenticate, onSession }: FakeSsh, address?: string): Promise<number> {
  const ssh = new ssh2.Server({ hostKeys: [hostKey.private] });
  const server = createServer((socket) => {
    ssh.once('connection', (client: Connection) => {
      client.on('error', () => undefined);
      client.on('authentication', authenticate ?? ((context) => context.accept()));
      client.on('session', (accept) => onSession?.(accept(), client, socket));
    });
    ssh.injectSocket(socket);
  });
  return listening(server, address);
}

function target(port: number, more: Partial<Target> = {}): Target {
  return {
    host: 'web01',
    transport: 'ssh',
    address: '127.0.0.1',
    port,
    useTls: false,
    auth: 'negotiate',
    user: 'CORP\\admin',
    password: new Secret('s3cret-canary'),
    allowUnencrypted: false,
    settings: { insecure: true, agent: false },
    ...more,
  };
}

const quick = createSshTransport({ keepAlive: { intervalMs: 200, count: 2 } });
const options = { signal: never, timeoutMs: 10_000 };

/** PowerShell that takes the pool's first data and then does as it is told. */
function powershell(then: (client: Connection, socket: Socket, exit: (code: number) => void) => void) {
  return (session: SshServerSession, client: Connection, socket: Socket): void => {
    session.on('subsystem', (accept) => {
      const channel = accept();
      const reader = new LineReader();
      channel.on('error', () => undefined);
      channel.on('data', (bytes: Buffer) => {
        for (const line of reader.push(bytes)) {
          if (line.kind !== 'packet' || line.packet.kind !== 'Data') continue;
          channel.write(encodePacket({ kind: 'DataAck', id: line.packet.id }));
          then(client, socket, (code) => {
            channel.stderr.write('Out of memory\r\n');
            channel.exit(code);
            channel.end();
          });
        }
      });
    });
  };
}

describe('keyboard-interactive', () => {
  const asks = (prompts: readonly { prompt: string; echo: boolean }[], wanted: readonly string[]) =>
    fakeSsh({
      authenticate: (context) => {
        if (context.method !== 'keyboard-interactive') context.reject(['keyboard-interactive']);
        else {
          context.prompt([...prompts], (answers) => {
            if (JSON.stringify(answers) === JSON.stringify(wanted)) context.accept();
            else context.reject(['keyboard-interactive']);
          });
        }
      },
      onSession: powershell((_client, _socket, exit) => exit(1)),
    });
  const prompter: Prompter = {
    readLine: async (question) => `line ${question}`,
    readSecret: async (question) => new Secret(`secret ${question}`),
    choose: async () => 0,
  };

  it('is answered with the password', async () => {
    const port = await asks([{ prompt: 'Password: ', echo: false }], ['s3cret-canary']);
    // past the login, where this server has no PowerShell
    expect((await errorOf(quick.open(target(port), options))).code).toBe('FB_SESSION_CLOSED');
  });

  it('asks the user what is more than the password', async () => {
    const prompts = [
      { prompt: 'Password: ', echo: false },
      { prompt: 'Code: ', echo: false },
      { prompt: 'Site: ', echo: true },
    ];
    const port = await asks(prompts, ['s3cret-canary', 'secret Code: ', 'line Site: ']);
    expect((await errorOf(quick.open(target(port), { ...options, prompter }))).code).toBe('FB_SESSION_CLOSED');
    const error = await errorOf(quick.open(target(port), options));
    expect(error.code).toBe('FB_AUTH_DENIED');
    expect(error.message).toContain('it offers keyboard-interactive; tried: keyboard-interactive');
    expect(error.message).toContain('nobody could answer “Site:”');
    expect(JSON.stringify(error.toRecord())).not.toContain('s3cret-canary');
  });

  it('says that the host wants more than one method', async () => {
    const port = await fakeSsh({
      authenticate: (context) => {
        if (context.method === 'password') context.reject(['publickey'], true);
        else context.reject(['password', 'publickey']);
      },
    });
    const error = await errorOf(quick.open(target(port), options));
    expect(error.code).toBe('FB_AUTH_DENIED');
    expect(error.message).toContain('the host wants more than one of them');
  });

  it('says that nothing fits', async () => {
    const port = await fakeSsh({ authenticate: (context) => context.reject(['hostbased']) });
    const error = await errorOf(quick.open(target(port), options));
    expect(error.message).toContain('it offers hostbased; nothing that we have fits');
  });
});

describe('reaching the host', () => {
  it.each([
    ['refused', { port: 1 }, 'FB_CONNECT_REFUSED', /Start-Service sshd/],
    ['an unknown name', { address: 'no-such-host.invalid', port: 22 }, 'FB_CONNECT_NAME', /DNS/],
    ['a source that is not ours', { port: 1, settings: { source: '192.0.2.7' } }, 'FB_ENVIRONMENT', /source address/],
  ])('%s', async (_what, more, code, remedy) => {
    const error = await errorOf(quick.open({ ...target(1), ...more }, options));
    expect(error.code).toBe(code);
    expect(error.remedy).toMatch(remedy);
  });

  it('over IPv6, which known_hosts writes in brackets', async () => {
    const onSession = powershell((_client, _socket, exit) => exit(1));
    const port = await fakeSsh({ onSession }, '::1');
    const knownHosts = join(mkdtempSync(join(tmpdir(), 'fbsshf-')), 'known');
    closers.push(() => rmSync(dirname(knownHosts), { recursive: true }));
    writeFileSync(knownHosts, '');
    const six = { ...target(port), address: '::1', settings: { knownHosts, agent: false } };
    const unknown = await errorOf(quick.open(six, options));
    expect(unknown.code).toBe('FB_SSH_HOST_KEY');
    expect(unknown.message).toContain(`web01 ([::1]:${port}): `);
    writeFileSync(knownHosts, `[::1]:${port} ${hostKey.public.split(' ').slice(0, 2).join(' ')}\n`);
    // past the host key and the login, where this server has no PowerShell
    expect((await errorOf(quick.open(six, options))).code).toBe('FB_SESSION_CLOSED');
  });

  it('another service is told apart', async () => {
    const port = await listening(createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')));
    const error = await errorOf(quick.open(target(port), options));
    expect(error.code).toBe('FB_CONNECT_LOST');
    expect(error.remedy).toContain('another service may listen on this port');
  });

  it('a host that closes at once', async () => {
    const port = await listening(createServer((socket) => socket.destroy()));
    const error = await errorOf(quick.open(target(port), options));
    expect(error.code).toBe('FB_CONNECT_LOST');
    expect(error.remedy).toContain('another service may listen on this port');
  });

  it('a port that accepts and says nothing ends at the deadline', async () => {
    const port = await listening(createServer(() => undefined));
    const error = await errorOf(quick.open(target(port), { signal: never, timeoutMs: 500 }));
    expect(error.code).toBe('FB_DEADLINE');
  });

  it('is given up when the caller gives up', async () => {
    const port = await listening(createServer(() => undefined));
    const gone = new AbortController();
    const opening = errorOf(quick.open(target(port), { signal: gone.signal, timeoutMs: 60_000 }));
    setTimeout(() => gone.abort(), 50);
    expect((await opening).code).toBe('FB_CANCELLED');
  });
});

describe('a session that breaks', () => {
  it('with its program: exit code and last words are told', async () => {
    const port = await fakeSsh({ onSession: powershell((_client, _socket, exit) => exit(137)) });
    const error = await errorOf(quick.open(target(port), options));
    expect(error.code).toBe('FB_SESSION_CLOSED');
    expect(error.message).toMatch(/exit code 137.*Out of memory/);
  });

  it('with its connection', async () => {
    const port = await fakeSsh({ onSession: powershell((_client, socket) => socket.resetAndDestroy()) });
    expect((await errorOf(quick.open(target(port), options))).code).toBe('FB_CONNECT_LOST');
  });

  it('without a word: a peer that is silent is found by keep-alive', async () => {
    const port = await fakeSsh({
      onSession: powershell((_client, socket) => {
        socket.removeAllListeners('data');
        socket.pause();
      }),
    });
    const error = await errorOf(quick.open(target(port), { signal: never, timeoutMs: 30_000 }));
    expect(error.code).toBe('FB_CONNECT_LOST');
    expect(error.message).toMatch(/keepalive/i);
  });
});
