import { BlockList } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { complementOf, plainAddress } from '../../src/util/index.ts';

/** Node's own idea of ranges, so that ours is not judged by itself. */
function listOf(ranges: readonly string[], family: 'ipv4' | 'ipv6'): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [first = '', last = first] = range.split('-');
    list.addRange(first, last, family);
  }
  return list;
}

const number = (text: string): bigint => text.split('.').reduce((value, part) => (value << 8n) | BigInt(part), 0n);

describe('all addresses but some', () => {
  it('leaves a hole of one address', () => {
    expect(complementOf(['10.0.0.5'])).toEqual({
      ipv4: ['0.0.0.1-10.0.0.4', '10.0.0.6-255.255.255.255'],
      ipv6: ['::2-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
    });
    expect(complementOf(['fe80::5%12', '::ffff:10.0.0.5'])).toEqual({
      ipv4: ['0.0.0.1-10.0.0.4', '10.0.0.6-255.255.255.255'],
      ipv6: ['::2-fe80::4', 'fe80::6-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
    });
  });

  it.each<[readonly string[], readonly string[]]>([
    [[], ['0.0.0.1-255.255.255.255']],
    [['0.0.0.0', '255.255.255.255'], ['0.0.0.1-255.255.255.254']],
    [
      ['10.0.0.5', '10.0.0.6', '10.0.0.5'],
      ['0.0.0.1-10.0.0.4', '10.0.0.7-255.255.255.255'],
    ],
    [
      ['10.0.0.5', '10.0.0.7'],
      ['0.0.0.1-10.0.0.4', '10.0.0.6', '10.0.0.8-255.255.255.255'],
    ],
  ])('of %j is %j', (exempt, ranges) => {
    expect(complementOf(exempt).ipv4).toEqual(ranges);
  });

  it('never begins or ends with an address that a firewall refuses in a range', () => {
    expect(complementOf(['::1']).ipv6).toEqual(complementOf([]).ipv6);
    expect(complementOf(['::2']).ipv6).toEqual(['::3-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff']);
  });

  it('refuses what is no address', () => {
    for (const text of ['host', '10.0.0', '10.0.0.0/8', '']) expect(() => complementOf([text])).toThrow(RangeError);
  });

  it.each([
    ['10.0.0.5', '10.0.0.5'],
    ['::ffff:10.0.0.5', '10.0.0.5'],
    ['fe80::5%12', 'fe80::5'],
    ['FE80:0:0:0:0:0:0:5', 'fe80::5'],
    ['2001:db8::0:1', '2001:db8::1'],
  ])('takes %s for %s', (text, plain) => {
    expect(plainAddress(text)).toBe(plain);
  });

  const near = fc.tuple(fc.constantFrom(0, 1, 127, 128, 254, 255), fc.integer({ min: 0, max: 255 }));
  const ipv4 = fc.oneof(
    fc.ipV4(),
    near.map(([a, d]) => `${a}.0.0.${d}`),
  );

  it('is everything else, once each, in order (IPv4)', () => {
    fc.assert(
      fc.property(
        fc.array(ipv4, { maxLength: 8 }),
        fc.array(ipv4, { minLength: 1, maxLength: 20 }),
        (exempt, probes) => {
          const { ipv4: ranges } = complementOf(exempt);
          const blocked = listOf(ranges, 'ipv4');
          for (const probe of [...probes, ...exempt]) {
            expect(blocked.check(probe)).toBe(!exempt.includes(probe) && probe !== '0.0.0.0');
          }
          // Between two ranges there is nothing but exempt addresses, so what is covered is all but they.
          const bounds = ranges.map((range) => range.split('-').map(number));
          const covered = bounds.reduce((sum, [from = 0n, to = from]) => sum + to - from + 1n, 0n);
          const holes = new Set([...exempt, '0.0.0.0']).size;
          expect(covered).toBe((1n << 32n) - BigInt(holes));
          for (let at = 1; at < bounds.length; at++) expect(bounds[at]![0]! > bounds[at - 1]!.at(-1)!).toBe(true);
        },
      ),
    );
  });

  it('is everything else (IPv6)', () => {
    const ipv6 = fc.oneof(
      fc.ipV6().filter((text) => !text.includes('.')),
      fc.constantFrom('::2', 'fe80::1', 'fe80::2', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', '2001:db8::'),
    );
    const canonical = (text: string): string => new URL(`http://[${text}]/`).hostname.slice(1, -1);
    fc.assert(
      fc.property(
        fc.array(ipv6, { maxLength: 6 }),
        fc.array(ipv6, { minLength: 1, maxLength: 20 }),
        (exempt, probes) => {
          const blocked = listOf(complementOf(exempt).ipv6, 'ipv6');
          const never = new Set([...exempt, '::', '::1'].map(canonical));
          for (const probe of [...probes, ...exempt]) {
            const mapped = canonical(probe).startsWith('::ffff:');
            if (!mapped) expect(blocked.check(probe, 'ipv6')).toBe(!never.has(canonical(probe)));
          }
        },
      ),
    );
  });
});
