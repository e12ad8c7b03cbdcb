/** Machines of a Kerberos realm, driven by the product and by pywinrm; the KDC is our own. Needs the built engine. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Secret, type Session, type Target } from '../../../src/domain/index.ts';
import { createTransports } from '../../../src/transports/index.ts';
import { cli } from '../../e2e/support/cli.ts';
import { hasKdc, TestRealm } from '../../transports/gss/support/kdc.ts';
import { setNativeEnvironment } from '../../transports/gss/support/native-environment.ts';
import { hasRequestsKerberos, python } from '../peers/peer.ts';
import { startTestLab, type TestLab } from '../support/lab.ts';

const { signal } = new AbortController();
const described = hasKdc() ? describe : describe.skip;
const PASSWORD = 'of the realm';
const none = new Secret('');

interface Entry {
  readonly kind: string;
  readonly user?: string;
  readonly granted?: boolean;
  readonly logon?: string;
}

described('machines of a realm', () => {
  let realm: TestRealm;
  let lab: TestLab;
  let restore: () => void = () => undefined;
  beforeAll(async () => {
    realm = await TestRealm.start({
      users: { firebreak: `"${PASSWORD}"`, stranger: `"${PASSWORD}"` },
      services: ['host/pc-01', 'host/pc-02', 'HTTP/pc-04'],
    });
    // known to the realm, but its key is in no key table
    realm.admin('addprinc -randkey host/pc-03');
    const { KRB5_CONFIG = '', KRB5CCNAME = '' } = realm.env;
    restore = setNativeEnvironment({ KRB5_CONFIG, KRB5CCNAME });
    lab = await startTestLab({
      engine: 'real',
      kerberos: { keytab: realm.keytab, realm: realm.realm },
      env: realm.env,
      hosts: [
        { name: 'pc-01', profile: 'windows-10-1903-enu', allow_unencrypted: false },
        { name: 'pc-02', profile: 'windows-10-1903-enu', allow_unencrypted: false, https: true, cbt: 'strict' },
        { name: 'pc-03', profile: 'windows-10-1903-enu', allow_unencrypted: false },
        { name: 'pc-04', profile: 'windows-10-1903-enu' },
      ],
    });
  });
  afterAll(async () => {
    await lab.end();
    restore();
    await realm.end();
  });

  const open = (name: string, more: Partial<Target> = {}): Promise<Session> =>
    createTransports().winrm.open(
      {
        host: name,
        transport: 'winrm',
        address: lab.host(name).address,
        port: 5985,
        useTls: false,
        auth: 'kerberos',
        user: 'firebreak@FIREBREAK.TEST',
        password: new Secret(PASSWORD),
        allowUnencrypted: false,
        settings: {},
        ...more,
      },
      { signal, timeoutMs: 120_000 },
    );
  const answerOf = async (session: Session): Promise<unknown> => {
    const { output } = await session.invoke({ script: '$env:COMPUTERNAME; 6 * 7' }, { signal, timeoutMs: 120_000 });
    await session.close();
    return output;
  };
  const lastLogon = async (host: string): Promise<Entry | undefined> => {
    const { entries } = await lab.ask<{ entries: Entry[] }>('history', { host });
    return entries.filter(({ kind }) => kind === 'logon').at(-1);
  };

  it.each(['kerberos', 'negotiate'] as const)('open a session by %s, sealed over HTTP', async (auth) => {
    expect(await answerOf(await open('pc-01', { auth }))).toEqual(['PC-01', 42]);
    // a network logon, without a credential that could travel on; the realm's password is not the account's
    expect(await lastLogon('pc-01')).toMatchObject({ user: 'firebreak', granted: true, logon: 'Network' });
  });

  it('carry a megabyte and an error', async () => {
    const session = await open('pc-01');
    const { output } = await session.invoke({ script: "'x' * 1MB" }, { signal, timeoutMs: 120_000 });
    expect(String(output[0])).toHaveLength(1024 * 1024);
    const { streams } = await session.invoke({ script: 'Write-Error oops' }, { signal, timeoutMs: 120_000 });
    expect(streams.error).toHaveLength(1);
    await session.close();
  });

  it.each(['kerberos', 'negotiate'] as const)('take %s over HTTPS with strict channel bindings alone', async (auth) => {
    const tls = { port: 5986, useTls: true, auth, settings: { ca: join(lab.dir, 'ca.pem') } } as const;
    expect(await answerOf(await open('pc-02', tls))).toEqual(['PC-02', 42]);
    await expect(open('pc-02', { auth })).rejects.toMatchObject({
      code: 'FB_AUTH_DENIED',
      message: expect.stringContaining('refused the ticket'),
      remedy: expect.stringContaining('5986'),
    });
  });

  it('take a key table and a ticket instead of a password', async () => {
    const keytab = realm.userKeytab('firebreak');
    const ccache = realm.ticket('firebreak', PASSWORD);
    for (const auth of ['kerberos', 'negotiate'] as const) {
      expect(await answerOf(await open('pc-01', { auth, password: none, settings: { keytab } }))).toContain(42);
      expect(await answerOf(await open('pc-01', { auth, user: '', password: none, settings: { ccache } }))).toContain(
        42,
      );
    }
  });

  it('refuse users of the realm who have no account', async () => {
    await expect(open('pc-01', { user: 'stranger@FIREBREAK.TEST' })).rejects.toMatchObject({ code: 'FB_AUTH_DENIED' });
    expect(await lastLogon('pc-01')).toMatchObject({ user: 'stranger', granted: false });
  });

  it('are not asked when the password is wrong', async () => {
    const before = await lastLogon('pc-01');
    for (const auth of ['kerberos', 'negotiate'] as const) {
      await expect(open('pc-01', { auth, password: new Secret('wrong') })).rejects.toMatchObject({
        code: 'FB_AUTH_DENIED',
        message: expect.stringContaining('password of firebreak@FIREBREAK.TEST is wrong'),
      });
    }
    expect(await lastLogon('pc-01')).toEqual(before);
  });

  it('refuse a ticket that was made for another key, and the error says why', async () => {
    await expect(open('pc-03')).rejects.toMatchObject({
      code: 'FB_AUTH_DENIED',
      remedy: expect.stringContaining('setspn -Q'),
    });
  });

  it('are reached by NTLM where negotiate finds no Kerberos', async () => {
    const local = { auth: 'negotiate', password: new Secret(lab.password) } as const;
    expect(await answerOf(await open('pc-01', { ...local, user: lab.user }))).toContain(42);
    expect(await lastLogon('pc-01')).toMatchObject({ user: lab.user, granted: true });
    // a domain that no realm is known for; the account is the machine's
    expect(await answerOf(await open('pc-01', { ...local, user: `PC-01\\${lab.user}` }))).toContain(42);
  });

  it('run exec with a ticket and neither user nor password', async () => {
    const uri = `winrm://${lab.host('pc-01').address}`;
    const options = ['--auth', 'kerberos', '--json', '--', '6 * 7'];
    const env = { KRB5_CONFIG: realm.config, KRB5CCNAME: realm.ticket('firebreak', PASSWORD) };
    const inventory = join(lab.dir, 'realm.yaml');
    writeFileSync(
      inventory,
      `all: { vars: { auth: kerberos }, hosts: { pc-01: { address: ${lab.host('pc-01').address} } } }\n`,
    );
    const { stdout, stderr } = await cli(['exec', '-i', inventory, 'pc-01', '--json', '--', '6 * 7'], { env });
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toMatchObject({ ok: true, output: [42] });
    const byAddress = await cli(['exec', uri, ...options], { env });
    expect(JSON.parse(byAddress.stdout)).toMatchObject({
      ok: false,
      error: { code: 'FB_AUTH_UNSUPPORTED', message: expect.stringContaining('only its address is known') },
    });
  });

  (hasRequestsKerberos() ? it : it.skip)('answer pywinrm, whose Kerberos in Debian cannot seal', async () => {
    const config = join(lab.dir, 'foreign.conf');
    writeFileSync(
      config,
      '[libdefaults]\n dns_canonicalize_hostname = false\n rdns = false\n qualify_shortname = ""\n',
    );
    const script = `
import json, os, winrm
p = winrm.Protocol(endpoint=os.environ['URL'], transport='kerberos', username='firebreak@FIREBREAK.TEST', password='-',
                   message_encryption='never', kerberos_hostname_override='pc-04')
shell = p.open_shell()
command = p.run_command(shell, 'echo', ['one'])
print(json.dumps(p.get_command_output(shell, command)[0].decode()))
p.close_shell(shell)
`;
    const { code, stdout, stderr } = await python(lab.dir, script, {
      URL: `http://${lab.host('pc-04').address}:5985/wsman`,
      KRB5_CONFIG: `${config}:${realm.config}`,
      KRB5CCNAME: realm.ticket('firebreak', PASSWORD),
    });
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '"one\\r\\n"\n', stderr: '' });
    expect(await lastLogon('pc-04')).toMatchObject({ user: 'firebreak', granted: true, logon: 'Network' });
  });
});
