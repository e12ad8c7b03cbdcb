/** Kerberos by the system's GSSAPI against a KDC of our own and MIT's acceptor in another process. */
import { spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type FirebreakError, Secret } from '../../../src/domain/index.ts';
import { KerberosInitiator } from '../../../src/protocol/index.ts';
import {
  createKerberosContext,
  isWithoutKerberos,
  type KerberosOptions,
  type SecurityContext,
} from '../../../src/transports/gss/index.ts';
import { ForeignAcceptor, hasPythonGssapi } from './support/foreign-acceptor.ts';
import { hasKdc, TestRealm } from './support/kdc.ts';
import { setNativeEnvironment } from './support/native-environment.ts';

const { signal } = new AbortController();
const HOST = 'web01.firebreak.test';
const hasPeers = hasKdc() && hasPythonGssapi();
const described = hasPeers ? describe : describe.skip;

let realm: TestRealm;
let restore: () => void = () => undefined;
const cleanups: (() => unknown)[] = [];

async function useRealm(options: Partial<Parameters<typeof TestRealm.start>[0]> = {}): Promise<void> {
  realm = await TestRealm.start({
    users: { alice: 'secret', locked: 'secret', stale: 'secret' },
    services: [`host/${HOST}`, 'HTTP/old.firebreak.test', 'host/short'],
    ...options,
  });
  const { KRB5_CONFIG = '', KRB5CCNAME = '' } = realm.env;
  restore = setNativeEnvironment({ KRB5_CONFIG, KRB5CCNAME });
}

async function endRealm(): Promise<void> {
  restore();
  await realm.end();
}

function context(options: Partial<KerberosOptions> = {}): SecurityContext {
  const created = createKerberosContext({
    label: 'web01',
    serviceHost: HOST,
    user: 'alice@FIREBREAK.TEST',
    password: new Secret('secret'),
    ...options,
  });
  cleanups.push(() => created.close());
  return created;
}

function acceptor(env = realm.env): ForeignAcceptor {
  const created = new ForeignAcceptor(realm.keytab, env);
  cleanups.push(() => created.end());
  return created;
}

async function errorOf(work: Promise<unknown>): Promise<FirebreakError> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown as FirebreakError,
  );
  if (error === undefined) throw new Error('no error');
  expect(error.message).not.toContain('\n');
  expect(JSON.stringify([error.message, error.remedy, error.stack])).not.toContain('secret');
  return error;
}

const first = (options: Partial<KerberosOptions>): Promise<unknown> => context(options).step(undefined, signal);

/** A whole login; the principal that the other side saw. */
async function logOn(options: Partial<KerberosOptions>, peer = acceptor()): Promise<string | null> {
  const own = context(options);
  const accepted = await peer.accept((await own.step(undefined, signal))!);
  expect(await own.step(accepted.token, signal)).toBeUndefined();
  expect(own.isEstablished).toBe(true);
  return accepted.client;
}

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

described.each([
  ['aes256-cts-hmac-sha1-96', 60],
  ['aes128-cts-hmac-sha256-128', 64],
  ['arcfour-hmac', 48],
])('with %s', (encryption, headerBytes) => {
  beforeAll(() => useRealm({ encryption }));
  afterAll(endRealm);

  it('seals so that a foreign acceptor opens it, and opens what that one seals', async () => {
    const peer = acceptor();
    const own = context();
    const accepted = await peer.accept((await own.step(undefined, signal))!);
    expect(accepted).toMatchObject({ done: true, client: 'alice@FIREBREAK.TEST' });
    // mutual: nothing is established before the host has answered
    expect(own.isEstablished).toBe(false);
    expect(await own.step(accepted.token, signal)).toBeUndefined();
    expect(own.isEstablished).toBe(true);
    for (const text of ['<x/>', '', 'ä'.repeat(100_000)]) {
      const plain = Buffer.from(text);
      const sealed = own.seal(plain);
      // RC4's begins with a length of variable length
      if (plain.length > 1_000 || encryption !== 'arcfour-hmac') expect(sealed.signature).toHaveLength(headerBytes);
      expect(Buffer.from(sealed.ciphertext).includes(plain) && plain.length > 8).toBe(false);
      const opened = await peer.unwrap(sealed.signature, sealed.ciphertext);
      // RC4 pads by one byte, which belongs to the data that travel
      expect(opened.plain.subarray(0, plain.length).equals(plain)).toBe(true);
      expect(opened.sealed).toBe(true);
      const { header, data } = await peer.wrap(plain);
      expect(own.unseal({ signature: header, ciphertext: data }).equals(plain)).toBe(true);
    }
  });

  it('refuses a message that was changed or comes a second time', async () => {
    const peer = acceptor();
    const own = context();
    const accepted = await peer.accept((await own.step(undefined, signal))!);
    await own.step(accepted.token, signal);
    const { header, data } = await peer.wrap(Buffer.from('<answer/>'));
    const changed = Buffer.from(data);
    changed[0] = changed[0]! ^ 1;
    expect(() => own.unseal({ signature: header, ciphertext: changed })).toThrow('Kerberos');
    expect(own.unseal({ signature: header, ciphertext: data }).toString()).toBe('<answer/>');
    expect(() => own.unseal({ signature: header, ciphertext: data })).toThrow('Kerberos');
    own.close();
    expect(() => own.seal(data)).toThrow('closed');
    own.close();
  });
});

described('a login by Kerberos', () => {
  beforeAll(() => useRealm());
  afterAll(endRealm);

  it('goes through SPNEGO with a foreign acceptor', async () => {
    const peer = acceptor();
    const own = context();
    const spnego = new KerberosInitiator(own);
    const accepted = await peer.accept((await spnego.step(undefined, signal))!);
    expect(accepted).toMatchObject({ done: true, client: 'alice@FIREBREAK.TEST' });
    expect(spnego.isEstablished).toBe(false);
    expect(await spnego.step(accepted.token, signal)).toBeUndefined();
    expect(spnego.isEstablished).toBe(true);
    const sealed = own.seal(Buffer.from('<x/>'));
    expect((await peer.unwrap(sealed.signature, sealed.ciphertext)).plain.toString()).toBe('<x/>');
  });

  it('signs what a foreign acceptor has signed alike', async () => {
    const peer = acceptor();
    const own = context();
    const accepted = await peer.accept((await own.step(undefined, signal))!);
    await own.step(accepted.token, signal);
    const message = Buffer.from('a list of mechanisms');
    const mic = await peer.mic(message);
    expect(own.verify(Buffer.from('another list'), mic)).toBe(false);
    expect(own.verify(message, mic)).toBe(true);
  });

  it.each([
    ['user@REALM', 'alice@FIREBREAK.TEST'],
    ['user@realm in small letters', 'alice@firebreak.test'],
    ['DOMAIN\\user by the first label of the realm', 'FIREBREAK\\alice'],
    ['a user of the default realm', 'alice'],
  ])('takes %s', async (_what, user) => {
    expect(await logOn({ user })).toBe('alice@FIREBREAK.TEST');
  });

  it('takes a key table, and leaves no ticket behind', async () => {
    const keytab = realm.userKeytab('alice');
    expect(await logOn({ keytab, password: new Secret('') })).toBe('alice@FIREBREAK.TEST');
    expect(spawnSync('/usr/bin/klist', ['-s'], { env: realm.env }).status).toBe(1);
  });

  it('takes a credential cache, with and without the name of the user', async () => {
    const ccache = realm.ticket('alice', 'secret');
    expect(await logOn({ ccache, password: new Secret('') })).toBe('alice@FIREBREAK.TEST');
    expect(await logOn({ ccache, password: new Secret(''), user: '' })).toBe('alice@FIREBREAK.TEST');
    const error = await errorOf(first({ ccache, password: new Secret(''), user: 'locked' }));
    expect(error.code).toBe('FB_CREDENTIAL_MISSING');
  });

  it('takes the ticket of kinit when nothing is given', async () => {
    const back = setNativeEnvironment({ KRB5CCNAME: realm.ticket('alice', 'secret') });
    try {
      expect(await logOn({ password: new Secret(''), user: '' })).toBe('alice@FIREBREAK.TEST');
    } finally {
      back();
    }
    const error = await errorOf(first({ password: new Secret(''), user: '' }));
    expect(error).toMatchObject({ code: 'FB_CREDENTIAL_MISSING', remedy: expect.stringContaining('kinit') });
  });

  it('asks for one service after the other, or for the one that is named', async () => {
    expect(await logOn({ serviceHost: 'old.firebreak.test' })).toBe('alice@FIREBREAK.TEST');
    // no realm is mapped to it: the KDC of the user is asked
    expect(await logOn({ serviceHost: 'short' })).toBe('alice@FIREBREAK.TEST');
    expect(await logOn({ serviceHost: undefined, spn: `host/${HOST}` })).toBe('alice@FIREBREAK.TEST');
    const error = await errorOf(first({ spn: `WSMAN/${HOST}` }));
    expect(error).toMatchObject({ code: 'FB_AUTH_DENIED', remedy: expect.stringContaining('setspn -L web01') });
    expect(error.message).toContain(`WSMAN/${HOST}`);
    expect(isWithoutKerberos(error)).toBe(true);
  });

  it.each<[string, Partial<KerberosOptions>, string, string, boolean]>([
    [
      'a wrong password',
      { password: new Secret('wrong') },
      'FB_AUTH_DENIED',
      'password of alice@FIREBREAK.TEST is wrong',
      false,
    ],
    ['an unknown user', { user: 'nobody@FIREBREAK.TEST' }, 'FB_AUTH_DENIED', 'has no user nobody@FIREBREAK.TEST', true],
    [
      'an unknown realm',
      { user: 'alice@OTHER.TEST' },
      'FB_ENVIRONMENT',
      'no KDC is known for the realm OTHER.TEST',
      true,
    ],
    ['an unknown domain', { user: 'OTHER\\alice' }, 'FB_CREDENTIAL_MISSING', 'realm of the domain OTHER', true],
    ['no name of the host', { serviceHost: undefined }, 'FB_AUTH_UNSUPPORTED', 'only its address is known', true],
    ['a key table that is not there', { keytab: '/nonexistent' }, 'FB_CREDENTIAL_MISSING', '/nonexistent', false],
    ['a cache that is not there', { ccache: '/nonexistent' }, 'FB_CREDENTIAL_MISSING', 'no ticket', false],
    [
      'a ticket cache without ticket',
      { password: new Secret('') },
      'FB_CREDENTIAL_MISSING',
      'no ticket of alice',
      false,
    ],
  ])('tells %s', async (_what, options, code, text, isAbsent) => {
    const error = await errorOf(first(options));
    expect(error).toMatchObject({ code, message: expect.stringContaining(text) });
    expect(error.message).toContain('web01: Kerberos');
    expect(error.remedy).not.toBe('');
    expect(isWithoutKerberos(error)).toBe(isAbsent);
  });

  it('tells accounts that are disabled, and passwords that have expired', async () => {
    realm.admin('modprinc -allow_tix locked');
    const locked = await errorOf(first({ user: 'locked@FIREBREAK.TEST' }));
    expect(locked).toMatchObject({ code: 'FB_AUTH_DENIED', message: expect.stringContaining('disabled') });
    expect(isWithoutKerberos(locked)).toBe(false);
    realm.admin('modprinc -pwexpire yesterday stale');
    const stale = await errorOf(first({ user: 'stale@FIREBREAK.TEST' }));
    expect(stale).toMatchObject({ code: 'FB_AUTH_DENIED', message: expect.stringContaining('expired') });
  });

  it('tells a key table from before the password was changed', async () => {
    const keytab = realm.userKeytab('locked');
    realm.admin('modprinc +allow_tix locked');
    realm.admin('cpw -pw other locked');
    const error = await errorOf(first({ keytab, user: 'locked', password: new Secret('') }));
    expect(error).toMatchObject({ code: 'FB_AUTH_DENIED', message: expect.stringContaining(keytab) });
  });

  it('tells a service that finds our clock wrong, by the error that it sends', async () => {
    const peer = acceptor(realm.skewedEnv);
    const own = context();
    const refusal = await peer.refusal((await own.step(undefined, signal))!);
    const error = await errorOf(own.step(refusal, signal));
    expect(error).toMatchObject({ code: 'FB_AUTH_DENIED', message: expect.stringContaining('clocks differ') });
  });
});

described('a login that is bound to a channel', () => {
  beforeAll(() => useRealm());
  afterAll(endRealm);
  const binding = Buffer.concat([Buffer.from('tls-server-end-point:'), Buffer.alloc(32, 7)]);

  it('is taken with the same binding, and refused with another', async () => {
    const token = (await context({ channelBinding: binding }).step(undefined, signal))!;
    expect(await acceptor().accept(token, binding)).toMatchObject({ done: true, bound: true });
    const other = Buffer.from(binding);
    other[40] = 8;
    await expect(acceptor().accept(token, other)).rejects.toThrow(/channel binding/i);
    const unbound = (await context().step(undefined, signal))!;
    expect(await acceptor().accept(unbound, binding)).toMatchObject({ done: true, bound: false });
  });
});

described('a KDC', () => {
  afterEach(endRealm);

  it('that finds our clock wrong is told', async () => {
    await useRealm({ clockSkew: -1 });
    const error = await errorOf(first({}));
    expect(error).toMatchObject({ code: 'FB_AUTH_DENIED', message: expect.stringContaining('clocks differ') });
    expect(isWithoutKerberos(error)).toBe(false);
  });

  it('that takes our ticket no more is told', async () => {
    await useRealm({ clockSkew: 2 });
    const ccache = realm.ticket('alice', 'secret', '1s');
    let error: FirebreakError | undefined;
    while (error === undefined) {
      const own = context({ ccache, password: new Secret('') });
      await own.step(undefined, signal).catch((thrown: unknown) => {
        error = thrown as FirebreakError;
      });
    }
    expect(error).toMatchObject({ code: 'FB_CREDENTIAL_MISSING', message: expect.stringContaining('expired') });
    expect(error.remedy).toContain(`kinit -c ${ccache}`);
  });

  it('that is down is told', async () => {
    await useRealm();
    await realm.stopKdc();
    const error = await errorOf(first({}));
    expect(error).toMatchObject({ code: 'FB_CONNECT_TIMEOUT', retryable: true });
    expect(isWithoutKerberos(error)).toBe(true);
  });

  it('that does not answer holds up nobody who gives up', async () => {
    await useRealm();
    const sockets: Socket[] = [];
    const silent = createServer((socket) => sockets.push(socket));
    await new Promise<void>((done) => {
      silent.listen(0, '127.0.0.1', done);
    });
    const { port } = silent.address() as { readonly port: number };
    const deaf = createSocket('udp4');
    await new Promise<void>((done) => {
      deaf.bind(port, '127.0.0.1', done);
    });
    const config = join(realm.dir, 'silent.conf');
    writeFileSync(
      config,
      `[libdefaults]\n default_realm = SILENT.TEST\n dns_lookup_kdc = false\n[realms]\n SILENT.TEST = {\n  kdc = 127.0.0.1:${port}\n }\n`,
    );
    const back = setNativeEnvironment({ KRB5_CONFIG: config });
    try {
      const asked = new Promise((resolve) => deaf.once('message', resolve));
      const controller = new AbortController();
      const own = createKerberosContext({
        label: 'web01',
        serviceHost: 'web01',
        user: 'alice@SILENT.TEST',
        password: new Secret('secret'),
      });
      const working = own.step(undefined, controller.signal);
      await asked;
      controller.abort(new Error('given up'));
      await expect(working).rejects.toThrow('given up');
      own.close();
    } finally {
      back();
      silent.close();
      // lets the library's call come to its end
      for (const socket of sockets) socket.destroy();
      deaf.close();
    }
  });
});

describe('a machine without koffi', () => {
  const script = `
    import { registerHooks } from 'node:module';
    registerHooks({
      resolve: (name, context, next) => {
        if (name === 'koffi') throw Object.assign(new Error('gone'), { code: 'ERR_MODULE_NOT_FOUND' });
        return next(name, context);
      },
    });
    const { createKerberosContext, isWithoutKerberos } = await import(process.argv[1] + '/src/transports/gss/index.ts');
    const { Secret } = await import(process.argv[1] + '/src/domain/index.ts');
    const options = { label: 'web01', serviceHost: 'web01', user: 'a@B.C', password: new Secret('x') };
    const context = createKerberosContext(options);
    await context.step(undefined, new AbortController().signal).catch((error) => {
      console.log(JSON.stringify({ ...error.toRecord(), isWithoutKerberos: isWithoutKerberos(error) }));
    });
    context.close();
  `;

  it('says what to install, and that NTLM may do', () => {
    const root = join(import.meta.dirname, '..', '..', '..');
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script, root], {
      encoding: 'utf8',
      timeout: 120_000,
    });
    expect(JSON.parse(stdout)).toMatchObject({
      code: 'FB_ENVIRONMENT',
      remedy: expect.stringContaining('npm install koffi'),
      isWithoutKerberos: true,
    });
  });
});
