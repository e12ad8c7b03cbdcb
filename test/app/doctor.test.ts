/** Judgements of the doctor, and how an examination goes on or ends. */
import { createServer, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Connector } from '../../src/app/connect.ts';
import { type Diagnosis, judgeDiagnosis } from '../../src/app/doctor/host-checks.ts';
import { type Check, examineAll, type HostReport } from '../../src/app/doctor/index.ts';
import { explainLogon } from '../../src/app/doctor/logon.ts';
import { type ErrorCode, FirebreakError, type PlannedHost, type Session } from '../../src/domain/index.ts';

let server: Server;
let port = 0;
beforeAll(async () => {
  server = createServer((socket) => socket.on('error', () => {}));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  if (typeof address === 'object' && address !== null) ({ port } = address);
});
afterAll(() => new Promise((done) => server.close(done)));

function host(more: Partial<PlannedHost> = {}): PlannedHost {
  return {
    name: 'web01',
    address: '127.0.0.1',
    transport: 'winrm',
    port,
    useTls: false,
    auth: 'negotiate',
    allowUnencrypted: false,
    user: 'alice',
    password: null,
    ports: {},
    vantages: [],
    partners: [],
    groups: [],
    vars: {},
    wave: 0,
    set: null,
    ...more,
  };
}

const NOW = Date.parse('2026-11-23T12:00:00Z');
const healthy: Diagnosis = {
  User: 'WEB01\\alice',
  IsAdministrator: true,
  SystemDrive: 'C:',
  FreeDiskBytes: 50 * 1_073_741_824,
  Time: '2026-11-23T12:00:01Z',
  PendingReboot: [],
  PendingReadable: true,
};

function judged(more: Partial<Diagnosis>, of: Partial<PlannedHost> = {}): readonly string[] {
  const checks = judgeDiagnosis(host(of), { ...healthy, ...more }, NOW);
  for (const { state, cause, remedy } of checks) {
    if (state === 'warning' || state === 'failed') expect([cause, remedy]).not.toContain('');
  }
  return checks
    .filter(({ state }) => state !== 'ok')
    .map(({ check, state, finding }) => `${check} ${state}: ${finding}`);
}

describe('what a host says of itself', () => {
  it.each<[Partial<Diagnosis>, Partial<PlannedHost>, readonly string[]]>([
    [{}, {}, []],
    [{ IsAdministrator: false }, {}, ['rights failed: WEB01\\alice is no administrator in this session']],
    [{ IsAdministrator: null }, {}, ['rights skipped: the host does not tell']],
    [{ FreeDiskBytes: 900_000_000 }, {}, ['disk failed: 0.8 GB free on C:']],
    [{ FreeDiskBytes: 3_221_225_472 }, {}, ['disk warning: 3.0 GB free on C:']],
    [{ Time: '2026-11-23T12:03:00Z' }, {}, ['clock warning: 180 s ahead']],
    [{ Time: '2026-11-23T11:54:00Z' }, {}, ['clock warning: 360 s behind']],
    [{ Time: '2026-11-23T11:54:00Z' }, { auth: 'kerberos' }, ['clock failed: 360 s behind']],
    [{ PendingReboot: ['servicing'] }, {}, ['reboot warning: pending: servicing']],
    [{ PendingReadable: false }, {}, ['reboot skipped: the keys that tell cannot be read']],
  ])('%j %j', (diagnosis, of, expected) => {
    expect(judged(diagnosis, of)).toEqual(expected);
  });

  it('names the switch that gives local accounts their rights back', () => {
    const remedyOf = (user: string) =>
      judgeDiagnosis(host({ user }), { ...healthy, IsAdministrator: false }, NOW).find(
        ({ check }) => check === 'rights',
      )?.remedy;
    expect(remedyOf('alice')).toContain('LocalAccountTokenFilterPolicy');
    expect(remedyOf('CORP\\alice')).toContain('net localgroup Administrators');
  });
});

describe('a logon that fails', () => {
  it.each<[ErrorCode, string, Partial<PlannedHost>, string, RegExp]>([
    ['FB_AUTH_DENIED', 'web01 (1.2.3.4:5985): user or password was refused', {}, 'auth', /wrong user or password/],
    ['FB_AUTH_DENIED', 'web01: access is denied: x [5]', {}, 'auth', /LocalAccountTokenFilterPolicy/],
    ['FB_AUTH_DENIED', 'web01: access is denied: x [5]', { user: 'CORP\\a' }, 'auth', /Remote Management Users/],
    [
      'FB_AUTH_DENIED',
      'web01: the host refused the ticket',
      { auth: 'kerberos' },
      'auth',
      /setspn -Q HTTP\/127\.0\.0\.1/,
    ],
    ['FB_AUTH_DENIED', 'web01: refused', { useTls: true }, 'auth', /CbtHardeningLevel/],
    ['FB_TLS_UNTRUSTED', 'web01: not trusted', { useTls: true }, 'tls', /./],
    ['FB_CONNECT_LOST', 'web01: no answer', {}, 'port', /Restart-Service WinRM/],
    ['FB_SESSION_QUOTA', 'web01: too many shells', {}, 'shell', /Get-WSManInstance/],
    ['FB_CREDENTIAL_MISSING', 'web01: no user is given', {}, 'auth', /./],
  ])('%s %s', (code, message, of, check, text) => {
    const found = explainLogon(host(of), new FirebreakError(code, message, { remedy: 'as said' }).toRecord());
    expect(found).toMatchObject({ check, state: 'failed' });
    expect(found.finding).not.toMatch(/^web01/);
    expect(`${found.cause} ${found.remedy}`).toMatch(text);
  });
});

describe('an examination', () => {
  function connectorOf(open: () => Promise<Session>): Connector {
    return {
      prepare: async () => {},
      credentialOf: async () => null,
      open,
      ready: async () => {},
      close: async () => {},
    };
  }

  function sessionOf(answers: readonly unknown[], version = '5.1.17763.1'): Session {
    const left = [...answers];
    return {
      shell: { version, edition: 'Desktop' },
      languageMode: undefined,
      invoke: async () => {
        const answer = left.shift();
        if (answer instanceof Error) throw answer;
        return { output: [answer], streams: {}, durationMs: 1 };
      },
      close: async () => {},
    } as unknown as Session;
  }

  async function examine(
    of: PlannedHost,
    connector: Connector,
    signal = new AbortController().signal,
  ): Promise<HostReport> {
    const options = { forks: 1, timeoutMs: 120_000, signal, onCheck: () => {}, onReport: () => {} };
    const [report] = await examineAll(connector, [of], options);
    if (report === undefined) throw new Error('no report');
    return report;
  }

  const states = ({ checks }: HostReport) => checks.map(({ check, state }: Check) => `${check} ${state}`);
  const none = connectorOf(() => Promise.reject(new Error('must not be asked')));

  it('of a healthy host makes every check', async () => {
    const time = new Date().toISOString();
    const report = await examine(
      host(),
      connectorOf(async () => sessionOf(['FullLanguage', { ...healthy, Time: time }])),
    );
    expect(report.state).toBe('ok');
    expect(states(report).filter((text) => !text.endsWith('ok'))).toEqual(['tls skipped']);
  });

  it('ends at a closed port and says why the rest was left out', async () => {
    const closed = createServer();
    await new Promise<void>((done) => closed.listen(0, '127.0.0.1', done));
    const address = closed.address();
    await new Promise((done) => closed.close(done));
    const free = typeof address === 'object' && address !== null ? address.port : 0;
    const report = await examine(host({ port: free }), none);
    expect(report.checks.find(({ check }) => check === 'port')).toMatchObject({
      state: 'failed',
      finding: `TCP ${free} refuses connections`,
      remedy: 'on the host: Enable-PSRemoting -Force',
    });
    expect(report.checks.at(-1)).toEqual({
      check: 'reboot',
      state: 'skipped',
      finding: 'port failed',
      cause: '',
      remedy: '',
    });
  });

  it('ends where there is no TLS', async () => {
    const plain = createServer((socket) =>
      socket
        .on('error', () => {})
        .resume()
        .end('HTTP/1.1 400 Bad Request\r\n\r\n'),
    );
    await new Promise<void>((done) => plain.listen(0, '127.0.0.1', done));
    const address = plain.address();
    const at = typeof address === 'object' && address !== null ? address.port : 0;
    const report = await examine(host({ port: at, useTls: true }), none);
    await new Promise((done) => plain.close(done));
    expect(report.checks.find(({ check }) => check === 'tls')).toMatchObject({ state: 'failed' });
  });

  it('looks neither for name nor port where a proxy connects', async () => {
    const refused = connectorOf(() => Promise.reject(new FirebreakError('FB_AUTH_DENIED', 'web01: refused')));
    const report = await examine(host({ address: 'no-such.invalid', connection: { proxy: 'http://p:1' } }), refused);
    expect(states(report).slice(0, 4)).toEqual(['name skipped', 'port skipped', 'tls skipped', 'auth failed']);
    expect(report.code).toBe('FB_AUTH_DENIED');
  });

  it('tells a limited language and a module that does not run', async () => {
    const broken = new FirebreakError('FB_INVOKE_FAILED', 'web01: boom');
    const report = await examine(
      host(),
      connectorOf(async () => sessionOf(['ConstrainedLanguage', broken], '2.0')),
    );
    expect(states(report).slice(3, 8)).toEqual([
      'auth ok',
      'shell warning',
      'language warning',
      'module failed',
      'rights skipped',
    ]);
  });

  it('that is interrupted throws FB_CANCELLED', async () => {
    const controller = new AbortController();
    const hanging = connectorOf(
      () =>
        new Promise((_, stop) => {
          controller.signal.addEventListener('abort', () => stop(new FirebreakError('FB_CANCELLED', 'x')));
          controller.abort();
        }),
    );
    await expect(examine(host(), hanging, controller.signal)).rejects.toMatchObject({ code: 'FB_CANCELLED' });
  });

  describe('of a host behind a relay', () => {
    const { address, port, useTls, auth, allowUnencrypted } = host();
    const way = {
      address,
      port,
      useTls,
      auth,
      allowUnencrypted,
      transport: 'winrm',
      user: 'me',
      password: null,
    } as const;
    const old = host({ name: 'old01', transport: 'relay', via: { name: 'mgmt01', ...way } });
    const states = ({ checks }: HostReport) => checks.map(({ check, state }: Check) => `${check} ${state}`);

    it('looks at the way there instead of name and port', async () => {
      const time = new Date().toISOString();
      const target = { RegistryBy: 'remote-registry', Version: '5.0' };
      const report = await examine(
        old,
        connectorOf(async () => sessionOf([target, true, { ...healthy, Time: time }], '')),
      );
      expect(report.state).toBe('ok');
      const names = ['relay', 'auth', 'share', 'registry', 'wmi', 'module', 'rights', 'disk', 'clock', 'reboot'];
      expect(states(report)).toEqual(names.map((name) => `${name} ok`));
    });

    it('warns of what has to be gone round', async () => {
      const report = await examine(
        old,
        connectorOf(async () =>
          sessionOf([{ RegistryBy: 'wmi' }, false, { ...healthy, Time: new Date().toISOString() }]),
        ),
      );
      expect(states(report).filter((text) => !text.endsWith('ok'))).toEqual(['registry warning', 'wmi warning']);
    });

    it.each([
      ['FB_CONNECT_TIMEOUT', 'relay mgmt01: no answer', 'mgmt01', ['relay failed'], 'no answer'],
      [
        'FB_AUTH_DENIED',
        'old01 (1.2.3.4) through relay mgmt01: wrong password (1326)',
        undefined,
        ['relay ok', 'auth failed'],
        'wrong password (1326)',
      ],
      [
        'FB_CONNECT_TIMEOUT',
        'old01 (1.2.3.4) through relay mgmt01: no such path (53)',
        undefined,
        ['relay ok', 'share failed'],
        'no such path (53)',
      ],
    ] as const)('tells the relay from the host: %s %s', async (code, message, relay, expected, finding) => {
      const error = new FirebreakError(code, message, relay === undefined ? {} : { relay });
      const report = await examine(
        old,
        connectorOf(() => Promise.reject(error)),
      );
      expect(states(report).filter((text) => !text.endsWith('skipped'))).toEqual(expected);
      expect(report.checks.find(({ state }) => state === 'failed')).toMatchObject({ finding });
      expect(report.checks.find(({ state }) => state === 'failed')?.remedy).not.toBe('');
    });
  });
});
