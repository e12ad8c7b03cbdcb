/** Joining what another client has left, keys, pool size: the rarer paths of the client half. */
import { constants, createPublicKey, publicEncrypt, randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import {
  credentialOf,
  DESTINATION,
  Defragmenter,
  decodeClixml,
  decodeMessage,
  EMPTY_GUID,
  EncryptionNeeded,
  encodeClixml,
  encodeMessage,
  exchangeKey,
  fragment,
  hashtable,
  MESSAGE_TYPE,
  messageObject,
  PsPrimitive,
  PsSecureString,
  type PsValue,
  propertyOf,
  RunspacePoolClient,
  readHostRequest,
  SessionKey,
  textOf,
  toJson,
} from '../../../src/protocol/index.ts';

const POOL = '0f0e0d0c-0b0a-0908-0706-050403020100';
const PIPELINE = '11111111-2222-3333-4444-555555555555';

function fromHost(type: number, value: PsValue, pipelineId = EMPTY_GUID, maxBytes = 100_000): Uint8Array {
  const message = encodeMessage({
    destination: DESTINATION.client,
    type,
    poolId: POOL,
    pipelineId,
    data: encodeClixml(value),
  });
  return new Uint8Array(Buffer.concat(fragment(9n, message, maxBytes)));
}

const capability = (version: string): Uint8Array =>
  fromHost(MESSAGE_TYPE.sessionCapability, messageObject({ protocolversion: new PsPrimitive('Version', version) }));

function openPool(version = '2.3'): RunspacePoolClient {
  const pool = new RunspacePoolClient({ poolId: POOL });
  pool.openData();
  pool.receive(capability(version));
  pool.receive(fromHost(MESSAGE_TYPE.runspacePoolState, messageObject({ RunspaceState: 2 })));
  return pool;
}

function messagesIn(data: Uint8Array | readonly Uint8Array[]): ReturnType<typeof decodeMessage>[] {
  const bytes = data instanceof Uint8Array ? data : Buffer.concat(data);
  return new Defragmenter().push(bytes).map(decodeMessage);
}

describe('a pool that another client has left', () => {
  it('is connected to by capability and CONNECT_RUNSPACEPOOL, and open with the private data', () => {
    const pool = new RunspacePoolClient({ poolId: POOL });
    const sent = messagesIn(pool.connectData());
    expect(sent.map(({ type }) => type)).toEqual([MESSAGE_TYPE.sessionCapability, MESSAGE_TYPE.connectRunspacePool]);
    expect(sent.every(({ poolId }) => poolId === POOL)).toBe(true);
    expect(() => pool.attachPipeline(PIPELINE)).toThrow('connecting');
    const events = [
      ...pool.receive(capability('2.3')),
      ...pool.receive(fromHost(MESSAGE_TYPE.runspacePoolInitData, messageObject({ MinRunspaces: 1, MaxRunspaces: 3 }))),
      ...pool.receive(
        fromHost(MESSAGE_TYPE.applicationPrivateData, messageObject({ ApplicationPrivateData: hashtable([]) })),
      ),
    ];
    expect(events.map(({ kind }) => kind)).toEqual(['capability', 'initData', 'applicationPrivateData']);
    expect([pool.state, pool.minRunspaces, pool.maxRunspaces]).toEqual(['opened', 1, 3]);
  });

  it('gives what a pipeline sends from the next whole message on', () => {
    const pipeline = openPool().attachPipeline(PIPELINE);
    const cut = fromHost(MESSAGE_TYPE.pipelineOutput, 'x'.repeat(500), PIPELINE, 200);
    // the first fragment went to the other client
    const rest = cut.subarray(200);
    expect(pipeline.receive(rest)).toEqual([]);
    expect(pipeline.receive(fromHost(MESSAGE_TYPE.pipelineOutput, 'whole', PIPELINE, 60))).toEqual([
      { kind: 'output', value: 'whole' },
    ]);
    expect(pipeline.state).toBe('running');
    pipeline.receive(fromHost(MESSAGE_TYPE.pipelineState, messageObject({ PipelineState: 4 }), PIPELINE));
    expect(pipeline.isOver).toBe(true);
    expect(() => pipeline.start(1000)).toThrow('has been started');
  });
});

describe('what may be sent depends on the host', () => {
  const mergesOf = (version: string): string[] => {
    const commands = [{ text: 'x', isScript: true, parameters: [] }];
    const [message] = messagesIn(openPool(version).createPipeline(PIPELINE, { commands }).start(100_000));
    return [...(message?.data ?? '').matchAll(/N="(Merge\w+)"/g)].map((match) => match[1] ?? '');
  };

  it('knows merging of streams by protocol version', () => {
    expect(mergesOf('2.1')).toEqual(['MergeMyResult', 'MergeToResult', 'MergePreviousResults']);
    expect(mergesOf('2.2')).toHaveLength(7);
    expect(mergesOf('2.3')).toContain('MergeInformation');
  });

  it('declares 2.3 and never 2.4, with which secure strings would come in clear', () => {
    const [declared] = messagesIn(new RunspacePoolClient({ poolId: POOL }).openData());
    expect(textOf(propertyOf(decodeClixml(declared?.data ?? ''), 'protocolversion'))).toBe('2.3');
  });

  it('resets a runspace from PowerShell 5 on', () => {
    expect(() => openPool('2.2').reset()).toThrow('cannot reset');
    expect(messagesIn(openPool('2.3').reset().data)[0]?.type).toBe(MESSAGE_TYPE.resetRunspaceState);
  });

  it('reads the answers to requests about the pool by their number', () => {
    const pool = openPool();
    const asked = [pool.setMinRunspaces(2), pool.setMaxRunspaces(5), pool.getAvailableRunspaces()];
    expect(asked.map(({ callId }) => callId)).toEqual([1, 2, 3]);
    const answer = (value: PsValue): Uint8Array =>
      fromHost(MESSAGE_TYPE.runspaceAvailability, messageObject({ SetMinMaxRunspacesResponse: value, ci: 3n }));
    expect(pool.receive(answer(4n))).toEqual([{ kind: 'availability', callId: 3, answer: 4 }]);
    expect(pool.receive(answer(true))).toEqual([{ kind: 'availability', callId: 3, answer: true }]);
  });

  it('passes over user events and messages of later versions', () => {
    const pool = openPool();
    expect(pool.receive(fromHost(MESSAGE_TYPE.userEvent, messageObject({ 'PSEventArgs.EventIdentifier': 1 })))).toEqual(
      [],
    );
    expect(pool.receive(fromHost(0x0002_1fff, 'novel'))).toEqual([]);
  });
});

describe('secrets', () => {
  /** What a host does with PUBLIC_KEY. */
  function hostKey(sent: readonly Uint8Array[]): { readonly key: Buffer; readonly reply: Uint8Array } {
    const [message] = messagesIn(sent);
    const blob = Buffer.from(textOf(propertyOf(decodeClixml(message?.data ?? ''), 'PublicKey')) ?? '', 'base64');
    expect(blob.subarray(0, 16).toString('hex')).toBe('0602000000a400005253413100080000');
    const publicKey = createPublicKey({
      format: 'jwk',
      key: {
        kty: 'RSA',
        e: Buffer.from(blob.subarray(16, 19)).reverse().toString('base64url'),
        n: Buffer.from(blob.subarray(20)).reverse().toString('base64url'),
      },
    });
    const key = randomBytes(32);
    const wrapped = publicEncrypt({ key: publicKey, padding: constants.RSA_PKCS1_PADDING }, key).reverse();
    const EncryptedSessionKey = Buffer.concat([Buffer.alloc(12), wrapped]).toString('base64');
    return { key, reply: fromHost(MESSAGE_TYPE.encryptedSessionKey, messageObject({ EncryptedSessionKey })) };
  }

  it('leave only under the key that both sides have exchanged', async () => {
    const pool = openPool();
    const parameters = [{ name: 'c', value: credentialOf('CORP\\me', 'pä$$ 🔥') }];
    const pipeline = pool.createPipeline(PIPELINE, { commands: [{ text: 'x', isScript: true, parameters }] });
    expect(() => pipeline.start(100_000)).toThrow(EncryptionNeeded);
    const { key, reply } = hostKey(pool.publicKeyData(await exchangeKey()));
    expect(pool.receive(reply)).toEqual([{ kind: 'keyExchanged' }]);
    expect(pool.hasSessionKey).toBe(true);
    const [message] = messagesIn(pipeline.start(100_000));
    expect(message?.data).not.toContain('pä');
    const cipher = /<SS N="Password">([^<]*)<\/SS>/.exec(message?.data ?? '')?.[1] ?? '';
    expect(new SessionKey(key).decrypt(cipher)).toBe('pä$$ 🔥');
  });

  it('are refused when the key is not what was asked for', async () => {
    const pool = openPool();
    const key = await exchangeKey();
    expect(() => pool.receive(hostKey(openPool().publicKeyData(key)).reply)).toThrow('nobody has asked');
    pool.publicKeyData(key);
    const bad = (text: string): Uint8Array =>
      fromHost(MESSAGE_TYPE.encryptedSessionKey, messageObject({ EncryptedSessionKey: text }));
    expect(() => pool.receive(bad('AAAA'))).toThrow('wrong length');
    expect(() => pool.receive(bad(Buffer.alloc(268, 1).toString('base64')))).toThrow('cannot be decrypted');
    expect(() => new SessionKey(randomBytes(32)).decrypt('AAAA')).toThrow('cannot be decrypted');
  });

  it('are never printed', () => {
    const secret = new PsSecureString('geheim');
    expect(toJson(secret)).toBe('•••');
    expect(textOf(secret)).toBeUndefined();
    expect(JSON.stringify(secret)).not.toContain('geheim');
    expect(() => encodeClixml(secret)).toThrow(EncryptionNeeded);
  });
});

describe('pipeline input', () => {
  it('is one message an object and an empty one at the end', () => {
    const pipeline = openPool().createPipeline(PIPELINE, { commands: [], noInput: false });
    pipeline.start(1000);
    const sent = messagesIn([...pipeline.input('a', 1000), ...pipeline.input(7, 1000), ...pipeline.endOfInput()]);
    expect(sent.map(({ type, data, pipelineId }) => [type, data, pipelineId])).toEqual([
      [MESSAGE_TYPE.pipelineInput, '<S>a</S>', PIPELINE],
      [MESSAGE_TYPE.pipelineInput, '<I32>7</I32>', PIPELINE],
      [MESSAGE_TYPE.endOfPipelineInput, '', PIPELINE],
    ]);
  });
});

describe('what a script asks', () => {
  it('is read as plain data, arrays as the engine writes them too', () => {
    const pipeline = openPool().createPipeline(PIPELINE, { commands: [] });
    pipeline.start(1000);
    const labels =
      '<Obj><LST><Obj><MS><S N="label">&amp;Yes</S></MS></Obj><Obj><MS><S N="label">&amp;No</S></MS></Obj></LST></Obj>';
    const presets = '<Obj><MS><Obj N="mae"><LST><I32>1</I32></LST></Obj></MS></Obj>';
    const data = `<Obj><MS><I64 N="ci">4</I64><Obj N="mi"><I32>56</I32></Obj><Obj N="mp"><LST><S>Cap</S><S>Msg</S>${labels}${presets}</LST></Obj></MS></Obj>`;
    const message = encodeMessage({
      destination: DESTINATION.client,
      type: MESSAGE_TYPE.pipelineHostCall,
      poolId: POOL,
      pipelineId: PIPELINE,
      data,
    });
    const [call] = pipeline.receive(new Uint8Array(Buffer.concat(fragment(1n, message, 100_000))));
    if (call?.kind !== 'hostCall') throw new Error('a host call was expected');
    expect(call.wantsAnswer).toBe(true);
    expect(readHostRequest(call)).toEqual({
      kind: 'choices',
      caption: 'Cap',
      message: 'Msg',
      labels: ['&Yes', '&No'],
      presets: [1],
    });
    const [answer] = messagesIn(pipeline.answerHostCall(call, 1, 100_000));
    expect(answer?.data).toContain('<I64 N="ci">4</I64>');
    expect(answer?.data).toContain('<I32 N="mr">1</I32>');
  });
});
