/** PowerShell's out-of-process framing: golden lines, round trip, any cut, hostile input. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  encodePacket,
  LineReader,
  type OutOfProcessLine,
  type OutOfProcessPacket,
  ProtocolError,
} from '../../../src/protocol/index.ts';

const PIPELINE = '3c1d0d5e-1c2f-4a6b-9f80-5b1f2d3c4e5a';
const EMPTY = '00000000-0000-0000-0000-000000000000';

function read(text: string): readonly OutOfProcessLine[] {
  return new LineReader().push(Buffer.from(text));
}

function only(text: string): OutOfProcessLine {
  const lines = read(text);
  expect(lines).toHaveLength(1);
  return lines[0]!;
}

const anyPacket: fc.Arbitrary<OutOfProcessPacket> = fc.oneof(
  fc.record({
    kind: fc.constant('Data' as const),
    id: fc.constantFrom(null, PIPELINE),
    stream: fc.constantFrom('Default' as const, 'PromptResponse' as const),
    data: fc.uint8Array({ maxLength: 200 }),
  }),
  fc.record({
    kind: fc.constantFrom(
      'DataAck' as const,
      'Command' as const,
      'CommandAck' as const,
      'Signal' as const,
      'SignalAck' as const,
      'Close' as const,
      'CloseAck' as const,
    ),
    id: fc.constantFrom(null, PIPELINE),
  }),
);

const comparable = (lines: readonly OutOfProcessLine[]): unknown =>
  lines.map((line) =>
    line.kind === 'packet' && line.packet.kind === 'Data'
      ? { ...line.packet, data: Buffer.from(line.packet.data).toString('hex') }
      : line.kind === 'packet'
        ? line.packet
        : line,
  );

describe('lines as PowerShell writes them', () => {
  it('encodes a packet for the pool', () => {
    expect(encodePacket({ kind: 'Data', id: null, stream: 'Default', data: Uint8Array.of(1, 2, 3) })).toBe(
      `<Data Stream='Default' PSGuid='${EMPTY}'>AQID</Data>\n`,
    );
  });

  it('encodes a packet for a pipeline', () => {
    expect(encodePacket({ kind: 'Command', id: PIPELINE })).toBe(`<Command PSGuid='${PIPELINE}' />\n`);
  });

  it('decodes what the server sends, with CRLF and GUIDs in any case', () => {
    expect(only(`<DataAck PSGuid='${EMPTY}' />\r\n`)).toEqual({
      kind: 'packet',
      packet: { kind: 'DataAck', id: null },
    });
    expect(only(`<CloseAck PSGuid="${PIPELINE.toUpperCase()}"/>\n`)).toEqual({
      kind: 'packet',
      packet: { kind: 'CloseAck', id: PIPELINE },
    });
    expect(comparable(read(`<Data Stream='PromptResponse' PSGuid='${PIPELINE}'>AAE=</Data>\n`))).toEqual([
      { kind: 'Data', id: PIPELINE, stream: 'PromptResponse', data: '0001' },
    ]);
  });

  it('tells the server’s last words and foreign lines from packets', () => {
    expect(read("\uFEFFWelcome!\n\n__NamedPipeError__:it's over\n")).toEqual([
      { kind: 'noise', text: 'Welcome!' },
      { kind: 'error', text: "it's over" },
    ]);
  });
});

describe('a packet behind what a program wrote without a line break', () => {
  it('is found, and the rest is foreign', () => {
    expect(read(`50 % done<DataAck PSGuid='${PIPELINE}' />\n`)).toEqual([
      { kind: 'noise', text: '50 % done' },
      { kind: 'packet', packet: { kind: 'DataAck', id: PIPELINE } },
    ]);
    const lines = read(`a <b> c<Data Stream='Default' PSGuid='${EMPTY}'>AAE=</Data>\r\n`);
    expect(lines.map(({ kind }) => kind)).toEqual(['noise', 'packet']);
    expect(comparable(lines)).toEqual([
      { kind: 'noise', text: 'a <b> c' },
      { kind: 'Data', id: null, stream: 'Default', data: '0001' },
    ]);
  });

  it('is not what only looks like one', () => {
    expect(read('see <Data> and <DataAck />\n')).toEqual([{ kind: 'noise', text: 'see <Data> and <DataAck />' }]);
  });

  it('is looked for in bounded time', () => {
    const hostile = `x${"<Data PSGuid='".repeat(300_000)}\n`;
    expect(read(hostile)).toHaveLength(1);
    expect(read(`x<Data ${'PSGuid='.repeat(500_000)}\n`)).toHaveLength(1);
  });

  it('is refused in printable words when it is none', () => {
    expect(() => read('<\u0001\u001b[2J\u0000\n')).toThrow(/^PSRP: a line is no packet: <\?\?\[2J\?$/);
  });
});

describe('any packets', () => {
  it('come back as they were, wherever the bytes are cut', () => {
    fc.assert(
      fc.property(fc.array(anyPacket, { maxLength: 6 }), fc.array(fc.nat(), { maxLength: 8 }), (packets, cuts) => {
        const bytes = Buffer.from(packets.map(encodePacket).join(''));
        const at = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
        const reader = new LineReader();
        const lines = at.slice(1).flatMap((end, index) => reader.push(bytes.subarray(at[index], end)));
        expect(reader.heldBytes).toBe(0);
        expect(comparable(lines)).toEqual(comparable(packets.map((packet) => ({ kind: 'packet', packet }))));
      }),
    );
  });

  it('are not there before their line has ended', () => {
    fc.assert(
      fc.property(anyPacket, (packet) => {
        const bytes = Buffer.from(encodePacket(packet));
        expect(new LineReader().push(bytes.subarray(0, -1))).toEqual([]);
      }),
    );
  });
});

describe('hostile input', () => {
  it.each([
    ['an unknown element', `<Reboot PSGuid='${EMPTY}' />`],
    ['no GUID', '<DataAck />'],
    ['a GUID that is none', "<DataAck PSGuid='x' />"],
    ['data that is cut', `<Data Stream='Default' PSGuid='${EMPTY}'>AQ`],
    ['data that is not base64', `<Data Stream='Default' PSGuid='${EMPTY}'>A!==</Data>`],
    ['an entity', `<!DOCTYPE x [<!ENTITY a "b">]>`],
  ])('%s is refused', (_what, line) => {
    expect(() => read(`${line}\n`)).toThrow(ProtocolError);
  });

  it('a line without end is given up at the limit, whatever pieces it comes in', () => {
    const reader = new LineReader({ maxLineBytes: 1000 });
    expect(() => {
      for (let i = 0; i < 200; i += 1) reader.push(Buffer.alloc(10, 0x41));
    }).toThrow(/longer than a packet/);
    expect(reader.heldBytes).toBeLessThan(1_100);
  });

  it('random bytes give lines or a ProtocolError, nothing else', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        try {
          new LineReader().push(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(ProtocolError);
        }
      }),
    );
  });
});
