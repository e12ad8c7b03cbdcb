import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseXml } from '../../src/protocol/wsman/xml.ts';
import { escapeXml, escapeXmlText } from '../../src/protocol/xml-text.ts';

describe('escaping for XML', () => {
  it('escapes the five special characters', () => {
    expect(escapeXml(`<a b="c" d='e'>&`)).toBe('&lt;a b=&quot;c&quot; d=&apos;e&apos;&gt;&amp;');
  });

  it('replaces what XML cannot carry, and nothing else', () => {
    expect(escapeXmlText('a\u0000b\u001bc\ufffed\ud800e\t\n\r\u0085😀')).toBe(
      'a\ufffdb\ufffdc\ufffdd\ufffde\t\n\r\u0085😀',
    );
  });

  it('makes any text readable again', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(parseXml(`<a>${escapeXmlText(text)}</a>`).text).toBe(text);
      }),
    );
  });
});
