import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  decodeClixml,
  decodeClixmlStream,
  encodeClixml,
  encodeClixmlDocument,
  hashtable,
  listOf,
  ProtocolError,
  PsObject,
  PsPrimitive,
  type PsValue,
  propertyOf,
} from '../../../src/protocol/index.ts';
import { arbitraryValue } from './arbitrary-value.ts';

function codeOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    return error instanceof ProtocolError ? error.code : String(error);
  }
  return 'nothing thrown';
}

describe('decoding primitives', () => {
  it.each<[string, PsValue]>([
    ['<Nil/>', null],
    ['<S>a_x000A_b_x005F_x0041_ &amp; &#x41;</S>', 'a\nb_x0041_ & A'],
    ['<S>_xd83d__xDE00_</S>', '😀'],
    ['<S> kept </S>', ' kept '],
    ['<S/>', ''],
    ['<B>true</B>', true],
    ['<B>false</B>', false],
    ['<I32>-2147483648</I32>', -2147483648],
    ['<I64>9223372036854775807</I64>', 9223372036854775807n],
    ['<BA>AQL/</BA>', new Uint8Array([1, 2, 255])],
    ['<C>97</C>', new PsPrimitive('C', '97')],
    ['<By>254</By>', new PsPrimitive('By', '254')],
    ['<SB>-127</SB>', new PsPrimitive('SB', '-127')],
    ['<U16>65535</U16>', new PsPrimitive('U16', '65535')],
    ['<I16>-32767</I16>', new PsPrimitive('I16', '-32767')],
    ['<U32>4294967295</U32>', new PsPrimitive('U32', '4294967295')],
    ['<U64>18446744073709551615</U64>', new PsPrimitive('U64', '18446744073709551615')],
    ['<Sg>1.25E+10</Sg>', new PsPrimitive('Sg', '1.25E+10')],
    ['<Db>-INF</Db>', new PsPrimitive('Db', '-INF')],
    ['<D>79228162514264337593543950335</D>', new PsPrimitive('D', '79228162514264337593543950335')],
    ['<DT>2008-04-11T10:42:32.2731993-07:00</DT>', new PsPrimitive('DT', '2008-04-11T10:42:32.2731993-07:00')],
    ['<TS>PT9.0269026S</TS>', new PsPrimitive('TS', 'PT9.0269026S')],
    ['<G>792e5b37-4505-47ef-b7d2-8711bb7affa8</G>', new PsPrimitive('G', '792e5b37-4505-47ef-b7d2-8711bb7affa8')],
    ['<URI>http://www.microsoft.com/</URI>', new PsPrimitive('URI', 'http://www.microsoft.com/')],
    ['<Version>6.2.1.3</Version>', new PsPrimitive('Version', '6.2.1.3')],
    ['<XD>&lt;a b="c"/&gt;</XD>', new PsPrimitive('XD', '<a b="c"/>')],
    ['<SBK>get-command -type cmdlet</SBK>', new PsPrimitive('SBK', 'get-command -type cmdlet')],
    ['<SS>AAAAAQAAAA==</SS>', new PsPrimitive('SS', 'AAAAAQAAAA==')],
    ['<Novel>kept_x0021_</Novel>', new PsPrimitive('Novel', 'kept!')],
  ])('%s', (xml, expected) => {
    expect(decodeClixml(xml)).toEqual(expected);
  });

  it.each([
    '<I32>2147483648</I32>',
    '<I32>1.5</I32>',
    '<U64>x</U64>',
    '<B>yes</B>',
    '<Db>1,5</Db>',
    '<BA>A?==</BA>',
    '<BA>AAA</BA>',
    '<S>a<S>b</S></S>',
    '<S>open',
    '',
    '<S/><S/>',
    '<Obj><TNRef RefId="9"/></Obj>',
    '<Ref RefId="9"/>',
    '<Obj><DCT><En><S N="Key">k</S></En></DCT></Obj>',
    '<Obj><DCT><S>k</S></DCT></Obj>',
    '<!DOCTYPE a><S>x</S>',
    '<!DOCTYPE a [<!ENTITY e "x">]><S>&e;</S>',
    '<S>&unknown;</S>',
  ])('refuses %s', (xml) => {
    expect(codeOf(() => decodeClixml(xml))).toBe('FB_PROTOCOL_CLIXML');
  });
});

describe('decoding objects', () => {
  it('keeps type names, ToString, adapted and extended properties apart', () => {
    const value = decodeClixml(
      '<Obj RefId="0"><TN RefId="0"><T>System.Diagnostics.Process</T><T>System.Object</T></TN>' +
        '<ToString>ps (a)</ToString><Props><I32 N="Id">4</I32></Props><MS><S N="a_x0020_b">x</S></MS></Obj>',
    );
    expect(value).toEqual(
      new PsObject({
        typeNames: ['System.Diagnostics.Process', 'System.Object'],
        text: 'ps (a)',
        adapted: new Map([['Id', 4]]),
        extended: new Map([['a b', 'x']]),
      }),
    );
    expect(propertyOf(value, 'ID')).toBe(4);
  });

  it('gives one object for each RefId and the type names of a TNRef', () => {
    const value = decodeClixml(
      '<Obj RefId="0"><LST><Obj RefId="1"><TN RefId="0"><T>A</T></TN></Obj><Ref RefId="1"/>' +
        '<Obj RefId="2"><TNRef RefId="0"/></Obj></LST></Obj>',
    ) as PsObject;
    const [first, second, third] = value.items ?? [];
    expect(second).toBe(first);
    expect((third as PsObject).typeNames).toEqual(['A']);
  });

  it('takes an object that contains itself, and writes it again', () => {
    const xml = '<Obj RefId="0"><MS><Ref N="Self" RefId="0"/></MS></Obj>';
    const value = decodeClixml(xml) as PsObject;
    expect(propertyOf(value, 'Self')).toBe(value);
    expect(encodeClixml(value)).toBe(xml);
  });

  it('reads the streams of a document, with progress records in their short form', () => {
    const values = decodeClixmlStream(
      '<Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04">' +
        '<Obj S="progress" RefId="0"><MS><I64 N="SourceId">1</I64><PR N="Record"><AV>Preparing</AV><AI>0</AI><Nil />' +
        '<PI>-1</PI><PC>40</PC><T>Processing</T><SR>-1</SR><SD>half</SD></PR></MS></Obj><S S="Error">oh_x000D__x000A_</S></Objs>',
    );
    expect(values.map((each) => each.stream)).toEqual(['progress', 'Error']);
    const record = propertyOf(values[0]?.value, 'Record');
    expect([propertyOf(record, 'Activity'), propertyOf(record, 'PercentComplete')]).toEqual(['Preparing', 40]);
    expect(values[1]?.value).toBe('oh\r\n');
  });

  it('refuses nesting beyond the limit without running out of stack', () => {
    const deep = (levels: number): string => `${'<Obj><LST>'.repeat(levels)}${'</LST></Obj>'.repeat(levels)}`;
    expect(codeOf(() => decodeClixml(deep(100_000)))).toBe('FB_PROTOCOL_CLIXML');
    expect(decodeClixml(deep(100))).toBeInstanceOf(PsObject);
    expect(codeOf(() => decodeClixml(deep(10), { maxDepth: 10 }))).toBe('FB_PROTOCOL_CLIXML');
  });
});

describe('encoding', () => {
  it.each<[PsValue, string]>([
    [null, '<Nil/>'],
    ['a\n<"_x0041_"> \u0085', '<S>a_x000A_&lt;&quot;_x005F_x0041_&quot;&gt; _x0085_</S>'],
    ['😀', '<S>_xD83D__xDE00_</S>'],
    ['snake_case', '<S>snake_case</S>'],
    [7, '<I32>7</I32>'],
    [2 ** 31, '<I64>2147483648</I64>'],
    [1.5, '<Db>1.5</Db>'],
    [1e300, '<Db>1E+300</Db>'],
    [Number.NaN, '<Db>NaN</Db>'],
    [Number.NEGATIVE_INFINITY, '<Db>-INF</Db>'],
    [2n ** 63n, '<U64>9223372036854775808</U64>'],
    [new Uint8Array([1, 2]), '<BA>AQI=</BA>'],
    [
      hashtable([['k', listOf([1])]]),
      '<Obj RefId="0"><TN RefId="0"><T>System.Collections.Hashtable</T><T>System.Object</T></TN><DCT><En><S N="Key">k</S>' +
        '<Obj N="Value" RefId="1"><TN RefId="1"><T>System.Object[]</T><T>System.Array</T><T>System.Object</T></TN>' +
        '<LST><I32>1</I32></LST></Obj></En></DCT></Obj>',
    ],
  ])('%p', (value, expected) => {
    expect(encodeClixml(value)).toBe(expected);
  });

  it('writes an object once and then refers to it, and so for type names', () => {
    const shared = listOf([]);
    expect(encodeClixml(listOf([shared, shared, listOf([])]))).toBe(
      '<Obj RefId="0"><TN RefId="0"><T>System.Object[]</T><T>System.Array</T><T>System.Object</T></TN><LST>' +
        '<Obj RefId="1"><TNRef RefId="0"/><LST></LST></Obj><Ref RefId="1"/><Obj RefId="2"><TNRef RefId="0"/><LST></LST></Obj>' +
        '</LST></Obj>',
    );
  });

  it('refuses integers beyond 64 bits, invalid tags and endless depth', () => {
    let deep: PsValue = 1;
    for (let level = 0; level < 5000; level += 1) deep = new PsObject({ items: [deep] });
    expect(codeOf(() => encodeClixml(2n ** 64n))).toBe('FB_PROTOCOL_CLIXML');
    expect(codeOf(() => encodeClixml(new PsPrimitive('a b', '')))).toBe('FB_PROTOCOL_CLIXML');
    expect(codeOf(() => encodeClixml(deep))).toBe('FB_PROTOCOL_CLIXML');
  });
});

describe('round trip', () => {
  it('gives every value back', () => {
    fc.assert(
      fc.property(arbitraryValue, (value) => {
        expect(decodeClixml(encodeClixml(value))).toEqual(value);
      }),
      { numRuns: 400 },
    );
  });

  it('gives documents of many values back', () => {
    fc.assert(
      fc.property(fc.array(arbitraryValue, { maxLength: 4 }), (values) => {
        expect(decodeClixmlStream(encodeClixmlDocument(values)).map((each) => each.value)).toEqual(values);
      }),
      { numRuns: 100 },
    );
  });

  it('never accepts a document that was cut', () => {
    fc.assert(
      fc.property(arbitraryValue, fc.nat(), (value, at) => {
        const xml = encodeClixml(value);
        expect(codeOf(() => decodeClixml(xml.slice(0, at % xml.length)))).toBe('FB_PROTOCOL_CLIXML');
      }),
      { numRuns: 300 },
    );
  });

  it('answers any text with a value or with its own error', () => {
    const markup = fc.string({
      unit: fc.constantFrom('<', '>', '/', 'S', 'Obj', 'MS', 'LST', ' N="a"', ' RefId="0"', '&', 'Ref', 'x'),
    });
    fc.assert(
      fc.property(markup, (text) => {
        expect(['nothing thrown', 'FB_PROTOCOL_CLIXML']).toContain(codeOf(() => decodeClixmlStream(text)));
      }),
      { numRuns: 500 },
    );
  });
});
