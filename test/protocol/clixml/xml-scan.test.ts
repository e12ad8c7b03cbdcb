/** The lexical side of CLIXML: what is taken, what is refused, and what it may cost. */
import { describe, expect, it } from '@jest/globals';
import {
  decodeClixml,
  decodeClixmlStream,
  encodeClixml,
  ProtocolError,
  PsObject,
} from '../../../src/protocol/index.ts';

function codeOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    return error instanceof ProtocolError ? error.code : String(error);
  }
  return 'nothing thrown';
}

describe('text', () => {
  it.each([
    ['<S>&lt;&gt;&amp;&quot;&apos;</S>', '<>&"\''],
    ['<S>&amp;lt;&amp;amp;</S>', '&lt;&amp;'],
    ['<S>&#65;&#x42;&#x1F525;</S>', 'AB🔥'],
    ['<S>&#65;&lt;&amp;lt;</S>', 'A<&lt;'],
    ['<S>&#xFFFE;&#x1;</S>', '\ufffe\u0001'],
    ['<S>a<![CDATA[<b>&amp;]]]]>c</S>', 'a<b>&amp;]]c'],
    ['<S>a<!-- <b> -->c<?pi x?>d</S>', 'acd'],
    ['<S>a\r\nb\rc</S>', 'a\nb\nc'],
    ['<?xml version="1.0"?><!-- first --><S\n\tN = \'x\' >a</S\n>\n', 'a'],
    ['\ufeff<S>mark</S>', 'mark'],
    ['<S>]]></S>', ']]>'],
    ['<S>_x005f_x0041_</S>', '_x0041_'],
  ])('%j', (xml, text) => {
    expect(decodeClixml(xml)).toBe(text);
  });
});

describe('what is malformed', () => {
  it.each([
    '<S>a</T>',
    '<S>&amp</S>',
    '<S>& </S>',
    '<S>&LT;</S>',
    '<S>&#x110000;</S>',
    '<S>&#;</S>',
    '<S>a<!-- </S>',
    '<S><![CDATA[a</S>',
    '<S N=a>x</S>',
    '<S N>x</S>',
    '<S N="a>x</S>',
    '<S N="<">x</S>',
    '<S N="a"M="b">x</S>',
    '<>x</>',
    '<S"a>x</S"a>',
    '</S>',
    '<S>a</S></S>',
    'x<S>a</S>',
    '<S>a</S>x',
    '<Obj><LST></Obj></LST>',
    '<Obj>',
    '<Obj/',
    '<Objs><S>a</S>',
    '<![CDATA[a]]><S>a</S>',
    '<MS></MS>x',
    '<1a>x</1a>',
    '<S><b></S>',
  ])('%s', (xml) => {
    expect(codeOf(() => decodeClixmlStream(xml))).toBe('FB_PROTOCOL_CLIXML');
  });
});

describe('what a later version might send', () => {
  it.each([
    '<Obj RefId="0"><MS><Novel N="a">text &amp; more</Novel></MS></Obj>',
    '<Obj RefId="0"><LST><Novel><Part a="1">x</Part><Part/><Novel>inner</Novel></Novel><S>after</S></LST></Obj>',
  ])('survives: %s', (xml) => {
    expect(encodeClixml(decodeClixml(xml))).toBe(xml);
  });

  it('is bounded in depth too', () => {
    const deep = `<Novel>${'<a>'.repeat(100_000)}${'</a>'.repeat(100_000)}</Novel>`;
    expect(codeOf(() => decodeClixml(deep))).toBe('FB_PROTOCOL_CLIXML');
  });
});

describe('hostile input', () => {
  const SIZE = 400_000;

  it.each([
    ['open tags', '<'.repeat(SIZE)],
    ['unfinished comments', '<!--'.repeat(SIZE / 4)],
    ['unfinished CDATA', `<S>${'<![CDATA['.repeat(SIZE / 10)}`],
    ['many comments', `<S>${'<!---->'.repeat(SIZE / 7)}</S>`],
    ['many empty CDATA', `<S>${'<![CDATA[]]>'.repeat(SIZE / 12)}</S>`],
    ['lone ampersands', `<S>${'&'.repeat(SIZE)}</S>`],
    ['endless entity', `<S>&#${'1'.repeat(SIZE)};</S>`],
    ['one long tag', `<S ${'a="b" '.repeat(SIZE / 6)}>x</S>`],
    ['white space in a tag', `<S${' '.repeat(SIZE)}`],
    ['endless digits', `<I64>${'9'.repeat(SIZE)}</I64>`],
    ['endless decimals', `<Db>${'1'.repeat(SIZE)}x</Db>`],
    ['escapes without end', `<S>${'_x'.repeat(SIZE / 2)}</S>`],
    ['half-closed tags', '<a></a'.repeat(SIZE / 6)],
    ['end tags', '</a>'.repeat(SIZE / 4)],
  ])('%s: an answer in one pass', (_what, xml) => {
    // quadratic work on these sizes takes minutes: jest's own limit tells
    expect(['nothing thrown', 'FB_PROTOCOL_CLIXML']).toContain(codeOf(() => decodeClixmlStream(xml)));
  });

  it('does not take names for what JavaScript means by them', () => {
    const value = decodeClixml('<Obj><MS><S N="__proto__">a</S><S N="constructor">b</S></MS></Obj>') as PsObject;
    expect([...(value.extended ?? [])]).toEqual([
      ['__proto__', 'a'],
      ['constructor', 'b'],
    ]);
    expect(Object.getPrototypeOf(value)).toBe(PsObject.prototype);
  });
});
