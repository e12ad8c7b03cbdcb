import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decodeClixml, decodeClixmlStream, encodeClixmlDocument } from '../../src/protocol/index.ts';
import { liftLongText } from '../../src/protocol/xml-lift.ts';

const LONG = 'abc def\n'.repeat(200);

describe('liftLongText', () => {
  it('takes long plain runs out and puts them back', () => {
    const { xml, restore } = liftLongText(`<a><b>${LONG}</b>short<c>x${LONG}</c></a>`);
    expect(xml).toBe('<a><b>\ue0000\ue000</b>short<c>\ue0001\ue000</c></a>');
    expect([restore('\ue0000\ue000'), restore('\ue0001\ue000'), restore('short')]).toEqual([LONG, `x${LONG}`, 'short']);
  });

  it.each([
    ['an entity', `<a>${LONG}&amp;</a>`],
    ['a carriage return, which the parser turns into a line feed', `<a>${LONG}\r\n</a>`],
    ['a forbidden character', `<a>${LONG}\u0001</a>`],
    ['a surrogate', `<a>${LONG}\ud800</a>`],
    ['the mark itself', `<a>${LONG}</a><b>\ue000</b>`],
    ['the mark by number', `<a>${LONG}</a><b>&#xE000;0&#57344;</b>`],
    ['no end', `<a>${LONG}`],
    ['short text', '<a>b</a>'],
  ])('leaves a document with %s as it is', (_what, xml) => {
    expect(liftLongText(xml).xml).toBe(xml);
  });

  it('changes nothing that a decoder sees', () => {
    const pieces = fc.array(
      fc.constantFrom(LONG, 'x'.repeat(1500), '\ue000', '0', '\r\n', '&', '<', '>', ']]>', '😀', '\u0000', '_x000A_'),
      { maxLength: 5 },
    );
    fc.assert(
      fc.property(
        fc.array(
          pieces.map((parts) => parts.join('')),
          { maxLength: 4 },
        ),
        (texts) => {
          expect(decodeClixmlStream(encodeClixmlDocument(texts)).map((each) => each.value)).toEqual(texts);
        },
      ),
    );
    expect(decodeClixml(`<S><![CDATA[>${LONG}<]]></S>`)).toBe(`>${LONG}<`);
  });
});
