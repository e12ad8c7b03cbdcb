/** The life of a shell as MS-WSMV tells it: connected, disconnected, idle, taken over, listed. */

import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type Sessions, WinrmService } from '../../../lab/fleet/winrm/index.ts';
import {
  FAULT_CODE,
  parseWsmanResponse,
  WsmanClient,
  type WsmanRequestText,
  type WsmanResponse,
} from '../../../src/protocol/index.ts';

const { signal } = new AbortController();
const COMMAND = 'ABCDEF00-0000-4000-8000-000000000002';

class Engine {
  readonly closed: string[] = [];
  readonly sessions: Sessions = {
    open: () => Promise.resolve(),
    command: () => Promise.resolve(),
    send: () => Promise.resolve(),
    signal: () => Promise.resolve(),
    close: (session) => {
      this.closed.push(session);
      return Promise.resolve();
    },
    connect: (_session, data) => Promise.resolve(Buffer.concat([Buffer.from('answer to '), data])),
    openText: () => Promise.resolve(),
    startText: () => Promise.resolve(),
    sendText: () => Promise.resolve(),
    signalText: () => Promise.resolve(),
    closeText: () => Promise.resolve(),
  };
}

function serviceOf(engine: Engine, canDisconnect = true): WinrmService {
  const url = 'http://pc-01:5985/wsman';
  return new WinrmService({ sessions: engine.sessions, machine: 'PC-01', url, uiCulture: 'en-US', canDisconnect });
}

class Client {
  readonly wsman: WsmanClient;
  readonly #service: WinrmService;
  readonly #caller: Parameters<WinrmService['answer']>[1];

  constructor(service: WinrmService, options: { user?: string; sessionId?: string } = {}) {
    const { user = 'admin', sessionId } = options;
    this.#service = service;
    this.#caller = { user, auth: 'basic', isAdmin: true, address: '10.0.0.9', signal };
    this.wsman = new WsmanClient({
      url: 'http://pc-01:5985/wsman',
      newGuid: randomUUID,
      operationTimeoutMs: 1000,
      ...(sessionId === undefined ? {} : { sessionId }),
    });
  }

  async say(request: WsmanRequestText): Promise<WsmanResponse> {
    return parseWsmanResponse(request, (await this.#service.answer(request.xml, this.#caller)).xml);
  }

  async create(options: Parameters<WsmanClient['create']>[2] = {}): Promise<string> {
    const created = await this.say(this.wsman.create(randomUUID(), new Uint8Array([1]), options));
    if (created.kind !== 'create') throw new Error(JSON.stringify(created));
    this.wsman.created(created);
    return created.shellId;
  }

  /** Speaks for a shell that somebody else has created. */
  take(shellId: string): this {
    this.wsman.created({ selectors: new Map([['ShellId', shellId]]), resourceUri: undefined });
    return this;
  }
}

describe('a shell of the lab', () => {
  let engine: Engine;
  let service: WinrmService;
  beforeEach(() => {
    jest.useFakeTimers();
    engine = new Engine();
    service = serviceOf(engine);
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  const chunk = (text: string): Buffer => Buffer.from(text);
  const textOf = (answer: WsmanResponse): string =>
    answer.kind === 'receive' ? answer.streams.map(({ data }) => Buffer.from(data).toString()).join('') : answer.kind;

  it('disconnected, it takes nothing but what ends that; its commands go on and their output waits', async () => {
    const client = new Client(service);
    const shell = await client.create();
    await client.say(client.wsman.command(COMMAND, new Uint8Array([1])));
    expect(await client.say(client.wsman.disconnect())).toEqual({ kind: 'disconnect' });
    for (const request of [
      client.wsman.receive(COMMAND),
      client.wsman.command(randomUUID(), new Uint8Array([1])),
      client.wsman.send({ name: 'stdin', commandId: COMMAND, data: new Uint8Array([1]) }),
      client.wsman.connect({ commandId: COMMAND }),
    ]) {
      expect(await client.say(request)).toMatchObject({ kind: 'fault', windowsCode: FAULT_CODE.shellDisconnected });
    }
    service.onData(shell, COMMAND.toLowerCase(), chunk('meanwhile'));
    expect(await client.say(client.wsman.get())).toMatchObject({ shell: { state: 'Disconnected' } });
    expect(await client.say(client.wsman.reconnect())).toEqual({ kind: 'reconnect' });
    expect(textOf(await client.say(client.wsman.receive(COMMAND)))).toBe('meanwhile');
  });

  it('a Receive that waits is answered before the shell is disconnected', async () => {
    const client = new Client(service);
    await client.create();
    await client.say(client.wsman.command(COMMAND, new Uint8Array([1])));
    const waiting = client.say(client.wsman.receive(COMMAND));
    await client.say(client.wsman.disconnect());
    expect(await waiting).toMatchObject({ kind: 'receive', streams: [], isDone: false });
  });

  it('Drop: what comes while nobody is connected is thrown away', async () => {
    const client = new Client(service);
    const shell = await client.create();
    await client.say(client.wsman.command(COMMAND, new Uint8Array([1])));
    await client.say(client.wsman.disconnect({ bufferMode: 'Drop' }));
    service.onData(shell, COMMAND.toLowerCase(), chunk('lost'));
    await client.say(client.wsman.reconnect());
    service.onData(shell, COMMAND.toLowerCase(), chunk('kept'));
    expect(textOf(await client.say(client.wsman.receive(COMMAND)))).toBe('kept');
  });

  it('another client connects once it is disconnected, with data both ways', async () => {
    const first = new Client(service);
    const shell = await first.create();
    await first.say(first.wsman.command(COMMAND, new Uint8Array([1])));
    const second = new Client(service).take(shell);
    const hello = second.wsman.connect({ connectXml: chunk('hello') });
    expect(await second.say(hello)).toMatchObject({ windowsCode: FAULT_CODE.connectedToOtherClient });
    await first.say(first.wsman.disconnect());
    const answer = await second.say(second.wsman.connect({ connectXml: chunk('hello') }));
    expect(answer.kind === 'connect' && Buffer.from(answer.data ?? []).toString()).toBe('answer to hello');
    expect(await second.say(second.wsman.connect({ commandId: COMMAND }))).toEqual({
      kind: 'connect',
      data: undefined,
    });
    expect(await second.say(second.wsman.connect({ commandId: randomUUID() }))).toMatchObject({
      windowsCode: FAULT_CODE.shellNotFound,
    });
    // the first one is no longer its client
    expect(await first.say(first.wsman.reconnect())).toMatchObject({ windowsCode: FAULT_CODE.connectedToOtherClient });
  });

  it('who comes with the session id of the dead client is that client: the shell need not be disconnected first', async () => {
    const dead = new Client(service);
    const shell = await dead.create();
    const heir = new Client(service, { sessionId: dead.wsman.sessionId }).take(shell);
    expect(await heir.say(heir.wsman.reconnect())).toEqual({ kind: 'reconnect' });
    const stranger = new Client(service).take(shell);
    for (const request of [stranger.wsman.reconnect(), stranger.wsman.disconnect()]) {
      expect(await stranger.say(request)).toMatchObject({ windowsCode: FAULT_CODE.connectedToOtherClient });
    }
  });

  it('another user finds no such shell, whatever the operation', async () => {
    const client = new Client(service);
    const shell = await client.create();
    await client.say(client.wsman.disconnect());
    const other = new Client(service, { user: 'other', sessionId: client.wsman.sessionId }).take(shell);
    const { wsman } = other;
    for (const request of [
      wsman.reconnect(),
      wsman.connect({ connectXml: chunk('x') }),
      wsman.receive(),
      wsman.get(),
      wsman.delete(),
    ]) {
      expect(await other.say(request)).toMatchObject({ windowsCode: FAULT_CODE.shellNotFound });
    }
  });

  it.each([
    ['connected and silent', false],
    ['disconnected', true],
  ])('%s: ends when its idle time is over, not before, and any request begins it anew', async (_, leaves) => {
    const client = new Client(service);
    const shell = await client.create({ idleTimeoutMs: 60_000 });
    if (leaves) await client.say(client.wsman.disconnect());
    await jest.advanceTimersByTimeAsync(59_000);
    if (leaves) await client.say(client.wsman.reconnect());
    else await client.say(client.wsman.command(COMMAND, new Uint8Array([1])));
    await jest.advanceTimersByTimeAsync(59_000);
    expect(engine.closed).toEqual([]);
    expect(await client.say(client.wsman.get())).toMatchObject({ shell: { inactivityMs: 59_000 } });
    await jest.advanceTimersByTimeAsync(1_000);
    expect(engine.closed).toEqual([shell]);
    expect(await client.say(client.wsman.get())).toMatchObject({ windowsCode: FAULT_CODE.shellNotFound });
  });

  it('is not idle while a Receive waits; Disconnect may set another idle time', async () => {
    const client = new Client(service);
    await client.create({ idleTimeoutMs: 60_000 });
    for (let round = 0; round < 70; round += 1) {
      const waiting = client.say(client.wsman.receive(undefined, 1000));
      await jest.advanceTimersByTimeAsync(1000);
      expect(await waiting).toMatchObject({ isTimedOut: true });
    }
    await client.say(client.wsman.disconnect({ idleTimeoutMs: 120_000 }));
    await jest.advanceTimersByTimeAsync(119_000);
    expect(engine.closed).toEqual([]);
    await jest.advanceTimersByTimeAsync(1000);
    expect(engine.closed).toHaveLength(1);
  });

  it('refuses idle times out of bounds, by Create and by Disconnect', async () => {
    const client = new Client(service);
    const create = client.wsman.create(randomUUID(), new Uint8Array([1]), { idleTimeoutMs: 59_999 });
    expect(await client.say(create)).toMatchObject({ windowsCode: FAULT_CODE.idleTimeoutOutOfBounds });
    await client.create();
    const leave = client.wsman.disconnect({ idleTimeoutMs: 2_147_483_648 });
    expect(await client.say(leave)).toMatchObject({ windowsCode: FAULT_CODE.idleTimeoutOutOfBounds });
  });

  it('is listed with its name, owner, state and times, page by page, to its own user', async () => {
    const client = new Client(service);
    const shells = [];
    for (let count = 0; count < 3; count += 1) shells.push(await client.create({ name: `n${count}` }));
    await new Client(service, { user: 'other' }).create();
    await jest.advanceTimersByTimeAsync(5000);
    const ask = client.wsman.enumerateShells();
    const small = { ...ask, xml: ask.xml.replace('<w:MaxElements>100<', '<w:MaxElements>2<') };
    const first = await client.say(small);
    if (first.kind !== 'enumerate') throw new Error(first.kind);
    expect(first.shells.map(({ shellId, name }) => [shellId, name])).toEqual([
      [shells[0], 'n0'],
      [shells[1], 'n1'],
    ]);
    expect(first.shells[0]).toMatchObject({
      owner: 'admin',
      state: 'Connected',
      runTimeMs: 5000,
      idleTimeoutMs: 7_200_000,
    });
    const rest = await client.say(client.wsman.pullShells(first.context ?? ''));
    expect(rest).toMatchObject({ kind: 'pull', shells: [{ shellId: shells[2] }], context: undefined });
    expect(await client.say(client.wsman.pullShells('uuid:none'))).toMatchObject({
      subcode: 'InvalidEnumerationContext',
    });
  });

  it('before WinRM 3.0 there is no disconnecting', async () => {
    const old = new Client(serviceOf(engine, false));
    await old.create();
    for (const request of [
      old.wsman.disconnect(),
      old.wsman.reconnect(),
      old.wsman.connect({ connectXml: chunk('x') }),
    ]) {
      expect(await old.say(request)).toMatchObject({ kind: 'fault', subcode: 'ActionNotSupported' });
    }
  });
});
