/** DCE/RPC without authentication: golden bytes, round trip, any split, any truncation, hostile input. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  encodePdu,
  type Pdu,
  PduReader,
  ProtocolError,
  RpcClient,
  type RpcClientEvent,
  RpcServer,
  type RpcServerEvent,
  SYSTEM_ACTIVATOR,
  type Syntax,
} from '../../../src/protocol/index.ts';

const NDR: Syntax = { uuid: '8a885d04-1ceb-11c9-9fe8-08002b104860', version: 2 };

const anyUuid = fc
  .uint8Array({ minLength: 16, maxLength: 16 })
  .map((bytes) => Buffer.from(bytes).toString('hex'))
  .map((hex) => `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`);
const u16 = fc.integer({ min: 0, max: 0xffff });
const u32 = fc.integer({ min: 0, max: 0xffffffff });
const anySyntax = fc.record({ uuid: anyUuid, version: u32 });
const anyStub = fc.uint8Array({ maxLength: 600 });
const limits = { callId: u32, maxSendBytes: u16, maxReceiveBytes: u16, associationGroup: u32 };
const part = { callId: u32, isFirst: fc.boolean(), isLast: fc.boolean(), contextId: u16 };

const anyPdu: fc.Arbitrary<Pdu> = fc.oneof(
  fc.record({
    kind: fc.constant('bind' as const),
    ...limits,
    contexts: fc.array(
      fc.record({ id: u16, interface: anySyntax, transferSyntaxes: fc.array(anySyntax, { maxLength: 3 }) }),
      { maxLength: 4 },
    ),
  }),
  fc.record({
    kind: fc.constant('bind_ack' as const),
    ...limits,
    secondaryAddress: fc.constantFrom('', '135', '\\PIPE\\epmapper'),
    results: fc.array(fc.record({ result: u16, reason: u16, transferSyntax: anySyntax }), { maxLength: 4 }),
  }),
  fc.record({ kind: fc.constant('bind_nak' as const), callId: u32, reason: u16 }),
  fc.record({ kind: fc.constant('request' as const), ...part, opnum: u16, stub: anyStub }),
  fc.record({ kind: fc.constant('response' as const), ...part, stub: anyStub }),
  fc.record({ kind: fc.constant('fault' as const), ...part, status: u32 }),
);

/** The bytes in pieces of these sizes, over and over. */
function pieces(bytes: Uint8Array, sizes: readonly number[]): Uint8Array[] {
  const result: Uint8Array[] = [];
  for (let at = 0, index = 0; at < bytes.length; index += 1) {
    const size = sizes[index % sizes.length]!;
    result.push(bytes.subarray(at, at + size));
    at += size;
  }
  return result;
}

const anySizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 });

function readAll(reader: PduReader): Pdu[] {
  const pdus: Pdu[] = [];
  for (let pdu = reader.next(); pdu !== null; pdu = reader.next()) pdus.push(pdu);
  return pdus;
}

/** Plain values: buffers and arrays of bytes alike. */
function plain(pdus: readonly Pdu[]): unknown {
  return pdus.map((pdu) => ('stub' in pdu ? { ...pdu, stub: [...pdu.stub] } : pdu));
}

describe('a PDU', () => {
  it('of a bind is these bytes', () => {
    const bind = new RpcClient().bind(SYSTEM_ACTIVATOR);
    expect(bind.toString('hex')).toBe(
      [
        '05000b03100000004800000001000000', // 5.0, bind, first and last, little-endian, 72 bytes, call 1
        'd016d01600000000', // fragments up to 5840 bytes, no association group
        '0100000000000100', // one context: 0, one transfer syntax
        'a001000000000000c00000000000004600000000',
        '045d888aeb1cc9119fe808002b10486002000000',
      ].join(''),
    );
  });

  it('comes out as it went in, however the bytes are cut', () => {
    fc.assert(
      fc.property(fc.array(anyPdu, { minLength: 1, maxLength: 4 }), anySizes, (pdus, sizes) => {
        const reader = new PduReader();
        const read: Pdu[] = [];
        for (const piece of pieces(Buffer.concat(pdus.map(encodePdu)), sizes)) {
          reader.feed(piece);
          read.push(...readAll(reader));
        }
        expect(plain(read)).toEqual(plain(pdus));
        expect(reader.heldBytes).toBe(0);
      }),
    );
  });

  it('that is cut off is waited for', () => {
    fc.assert(
      fc.property(anyPdu, fc.nat(), (pdu, at) => {
        const bytes = encodePdu(pdu);
        const kept = at % bytes.length;
        const reader = new PduReader();
        reader.feed(bytes.subarray(0, kept));
        expect(reader.next()).toBeNull();
        expect(reader.heldBytes).toBe(kept);
      }),
    );
  });

  it('whose length says less than it holds is refused, never misread', () => {
    fc.assert(
      fc.property(anyPdu, fc.nat(), (pdu, cut) => {
        const bytes = Buffer.from(encodePdu(pdu));
        const shorter = cut % bytes.length;
        bytes.writeUInt16LE(shorter, 8);
        const reader = new PduReader();
        reader.feed(bytes.subarray(0, Math.max(shorter, 16)));
        // A stub has no length of its own; the fixed parts must all be there.
        const fixed = { bind: 28, bind_ack: 32, bind_nak: 18, request: 24, response: 24, fault: 28 }[pdu.kind];
        if (shorter < fixed) expect(() => reader.next()).toThrow(ProtocolError);
      }),
    );
  });

  it('of hostile bytes gives PDUs or one typed error, and holds no more than one', () => {
    const hostile = fc.oneof(
      fc.uint8Array({ maxLength: 400 }),
      fc.tuple(anyPdu, fc.nat(), fc.integer({ min: 0, max: 255 })).map(([pdu, at, value]) => {
        const bytes = Buffer.from(encodePdu(pdu));
        bytes[at % bytes.length] = value;
        return bytes;
      }),
    );
    fc.assert(
      fc.property(fc.array(hostile, { minLength: 1, maxLength: 6 }), anySizes, (parts, sizes) => {
        const reader = new PduReader();
        let failure: unknown;
        for (const piece of pieces(Buffer.concat(parts), sizes)) {
          reader.feed(piece);
          try {
            readAll(reader);
          } catch (thrown) {
            expect(thrown).toBeInstanceOf(ProtocolError);
            expect((thrown as ProtocolError).code).toBe('FB_PROTOCOL_RPC');
            if (failure !== undefined) expect(thrown).toBe(failure);
            failure = thrown;
            expect(reader.heldBytes).toBe(0);
          }
          expect(reader.heldBytes).toBeLessThan(5840);
        }
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['another protocol', 'GET / HTTP/1.0', 'this is not DCE/RPC'],
    ['another version', '\u0005\u0004', 'this is not DCE/RPC'],
  ])('of %s is refused by its first bytes', (_, text, message) => {
    const reader = new PduReader();
    reader.feed(Buffer.from(text, 'latin1').subarray(0, 2));
    expect(() => reader.next()).toThrow(message);
  });

  it.each([
    ['big-endian', 4, 0x00, 'the PDU is not little-endian'],
    ['of a type that is not spoken', 2, 14, 'PDUs of type 14 are not spoken here'],
    ['with authentication', 10, 16, 'the PDU is authenticated'],
    ['shorter than its header', 8, 15, 'the PDU is shorter than its header'],
    ['longer than agreed', 9, 0xff, 'the PDU is longer than 5840 bytes'],
  ])('that is %s is refused', (_, at, value, message) => {
    const bytes = Buffer.from(
      encodePdu({ kind: 'fault', callId: 1, contextId: 0, status: 5, isFirst: true, isLast: true }),
    );
    bytes[at] = value;
    const reader = new PduReader();
    reader.feed(bytes);
    expect(() => reader.next()).toThrow(message);
  });

  it('with more contexts than anybody has is refused before they are read', () => {
    const bytes = Buffer.from(new RpcClient().bind(SYSTEM_ACTIVATOR));
    bytes[24] = 33;
    const reader = new PduReader();
    reader.feed(bytes);
    expect(() => reader.next()).toThrow('more than 32 presentation contexts');
  });
});

/** Client and server wired in memory; bytes travel in pieces of these sizes. */
class Wire {
  readonly client = new RpcClient();
  readonly server = new RpcServer({ interfaces: [SYSTEM_ACTIVATOR], secondaryAddress: '135' });
  readonly #sizes: readonly number[];

  constructor(sizes: readonly number[] = [1_000_000]) {
    this.#sizes = sizes;
  }

  toServer(bytes: Uint8Array): RpcServerEvent[] {
    return pieces(bytes, this.#sizes).flatMap((piece) => {
      this.server.receive(piece);
      return drain(() => this.server.next());
    });
  }

  toClient(bytes: Uint8Array): RpcClientEvent[] {
    return pieces(bytes, this.#sizes).flatMap((piece) => {
      this.client.receive(piece);
      return drain(() => this.client.next());
    });
  }

  bind(wanted: Syntax = SYSTEM_ACTIVATOR): RpcClientEvent[] {
    return this.toServer(this.client.bind(wanted)).flatMap((event) =>
      event.type === 'send' ? this.toClient(event.bytes) : [],
    );
  }
}

function drain<Event>(next: () => Event | null): Event[] {
  const events: Event[] = [];
  for (let event = next(); event !== null; event = next()) events.push(event);
  return events;
}

describe('a connection', () => {
  it('carries stubs of any length both ways, in fragments where they are needed', () => {
    const anyLong = fc
      .tuple(fc.integer({ min: 0, max: 30_000 }), fc.integer({ min: 0, max: 255 }))
      .map(([length, seed]) => Buffer.alloc(length, seed));
    fc.assert(
      fc.property(
        anyLong,
        anyLong,
        u16,
        fc.array(fc.integer({ min: 1, max: 9000 }), { minLength: 1, maxLength: 3 }),
        (asked, answered, opnum, sizes) => {
          fc.pre(Math.min(...sizes) > 50 || asked.length + answered.length < 2000);
          const wire = new Wire(sizes);
          expect(wire.bind()).toEqual([{ type: 'bound' }]);
          const [event, ...others] = wire.toServer(wire.client.call(opnum, asked));
          expect(others).toEqual([]);
          if (event?.type !== 'call') throw new Error('no call came');
          expect(event.call.opnum).toBe(opnum);
          expect(event.call.interface).toEqual(SYSTEM_ACTIVATOR);
          expect(event.call.stub.equals(asked)).toBe(true);
          const back = wire.toClient(wire.server.respond(event.call, answered));
          expect(back).toHaveLength(1);
          expect(back[0]?.type === 'response' && back[0].stub.equals(answered)).toBe(true);
          expect(wire.client.heldBytes + wire.server.heldBytes).toBe(0);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('takes a second call after the first', () => {
    const wire = new Wire();
    wire.bind();
    for (const stub of [Buffer.from('one'), Buffer.from('two')]) {
      const [event] = wire.toServer(wire.client.call(3, stub));
      if (event?.type !== 'call') throw new Error('no call came');
      const [back] = wire.toClient(wire.server.respond(event.call, event.call.stub));
      expect(back).toEqual({ type: 'response', stub });
    }
  });

  it('refuses an interface that is not there', () => {
    const other = { ...SYSTEM_ACTIVATOR, version: 1 };
    expect(new Wire().bind(other)).toEqual([{ type: 'refused', nak: false, result: 2, reason: 1 }]);
  });

  it('says that a bind was rejected', () => {
    const wire = new Wire();
    wire.client.bind(SYSTEM_ACTIVATOR);
    expect(wire.toClient(encodePdu({ kind: 'bind_nak', callId: 1, reason: 4 }))).toEqual([
      { type: 'refused', nak: true, result: 0, reason: 4 },
    ]);
  });

  it('hands a fault over', () => {
    const wire = new Wire();
    wire.bind();
    const [event] = wire.toServer(wire.client.call(9, Buffer.alloc(0)));
    if (event?.type !== 'call') throw new Error('no call came');
    expect(wire.toClient(wire.server.fault(event.call, 0x1c010002))).toEqual([{ type: 'fault', status: 0x1c010002 }]);
  });

  it('answers a call without a bind with a fault', () => {
    const wire = new Wire();
    const call = encodePdu({
      kind: 'request',
      callId: 1,
      contextId: 0,
      opnum: 0,
      stub: Buffer.alloc(0),
      isFirst: true,
      isLast: true,
    });
    const [event] = wire.toServer(call);
    if (event?.type !== 'send') throw new Error('nothing was sent');
    wire.client.bind(SYSTEM_ACTIVATOR);
    expect(wire.toClient(event.bytes)).toEqual([{ type: 'fault', status: 0x1c010003 }]);
  });
});

describe('a client', () => {
  const ack = {
    kind: 'bind_ack' as const,
    callId: 1,
    maxSendBytes: 4280,
    maxReceiveBytes: 4280,
    associationGroup: 7,
    secondaryAddress: '135',
    results: [{ result: 0, reason: 0, transferSyntax: NDR }],
  };
  const response = { kind: 'response' as const, callId: 2, contextId: 0, stub: Buffer.alloc(16) };
  const whole = { isFirst: true, isLast: true };

  function calling(): RpcClient {
    const client = new RpcClient();
    client.bind(SYSTEM_ACTIVATOR);
    client.receive(encodePdu(ack));
    expect(client.next()).toEqual({ type: 'bound' });
    client.call(3, Buffer.alloc(56));
    return client;
  }

  it.each<[string, readonly Pdu[], string]>([
    ['an answer to another call', [{ ...response, ...whole, callId: 3 }], 'belongs to another call'],
    ['an answer of another context', [{ ...response, ...whole, contextId: 1 }], 'another presentation context'],
    ['an acknowledgement of a bind', [{ ...ack, callId: 2 }], 'bind_ack is no answer to a call'],
    ['a first fragment twice', [1, 2].map(() => ({ ...response, isFirst: true, isLast: false })), 'out of order'],
    ['no first fragment', [{ ...response, isFirst: false, isLast: true }], 'out of order'],
    [
      'a fault after half an answer',
      [
        { ...response, isFirst: true, isLast: false },
        { kind: 'fault', callId: 2, contextId: 0, status: 5, ...whole },
      ],
      'in the middle of an answer',
    ],
    [
      'an answer that does not end',
      Array.from({ length: 20 }, (_, index) => ({
        ...response,
        stub: Buffer.alloc(5000),
        isFirst: index === 0,
        isLast: false,
      })),
      'longer than 65536 bytes',
    ],
    [
      'fragments of nothing',
      [
        { ...response, isFirst: true, isLast: false },
        { ...response, stub: Buffer.alloc(0), isFirst: false, isLast: false },
      ],
      'a fragment of a call is empty',
    ],
  ])('refuses %s', (_, pdus, message) => {
    const client = calling();
    client.receive(Buffer.concat(pdus.map(encodePdu)));
    expect(() => drain(() => client.next())).toThrow(message);
    expect(() => client.next()).toThrow(message);
    expect(client.heldBytes).toBe(0);
  });

  it.each<[string, Pdu, string]>([
    ['an answer to a call', { ...response, ...whole, callId: 1 }, 'response is no answer to a bind'],
    ['no result', { ...ack, results: [] }, 'not exactly one result'],
    ['two results', { ...ack, results: [ack.results[0]!, ack.results[0]!] }, 'not exactly one result'],
    [
      'a syntax that was not offered',
      { ...ack, results: [{ result: 0, reason: 0, transferSyntax: SYSTEM_ACTIVATOR }] },
      'a transfer syntax was chosen',
    ],
    ['fragments that are too small', { ...ack, maxReceiveBytes: 100 }, 'fragments that are too small'],
  ])('refuses, as answer to a bind, %s', (_, pdu, message) => {
    const client = new RpcClient();
    client.bind(SYSTEM_ACTIVATOR);
    client.receive(encodePdu(pdu));
    expect(() => client.next()).toThrow(message);
  });

  it('survives whatever comes after the bind', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(anyPdu.map(encodePdu), fc.uint8Array({ maxLength: 50 }))), (parts) => {
        const client = calling();
        client.receive(Buffer.concat(parts));
        try {
          drain(() => client.next());
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(ProtocolError);
        }
      }),
    );
  });

  it('is not for two binds', () => {
    const client = new RpcClient();
    client.bind(SYSTEM_ACTIVATOR);
    expect(() => client.bind(SYSTEM_ACTIVATOR)).toThrow('the RPC client is binding, not new');
  });
});
