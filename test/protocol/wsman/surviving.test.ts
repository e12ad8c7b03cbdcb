/** Disconnect, Reconnect, Connect, Get, Enumerate, Pull: client half against server half, and against what Windows writes. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  buildConnectResponse,
  buildDisconnectResponse,
  buildEnumerateResponse,
  buildFault,
  buildGetResponse,
  buildPullResponse,
  buildReconnectResponse,
  FAULTS,
  NS,
  ProtocolError,
  parseWsmanRequest,
  parseWsmanResponse,
  RESOURCE,
  type ShellDescription,
  WsmanClient,
} from '../../../src/protocol/index.ts';

const SHELL = 'ABCDEF00-0000-4000-8000-000000000001';
const COMMAND = 'ABCDEF00-0000-4000-8000-000000000002';
const SESSION = '11111111-2222-4333-8444-555555555555';

function clientOf(sessionId?: string): WsmanClient {
  let count = 0;
  const newGuid = (): string => {
    count += 1;
    return `00000000-0000-4000-8000-${String(count).padStart(12, '0')}`;
  };
  const client = new WsmanClient({
    url: 'http://web01:5985/wsman',
    newGuid,
    ...(sessionId === undefined ? {} : { sessionId }),
  });
  client.created({ selectors: new Map([['ShellId', SHELL]]), resourceUri: RESOURCE.powershell });
  return client;
}

const shell: ShellDescription = {
  shellId: SHELL,
  address: 'http://web01:5985/wsman',
  resourceUri: RESOURCE.powershell,
  owner: 'WEB01\\a & b',
  clientIp: '10.0.0.9',
  name: 'firebreak <r1>',
  inputStreams: ['stdin', 'pr'],
  outputStreams: ['stdout'],
  idleTimeoutMs: 180_000,
  bufferMode: 'Drop',
  state: 'Disconnected',
  runTimeMs: 93_784_999,
  inactivityMs: 61_000,
};

describe('a shell that outlives its client', () => {
  it('Create asks for a name, an idle time-out and how output is kept', () => {
    const sent = clientOf().create(SHELL, new Uint8Array([1]), {
      name: 'firebreak <r1>',
      idleTimeoutMs: 180_000,
      bufferMode: 'Drop',
    });
    expect(parseWsmanRequest(sent.xml).body).toMatchObject({
      kind: 'create',
      name: 'firebreak <r1>',
      idleTimeoutMs: 180_000,
      bufferMode: 'Drop',
    });
    const plain = parseWsmanRequest(clientOf().create(SHELL, new Uint8Array([1])).xml).body;
    expect(plain).toMatchObject({ name: undefined, idleTimeoutMs: undefined, bufferMode: undefined });
  });

  it('Disconnect: the shell, a new idle time-out, how output is kept', () => {
    const client = clientOf();
    const sent = client.disconnect({ idleTimeoutMs: 60_000, bufferMode: 'Block' });
    const request = parseWsmanRequest(sent.xml);
    expect(request).toMatchObject({ operation: 'disconnect', shellId: SHELL, resourceUri: RESOURCE.powershell });
    expect(request.body).toEqual({ kind: 'disconnect', idleTimeoutMs: 60_000, bufferMode: 'Block' });
    expect(parseWsmanResponse(sent, buildDisconnectResponse(request, 'x'))).toEqual({ kind: 'disconnect' });
    expect(parseWsmanRequest(client.disconnect().xml).body).toEqual({
      kind: 'disconnect',
      idleTimeoutMs: undefined,
      bufferMode: undefined,
    });
  });

  it('Reconnect: the same session id as before, also from another process', () => {
    expect(clientOf(SESSION.toLowerCase()).sessionId).toBe(SESSION);
    const sent = clientOf(SESSION).reconnect();
    const request = parseWsmanRequest(sent.xml);
    expect(request).toMatchObject({ operation: 'reconnect', shellId: SHELL, sessionId: `uuid:${SESSION}` });
    expect(parseWsmanResponse(sent, buildReconnectResponse(request, 'x'))).toEqual({ kind: 'reconnect' });
  });

  it('Connect to the pool with data both ways, to a command without', () => {
    const client = clientOf();
    const pool = client.connect({ connectXml: new Uint8Array([1, 2, 3]) });
    const poolRequest = parseWsmanRequest(pool.xml);
    expect(poolRequest.options.get('protocolversion')).toBe('2.3');
    expect(poolRequest.body).toEqual({
      kind: 'connect',
      name: undefined,
      commandId: undefined,
      connectXml: new Uint8Array(Buffer.from([1, 2, 3])),
    });
    const answer = buildConnectResponse(poolRequest, 'x', new Uint8Array([4, 5]));
    expect(parseWsmanResponse(pool, answer)).toEqual({ kind: 'connect', data: Buffer.from([4, 5]) });

    const command = client.connect({ commandId: COMMAND.toLowerCase() });
    const commandRequest = parseWsmanRequest(command.xml);
    expect(commandRequest.body).toMatchObject({ commandId: COMMAND, connectXml: undefined });
    expect(parseWsmanResponse(command, buildConnectResponse(commandRequest, 'x'))).toEqual({
      kind: 'connect',
      data: undefined,
    });
  });

  it('Get asks for the shell, not for its configuration, and reads all that it tells', () => {
    const sent = clientOf().get();
    const request = parseWsmanRequest(sent.xml);
    expect(request).toMatchObject({ operation: 'get', shellId: SHELL, resourceUri: RESOURCE.shell });
    expect(parseWsmanResponse(sent, buildGetResponse(request, 'x', shell))).toEqual({
      kind: 'get',
      shell: {
        shellId: SHELL,
        name: 'firebreak <r1>',
        resourceUri: RESOURCE.powershell,
        owner: 'WEB01\\a & b',
        clientIp: '10.0.0.9',
        state: 'Disconnected',
        idleTimeoutMs: 180_000,
        runTimeMs: 93_784_000,
        inactivityMs: 61_000,
      },
    });
  });

  it('a shell of Windows 7 tells neither name nor state', () => {
    const sent = clientOf().get();
    const xml = `<s:Envelope xmlns:s="${NS.soap}" xmlns:a="${NS.addressing}"><s:Header><a:RelatesTo>${sent.messageId}</a:RelatesTo></s:Header><s:Body><rsp:Shell xmlns:rsp="${NS.shell}"><rsp:ShellId>${SHELL}</rsp:ShellId><rsp:Owner>WEB01\\a</rsp:Owner><rsp:IdleTimeOut>PT180.000S</rsp:IdleTimeOut></rsp:Shell></s:Body></s:Envelope>`;
    expect(parseWsmanResponse(sent, xml)).toMatchObject({
      shell: { shellId: SHELL, name: undefined, state: undefined, idleTimeoutMs: 180_000, runTimeMs: undefined },
    });
  });

  it('Enumerate and Pull: pages of shells until the end of the sequence', () => {
    const client = clientOf();
    const first = client.enumerateShells();
    const request = parseWsmanRequest(first.xml);
    expect(request).toMatchObject({ operation: 'enumerate', resourceUri: RESOURCE.shell, shellId: undefined });
    expect(request.body).toEqual({ kind: 'enumerate', maxElements: 100 });
    const some = parseWsmanResponse(first, buildEnumerateResponse(request, 'x', [shell], 'uuid:C'));
    expect(some).toMatchObject({ kind: 'enumerate', shells: [{ shellId: SHELL }], context: 'uuid:C' });

    const next = client.pullShells('uuid:C');
    const pull = parseWsmanRequest(next.xml);
    expect(pull.body).toEqual({ kind: 'pull', context: 'uuid:C', maxElements: 100 });
    const more = parseWsmanResponse(next, buildPullResponse(pull, 'x', [shell, shell], 'uuid:D'));
    expect(more).toMatchObject({ kind: 'pull', shells: [{}, {}], context: 'uuid:D' });
    expect(parseWsmanResponse(next, buildPullResponse(pull, 'x', [], undefined))).toEqual({
      kind: 'pull',
      shells: [],
      context: undefined,
    });
    expect(parseWsmanResponse(first, buildEnumerateResponse(request, 'x', [shell], undefined))).toMatchObject({
      context: undefined,
    });
  });

  it('Delete of another shell names that one', () => {
    const other = '99999999-0000-4000-8000-000000000009';
    const request = parseWsmanRequest(
      clientOf().deleteOther({ shellId: other, resourceUri: `${NS.powershell}/Jea` }).xml,
    );
    expect(request).toMatchObject({ operation: 'delete', shellId: other, resourceUri: `${NS.powershell}/Jea` });
  });

  it.each(['disconnect', 'reconnect', 'connect', 'get', 'enumerate', 'pull'] as const)(
    '%s: faults are data',
    (name) => {
      const client = clientOf();
      const sent = {
        disconnect: client.disconnect(),
        reconnect: client.reconnect(),
        connect: client.connect({ commandId: COMMAND }),
        get: client.get(),
        enumerate: client.enumerateShells(),
        pull: client.pullShells('c'),
      }[name];
      const fault = buildFault(parseWsmanRequest(sent.xml), 'x', FAULTS.connectedToOtherClient);
      expect(parseWsmanResponse(sent, fault)).toMatchObject({ kind: 'fault', windowsCode: 2150859213 });
    },
  );

  it('durations of any age survive', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_000_000_000_000 }), (ms) => {
        const sent = clientOf().get();
        const xml = buildGetResponse(parseWsmanRequest(sent.xml), 'x', { ...shell, runTimeMs: ms });
        expect(parseWsmanResponse(sent, xml)).toMatchObject({ shell: { runTimeMs: ms - (ms % 1000) } });
      }),
    );
  });

  it('answers cut anywhere are refused, never misread', () => {
    const sent = clientOf().enumerateShells();
    const whole = buildEnumerateResponse(parseWsmanRequest(sent.xml), 'x', [shell, shell], undefined);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: whole.length - 1 }), (cut) => {
        expect(() => parseWsmanResponse(sent, whole.slice(0, cut))).toThrow(ProtocolError);
      }),
    );
  });
});
