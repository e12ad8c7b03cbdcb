/** Small documents that would become endless: what reads them and what writes them out has a limit for each way. */
import { describe, expect, it } from '@jest/globals';
import { decodeClixml, decodeClixmlStream, encodeClixml, ProtocolError, toJson } from '../../../src/protocol/index.ts';

function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (thrown) {
    if (thrown instanceof ProtocolError) return thrown.code;
    throw thrown;
  }
  return 'nothing thrown';
}

/** Each list holds the one before it ten times: ten to the power of `levels` places in all. */
function references(levels: number, innermost: string): string {
  let inner = `<Obj RefId="0"><LST>${innermost}</LST></Obj>`;
  for (let level = 1; level <= levels; level += 1) {
    inner = `<Obj RefId="${level}"><LST>${inner}${`<Ref RefId="${level - 1}"/>`.repeat(9)}</LST></Obj>`;
  }
  return inner;
}

/** Bytes that the work keeps, roughly: this process is not alone with it. */
function heapOf<T>(work: () => T): { readonly value: T; readonly bytes: number } {
  const before = process.memoryUsage().heapUsed;
  const value = work();
  return { value, bytes: process.memoryUsage().heapUsed - before };
}

describe('references to references', () => {
  it('are read as what they are: few objects', () => {
    const xml = references(30, '<S>x</S>');
    const { value, bytes } = heapOf(() => decodeClixml(xml));
    expect(encodeClixml(value).length).toBeLessThan(20_000);
    expect(bytes).toBeLessThan(20 * 1024 * 1024);
  });

  it('are not written out beyond the limit', () => {
    expect(codeOf(() => toJson(decodeClixml(references(30, '<S>x</S>'))))).toBe('FB_PROTOCOL_CLIXML');
    expect(toJson(decodeClixml(references(2, '<S>x</S>')))).toHaveLength(10);
  });

  it.each([
    ['a long text', `<S>${'x'.repeat(1_000_000)}</S>`],
    ['many bytes', `<BA>${'AAAA'.repeat(250_000)}</BA>`],
    ['a long name of a property', `<Obj><MS><S N="${'n'.repeat(1_000_000)}">1</S></MS></Obj>`],
    ['a long name of a type', `<Obj><TN><T>${'t'.repeat(1_000_000)}</T></TN><MS><S N="a">1</S></MS></Obj>`],
    ['a long ToString', `<Obj><ToString>${'s'.repeat(1_000_000)}</ToString></Obj>`],
    ['a long number', `<Version>${'1.'.repeat(500_000)}1</Version>`],
  ])('to %s: neither', (_what, innermost) => {
    const value = decodeClixml(references(3, innermost));
    expect(codeOf(() => toJson(value))).toBe('FB_PROTOCOL_CLIXML');
    // once it may be
    expect(codeOf(() => toJson(decodeClixml(references(0, innermost))))).toBe('nothing thrown');
  });

  it('to nothing, to what is not complete yet, or to themselves, end', () => {
    expect(codeOf(() => decodeClixml('<Obj RefId="0"><LST><Ref RefId="7"/></LST></Obj>'))).toBe('FB_PROTOCOL_CLIXML');
    const self = decodeClixml(`<Obj RefId="0"><LST>${'<Ref RefId="0"/>'.repeat(1000)}</LST></Obj>`);
    expect(JSON.stringify(toJson(self)).length).toBeLessThan(100_000);
  });
});

describe('entities', () => {
  const levels = Array.from({ length: 20 }, (_, level) => `<!ENTITY e${level + 1} "${`&e${level};`.repeat(10)}">`);

  it.each([
    ['of entities', `<!DOCTYPE S [<!ENTITY e0 "x">${levels.join('')}]><S>&e20;</S>`],
    ['of one large one', `<!DOCTYPE S [<!ENTITY e0 "${'x'.repeat(100_000)}">]><S>${'&e0;'.repeat(100_000)}</S>`],
    ['of files', '<!DOCTYPE S [<!ENTITY e0 SYSTEM "file:///etc/passwd">]><S>&e0;</S>'],
    ['of parameters', '<!DOCTYPE S [<!ENTITY % p SYSTEM "http://127.0.0.1:1/"> %p;]><S>x</S>'],
    ['that nobody declared', '<S>&e0;</S>'],
  ])('%s are refused', (_what, xml) => {
    expect(codeOf(() => decodeClixml(xml))).toBe('FB_PROTOCOL_CLIXML');
    expect(codeOf(() => decodeClixmlStream(xml))).toBe('FB_PROTOCOL_CLIXML');
  });
});

describe('nesting', () => {
  it.each([
    ['lists', '<Obj><LST>', '</LST></Obj>'],
    ['dictionaries', '<Obj><DCT><En><S N="Key">k</S><Obj N="Value"><LST>', '</LST></Obj></En></DCT></Obj>'],
    ['properties', '<Obj><MS><Obj N="a"><MS>', '</MS></Obj></MS></Obj>'],
    ['unknown elements', '<Later>', '</Later>'],
  ])('of %s has an end, closed or not', (_what, open, close) => {
    expect(codeOf(() => decodeClixml(open.repeat(50_000)))).toBe('FB_PROTOCOL_CLIXML');
    expect(codeOf(() => decodeClixml(open.repeat(50_000) + close.repeat(50_000)))).toBe('FB_PROTOCOL_CLIXML');
  });
});
