import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  Acceptor,
  createInitiator,
  type Initiator,
  NtlmClient,
  ntHash,
  ProtocolError,
} from '../../../src/protocol/index.ts';
import { readAll } from '../../../src/protocol/spnego/der.ts';
import {
  decodeInit,
  decodeResp,
  encodeResp,
  mechanismList,
  NEG_STATE,
  NTLM_OID,
} from '../../../src/protocol/spnego/tokens.ts';

const common = { randomBytes, now: Date.now };
const login = { ...common, user: 'alice', password: 'secret', targetName: 'HTTP/web01' };
/** 1.2.840.113554.1.2.2 */
const KERBEROS = Buffer.from('2a864886f712010202', 'hex');

function initiator(kind: 'ntlm' | 'negotiate' = 'negotiate', password = 'secret'): Initiator {
  return createInitiator(kind, { ...login, password });
}

function acceptor(): Acceptor {
  return new Acceptor({ ...common, computer: 'WEB01', ntHashOf: () => ntHash('secret') });
}

function challengeOf(server: Acceptor, token: Uint8Array): Uint8Array {
  const step = server.step(token);
  if (step.kind !== 'continue') throw new Error('it is over');
  return step.token;
}

describe.each(['ntlm', 'negotiate'] as const)('a login by %s', (kind) => {
  it('ends in one session on both sides', () => {
    const client = initiator(kind);
    const server = acceptor();
    const last = server.step(client.step(challengeOf(server, client.step()!))!);
    if (last.kind !== 'done' || last.verdict.kind !== 'granted') throw new Error('refused');
    if (kind === 'ntlm') expect(last.token).toBeUndefined();
    else expect(client.step(last.token)).toBeUndefined();
    for (const text of ['one', 'two']) {
      expect(last.verdict.session.unseal(client.session!.seal(Buffer.from(text))).toString()).toBe(text);
      expect(client.session!.unseal(last.verdict.session.seal(Buffer.from(text))).toString()).toBe(text);
    }
  });

  it('is refused with a wrong password', () => {
    const client = initiator(kind, 'wrong');
    const server = acceptor();
    const last = server.step(client.step(challengeOf(server, client.step()!))!);
    expect(last).toMatchObject({ kind: 'done', verdict: { kind: 'refused', reason: 'bad-password' } });
    if (last.kind === 'done' && last.token !== undefined) expect(() => client.step(last.token)).toThrow('a refusal');
  });

  it('takes nothing after its end', () => {
    const client = initiator(kind);
    const server = acceptor();
    const challenge = challengeOf(server, client.step()!);
    const answer = client.step(challenge)!;
    const last = server.step(answer);
    expect(() => server.step(answer)).toThrow(ProtocolError);
    if (last.kind === 'done' && last.token !== undefined) client.step(last.token);
    expect(() => client.step(challenge)).toThrow(ProtocolError);
  });
});

describe('SPNEGO', () => {
  it('offers NTLM alone, in the bytes of RFC 4178', () => {
    const token = Buffer.from(initiator().step()!);
    expect(token.toString('hex')).toMatch(
      /^604806062b0601050502a03e303ca00e300c060a2b06010401823702020aa22a04284e544c4d5353500001000000/,
    );
    expect(decodeInit(token).mechanisms.map((oid) => Buffer.from(oid).toString('hex'))).toEqual([
      NTLM_OID.toString('hex'),
    ]);
  });

  it('comes to NTLM with a client that would like Kerberos more', () => {
    const client = new NtlmClient(login);
    const list = mechanismList([KERBEROS, NTLM_OID]);
    const server = acceptor();
    const token = Buffer.concat([Buffer.from([0xa2, 3 + 2]), Buffer.from([4, 3]), Buffer.from('krb')]);
    const sequence = Buffer.concat([Buffer.from([0xa0, list.length]), list, token]);
    const inner = Buffer.concat([Buffer.from([0x30, sequence.length]), sequence]);
    const oid = Buffer.from('06062b0601050502', 'hex');
    const choice = Buffer.concat([oid, Buffer.from([0xa0, inner.length]), inner]);
    const init = Buffer.concat([Buffer.from([0x60, choice.length]), choice]);
    const first = decodeResp(challengeOf(server, init));
    expect(first).toEqual({ state: NEG_STATE.acceptIncomplete, mechanism: NTLM_OID });
    const second = decodeResp(challengeOf(server, encodeResp({ token: client.negotiate() })));
    const answer = client.authenticate(second.token!);
    const last = server.step(encodeResp({ token: answer, mic: client.session!.sign(list) }));
    if (last.kind !== 'done' || last.verdict.kind !== 'granted') throw new Error('refused');
    expect(client.session!.verify(list, decodeResp(last.token!).mic!)).toBe(true);
  });

  it('notices a changed list of mechanisms on both sides', () => {
    const client = initiator();
    const server = acceptor();
    const answer = Buffer.from(client.step(challengeOf(server, client.step()!))!);
    const changed = Buffer.from(answer);
    changed[changed.length - 1] = changed[changed.length - 1]! ^ 1;
    expect(() => server.step(changed)).toThrow('wrong MIC');

    const other = initiator();
    const honest = acceptor();
    const last = honest.step(other.step(challengeOf(honest, other.step()!))!);
    if (last.kind !== 'done') throw new Error('not over');
    const lie = Buffer.from(last.token!);
    lie[lie.length - 1] = lie[lie.length - 1]! ^ 1;
    expect(() => other.step(lie)).toThrow('wrong MIC');
  });

  it('refuses a mechanism that was not offered, and an end that is none', () => {
    const client = initiator();
    client.step();
    expect(() => client.step(encodeResp({ mechanism: KERBEROS, token: Buffer.from('x') }))).toThrow('did not offer');
    const second = initiator();
    const server = acceptor();
    second.step(challengeOf(server, second.step()!));
    expect(() => second.step(encodeResp({ state: NEG_STATE.acceptIncomplete }))).toThrow('no end');
    expect(() => acceptor().step(Buffer.from('60030601aa', 'hex'))).toThrow(ProtocolError);
  });

  it('takes bare NTLM for an answer', () => {
    const client = initiator();
    const server = acceptor();
    const init = decodeInit(client.step()!);
    const last = server.step(client.step(challengeOf(server, init.token!))!.subarray());
    // our answer is still wrapped: a server that speaks bare NTLM gets it bare
    expect(last).toMatchObject({ kind: 'done', verdict: { kind: 'granted' } });
  });

  it('reads tokens cut or changed anywhere, or refuses them', () => {
    const isTamed = (work: () => unknown): boolean => {
      try {
        work();
        return true;
      } catch (thrown) {
        if (thrown instanceof ProtocolError && thrown.code === 'FB_PROTOCOL_AUTH') return true;
        throw thrown;
      }
    };
    const client = initiator();
    const init = client.step()!;
    const challenge = challengeOf(acceptor(), init);
    for (const token of [init, challenge]) {
      for (let length = 0; length < token.length; length += 1) {
        expect(() => (token === init ? decodeInit : decodeResp)(token.subarray(0, length))).toThrow(ProtocolError);
      }
    }
    fc.assert(
      fc.property(fc.nat(init.length - 1), fc.nat(255), (at, value) => {
        const changed = Buffer.from(init);
        changed[at] = value;
        return isTamed(() => acceptor().step(changed));
      }),
      { numRuns: 500 },
    );
    fc.assert(fc.property(fc.uint8Array({ maxLength: 100 }), (noise) => isTamed(() => decodeResp(noise))));
    // a length of four gigabytes, of five bytes, an indefinite one, a tag of several bytes
    for (const lie of ['60 84ffffffff 00', '60 85 0000000001 00', '60 80 00 00', '7f 8101 00', '60']) {
      expect(() => readAll(Buffer.from(lie.replace(/ /g, ''), 'hex'))).toThrow(ProtocolError);
    }
  });
});
