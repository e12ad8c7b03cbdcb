/** A login by Kerberos to services that offer less, prove nothing or refuse. Needs a KDC. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Secret, type Target } from '../../../src/domain/index.ts';
import { isKerberosFirst } from '../../../src/protocol/index.ts';
import { hasKdc, TestRealm } from '../gss/support/kdc.ts';
import { setNativeEnvironment } from '../gss/support/native-environment.ts';
import { errorOf, openSession } from '../support/open-session.ts';

const described = hasKdc() ? describe : describe.skip;

interface Seen {
  readonly scheme: string;
  readonly isKerberos: boolean;
  readonly body: string;
}

described('a login by Kerberos', () => {
  let realm: TestRealm;
  let restore: () => void = () => undefined;
  const servers: Server[] = [];
  beforeAll(async () => {
    realm = await TestRealm.start({ users: { alice: 'secret' }, services: ['host/web01'] });
    const { KRB5_CONFIG = '', KRB5CCNAME = '' } = realm.env;
    restore = setNativeEnvironment({ KRB5_CONFIG, KRB5CCNAME });
  });
  afterAll(async () => {
    restore();
    await realm.end();
  });
  afterEach(async () => {
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    }
  });

  /** A service that answers each request as told; what it has seen. */
  async function service(
    answer: (seen: Seen, response: ServerResponse) => void,
  ): Promise<{ readonly port: number; readonly seen: Seen[] }> {
    const seen: Seen[] = [];
    const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
      let body = '';
      for await (const chunk of request) body += String(chunk);
      const [scheme = '', token = ''] = (request.headers.authorization ?? '').split(' ');
      const one = { scheme, isKerberos: isKerberosFirst(Buffer.from(token, 'base64')), body };
      seen.push(one);
      answer(one, response);
    };
    const server = createServer((request, response) => void serve(request, response));
    servers.push(server);
    await new Promise<void>((done) => {
      server.listen(0, '127.0.0.1', done);
    });
    return { port: (server.address() as AddressInfo).port, seen };
  }

  const refuse = (response: ServerResponse, ...challenges: string[]): void => {
    response.writeHead(401, { 'www-authenticate': challenges, 'content-length': 0 }).end();
  };
  const open = (port: number, more: Partial<Target> = {}): Promise<unknown> =>
    openSession(port, {
      host: 'web01',
      auth: 'kerberos',
      user: 'alice@FIREBREAK.TEST',
      password: new Secret('secret'),
      allowUnencrypted: false,
      ...more,
    });

  it('goes on by Negotiate where the scheme Kerberos is not offered; no answer without proof is taken', async () => {
    const { port, seen } = await service(({ scheme }, response) => {
      if (scheme === 'Kerberos') refuse(response, 'Negotiate', 'Basic realm="x"');
      else response.writeHead(200, { 'content-length': 0 }).end();
    });
    const error = await errorOf(open(port));
    expect(error).toMatchObject({ code: 'FB_PROTOCOL_AUTH', message: expect.stringContaining('not proved who it is') });
    expect(seen).toEqual([
      { scheme: 'Kerberos', isKerberos: true, body: '' },
      { scheme: 'Negotiate', isKerberos: true, body: '' },
    ]);
  });

  it('is over when the ticket is refused: no NTLM with the same password', async () => {
    for (const auth of ['kerberos', 'negotiate'] as const) {
      const { port, seen } = await service((_seen, response) => refuse(response, 'Negotiate', 'Kerberos'));
      const error = await errorOf(open(port, { auth }));
      expect(error).toMatchObject({ code: 'FB_AUTH_DENIED', message: expect.stringContaining('refused the ticket') });
      expect(error.remedy).toContain('clocks');
      expect(seen).toHaveLength(1);
    }
  });

  it('reaches nobody who offers Basic alone', async () => {
    const { port, seen } = await service((_seen, response) => refuse(response, 'Basic realm="x"'));
    const error = await errorOf(open(port));
    expect(error).toMatchObject({ code: 'FB_AUTH_DENIED', message: expect.stringContaining('offers Basic') });
    expect(seen.map(({ body }) => body)).toEqual(['']);
  });

  it('becomes NTLM by negotiate where the realm does not know the host, and not by kerberos', async () => {
    const { port, seen } = await service((_seen, response) => refuse(response, 'Basic realm="x"'));
    await errorOf(open(port, { auth: 'negotiate', host: 'nowhere' }));
    expect(seen).toEqual([{ scheme: 'Negotiate', isKerberos: false, body: '' }]);
    const error = await errorOf(open(port, { host: 'nowhere' }));
    expect(error).toMatchObject({ code: 'FB_AUTH_DENIED', remedy: expect.stringContaining('setspn -L nowhere') });
    expect(seen).toHaveLength(1);
  });

  it('never becomes NTLM after the KDC has refused the password', async () => {
    const { port, seen } = await service((_seen, response) => refuse(response, 'Negotiate'));
    const error = await errorOf(open(port, { auth: 'negotiate', password: new Secret('wrong') }));
    expect(error).toMatchObject({ code: 'FB_AUTH_DENIED', message: expect.stringContaining('password of alice') });
    expect(seen).toEqual([]);
  });
});
