import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  DESTINATION,
  Defragmenter,
  decodeClixml,
  decodeMessage,
  EMPTY_GUID,
  encodeClixml,
  encodeMessage,
  enumValue,
  fragment,
  MESSAGE_TYPE,
  messageObject,
  type PipelineClient,
  ProtocolError,
  PsObject,
  PsPrimitive,
  type PsValue,
  propertyOf,
  RunspacePoolClient,
  readErrorRecord,
  readInformationRecord,
  readMessageRecord,
  readProgressRecord,
} from '../../../src/protocol/index.ts';

const POOL = '0f0e0d0c-0b0a-0908-0706-050403020100';
const PIPELINE = '11111111-2222-3333-4444-555555555555';

function fromServer(type: number, value: PsValue, pipelineId = EMPTY_GUID, objectId = 1n): Uint8Array {
  const data = encodeClixml(value);
  const message = encodeMessage({ destination: DESTINATION.client, type, poolId: POOL, pipelineId, data });
  return new Uint8Array(Buffer.concat(fragment(objectId, message, 1000)));
}

function openPool(): RunspacePoolClient {
  const pool = new RunspacePoolClient({ poolId: POOL });
  pool.openData();
  pool.receive(fromServer(MESSAGE_TYPE.runspacePoolState, messageObject({ RunspaceState: 2 })));
  return pool;
}

function startPipeline(): PipelineClient {
  const pipeline = openPool().createPipeline(PIPELINE, { commands: [] });
  pipeline.start(1000);
  return pipeline;
}

describe('an output of $null', () => {
  it('is a message without data', () => {
    const pipeline = startPipeline();
    const type = MESSAGE_TYPE.pipelineOutput;
    const header = { destination: DESTINATION.client, type, poolId: POOL, pipelineId: PIPELINE };
    const bytes = Buffer.concat(fragment(1n, encodeMessage({ ...header, data: '' }), 1000));
    expect(pipeline.receive(new Uint8Array(bytes))).toEqual([{ kind: 'output', value: null }]);
  });
});

describe('messages', () => {
  it('has the header little-endian with GUIDs as bytes_le', () => {
    const bytes = encodeMessage({
      destination: DESTINATION.server,
      type: MESSAGE_TYPE.sessionCapability,
      poolId: POOL,
      pipelineId: EMPTY_GUID,
      data: 'ä',
    });
    expect(Buffer.from(bytes).toString('hex')).toBe(
      `0200000002000100${'0c0d0e0f0a0b08090706050403020100'}${'00'.repeat(16)}c3a4`,
    );
  });

  it('gives messages back, tolerates a byte order mark and refuses what is shorter than the header', () => {
    fc.assert(
      fc.property(fc.uuid(), fc.uuid(), fc.nat(), fc.string(), (poolId, pipelineId, type, data) => {
        const message = { destination: 1, type, poolId, pipelineId, data };
        expect(decodeMessage(encodeMessage(message))).toEqual(message);
      }),
    );
    const marked = encodeMessage({ destination: 1, type: 1, poolId: POOL, pipelineId: POOL, data: '\ufeff<S/>' });
    expect(decodeMessage(marked).data).toBe('<S/>');
    expect(() => decodeMessage(marked.subarray(0, 39))).toThrow(ProtocolError);
  });
});

describe('RunspacePoolClient', () => {
  it('opens with SESSION_CAPABILITY 2.3 and INIT_RUNSPACEPOOL of one runspace without a host', () => {
    const pool = new RunspacePoolClient({ poolId: POOL });
    const messages = new Defragmenter().push(pool.openData()).map(decodeMessage);
    expect(messages.map((message) => message.type)).toEqual([
      MESSAGE_TYPE.sessionCapability,
      MESSAGE_TYPE.initRunspacePool,
    ]);
    const [capability, init] = messages.map((message) => decodeClixml(message.data));
    expect(propertyOf(capability, 'protocolversion')).toEqual(new PsPrimitive('Version', '2.3'));
    expect([propertyOf(init, 'MinRunspaces'), propertyOf(init, 'MaxRunspaces')]).toEqual([1, 1]);
    expect(propertyOf(propertyOf(init, 'HostInfo'), '_isHostNull')).toBe(true);
    expect(pool.state).toBe('opening');
  });

  it('reports capability, private data and state, and refuses another major version', () => {
    const pool = new RunspacePoolClient({ poolId: POOL });
    pool.openData();
    const capability = messageObject({ protocolversion: new PsPrimitive('Version', '2.2') });
    expect(pool.receive(fromServer(MESSAGE_TYPE.sessionCapability, capability))).toEqual([
      { kind: 'capability', protocolVersion: '2.2' },
    ]);
    const future = messageObject({ protocolversion: new PsPrimitive('Version', '3.0') });
    expect(() => pool.receive(fromServer(MESSAGE_TYPE.sessionCapability, future))).toThrow(ProtocolError);
  });

  it('makes no pipeline before it is open or after it broke', () => {
    const pool = new RunspacePoolClient({ poolId: POOL });
    expect(() => pool.createPipeline(PIPELINE, { commands: [] })).toThrow(ProtocolError);
    const broken = openPool();
    const [event] = broken.receive(fromServer(MESSAGE_TYPE.runspacePoolState, messageObject({ RunspaceState: 5 })));
    expect(event).toEqual({ kind: 'state', state: 'broken', error: null });
    expect(() => broken.createPipeline(PIPELINE, { commands: [] })).toThrow(ProtocolError);
  });
});

describe('PipelineClient', () => {
  it('sends commands with bound parameters', () => {
    const pipeline = openPool().createPipeline(PIPELINE, {
      commands: [
        { text: 'param($a) $a', isScript: true, useLocalScope: false, parameters: [{ name: 'a', value: "'; evil" }] },
      ],
    });
    const [message] = new Defragmenter().push(new Uint8Array(Buffer.concat(pipeline.start(100)))).map(decodeMessage);
    const powershell = propertyOf(decodeClixml(message?.data ?? ''), 'PowerShell');
    const command = (propertyOf(powershell, 'Cmds') as PsObject).items?.[0];
    expect(message?.pipelineId).toBe(PIPELINE);
    expect([propertyOf(command, 'Cmd'), propertyOf(command, 'IsScript'), propertyOf(command, 'UseLocalScope')]).toEqual(
      ['param($a) $a', true, false],
    );
    const argument = (propertyOf(command, 'Args') as PsObject).items?.[0];
    expect([propertyOf(argument, 'N'), propertyOf(argument, 'V')]).toEqual(['a', "'; evil"]);
  });

  it('cuts CREATE_PIPELINE into pieces of the size that fits', () => {
    const pieces = openPool()
      .createPipeline(PIPELINE, { commands: [{ text: 'x'.repeat(5000), isScript: true, parameters: [] }] })
      .start(1000);
    expect(pieces.length).toBeGreaterThan(5);
    expect(Math.max(...pieces.map((piece) => piece.length))).toBe(1000);
  });

  it('gives records of all streams and ends with its state', () => {
    const pipeline = startPipeline();
    const streams = [
      [MESSAGE_TYPE.pipelineOutput, 'output'],
      [MESSAGE_TYPE.errorRecord, 'error'],
      [MESSAGE_TYPE.warningRecord, 'warning'],
      [MESSAGE_TYPE.verboseRecord, 'verbose'],
      [MESSAGE_TYPE.debugRecord, 'debug'],
      [MESSAGE_TYPE.informationRecord, 'information'],
      [MESSAGE_TYPE.progressRecord, 'progress'],
    ] as const;
    for (const [type, kind] of streams) {
      expect(pipeline.receive(fromServer(type, 'v', PIPELINE))).toEqual([{ kind, value: 'v' }]);
    }
    const state = messageObject({ PipelineState: 5, ExceptionAsErrorRecord: 'why' });
    expect(pipeline.receive(fromServer(MESSAGE_TYPE.pipelineState, state, PIPELINE))).toEqual([
      { kind: 'state', state: 'failed', error: 'why' },
    ]);
    expect(pipeline.isOver).toBe(true);
    expect(() => pipeline.receive(fromServer(MESSAGE_TYPE.pipelineOutput, 1, PIPELINE))).toThrow(ProtocolError);
  });

  it('refuses messages of another pipeline and states without a number', () => {
    expect(() => startPipeline().receive(fromServer(MESSAGE_TYPE.pipelineOutput, 1, POOL))).toThrow(ProtocolError);
    const state = messageObject({ PipelineState: 'x' });
    expect(() => startPipeline().receive(fromServer(MESSAGE_TYPE.pipelineState, state, PIPELINE))).toThrow(
      ProtocolError,
    );
  });

  it('tells host calls that want an answer, and refuses them with an error record', () => {
    const pipeline = startPipeline();
    const call = (id: number): PsValue =>
      messageObject({ ci: 5n, mi: enumValue('RemoteHostMethodId', 'ReadLine', id), mp: new PsObject({ items: [] }) });
    const [readLine] = pipeline.receive(fromServer(MESSAGE_TYPE.pipelineHostCall, call(11), PIPELINE));
    const [writeLine] = pipeline.receive(fromServer(MESSAGE_TYPE.pipelineHostCall, call(16), PIPELINE));
    expect(readLine).toMatchObject({ kind: 'hostCall', callId: 5, methodId: 11, wantsAnswer: true });
    expect(writeLine).toMatchObject({ wantsAnswer: false });
    if (readLine?.kind !== 'hostCall') throw new Error('no host call');
    const [answer] = new Defragmenter()
      .push(new Uint8Array(Buffer.concat(pipeline.refuseHostCall(readLine, 'nobody here', 500))))
      .map(decodeMessage);
    expect(answer?.type).toBe(MESSAGE_TYPE.pipelineHostResponse);
    const body = decodeClixml(answer?.data ?? '');
    expect(propertyOf(body, 'ci')).toBe(5n);
    expect(readErrorRecord(propertyOf(body, 'me') ?? null).message).toBe('nobody here');
  });
});

describe('records', () => {
  it('takes message, id, category name and target of an error record', () => {
    const record = messageObject({
      Exception: new PsObject({ adapted: new Map([['Message', 'gone']]) }),
      FullyQualifiedErrorId: 'PathNotFound,Get-Item',
      ErrorCategory_Category: 13,
      TargetObject: 'C:\\x',
    });
    expect(readErrorRecord(record)).toEqual({
      message: 'gone',
      fullyQualifiedErrorId: 'PathNotFound,Get-Item',
      category: 'ObjectNotFound',
      target: 'C:\\x',
    });
    expect(readErrorRecord(null).category).toBe('NotSpecified');
  });

  it('prefers the message of the error details', () => {
    expect(readErrorRecord(messageObject({ ErrorDetails_Message: 'better' })).message).toBe('better');
  });

  it('reads warnings, progress, and the text of Write-Host', () => {
    expect(readMessageRecord(messageObject({ InformationalRecord_Message: 'careful' }))).toBe('careful');
    expect(readMessageRecord('plain')).toBe('plain');
    const progress = { Activity: 'a', StatusDescription: 's', PercentComplete: 7 };
    expect(readProgressRecord(messageObject(progress))).toEqual({ activity: 'a', status: 's', percentComplete: 7 });
    const written = new PsObject({
      typeNames: ['System.Management.Automation.HostInformationMessage', 'System.Object'],
      adapted: new Map([['Message', 'hello']]),
    });
    expect(readInformationRecord(messageObject({ MessageData: written }))).toBe('hello');
    expect(readInformationRecord(messageObject({ MessageData: 5 }))).toBe(5);
  });
});
