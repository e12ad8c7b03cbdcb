import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  buildCommandResponse,
  buildCreateResponse,
  buildDeleteResponse,
  buildFault,
  buildReceiveResponse,
  buildSendResponse,
  buildSignalResponse,
  FAULTS,
  ProtocolError,
  parseWsmanRequest,
  parseWsmanResponse,
  RESOURCE,
  SIGNAL,
  WsmanClient,
} from '../../../src/protocol/index.ts';

const SHELL = 'ABCDEF00-0000-4000-8000-000000000001';
const COMMAND = 'abcdef00-0000-4000-8000-000000000002';

function makeClient(): WsmanClient {
  let count = 0;
  const newGuid = (): string => {
    count += 1;
    return `00000000-0000-4000-8000-${String(count).padStart(12, '0')}`;
  };
  return new WsmanClient({ url: 'http://web01:5985/wsman', newGuid });
}

function codeOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    return error instanceof ProtocolError ? error.code : String(error);
  }
  return 'nothing thrown';
}

const description = {
  shellId: SHELL,
  address: 'http://web01:5985/wsman',
  resourceUri: RESOURCE.powershell,
  owner: 'WEB01\\a & b',
  clientIp: '10.0.0.9',
  inputStreams: ['stdin', 'pr'],
  outputStreams: ['stdout'],
};

describe('client half against server half', () => {
  it('Create: ids, streams, options, data; the shell with its address as the host sees it', () => {
    const client = makeClient();
    const sent = client.create(SHELL.toLowerCase(), new Uint8Array([1, 2, 3]));
    const request = parseWsmanRequest(sent.xml);
    expect(request).toMatchObject({
      operation: 'create',
      resourceUri: RESOURCE.powershell,
      messageId: sent.messageId,
      operationTimeoutMs: 20_000,
      maxEnvelopeSize: 153_600,
      to: 'http://web01:5985/wsman',
      locale: 'en-US',
      dataLocale: 'en-US',
      body: { kind: 'create', shellId: SHELL, inputStreams: ['stdin', 'pr'], outputStreams: ['stdout'] },
    });
    expect(request.options).toEqual(new Map([['protocolversion', '2.3']]));
    expect(request.body.kind === 'create' && [...(request.body.creationXml ?? [])]).toEqual([1, 2, 3]);
    const response = parseWsmanResponse(sent, buildCreateResponse(request, SHELL, description));
    expect(response).toMatchObject({
      kind: 'create',
      shellId: SHELL,
      clientIp: '10.0.0.9',
      idleTimeoutMs: 7_200_000,
      owner: 'WEB01\\a & b',
    });
    if (response.kind !== 'create') throw new Error('not created');
    client.created(response);
    expect(parseWsmanRequest(client.delete().xml)).toMatchObject({ operation: 'delete', shellId: SHELL });
  });

  it('Command, Send, Signal carry ids, names and bytes', () => {
    const client = makeClient();
    client.created({ selectors: new Map([['ShellId', SHELL]]), resourceUri: undefined });
    const command = client.command(COMMAND, new Uint8Array([4, 5]));
    const commandRequest = parseWsmanRequest(command.xml);
    expect(commandRequest.body).toEqual({
      kind: 'command',
      commandId: COMMAND.toUpperCase(),
      commandLine: '',
      arguments: ['BAU='],
    });
    expect(parseWsmanResponse(command, buildCommandResponse(commandRequest, SHELL, COMMAND))).toEqual({
      kind: 'command',
      commandId: COMMAND,
    });
    const send = client.send({ name: 'pr', commandId: COMMAND, data: new Uint8Array([6]) });
    const sendRequest = parseWsmanRequest(send.xml);
    expect(sendRequest.body).toMatchObject({
      kind: 'send',
      streams: [{ name: 'pr', commandId: COMMAND.toUpperCase(), end: false }],
    });
    expect(parseWsmanResponse(send, buildSendResponse(sendRequest, SHELL))).toEqual({ kind: 'send' });
    const signal = client.signal(COMMAND, SIGNAL.powershellCtrlC);
    const signalRequest = parseWsmanRequest(signal.xml);
    expect(signalRequest.body).toEqual({
      kind: 'signal',
      commandId: COMMAND.toUpperCase(),
      code: 'powershell/signal/crtl_c',
    });
    expect(parseWsmanResponse(signal, buildSignalResponse(signalRequest, SHELL))).toEqual({ kind: 'signal' });
    const deletion = client.delete();
    const deleted = buildDeleteResponse(parseWsmanRequest(deletion.xml), SHELL);
    expect(parseWsmanResponse(deletion, deleted)).toEqual({ kind: 'delete' });
  });

  it('Receive: streams in order, the state of the command; a pool has neither id nor state', () => {
    const client = makeClient();
    const receive = client.receive(COMMAND);
    const request = parseWsmanRequest(receive.xml);
    expect(request.body).toEqual({ kind: 'receive', commandId: COMMAND.toUpperCase(), streams: ['stdout'] });
    expect(request.options.get('WSMAN_CMDSHELL_OPTION_KEEPALIVE')).toBe('TRUE');
    const xml = buildReceiveResponse(request, SHELL, {
      streams: [
        { name: 'stdout', commandId: COMMAND, data: new Uint8Array([1]) },
        { name: 'stdout', commandId: COMMAND, data: new Uint8Array(5000).fill(7) },
      ],
      commandState: { commandId: COMMAND, state: 'done', exitCode: 3 },
    });
    const response = parseWsmanResponse(receive, xml);
    if (response.kind !== 'receive') throw new Error('not received');
    expect(response.streams.map((stream) => stream.data.length)).toEqual([1, 5000]);
    expect(response.streams[1]?.data.every((byte) => byte === 7)).toBe(true);
    expect([response.isDone, response.exitCode]).toEqual([true, 3]);
    const pool = client.receive();
    expect(parseWsmanRequest(pool.xml).body).toMatchObject({ commandId: undefined });
    const poolXml = buildReceiveResponse(parseWsmanRequest(pool.xml), SHELL, { streams: [] });
    expect(parseWsmanResponse(pool, poolXml)).toMatchObject({ streams: [], isDone: false });
  });

  it.each([
    ['timedOut', 2150858793, true],
    ['shellNotFound', 2150858843, false],
    ['accessDenied', 5, false],
    ['tooManyShells', 2150859173, false],
    ['tooManyOperations', 2150859174, false],
    ['actionNotSupported', undefined, false],
  ] as const)('fault %s', (name, windowsCode, isTimedOut) => {
    const sent = makeClient().receive(COMMAND);
    const response = parseWsmanResponse(sent, buildFault(parseWsmanRequest(sent.xml), SHELL, FAULTS[name]));
    expect(response).toMatchObject({ kind: 'fault', windowsCode, isTimedOut });
    expect(response.kind === 'fault' && response.reason.length).toBeGreaterThan(10);
  });

  it('carries any bytes through Send and Receive', () => {
    const client = makeClient();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 4000 }), (data) => {
        const send = parseWsmanRequest(client.send({ name: 'stdin', commandId: undefined, data }).xml);
        expect(send.body.kind === 'send' && [...(send.body.streams[0]?.data ?? [])]).toEqual([...data]);
        const receive = client.receive();
        const xml = buildReceiveResponse(parseWsmanRequest(receive.xml), SHELL, {
          streams: [{ name: 'stdout', data }],
        });
        const response = parseWsmanResponse(receive, xml);
        expect(response.kind === 'receive' && [...(response.streams[0]?.data ?? [])]).toEqual([...data]);
      }),
      { numRuns: 50 },
    );
  });

  it('takes a fault of a real host: nested provider text, subcode only', () => {
    const sent = makeClient().receive();
    const xml =
      '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:w="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"><s:Header/>' +
      '<s:Body><s:Fault><s:Code><s:Value>s:Receiver</s:Value><s:Subcode><s:Value>w:TimedOut</s:Value></s:Subcode></s:Code>' +
      '<s:Reason><s:Text xml:lang="">slow</s:Text></s:Reason></s:Fault></s:Body></s:Envelope>';
    expect(parseWsmanResponse(sent, xml)).toEqual({
      kind: 'fault',
      windowsCode: undefined,
      subcode: 'TimedOut',
      reason: 'slow',
      isTimedOut: true,
    });
  });
});

describe('sizes', () => {
  it('fills envelopes up to the limit and never beyond', () => {
    const client = makeClient();
    client.created({ selectors: new Map([['ShellId', SHELL]]), resourceUri: undefined });
    for (const [limit, least] of [
      [153_600, 110_000],
      [512_000, 375_000],
    ] as const) {
      const bytes = client.maxPayloadBytes;
      expect(bytes).toBeGreaterThan(least);
      expect(client.command(COMMAND, new Uint8Array(bytes)).xml.length).toBeLessThanOrEqual(limit);
      expect(
        client.send({ name: 'stdin', commandId: COMMAND, data: new Uint8Array(bytes) }).xml.length,
      ).toBeLessThanOrEqual(limit);
      client.useLargeEnvelopes();
    }
  });
});

describe('hostile input', () => {
  const sent = makeClient().receive(COMMAND);
  const good = buildReceiveResponse(parseWsmanRequest(sent.xml), SHELL, {
    streams: [{ name: 'stdout', commandId: COMMAND, data: new Uint8Array(3000) }],
  });

  it('refuses an answer to another request', () => {
    expect(codeOf(() => parseWsmanResponse(makeClient().create(SHELL, new Uint8Array(0)), good))).toBe(
      'FB_PROTOCOL_SOAP',
    );
    expect(codeOf(() => parseWsmanResponse(sent, good.replace(/<a:RelatesTo>.*<\/a:RelatesTo>/, '')))).toBe(
      'FB_PROTOCOL_SOAP',
    );
  });

  it.each([
    ['text', 'hello'],
    ['nothing', ''],
    ['HTML', '<html><body>login</body></html>'],
    ['a DTD', `<!DOCTYPE s [<!ENTITY a "b">]>${good}`],
    ['unknown entities', good.replace('<s:Body>', '<s:Body>&bomb;')],
    ['deep nesting', '<a>'.repeat(100_000)],
    ['huge size', `<a>${' '.repeat(9 * 1024 * 1024)}</a>`],
  ])('refuses %s', (_what, xml) => {
    expect(codeOf(() => parseWsmanResponse(sent, xml))).toBe('FB_PROTOCOL_SOAP');
    expect(codeOf(() => parseWsmanRequest(xml))).toBe('FB_PROTOCOL_SOAP');
  });

  it('refuses a stream that is not base64', () => {
    const xml = good.replace(/<rsp:Stream [^>]*>/, '$&!');
    expect(codeOf(() => parseWsmanResponse(sent, xml))).toBe('FB_PROTOCOL_SOAP');
  });

  it('refuses an answer that was cut anywhere', () => {
    for (let length = 0; length < good.length; length += 7) {
      expect(codeOf(() => parseWsmanResponse(sent, good.slice(0, length)))).toBe('FB_PROTOCOL_SOAP');
    }
  });

  it('answers any markup with data or with its own error', () => {
    const unit = fc.constantFrom(
      '<',
      '>',
      '/',
      's:Envelope',
      ' xmlns:s="http://www.w3.org/2003/05/soap-envelope"',
      's:Body',
      '&',
      '"',
      'x',
    );
    fc.assert(
      fc.property(fc.string({ unit }), (xml) => {
        expect(['nothing thrown', 'FB_PROTOCOL_SOAP']).toContain(codeOf(() => parseWsmanRequest(xml)));
      }),
    );
  });
});
