import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  isKerberosFirst,
  KerberosInitiator,
  type KerberosMechanism,
  ProtocolError,
} from '../../../src/protocol/index.ts';
import {
  decodeInit,
  decodeResp,
  encodeInit,
  encodeResp,
  KERBEROS_OID,
  MS_KERBEROS_OID,
  mechanismList,
  NEG_STATE,
  NTLM_OID,
} from '../../../src/protocol/spnego/tokens.ts';

const { signal } = new AbortController();

/** One answer of the peer makes it established. */
class OneLeg implements KerberosMechanism {
  isEstablished = false;
  readonly seen: (string | undefined)[] = [];

  async step(incoming: Uint8Array | undefined): Promise<Uint8Array | undefined> {
    this.seen.push(incoming === undefined ? undefined : Buffer.from(incoming).toString());
    if (incoming === undefined) return Buffer.from('ap-req');
    if (Buffer.from(incoming).toString() !== 'ap-rep') throw new Error('the error of the mechanism');
    this.isEstablished = true;
    return undefined;
  }

  sign(message: Uint8Array): Uint8Array {
    return Buffer.concat([Buffer.from('mic of '), message]);
  }

  verify(message: Uint8Array, mic: Uint8Array): boolean {
    return Buffer.from(mic).equals(this.sign(message));
  }
}

async function begun(): Promise<{
  readonly mechanism: OneLeg;
  readonly spnego: KerberosInitiator;
  readonly list: Uint8Array;
}> {
  const mechanism = new OneLeg();
  const spnego = new KerberosInitiator(mechanism);
  const init = decodeInit((await spnego.step(undefined, signal))!);
  expect(init.mechanisms.map((oid) => Buffer.from(oid).toString('hex'))).toEqual([KERBEROS_OID.toString('hex')]);
  expect(Buffer.from(init.token!).toString()).toBe('ap-req');
  return { mechanism, spnego, list: init.mechanismList };
}

const apRep = Buffer.from('ap-rep');

describe('SPNEGO with Kerberos inside', () => {
  it.each([
    ['Kerberos', KERBEROS_OID],
    ['what Windows 2000 calls Kerberos', MS_KERBEROS_OID],
    ['no word about it', undefined],
  ])('ends with one answer: %s', async (_what, mechanism) => {
    const { spnego } = await begun();
    expect(spnego.isEstablished).toBe(false);
    const answer = {
      state: NEG_STATE.acceptCompleted,
      token: apRep,
      ...(mechanism === undefined ? {} : { mechanism }),
    };
    expect(await spnego.step(encodeResp(answer), signal)).toBeUndefined();
    expect(spnego.isEstablished).toBe(true);
    await expect(spnego.step(encodeResp(answer), signal)).rejects.toThrow('after the end');
  });

  it('takes a right MIC of the list, and no wrong one', async () => {
    for (const isRight of [true, false]) {
      const { spnego, mechanism, list } = await begun();
      const mic = isRight ? mechanism.sign(list) : Buffer.from('wrong');
      const step = spnego.step(encodeResp({ state: NEG_STATE.acceptCompleted, token: apRep, mic }), signal);
      if (isRight) expect(await step).toBeUndefined();
      else await expect(step).rejects.toThrow('wrong MIC');
      expect(spnego.isEstablished).toBe(isRight);
    }
  });

  it('gives a MIC to a host that wants one, once', async () => {
    const { spnego, mechanism, list } = await begun();
    const answer = (await spnego.step(encodeResp({ state: NEG_STATE.requestMic, token: apRep }), signal))!;
    expect(Buffer.from(decodeResp(answer).mic!)).toEqual(Buffer.from(mechanism.sign(list)));
    const end = encodeResp({ state: NEG_STATE.acceptCompleted, mic: mechanism.sign(list) });
    expect(await spnego.step(end, signal)).toBeUndefined();
    expect(spnego.isEstablished).toBe(true);
  });

  it('tells the error of the mechanism rather than that it was refused', async () => {
    const { spnego } = await begun();
    const refusal = encodeResp({ state: NEG_STATE.reject, token: Buffer.from('krb-error') });
    await expect(spnego.step(refusal, signal)).rejects.toThrow('the error of the mechanism');
    const other = await begun();
    await expect(other.spnego.step(encodeResp({ state: NEG_STATE.reject }), signal)).rejects.toThrow('a refusal');
  });

  it.each([
    ['an end without proof', { state: NEG_STATE.acceptCompleted }, 'before it has proved'],
    ['a mechanism that was not offered', { state: NEG_STATE.acceptIncomplete, mechanism: NTLM_OID }, 'did not offer'],
    ['nothing', {}, 'nothing to answer'],
  ])('refuses %s', async (_what, answer, text) => {
    const { spnego } = await begun();
    await expect(spnego.step(encodeResp(answer), signal)).rejects.toThrow(text);
    expect(spnego.isEstablished).toBe(false);
  });

  it('is not established by noise', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 80 }), async (noise) => {
        const { spnego } = await begun();
        await spnego.step(noise, signal).catch((thrown: unknown) => {
          const isMechanisms = (thrown as Error).message === 'the error of the mechanism';
          expect(thrown instanceof ProtocolError || isMechanisms).toBe(true);
        });
        expect(spnego.isEstablished).toBe(false);
      }),
    );
  });
});

describe('the first token of a client', () => {
  it.each([
    ['SPNEGO that likes Kerberos best', encodeInit(mechanismList([KERBEROS_OID, NTLM_OID]), apRep), true],
    ['SPNEGO of Windows', encodeInit(mechanismList([MS_KERBEROS_OID, KERBEROS_OID, NTLM_OID]), apRep), true],
    ['SPNEGO that likes NTLM best', encodeInit(mechanismList([NTLM_OID, KERBEROS_OID]), apRep), false],
    ['bare Kerberos', Buffer.from('600d06092a864886f712010202010000', 'hex'), true],
    ['bare Kerberos with a long length', Buffer.from('6082000d06092a864886f712010202010000', 'hex'), true],
    ['NTLM', Buffer.from('NTLMSSP\0'), false],
    ['nothing', Buffer.alloc(0), false],
  ])('%s', (_what, token, isKerberos) => {
    expect(isKerberosFirst(token)).toBe(isKerberos);
  });

  it('may be noise', () => {
    fc.assert(fc.property(fc.uint8Array(), (noise) => typeof isKerberosFirst(noise) === 'boolean'));
  });
});
