/** The scan over real sockets: what it sends, and what it makes of servers that answer, and of those that do not. */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { RpcScan } from '../../src/domain/index.ts';
import {
  type ActivationRequest,
  decodeActivation,
  decodeGetClassObject,
  encodeActivationReply,
  encodeGetClassObjectReply,
  encodePdu,
  type GetClassObjectRequest,
  REMOTE_ACTIVATION,
  type RpcCall,
  RpcServer,
  SYSTEM_ACTIVATOR,
} from '../../src/protocol/index.ts';
import { createScanner } from '../../src/scan/index.ts';

type Talk = (socket: Socket, connection: number) => void;

describe('an RPC scan', () => {
  const servers: Server[] = [];
  const sockets = new Set<Socket>();
  afterEach(async () => {
    for (const socket of sockets) socket.destroy();
    await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
  });

  async function listen(talk: Talk): Promise<number> {
    let connections = 0;
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
      talk(socket, ++connections);
    });
    servers.push(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  }

  const never = new AbortController().signal;
  const scan = (
    port: number,
    options: { readonly timeoutMs?: number; readonly also?: boolean } = {},
  ): Promise<RpcScan> =>
    createScanner().scanRpc(
      {
        address: '127.0.0.1',
        port,
        timeoutMs: options.timeoutMs ?? 20_000,
        alsoActivation: options.also ?? false,
      },
      never,
    );

  /** A server of both interfaces. */
  function speaking(answer: (call: RpcCall, server: RpcServer, socket: Socket, connection: number) => void): Talk {
    return (socket, connection) => {
      const server = new RpcServer({ interfaces: [SYSTEM_ACTIVATOR, REMOTE_ACTIVATION], secondaryAddress: '135' });
      socket.on('data', (data) => {
        server.receive(data);
        for (let event = server.next(); event !== null; event = server.next()) {
          if (event.type === 'send') socket.write(event.bytes);
          else answer(event.call, server, socket, connection);
        }
      });
    };
  }

  /** A machine that gives these HRESULTs, and the calls that it got. */
  async function machine(
    getClassObject: number,
    activation = 0,
  ): Promise<{
    readonly port: number;
    readonly first: GetClassObjectRequest[];
    readonly second: ActivationRequest[];
  }> {
    const first: GetClassObjectRequest[] = [];
    const second: ActivationRequest[] = [];
    const port = await listen(
      speaking((call, server, socket) => {
        if (call.interface.uuid === SYSTEM_ACTIVATOR.uuid) {
          expect(call.opnum).toBe(3);
          first.push(decodeGetClassObject(call.stub));
          socket.write(server.respond(call, encodeGetClassObjectReply(getClassObject)));
        } else {
          expect(call.opnum).toBe(0);
          second.push(decodeActivation(call.stub));
          socket.write(server.respond(call, encodeActivationReply(activation)));
        }
      }),
    );
    return { port, first, second };
  }

  it('makes one well-formed call with an object reference that is none', async () => {
    const { port, first, second } = await machine(0x8001011d);
    expect(await scan(port)).toEqual({
      category: 'patched',
      patched: true,
      answers: true,
      hresult: '0x8001011D',
      activationHresult: null,
      reason: 'it answered 0x8001011D (invalid object reference), as hosts with KB824146 do',
    });
    expect(first).toHaveLength(1);
    expect(first[0]!.orpc).toMatchObject({ major: 5, minor: 6 });
    const objref = Buffer.from(first[0]!.objref!);
    expect(objref).toHaveLength(12);
    expect(objref.toString('latin1')).not.toContain('MEOW');
    expect(second).toEqual([]);
  });

  it('asks over IPv6 as well', async () => {
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
      speaking((call, rpc) => socket.write(rpc.respond(call, encodeGetClassObjectReply(0x8001011d))))(socket, 1);
    });
    servers.push(server);
    server.listen(0, '::1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const target = { address: '::1', port, timeoutMs: 20_000, alsoActivation: false };
    expect((await createScanner().scanRpc(target, never)).category).toBe('patched');
  });

  it('asks for KB823980 only when told to', async () => {
    const { port, second } = await machine(0x80004005, 0x80080004);
    expect((await scan(port)).category).toBe('unpatched');
    expect(second).toEqual([]);
    expect((await scan(port, { also: true })).category).toBe('only-823980');
    expect(second).toHaveLength(1);
  });

  it('asks for KB823980 with a name that stays inside every buffer', async () => {
    const { port, second } = await machine(0x80004005, 0x80040154);
    expect((await scan(port, { also: true })).category).toBe('unpatched');
    const name = second[0]!.objectName!;
    expect(name.length).toBeLessThan(32);
    // What old systems copy: the part between the second backslash and the third.
    const third = name.indexOf('\\', 2);
    expect(third).toBeGreaterThan(2);
    expect(third).toBeLessThan(16);
    expect(second[0]!.iids).toEqual(['00000000-0000-0000-c000-000000000046']);
  });

  it.each([0x8001011d, 0x80070057, 0x80070005])('does not ask a host that answered %i for KB823980', async (code) => {
    const { port, second } = await machine(code, 0x80040154);
    const { reason } = await scan(port, { also: true });
    expect(second).toEqual([]);
    expect(reason).not.toContain('823980');
  });

  it.each<[string, Talk, string]>([
    ['garbage', (socket) => socket.end('HTTP/1.0 400 Bad Request\r\n\r\n'), 'this is not DCE/RPC'],
    ['nothing, and closes', (socket) => socket.end(), 'closed the connection instead of answering the bind'],
    [
      'a reset',
      (socket) => socket.once('data', () => socket.resetAndDestroy()),
      'reset the connection instead of answering the bind',
    ],
    [
      'half an answer',
      speaking((call, server, socket) => socket.end(server.respond(call, Buffer.alloc(16)).subarray(0, 30))),
      'closed the connection instead of answering the call',
    ],
    [
      'an answer that is too short',
      speaking((call, server, socket) => socket.write(server.respond(call, Buffer.alloc(12)))),
      'has 12 bytes instead of 16',
    ],
    [
      'an answer that is too long',
      speaking((call, server, socket) => socket.write(server.respond(call, Buffer.alloc(400)))),
      'has 400 bytes instead of 16',
    ],
    [
      'a fault',
      speaking((call, server, socket) => socket.write(server.fault(call, 5))),
      'answered the call with the RPC fault 0x00000005',
    ],
    [
      'a rejected bind',
      (socket) => socket.once('data', () => socket.write(encodePdu({ kind: 'bind_nak', callId: 1, reason: 4 }))),
      'it rejected the bind (reason 4)',
    ],
    [
      'without the interface',
      (socket) => {
        const server = new RpcServer({ interfaces: [REMOTE_ACTIVATION], secondaryAddress: '135' });
        socket.on('data', (data) => {
          server.receive(data);
          const event = server.next();
          if (event?.type === 'send') socket.write(event.bytes);
        });
      },
      'it has no such interface (result 2, reason 1)',
    ],
  ])('leaves to a person what answers %s', async (_, talk, reason) => {
    const found = await scan(await listen(talk));
    expect(found).toMatchObject({ category: 'needs-investigation', patched: null, hresult: null });
    expect(found.reason).toContain(reason);
  });

  it('leaves to a person what takes the connection and says nothing', async () => {
    let connections = 0;
    const port = await listen(() => {
      connections += 1;
    });
    const found = await scan(port, { timeoutMs: 150 });
    expect(found).toMatchObject({
      category: 'needs-investigation',
      reason: 'it took the connection and did not answer the bind within 0.15 s',
    });
    expect(connections).toBe(2);
  });

  it('is not held up by bytes that trickle in', async () => {
    const port = await listen((socket) => {
      socket.setNoDelay();
      let at = 0;
      const header = Buffer.from('05000c03100000000002000001000000', 'hex');
      const timer = setInterval(() => socket.write(header.subarray(at, ++at)), 40);
      socket.on('close', () => clearInterval(timer));
    });
    expect((await scan(port, { timeoutMs: 200 })).reason).toContain('did not answer the bind within 0.2 s');
  });

  it('asks once more when a connection broke', async () => {
    const port = await listen(
      speaking((call, server, socket, connection) => {
        if (connection === 1) socket.resetAndDestroy();
        else socket.write(server.respond(call, encodeGetClassObjectReply(0x80070057)));
      }),
    );
    expect((await scan(port)).category).toBe('patched');
  });

  it('tells a refused connection from a name that is none', async () => {
    const port = await listen(() => undefined);
    await new Promise((resolve) => servers.pop()!.close(resolve));
    expect((await scan(port)).category).toBe('refused');
    const unknown = { address: 'no-such-host.invalid', port: 135, timeoutMs: 20_000, alsoActivation: false };
    // Without a name server nobody can say that the name is none.
    expect((await createScanner().scanRpc(unknown, never)).category).toMatch(/^(invalid-address|needs-investigation)$/);
  });

  it('says what this machine itself could not do', async () => {
    const target = { address: '127.0.0.1', port: 1, source: '192.0.2.1', timeoutMs: 20_000, alsoActivation: false };
    expect(await createScanner().scanRpc(target, never)).toMatchObject({
      category: 'needs-investigation',
      reason: 'this machine could not connect (EADDRNOTAVAIL)',
    });
  });

  it('stops when it is cancelled', async () => {
    const port = await listen(() => stop.abort());
    const stop = new AbortController();
    const target = { address: '127.0.0.1', port, timeoutMs: 20_000, alsoActivation: false };
    await expect(createScanner().scanRpc(target, stop.signal)).rejects.toMatchObject({ code: 'FB_CANCELLED' });
    await expect(createScanner().scanRpc(target, stop.signal)).rejects.toMatchObject({ code: 'FB_CANCELLED' });
  });
});
