/** What a host, or whoever stands in between, may do to the fragments of a pool and its pipelines. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  DESTINATION,
  Defragmenter,
  decodeMessage,
  EMPTY_GUID,
  encodeClixml,
  encodeMessage,
  FRAGMENT_HEADER_BYTES,
  fragment,
  MESSAGE_TYPE,
  messageObject,
  type PipelineClient,
  ProtocolError,
  PsObject,
  type PsValue,
  RunspacePoolClient,
} from '../../../src/protocol/index.ts';

const POOL = '0f0e0d0c-0b0a-0908-0706-050403020100';
const PIPELINE = '11111111-2222-3333-4444-555555555555';

function fromServer(objectId: bigint, type: number, value: PsValue, pipelineId = EMPTY_GUID): Uint8Array {
  const data = encodeClixml(value);
  const message = encodeMessage({ destination: DESTINATION.client, type, poolId: POOL, pipelineId, data });
  return joined(fragment(objectId, message, 300));
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

const opening = joined([
  fromServer(1n, MESSAGE_TYPE.sessionCapability, messageObject({ protocolversion: '2.3' })),
  fromServer(2n, MESSAGE_TYPE.applicationPrivateData, messageObject({ ApplicationPrivateData: null })),
  fromServer(3n, MESSAGE_TYPE.runspacePoolState, messageObject({ RunspaceState: 2 })),
]);
const running = joined([
  fromServer(4n, MESSAGE_TYPE.pipelineOutput, 'first', PIPELINE),
  fromServer(5n, MESSAGE_TYPE.pipelineOutput, new PsObject({ items: ['x'.repeat(900), 1, null] }), PIPELINE),
  fromServer(6n, MESSAGE_TYPE.warningRecord, messageObject({ InformationalRecord_Message: 'careful' }), PIPELINE),
  fromServer(7n, MESSAGE_TYPE.pipelineState, messageObject({ PipelineState: 4 }), PIPELINE),
]);

function openPool(): RunspacePoolClient {
  const pool = new RunspacePoolClient({ poolId: POOL });
  pool.openData();
  return pool;
}

function startPipeline(): PipelineClient {
  const pool = openPool();
  pool.receive(opening);
  const pipeline = pool.createPipeline(PIPELINE, { commands: [] });
  pipeline.start(1000);
  return pipeline;
}

/** What came of it; `refused` at the first thing that makes no sense. */
function outcome<T>(work: () => T): T | 'refused' {
  try {
    return work();
  } catch (thrown) {
    if (thrown instanceof ProtocolError && /^FB_PROTOCOL_(?:PSRP|CLIXML)$/.test(thrown.code)) return 'refused';
    throw thrown;
  }
}

const whole = startPipeline().receive(running);

describe('what a host sends', () => {
  it('is what it is, wherever it is split', () => {
    expect(whole).toHaveLength(4);
    fc.assert(
      fc.property(fc.array(fc.nat(running.length), { maxLength: 10 }), (places) => {
        const cuts = [0, ...places.sort((a, b) => a - b), running.length];
        const pipeline = startPipeline();
        const events = cuts.slice(1).flatMap((end, index) => pipeline.receive(running.subarray(cuts[index], end)));
        expect(events).toEqual(whole);
        expect(pipeline.isOver).toBe(true);
      }),
    );
  });

  it('cut anywhere is the beginning of it, and never the end', () => {
    for (let length = 0; length < running.length; length += 1) {
      const pipeline = startPipeline();
      const events = pipeline.receive(running.subarray(0, length));
      expect(events).toEqual(whole.slice(0, events.length));
      expect(pipeline.isOver).toBe(false);
    }
    for (let length = 0; length < opening.length; length += 1) {
      const pool = openPool();
      pool.receive(opening.subarray(0, length));
      expect(pool.state).toBe('opening');
    }
  });

  it('with a fragment left out is never taken for whole', () => {
    const pieces: Uint8Array[] = [];
    for (let at = 0; at < running.length; ) {
      const length = new DataView(running.buffer, running.byteOffset + at).getUint32(17) + FRAGMENT_HEADER_BYTES;
      pieces.push(running.subarray(at, at + length));
      at += length;
    }
    expect(pieces.length).toBeGreaterThan(6);
    const isPart = (piece: Uint8Array): boolean => ((piece[16] ?? 0) & 3) !== 3;
    pieces.forEach((piece, left) => {
      if (!isPart(piece)) return;
      const rest = pieces.filter((_piece, index) => index !== left);
      const pipeline = startPipeline();
      const events = outcome(() => rest.flatMap((each) => [...pipeline.receive(each)]));
      if (events !== 'refused') expect(pipeline.isOver).toBe(false);
    });
  });

  it('changed anywhere is read or refused, and nothing else', () => {
    fc.assert(
      fc.property(fc.nat(running.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const changed = running.slice();
        changed[at] = (changed[at] ?? 0) ^ flip;
        outcome(() => startPipeline().receive(changed));
      }),
      { numRuns: 1000 },
    );
    fc.assert(
      fc.property(fc.nat(opening.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const changed = opening.slice();
        changed[at] = (changed[at] ?? 0) ^ flip;
        outcome(() => openPool().receive(changed));
      }),
      { numRuns: 500 },
    );
  });

  it('may be noise', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 500 }), (noise) => {
        outcome(() => openPool().receive(noise));
        outcome(() => startPipeline().receive(noise));
        outcome(() => decodeMessage(noise));
      }),
      { numRuns: 500 },
    );
  });

  it('may be any message of any type with any value', () => {
    const anyType = fc.constantFrom(...Object.values(MESSAGE_TYPE));
    const body = fc.constantFrom<PsValue>(
      null,
      'text',
      7,
      messageObject({}),
      messageObject({ PipelineState: 'x' }),
      new Uint8Array(3),
    );
    fc.assert(
      fc.property(anyType, body, fc.boolean(), (type, value, isOfPool) => {
        const bytes = fromServer(9n, type, value, isOfPool ? EMPTY_GUID : PIPELINE);
        outcome(() => openPool().receive(bytes));
        outcome(() => startPipeline().receive(bytes));
      }),
      { numRuns: 500 },
    );
  });
});

describe('lengths that lie', () => {
  function header(objectId: bigint, fragmentId: bigint, flags: number, length: number): Uint8Array {
    const bytes = new Uint8Array(FRAGMENT_HEADER_BYTES);
    const view = new DataView(bytes.buffer);
    view.setBigUint64(0, objectId);
    view.setBigUint64(8, fragmentId);
    view.setUint8(16, flags);
    view.setUint32(17, length);
    return bytes;
  }

  it('take no memory before the data is there', () => {
    const before = process.memoryUsage().arrayBuffers;
    for (const length of [0xffff_ffff, 0x7fff_ffff, 0x4000_0000]) {
      const taken = outcome(() => new Defragmenter().push(header(1n, 0n, 3, length)));
      expect(taken === 'refused' || taken.length === 0).toBe(true);
    }
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(32 * 1024 * 1024);
  });

  it('and many messages that never end are given up', () => {
    const small = new Defragmenter({ maxMessageBytes: 100_000 });
    const endless = (): void => {
      for (let id = 1n; id < 1_000_000n; id += 1n) small.push(joined([header(id, 0n, 1, 100), new Uint8Array(100)]));
    };
    expect(outcome(endless)).toBe('refused');
  });

  it('a fragment of nothing is one, however many there are', () => {
    const many = joined(
      Array.from({ length: 20_000 }, (_, index) => header(1n, BigInt(index), index === 0 ? 1 : 0, 0)),
    );
    expect(new Defragmenter().push(many)).toEqual([]);
  });
});
