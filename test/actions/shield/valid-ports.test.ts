import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { withoutPort } from '../../../src/actions/shield/valid-ports.ts';

const PORT = 593;

describe('ValidPorts without a port', () => {
  it.each<[string, string, string]>([
    ['the default of Server 2003', 'web01:100-5000', 'web01:100-592;web01:594-5000'],
    ['an entry for the port alone', 'web01:593;web01:6001-6002', 'web01:6001-6002'],
    ['a range of the port alone', 'web01:593-593;web01:80', 'web01:80'],
    ['the first of a range', 'a:593-600', 'a:594-600'],
    ['the last of a range', 'a:100-593', 'a:100-592'],
    ['in the middle of three', 'a:592-594', 'a:592;a:594'],
    [
      'several servers and ranges',
      'a:1-600;b:593;Data*:500-1000;c:700',
      'a:1-592;a:594-600;Data*:500-592;Data*:594-1000;c:700',
    ],
    [
      'names in any case and with dots',
      'MAIL.Corp.Example:100-5000',
      'MAIL.Corp.Example:100-592;MAIL.Corp.Example:594-5000',
    ],
    ['addresses', '10.0.0.7:593-594', '10.0.0.7:594'],
    ['spaces that somebody left there', ' a : 100 - 600 ;b:80', ' a : 100-592; a : 594-600;b:80'],
    ['an end that is a semicolon', 'a:590-600;', 'a:590-592;a:594-600;'],
    ['all ports', 'a:0-65535', 'a:0-592;a:594-65535'],
    ['nothing else', 'a:593;b:593;', ''],
  ])('takes it out of %s', (_name, text, left) => {
    expect(withoutPort(text, PORT)).toEqual({ state: 'taken', left });
  });

  it.each([['a:592'], ['a:594-5000;b:80'], ['a:5930'], [''], [';'], ['593:80']])('leaves %j as it is', (text) => {
    expect(withoutPort(text, PORT)).toEqual({ state: 'without' });
  });

  it.each([
    ['a', 'a'],
    ['a:80;593', '593'],
    [':593', ':593'],
    ['a:600-500', 'a:600-500'],
    ['a:1-70000', 'a:1-70000'],
    ['a:1-2-3', 'a:1-2-3'],
    ['a:80,593', 'a:80,593'],
    ['a:x', 'a:x'],
    ['a:80;b:', 'b:'],
    ['a:b:593', 'a:b:593'],
  ])('does not guess what %j means', (text, entry) => {
    expect(withoutPort(text, PORT)).toEqual({ state: 'strange', entry });
  });

  const name = fc.stringMatching(/^[A-Za-z0-9*._-]{1,12}$/);
  const range = fc
    .tuple(fc.integer({ min: 0, max: 65_535 }), fc.integer({ min: 0, max: 65_535 }))
    .map(([a, b]) => ({ from: Math.min(a, b), to: Math.max(a, b) }));
  const entries = fc.array(fc.record({ name, range, isSingle: fc.boolean() }), { minLength: 1, maxLength: 6 });

  /** All ports of a server that the text allows. */
  function allowed(text: string, server: string): Set<number> {
    const ports = new Set<number>();
    for (const entry of text.split(';')) {
      const at = entry.lastIndexOf(':');
      if (at < 0 || entry.slice(0, at) !== server) continue;
      const [from = '', to = from] = entry.slice(at + 1).split('-');
      for (let port = Number(from); port <= Number(to); port++) ports.add(port);
    }
    return ports;
  }

  it('takes away this port and nothing else, and is without it afterwards', () => {
    fc.assert(
      fc.property(entries, fc.integer({ min: 1, max: 65_534 }), (given, port) => {
        const text = given
          .map((entry) => `${entry.name}:${entry.range.from}${entry.isSingle ? '' : `-${entry.range.to}`}`)
          .join(';');
        const result = withoutPort(text, port);
        const left = result.state === 'taken' ? result.left : text;
        for (const server of new Set(given.map((entry) => entry.name))) {
          const before = allowed(text, server);
          before.delete(port);
          expect(allowed(left, server)).toEqual(before);
        }
        expect(withoutPort(left, port)).toEqual({ state: 'without' });
      }),
      { numRuns: 60 },
    );
  });

  it('keeps entries that do not have the port byte for byte and in their order', () => {
    fc.assert(
      fc.property(entries, (given) => {
        const others = given.map((entry) => `${entry.name}:${entry.range.from}-${entry.range.to}`);
        const kept = given.flatMap((entry, at) =>
          entry.range.from <= PORT && entry.range.to >= PORT ? [] : [others[at] ?? ''],
        );
        const result = withoutPort([...others, 'zz:593'].join(';'), PORT);
        const left = result.state === 'taken' ? result.left.split(';') : [];
        expect(left.filter((entry) => kept.includes(entry))).toEqual(kept);
      }),
    );
  });
});
