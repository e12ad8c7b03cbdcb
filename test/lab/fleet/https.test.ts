/** HTTPS of the WinRM front: certificates, channel bindings, client certificates. */
import { randomBytes, X509Certificate } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { join } from 'node:path';
import { type ConnectionOptions, connect } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Authority } from '../../../lab/fleet/certificates/index.ts';
import { createInitiator, SOAP_CONTENT_TYPE, tlsServerEndPoint } from '../../../src/protocol/index.ts';
import { startTestLab, type TestLab } from '../support/lab.ts';
import { basic } from '../support/wsman.ts';

const MUTUAL = 'http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/https/mutual';

interface Answer {
  readonly status: number;
  readonly challenge: string;
}

describe('HTTPS of the WinRM front', () => {
  let lab: TestLab;
  let ca: string;
  const agents: Agent[] = [];

  beforeAll(async () => {
    const profile = 'windows-10-1903-enu';
    lab = await startTestLab({
      engine: 'fake',
      hosts: [
        { name: 'none', profile, https: true, cbt: 'none' },
        { name: 'relaxed', profile, https: true, allow_unencrypted: false },
        { name: 'strict', profile, https: true, cbt: 'strict' },
        { name: 'plain', profile },
      ],
    });
    ca = readFileSync(join(lab.dir, 'ca.pem'), 'utf8');
  });
  afterEach(() => {
    for (const agent of agents.splice(0)) agent.destroy();
  });
  afterAll(() => lab.end());

  const newAgent = (options: ConnectionOptions = {}): Agent => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1, ca, ...options });
    agents.push(agent);
    return agent;
  };
  const post = (host: string, agent: Agent, headers: { readonly [name: string]: string }): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const { address } = lab.host(host);
      const asked = request(
        {
          host: address,
          port: 5986,
          path: '/wsman',
          method: 'POST',
          agent,
          headers: { 'Content-Type': SOAP_CONTENT_TYPE, 'Content-Length': 0, ...headers },
        },
        (response) => {
          response.resume();
          response.on('end', () =>
            resolve({
              status: response.statusCode ?? 0,
              challenge: String(response.headers['www-authenticate'] ?? ''),
            }),
          );
        },
      );
      asked.on('error', reject);
      asked.end();
    });
  const certificateOf = (host: string): Promise<X509Certificate> =>
    new Promise((resolve, reject) => {
      const socket = connect({ host: lab.host(host).address, port: 5986, ca }, () => {
        resolve(socket.getPeerX509Certificate()!);
        socket.destroy();
      });
      socket.on('error', reject);
    });
  const logOn = async (host: string, channelBindings: Uint8Array | undefined): Promise<number> => {
    const agent = newAgent();
    const initiator = createInitiator('negotiate', {
      user: lab.user,
      password: lab.password,
      targetName: `HTTP/${host}`,
      randomBytes,
      now: Date.now,
      ...(channelBindings === undefined ? {} : { channelBindings }),
    });
    const say = (token: Uint8Array): Promise<Answer> =>
      post(host, agent, { Authorization: `Negotiate ${Buffer.from(token).toString('base64')}` });
    const { challenge } = await say(initiator.step()!);
    const token = /Negotiate ([A-Za-z0-9+/]+=*)/.exec(challenge)![1]!;
    return (await say(initiator.step(Buffer.from(token, 'base64'))!)).status;
  };

  it('has a certificate of the lab for the name and the address of each machine', async () => {
    const certificate = await certificateOf('strict');
    expect(certificate.checkHost('strict')).toBe('strict');
    expect(certificate.checkIP(lab.host('strict').address)).toBe(lab.host('strict').address);
    expect(certificate.verify(new X509Certificate(ca).publicKey)).toBe(true);
    expect((await certificateOf('none')).fingerprint256).not.toBe(certificate.fingerprint256);
  });

  it('is there only where the fleet file says so', async () => {
    await expect(certificateOf('plain')).rejects.toThrow('ECONNREFUSED');
  });

  it('keeps the key of the client certificate from others', () => {
    expect(statSync(join(lab.dir, 'client.key')).mode & 0o777).toBe(0o600);
  });

  it.each([
    ['none', 'right', 200],
    ['none', 'wrong', 200],
    ['none', 'no', 200],
    ['relaxed', 'right', 200],
    ['relaxed', 'wrong', 401],
    ['relaxed', 'no', 200],
    ['strict', 'right', 200],
    ['strict', 'wrong', 401],
    ['strict', 'no', 401],
  ] as const)('with CbtHardeningLevel %s and %s channel bindings: %i', async (host, kind, status) => {
    const { raw } = await certificateOf(host);
    const right = tlsServerEndPoint(raw);
    const wrong = tlsServerEndPoint((await certificateOf(host === 'none' ? 'strict' : 'none')).raw);
    const bindings = { right, wrong, no: undefined }[kind];
    expect(await logOn(host, bindings)).toBe(status);
  });

  it('takes Basic, and a body that is not sealed', async () => {
    // the status of an envelope that is none
    expect((await post('relaxed', newAgent(), basic(lab.user, lab.password))).status).toBe(500);
    expect((await post('relaxed', newAgent(), basic(lab.user, 'wrong'))).status).toBe(401);
  });

  it('takes the certificate of its administrator, no other and none', async () => {
    const cert = readFileSync(join(lab.dir, 'client.pem'), 'utf8');
    const key = readFileSync(join(lab.dir, 'client.key'), 'utf8');
    const headers = { Authorization: MUTUAL };
    expect((await post('strict', newAgent({ cert, key }), headers)).status).toBe(500);
    expect((await post('strict', newAgent(), headers)).status).toBe(401);
    const upn = `${lab.user}@localhost`;
    const foreign = new Authority('Firebreak lab').issue({ commonName: 'x', upn, usage: 'client' });
    expect((await post('strict', newAgent({ cert: foreign.cert, key: foreign.key }), headers)).status).toBe(401);
    expect((await post('strict', newAgent({ cert, key }), {})).status).toBe(401);
  });
});
