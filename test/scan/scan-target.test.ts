/** What a user names to be scanned. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { formatIp, looksLikeAddress, parseIp, parseScanTarget } from '../../src/scan/index.ts';

describe('an IP address', () => {
  it('is the same number however it is written', () => {
    expect(parseIp('10.0.0.1')).toEqual({ family: 4, value: 0x0a000001n });
    expect(parseIp('fd00:0:0::1')).toEqual(parseIp('fd00::0001'));
    expect(parseIp('::ffff:10.0.0.1')?.value).toBe(0xffff0a000001n);
    expect(parseIp('::')?.value).toBe(0n);
    for (const text of ['10.0.0', '10.0.0.256', '010.0.0.1', 'fd00::1%eth0', 'fd00', '1::2::3', '']) {
      expect(parseIp(text)).toBeNull();
    }
  });

  it('comes out as it went in', () => {
    fc.assert(fc.property(fc.ipV4(), (text) => expect(formatIp(parseIp(text)!)).toBe(text)));
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: (1n << 128n) - 1n }), (value) => {
        expect(parseIp(formatIp({ family: 6, value }))).toEqual({ family: 6, value });
      }),
    );
  });
});

describe('a target', () => {
  const addresses = (text: string): readonly string[] => {
    const target = parseScanTarget(text);
    return target.kind === 'addresses' ? target.addresses : [];
  };

  it.each([
    ['10.0.0.1-10.0.0.3', ['10.0.0.1', '10.0.0.2', '10.0.0.3']],
    ['10.0.0.254-10.0.1.1', ['10.0.0.254', '10.0.0.255', '10.0.1.0', '10.0.1.1']],
    ['10.0.0.7-9', ['10.0.0.7', '10.0.0.8', '10.0.0.9']],
    ['10.0.0.5/30', ['10.0.0.5', '10.0.0.6']],
    ['10.0.0.4/31', ['10.0.0.4', '10.0.0.5']],
    ['10.0.0.4/32', ['10.0.0.4']],
    ['fd00::fffe-fd00::1:1', ['fd00::fffe', 'fd00::ffff', 'fd00::1:0', 'fd00::1:1']],
    ['fd00::10/126', ['fd00::10', 'fd00::11', 'fd00::12', 'fd00::13']],
    ['FD00:0::1', ['fd00::1']],
    ['[fd00::1]', ['fd00::1']],
    ['fe80::1%eth0', ['fe80::1%eth0']],
  ])('%s means its addresses', (text, expected) => {
    expect(addresses(text)).toEqual(expected);
    expect(looksLikeAddress(text)).toBe(true);
  });

  it('that is a block leaves network and broadcast address out, and counts them', () => {
    expect(parseScanTarget('10.0.0.0/24')).toMatchObject({ skipped: 2, isSingle: false });
    expect(addresses('10.0.0.0/24')).toHaveLength(254);
    expect(addresses('10.1.0.0/16')).toHaveLength(65_534);
    expect(addresses('fd00::/112')).toHaveLength(65_536);
  });

  it.each([
    ['10.0.0.1:10135', 10135],
    ['10.0.0.1-10.0.0.2:10135', 10135],
    ['[fd00::1]:10135', 10135],
    ['10.0.0.1', null],
    ['fd00::1', null],
    ['fd00::1:135', null],
  ])('%s may have a port', (text, port) => {
    expect(parseScanTarget(text)).toMatchObject({ kind: 'addresses', port });
  });

  it.each([
    ['web01', 'web01', null],
    ['web01.corp.example:10135', 'web01.corp.example', 10135],
    ['pc-2000-01', 'pc-2000-01', null],
    ['xn--bcher-kva.example', 'xn--bcher-kva.example', null],
  ])('%s may be a name', (text, name, port) => {
    expect(parseScanTarget(text)).toEqual({ kind: 'name', name, port });
    expect(looksLikeAddress(text)).toBe(false);
  });

  it.each([
    ['10.0.0.300', 'it is not an IP address'],
    ['10.0.0', 'it is not an IP address'],
    ['10.0.0.0/33', 'the length of its prefix is not a number from 0 to 32'],
    ['10.0.0.0/', 'the length of its prefix'],
    ['web01/24', 'web01 is not an IP address'],
    ['fd00::/129', 'a number from 0 to 128'],
    ['10.0.0.9-10.0.0.1', 'its end comes before its beginning'],
    ['10.0.0.9-1', 'its end comes before its beginning'],
    ['10.0.0.1-300', '300 is no end of a range'],
    ['10.0.0.1-fd00::1', 'fd00::1 is no end of a range'],
    ['10.0.0.1-', 'is no end of a range'],
    ['10.0.0.0/8', 'it has 16777216 addresses, more than 65536'],
    ['fd00::/64', 'more than 65536'],
    ['0.0.0.0-255.255.255.255', 'more than 65536'],
    ['web01:0', 'its port is not a number'],
    ['web01:x', 'its port is not a number'],
    ['web 01', 'neither an address nor a name'],
    ['-web01', 'neither an address nor a name'],
    ['', 'neither an address nor a name'],
  ])('%s is refused with a reason', (text, message) => {
    const target = parseScanTarget(text);
    expect(target).toMatchObject({ kind: 'problem', message: expect.stringContaining(message) });
    expect(target.kind === 'problem' && target.remedy).not.toBe('');
  });

  it('of whatever text is understood or refused, and never more than is bearable', () => {
    const text = fc.oneof(
      fc.string({ maxLength: 30 }),
      fc
        .tuple(fc.ipV4(), fc.constantFrom('/', '-', ':'), fc.oneof(fc.ipV4(), fc.nat().map(String)))
        .map((all) => all.join('')),
      fc
        .tuple(fc.ipV6(), fc.constantFrom('/', '-'), fc.oneof(fc.ipV6(), fc.nat({ max: 130 }).map(String)))
        .map((all) => all.join('')),
    );
    fc.assert(
      fc.property(text, (one) => {
        const target = parseScanTarget(one);
        if (target.kind === 'addresses') expect(target.addresses.length).toBeLessThanOrEqual(65_536);
      }),
      { numRuns: 300 },
    );
  });
});
