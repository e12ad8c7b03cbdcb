/** Answers and requests that were cut, changed or made up, on both halves of WS-Man. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  buildReceiveResponse,
  decodeSealedBody,
  encodeSealedBody,
  ProtocolError,
  parseWsmanRequest,
  parseWsmanResponse,
  WsmanClient,
} from '../../../src/protocol/index.ts';

const SHELL = '11111111-1111-1111-1111-111111111111';
const COMMAND = '22222222-2222-2222-2222-222222222222';
let ids = 0;
const client = new WsmanClient({
  url: 'http://127.0.0.1:5985/wsman',
  newGuid: () => {
    ids += 1;
    return `00000000-0000-0000-0000-${String(ids).padStart(12, '0')}`;
  },
});
client.created({ selectors: new Map([['ShellId', SHELL]]), resourceUri: undefined });
const sent = client.receive(COMMAND);
const data = new Uint8Array(200).map((_, index) => index);
const good = buildReceiveResponse(parseWsmanRequest(sent.xml), SHELL, {
  streams: [{ name: 'stdout', commandId: COMMAND, data }],
});

function outcome<T>(work: () => T): T | 'refused' {
  try {
    return work();
  } catch (thrown) {
    if (thrown instanceof ProtocolError && /^FB_PROTOCOL_(?:SOAP|AUTH)$/.test(thrown.code)) return 'refused';
    throw thrown;
  }
}

describe('an answer', () => {
  it('cut at any character is refused', () => {
    for (let length = 0; length < good.trimEnd().length; length += 1) {
      expect(outcome(() => parseWsmanResponse(sent, good.slice(0, length)))).toBe('refused');
    }
  });

  it('with any character changed is an answer or refused, and nothing else', () => {
    const characters = fc.constantFrom(...'<>&"\'/=:x0 ;#\u0000\ud800');
    fc.assert(
      fc.property(fc.nat(good.length - 1), characters, (at, character) => {
        const changed = `${good.slice(0, at)}${character}${good.slice(at + 1)}`;
        outcome(() => parseWsmanResponse(sent, changed));
      }),
      { numRuns: 1000 },
    );
  });

  it('with a part twice, or parts in another order, is an answer or refused', () => {
    fc.assert(
      fc.property(fc.nat(good.length), fc.nat(good.length), fc.nat(good.length), (a, b, c) => {
        const [first = 0, second = 0, third = 0] = [a, b, c].sort((left, right) => left - right);
        const moved = good.slice(0, first) + good.slice(second, third) + good.slice(first, second) + good.slice(third);
        outcome(() => parseWsmanResponse(sent, moved));
        outcome(() => parseWsmanResponse(sent, good.slice(0, third) + good.slice(first)));
      }),
      { numRuns: 500 },
    );
  });
});

describe('a request', () => {
  it('cut or changed anywhere is a request or refused', () => {
    const { xml } = client.command(COMMAND, data);
    for (let length = 0; length < xml.trimEnd().length; length += 3) {
      expect(outcome(() => parseWsmanRequest(xml.slice(0, length)))).toBe('refused');
    }
    fc.assert(
      fc.property(fc.nat(xml.length - 1), fc.constantFrom('<', '>', '&', '"', '/', 'x'), (at, character) => {
        outcome(() => parseWsmanRequest(`${xml.slice(0, at)}${character}${xml.slice(at + 1)}`));
      }),
      { numRuns: 500 },
    );
  });
});

describe('envelopes that would become endless', () => {
  const body = (text: string): string => good.replace(/<rsp:Stream /, `${text}<rsp:Stream `);
  const nested = Array.from({ length: 20 }, (_, level) => `<!ENTITY e${level + 1} "${`&e${level};`.repeat(10)}">`).join(
    '',
  );

  it.each([
    ['entities of entities', `<!DOCTYPE s [<!ENTITY e0 "x">${nested}]>${body('&e20;')}`],
    ['entities of files', `<!DOCTYPE s [<!ENTITY e0 SYSTEM "file:///etc/passwd">]>${body('&e0;')}`],
    ['nesting', body('<x>'.repeat(200_000))],
    ['closed nesting', body('<x>'.repeat(100_000) + '</x>'.repeat(100_000))],
    ['attributes', body(`<x ${Array.from({ length: 50_000 }, (_, index) => `a${index}="b"`).join(' ')}`)],
    ['name spaces', body(`<x ${Array.from({ length: 50_000 }, (_, index) => `xmlns:a${index}="b"`).join(' ')}`)],
    ['comments', body('<!--'.repeat(100_000))],
  ])('%s are refused', (_what, xml) => {
    expect(outcome(() => parseWsmanResponse(sent, xml))).toBe('refused');
    expect(outcome(() => parseWsmanRequest(xml))).toBe('refused');
  });
});

describe('a sealed body', () => {
  const sealed = encodeSealedBody({ signature: new Uint8Array(16), ciphertext: data });

  it('changed anywhere keeps its size or is refused', () => {
    fc.assert(
      fc.property(fc.nat(sealed.length - 1), fc.nat(255), (at, value) => {
        const changed = Buffer.from(sealed);
        changed[at] = value;
        const opened = outcome(() => decodeSealedBody(changed));
        if (opened !== 'refused') expect(opened.signature.length + opened.ciphertext.length).toBe(16 + data.length);
      }),
      { numRuns: 1000 },
    );
  });

  it.each([0, 17, 199, 201, 999_999_999])('that says it has %i bytes is refused', (length) => {
    const text = sealed.toString('latin1').replace(/Length=\d+/, `Length=${length}`);
    expect(outcome(() => decodeSealedBody(Buffer.from(text, 'latin1')))).toBe('refused');
  });
});
