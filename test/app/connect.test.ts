/** Which user and which secrets a host's transport gets. */
import { userInfo } from 'node:os';
import { describe, expect, it } from '@jest/globals';
import { createConnector } from '../../src/app/connect.ts';
import type {
  CredentialReference,
  PlannedHost,
  RelayHost,
  Session,
  Target,
  Transport,
} from '../../src/domain/index.ts';
import { Credentials, Redactor } from '../../src/secrets/index.ts';

const host = (more: Partial<PlannedHost>): PlannedHost => ({
  name: 'web01',
  address: '10.0.0.1',
  transport: 'winrm',
  port: 5985,
  useTls: false,
  auth: 'negotiate',
  allowUnencrypted: false,
  user: 'alice',
  password: { env: 'PW' },
  ports: {},
  vantages: [],
  partners: [],
  groups: [],
  vars: {},
  wave: 0,
  set: null,
  ...more,
});

function connector() {
  const targets: Target[] = [];
  const transport: Transport = {
    open: async (target) => {
      targets.push(target);
      return {} as Session;
    },
  };
  const credentials = new Credentials(
    { environment: { PW: 'pass-word', PHRASE: 'phrase' }, ask: undefined },
    new Redactor(),
  );
  return {
    targets,
    connector: createConnector({ winrm: transport, ssh: transport, local: transport, relay: transport }, credentials),
  };
}

async function targetOf(more: Partial<PlannedHost>): Promise<Target> {
  const { targets, connector: made } = connector();
  await made.open(host(more), { signal: new AbortController().signal, timeoutMs: 1000 });
  const [target] = targets;
  if (target === undefined) throw new Error('not opened');
  return target;
}

const me = userInfo().username;
const command: CredentialReference = { command: ['firebreak-no-such-program'] };

describe('what a transport gets', () => {
  it.each<[Partial<PlannedHost>, string, string]>([
    [{}, 'alice', 'pass-word'],
    [{ auth: 'kerberos' }, 'alice', 'pass-word'],
    [{ auth: 'kerberos', connection: { keytab: '/k' } }, 'alice', ''],
    [{ auth: 'kerberos', user: null, password: null }, '', ''],
    [{ user: null, password: null }, '', ''],
    [{ auth: 'certificate', user: null }, '', ''],
    [{ transport: 'local', user: null, password: null }, '', ''],
    [{ transport: 'ssh', user: null, password: null }, me, ''],
    [{ transport: 'ssh' }, 'alice', 'pass-word'],
  ])('%j', async (more, user, password) => {
    const target = await targetOf(more);
    expect([target.user, target.password.reveal()]).toEqual([user, password]);
  });

  it('has the passphrase of its key', async () => {
    const target = await targetOf({
      transport: 'ssh',
      connection: { privateKey: '/k', passphrase: { env: 'PHRASE' } },
    });
    expect(target.passphrase?.reveal()).toBe('phrase');
  });

  it.each<Partial<PlannedHost>>([
    { user: null },
    { user: null, auth: 'basic' },
    { user: null, password: null, auth: 'ntlm' },
  ])('%j lacks a user', async (more) => {
    await expect(targetOf(more)).rejects.toMatchObject({
      code: 'FB_CREDENTIAL_MISSING',
      message: 'web01: no user is given',
    });
  });
});

describe('before the first host', () => {
  it('every missing secret is told at once, but for those of programs', async () => {
    const { connector: made } = connector();
    const hosts = [
      host({ name: 'a', password: { env: 'NONE' } }),
      host({ name: 'b', password: { env: 'NONE' } }),
      host({ name: 'c', user: null }),
      host({ name: 'd', password: command }),
      host({ name: 'e' }),
    ];
    const failed = made.prepare(hosts);
    await expect(failed).rejects.toMatchObject({
      code: 'FB_CREDENTIAL_MISSING',
      details: [{ message: expect.stringMatching(/^a: .* NONE/) }, { message: 'c: no user is given' }],
    });
    await expect(made.prepare([host({ password: command })])).resolves.toBeUndefined();
  });

  it('a program that fails is the failure of its host', async () => {
    await expect(targetOf({ password: command })).rejects.toMatchObject({
      code: 'FB_CREDENTIAL_MISSING',
      message: expect.stringContaining('web01: the password program firebreak-no-such-program could not be started'),
    });
  });

  it('a credential for a second hop is that of the host, or none', async () => {
    const { connector: made } = connector();
    const credential = await made.credentialOf(host({}));
    expect([credential?.user, credential?.password.reveal()]).toEqual(['alice', 'pass-word']);
    expect(await made.credentialOf(host({ user: null, password: null }))).toBe(null);
  });
});

describe('a host behind a relay', () => {
  const via = (more: Partial<RelayHost> = {}): RelayHost => {
    const { name: _name, ...rest } = host({});
    const { address, transport, port, useTls, auth, allowUnencrypted } = rest;
    const common = { address, transport, port, useTls, auth, allowUnencrypted };
    return { name: 'mgmt01', ...common, user: 'relay-admin', password: { env: 'PHRASE' }, ...more };
  };
  const behind = (more: Partial<PlannedHost> = {}): Partial<PlannedHost> => ({
    name: 'old01',
    transport: 'relay',
    connection: { relay: 'mgmt01' },
    via: via(),
    ...more,
  });

  it('comes with its relay, each with its own credential', async () => {
    const target = await targetOf(behind());
    expect(target).toMatchObject({ host: 'old01', transport: 'relay', user: 'alice' });
    expect(target.password.reveal()).toBe('pass-word');
    expect(target.relay).toMatchObject({ host: 'mgmt01', transport: 'winrm', user: 'relay-admin' });
    expect(target.relay?.password.reveal()).toBe('phrase');
  });

  it('needs a credential of its own: a logon over the network goes no further', async () => {
    await expect(targetOf(behind({ user: null, password: null }))).rejects.toMatchObject({
      code: 'FB_CREDENTIAL_MISSING',
      message: 'old01: no user is given that relay mgmt01 can log on with',
    });
    const local = await targetOf(behind({ user: null, password: null, via: via({ transport: 'local' }) }));
    expect(local.user).toBe('');
  });

  it('has the credential of its relay looked for before the first host is touched', async () => {
    const { connector: made } = connector();
    const hosts = ['old01', 'old02'].map((name) =>
      host({ ...behind({ via: via({ password: { env: 'NONE' } }) }), name }),
    );
    await expect(made.prepare(hosts)).rejects.toMatchObject({
      code: 'FB_CREDENTIAL_MISSING',
      message: expect.stringMatching(/^mgmt01: .*NONE/),
    });
  });
});
