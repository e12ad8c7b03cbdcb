import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { NtlmClient, NtlmServer, ntHash, ProtocolError } from '../../../src/protocol/index.ts';
import { decodeAvPairs, encodeAvPairs } from '../../../src/protocol/ntlm/av-pairs.ts';
import {
  channelBindingHash,
  encodeTemp,
  lmv2Response,
  proof,
  rc4k,
  responseKey,
  sessionBaseKey,
  sessionKeys,
} from '../../../src/protocol/ntlm/keys.ts';
import { md4 } from '../../../src/protocol/ntlm/md4.ts';
import { decodeAuthenticate, decodeChallenge, decodeNegotiate, isNtlm } from '../../../src/protocol/ntlm/messages.ts';
import { Rc4 } from '../../../src/protocol/ntlm/rc4.ts';
import { NtlmSession } from '../../../src/protocol/ntlm/session.ts';

const bytes = (hex: string): Buffer => Buffer.from(hex.replace(/\s+/g, ''), 'hex');
const hex = (value: Uint8Array): string => Buffer.from(value).toString('hex');

function isProtocolError(thrown: unknown): boolean {
  return thrown instanceof ProtocolError && thrown.code === 'FB_PROTOCOL_AUTH';
}

/** True when it works or ends in our own error; anything else is thrown on. */
function isTamed(work: () => unknown): boolean {
  try {
    work();
    return true;
  } catch (thrown) {
    if (isProtocolError(thrown)) return true;
    throw thrown;
  }
}

describe('MD4 and RC4', () => {
  // RFC 1320, A.5
  it.each([
    ['', '31d6cfe0d16ae931b73c59d7e0c089c0'],
    ['a', 'bde52cb31de33e46245e05fbdbd6fb24'],
    ['abc', 'a448017aaf21d8525fc10ae87aa6729d'],
    ['message digest', 'd9130a8164549fe818874806e1c7014b'],
    ['ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789', '043f8582f241db351ce627e153e7f0e4'],
    [
      '12345678901234567890123456789012345678901234567890123456789012345678901234567890',
      'e33b4ddc9c38f2199c3e7b164fcc0536',
    ],
  ])('MD4 of %j', (text, digest) => {
    expect(hex(md4(Buffer.from(text)))).toBe(digest);
  });

  it.each([
    ['Key', 'Plaintext', 'bbf316e8d940af0ad3'],
    ['Wiki', 'pedia', '1021bf0420'],
    ['Secret', 'Attack at dawn', '45a01f645fc35b383552544b9bf5'],
  ])('RC4 with %j of %j', (key, text, ciphertext) => {
    expect(hex(new Rc4(Buffer.from(key)).apply(Buffer.from(text)))).toBe(ciphertext);
  });

  it('RC4 runs on, however its input is cut', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 32 }), fc.uint8Array(), fc.nat(), (key, text, cut) => {
        const at = cut % (text.length + 1);
        const cipher = new Rc4(key);
        const parts = Buffer.concat([cipher.apply(text.subarray(0, at)), cipher.apply(text.subarray(at))]);
        expect(hex(parts)).toBe(hex(new Rc4(key).apply(text)));
      }),
    );
  });
});

describe('the example of MS-NLMP 4.2.4', () => {
  const serverChallenge = bytes('0123456789abcdef');
  const clientChallenge = bytes('aa'.repeat(8));
  const sessionKey = bytes('55'.repeat(16));
  const targetInfo = bytes('02000c00 44006f006d00610069006e00 01000c00 530065007200760065007200 00000000');
  const key = responseKey(ntHash('Password'), 'User', 'Domain');
  const temp = encodeTemp({ timestamp: Buffer.alloc(8), clientChallenge, targetInfo });
  const challenge = bytes(`4e544c4d53535000 02000000 0c000c0038000000 33828ae2 0123456789abcdef 0000000000000000
    2400240044000000 060070170000000f 530065007200760065007200 02000c0044006f006d00610069006e00
    01000c00530065007200760065007200 00000000`);

  it('gives its keys and responses', () => {
    expect(hex(ntHash('Password'))).toBe('a4f49c406510bdcab6824ee7c30fd852');
    expect(hex(key)).toBe('0c868a403bfd7a93a3001ef22ef02e3f');
    const ntProof = proof(key, serverChallenge, temp);
    expect(hex(ntProof)).toBe('68cd0ab851e51c96aabc927bebef6a1c');
    expect(hex(lmv2Response(key, serverChallenge, clientChallenge))).toBe(
      '86c35097ac9cec102554764a57cccc19aaaaaaaaaaaaaaaa',
    );
    expect(hex(sessionBaseKey(key, ntProof))).toBe('8de40ccadbc14a82f15cb0ad0de95ca3');
    expect(hex(rc4k(sessionBaseKey(key, ntProof), sessionKey))).toBe('c5dad2544fc9799094ce1ce90bc9d03e');
    const keys = sessionKeys(sessionKey);
    expect(hex(keys.clientSealing)).toBe('59f600973cc4960a25480a7c196e4c58');
    expect(hex(keys.clientSigning)).toBe('4788dc861b4782f35d43fd98fe1a2d39');
  });

  it('takes letters of users as Windows does: one for one', () => {
    const hash = ntHash('x');
    expect(hex(responseKey(hash, 'straße', ''))).toBe(hex(responseKey(hash, 'STRAßE', '')));
    expect(hex(responseKey(hash, 'straße', ''))).not.toBe(hex(responseKey(hash, 'STRASSE', '')));
    expect(hex(responseKey(hash, 'é', 'd'))).not.toBe(hex(responseKey(hash, 'É', 'D')));
  });

  it('seals its message', () => {
    const sealed = new NtlmSession(sessionKey, 'client').seal(Buffer.from('Plaintext', 'utf16le'));
    expect(hex(sealed.ciphertext)).toBe('54e50165bf1936dc996020c1811b0f06fb5f');
    expect(hex(sealed.signature)).toBe('010000007fb38ec5c55d497600000000');
  });

  it('has its challenge and its answer read', () => {
    const read = decodeChallenge(challenge);
    expect(read).toMatchObject({ flags: 0xe28a8233, targetName: 'Server' });
    expect(hex(read.serverChallenge)).toBe('0123456789abcdef');
    expect(hex(read.targetInfo)).toBe(hex(targetInfo));
    const message = bytes(`4e544c4d53535000 03000000 180018006c000000 5400540084000000 0c000c0048000000
      0800080054000000 100010005c000000 10001000d8000000 358288e2 0501280a0000000f 44006f006d00610069006e00
      5500730065007200 43004f004d0050005500540045005200 86c35097ac9cec102554764a57cccc19aaaaaaaaaaaaaaaa
      68cd0ab851e51c96aabc927bebef6a1c ${hex(temp)} c5dad2544fc9799094ce1ce90bc9d03e`);
    expect(decodeAuthenticate(message)).toMatchObject({ domain: 'Domain', user: 'User', workstation: 'COMPUTER' });
  });

  it('is answered with a time of our own and an LM response, since its challenge has no time', () => {
    const random = [clientChallenge, sessionKey];
    const client = new NtlmClient({
      user: 'Domain\\User',
      password: 'Password',
      targetName: 'HTTP/server',
      workstation: 'COMPUTER',
      randomBytes: () => random.shift()!,
      now: () => -11_644_473_600_000,
    });
    client.negotiate();
    const answer = decodeAuthenticate(client.authenticate(challenge));
    expect(hex(answer.lmResponse)).toBe('86c35097ac9cec102554764a57cccc19aaaaaaaaaaaaaaaa');
    const sent = answer.ntResponse.subarray(16);
    expect(hex(answer.ntResponse.subarray(0, 16))).toBe(hex(proof(key, serverChallenge, sent)));
    expect(hex(sent.subarray(0, 28))).toBe(hex(temp.subarray(0, 28)));
    const pairs = decodeAvPairs(sent.subarray(28));
    expect(hex(pairs.get(6)!)).toBe('02000000');
    expect(Buffer.from(pairs.get(9)!).toString('utf16le')).toBe('HTTP/server');
    expect(hex(pairs.get(10)!)).toBe('00'.repeat(16));
    expect(hex(answer.encryptedSessionKey)).toBe(
      hex(rc4k(sessionBaseKey(key, answer.ntResponse.subarray(0, 16)), sessionKey)),
    );
  });

  it('hashes channel bindings as gss_channel_bindings_struct', () => {
    // a SHA-256 of a certificate and its hash as Microsoft published them
    const certificate = bytes('ea05fefecc6b0bd571dbbc5baa3ed453 86d0446835f7b74c85621b9983475f95');
    const data = Buffer.concat([Buffer.from('tls-server-end-point:'), certificate]);
    expect(hex(channelBindingHash(data))).toBe('6586e99d81c2fc984e47172fd4dd0310');
  });
});

interface Pair {
  readonly user?: string;
  readonly password?: string;
  readonly clientBindings?: string;
  readonly serverBindings?: string;
}

function pair(options: Pair = {}): { readonly client: NtlmClient; readonly server: NtlmServer } {
  const common = { randomBytes, now: Date.now };
  const bindings = (text: string | undefined): { readonly channelBindings?: Uint8Array } =>
    text === undefined ? {} : { channelBindings: Buffer.from(text) };
  return {
    client: new NtlmClient({
      ...common,
      ...bindings(options.clientBindings),
      user: options.user ?? 'CORP\\Álice',
      password: options.password ?? 'pâss',
      targetName: 'HTTP/web01',
    }),
    server: new NtlmServer({
      ...common,
      ...bindings(options.serverBindings),
      computer: 'WEB01',
      domain: 'CORP',
      ntHashOf: (user) => (user === 'Álice' ? ntHash('pâss') : undefined),
    }),
  };
}

describe('client against server', () => {
  it('agree on a user and a session', () => {
    const { client, server } = pair();
    const verdict = server.authenticate(client.authenticate(server.challenge(client.negotiate())));
    if (verdict.kind !== 'granted') throw new Error(verdict.reason);
    expect(verdict).toMatchObject({ user: 'Álice', domain: 'CORP' });
    for (const text of ['', 'one', 'x'.repeat(100_000)]) {
      const there = client.session!.seal(Buffer.from(text));
      expect(verdict.session.unseal(there).toString()).toBe(text);
      expect(client.session!.unseal(verdict.session.seal(Buffer.from(text))).toString()).toBe(text);
      if (text !== '') expect(hex(there.ciphertext)).not.toBe(hex(Buffer.from(text)));
    }
  });

  it.each<[string, Pair, string]>([
    ['a wrong password', { password: 'pass' }, 'bad-password'],
    ['an unknown user', { user: 'bob' }, 'unknown-user'],
    ['no user', { user: '' }, 'anonymous'],
    ['other channel bindings', { clientBindings: 'a', serverBindings: 'b' }, 'bad-channel-bindings'],
    ['no channel bindings where they are due', { serverBindings: 'b' }, 'bad-channel-bindings'],
  ])('%s is refused', (_what, options, reason) => {
    const { client, server } = pair(options);
    expect(server.authenticate(client.authenticate(server.challenge(client.negotiate())))).toMatchObject({
      kind: 'refused',
      reason,
    });
  });

  it('the same channel bindings on both sides are taken', () => {
    const { client, server } = pair({ clientBindings: 'b', serverBindings: 'b' });
    expect(server.authenticate(client.authenticate(server.challenge(client.negotiate()))).kind).toBe('granted');
  });

  it('notice a change to any byte of what was said before', () => {
    const { client, server } = pair();
    const negotiate = client.negotiate();
    const changed = Buffer.from(negotiate);
    changed[36] = changed[36]! ^ 1;
    const answer = client.authenticate(server.challenge(changed));
    expect(server.authenticate(answer)).toMatchObject({ kind: 'refused', reason: 'bad-mic' });
  });

  it('take their users apart', () => {
    for (const [name, user, domain] of [
      ['CORP\\alice', 'alice', 'CORP'],
      ['.\\alice', 'alice', ''],
      ['alice@corp.example', 'alice@corp.example', ''],
    ] as const) {
      const { client, server } = pair({ user: name });
      expect(decodeAuthenticate(client.authenticate(server.challenge(client.negotiate())))).toMatchObject({
        user,
        domain,
      });
    }
  });

  it.each([
    ['sealing', 0x20],
    ['128 bits', 0x20000000],
    ['extended session security', 0x80000],
    ['key exchange', 0x40000000],
    ['target information', 0x800000],
  ])('the client refuses a challenge without %s', (_what, flag) => {
    const { client, server } = pair();
    const challenge = server.challenge(client.negotiate());
    challenge.writeUInt32LE((challenge.readUInt32LE(20) & ~flag) >>> 0, 20);
    expect(() => client.authenticate(challenge)).toThrow('no NTLMv2 with 128-bit sealing');
  });

  it('the server speaks OEM with a client that has no Unicode, and refuses one without sealing', () => {
    const negotiate = (flags: number): Buffer => {
      const message = pair().client.negotiate();
      message.writeUInt32LE(flags >>> 0, 12);
      return message;
    };
    const challenge = decodeChallenge(pair().server.challenge(negotiate(0xe2889032)));
    expect(challenge.targetName).toBe('WEB01');
    expect(challenge.flags & 3).toBe(2);
    for (const flag of [0x20, 0x20000000, 0x80000]) {
      expect(() => pair().server.challenge(negotiate(0xe2889032 & ~flag))).toThrow('does not ask for 128-bit sealing');
    }
  });

  it('take nothing out of turn', () => {
    const { client, server } = pair();
    expect(() => client.authenticate(Buffer.alloc(60))).toThrow(ProtocolError);
    expect(() => server.authenticate(Buffer.alloc(90))).toThrow(ProtocolError);
    const challenge = server.challenge(client.negotiate());
    expect(() => server.challenge(client.negotiate())).toThrow(ProtocolError);
    client.authenticate(challenge);
    expect(() => client.authenticate(challenge)).toThrow(ProtocolError);
  });

  it('a session refuses what was changed, repeated or left out', () => {
    const key = randomBytes(16);
    const fresh = (): readonly [NtlmSession, NtlmSession] => [
      new NtlmSession(key, 'client'),
      new NtlmSession(key, 'server'),
    ];
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1, maxLength: 64 }),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        (text, at, flip) => {
          const [client, server] = fresh();
          const sealed = client.seal(text);
          const whole = Buffer.concat([sealed.signature, sealed.ciphertext]);
          whole[at % whole.length] = whole[at % whole.length]! ^ flip;
          const changed = { signature: whole.subarray(0, 16), ciphertext: whole.subarray(16) };
          expect(() => server.unseal(changed)).toThrow(ProtocolError);
        },
      ),
    );
    const [client, server] = fresh();
    const first = client.seal(Buffer.from('1'));
    server.unseal(first);
    expect(() => server.unseal(first)).toThrow(ProtocolError);
    const [sender, receiver] = fresh();
    sender.seal(Buffer.from('1'));
    expect(() => receiver.unseal(sender.seal(Buffer.from('2')))).toThrow(ProtocolError);
    const [own] = fresh();
    expect(() => own.unseal(own.seal(Buffer.from('1')))).toThrow(ProtocolError);
  });
});

describe('hostile bytes', () => {
  const exchange = (): readonly Buffer[] => {
    const { client, server } = pair();
    const negotiate = client.negotiate();
    const challenge = server.challenge(negotiate);
    return [negotiate, challenge, client.authenticate(challenge)];
  };
  const decoders = [decodeNegotiate, decodeChallenge, decodeAuthenticate] as const;

  it('messages cut anywhere are read or refused, and whole ones are read', () => {
    exchange().forEach((message, index) => {
      for (let length = 0; length < message.length; length += 1) {
        expect(isTamed(() => decoders[index]!(message.subarray(0, length)))).toBe(true);
      }
      expect(isNtlm(message)).toBe(true);
      expect(() => decoders[index]!(message)).not.toThrow();
      expect(() => decoders[(index + 1) % 3]!(message)).toThrow(ProtocolError);
    });
  });

  it('a challenge cut or changed anywhere never gets past the client but as a proof for that challenge', () => {
    const { client: first, server } = pair();
    const challenge = server.challenge(first.negotiate());
    fc.assert(
      fc.property(fc.nat(challenge.length - 1), fc.nat(255), fc.nat(challenge.length), (at, value, length) => {
        const changed = Buffer.from(challenge.subarray(0, length));
        if (at < length) changed[at] = value;
        const { client } = pair();
        client.negotiate();
        return isTamed(() => client.authenticate(changed));
      }),
      { numRuns: 500 },
    );
  });

  it('an answer cut or changed anywhere is granted by no server', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 255 }), fc.boolean(), (place, flip, isCut) => {
        const { client, server } = pair();
        const answer = client.authenticate(server.challenge(client.negotiate()));
        const at = place % answer.length;
        const changed = Buffer.from(isCut ? answer.subarray(0, at) : answer);
        if (!isCut) changed[at] = changed[at]! ^ flip;
        let kind = 'refused';
        isTamed(() => {
          ({ kind } = server.authenticate(changed));
        });
        expect(kind).toBe('refused');
      }),
      { numRuns: 500 },
    );
  });

  it('target information is what was written, or refused', () => {
    const pairs = fc.uniqueArray(fc.tuple(fc.integer({ min: 1, max: 0xffff }), fc.uint8Array({ maxLength: 40 })), {
      selector: ([id]) => id,
      maxLength: 8,
    });
    fc.assert(
      fc.property(pairs, fc.nat(), (entries, cut) => {
        const encoded = encodeAvPairs(new Map(entries));
        const read = [...decodeAvPairs(encoded)].map(([id, value]) => [id, hex(value)]);
        expect(read).toEqual(entries.map(([id, value]) => [id, hex(value)]));
        expect(() => decodeAvPairs(encoded.subarray(0, cut % encoded.length))).toThrow(ProtocolError);
      }),
    );
    expect(() => decodeAvPairs(bytes('01000000 01000000 00000000'))).toThrow('twice');
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (noise) => isTamed(() => decodeAvPairs(noise))));
  });
});
