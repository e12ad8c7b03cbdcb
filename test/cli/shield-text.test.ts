import { describe, expect, it } from '@jest/globals';
import { describeShield, endOfShield } from '../../src/cli/commands/shield-text.ts';

const since = '2026-03-13T00:00:00.000Z';
const uses = 'shield.apply';

describe('a shield in words', () => {
  it('names the method and what it closes or sets', () => {
    const ipsec = { method: 'ipsec', setting: { tcp: [445, 139], udp: [], exempt: ['10.0.0.1'] } };
    expect(describeShield({ uses, since, prior: ipsec })).toBe('ipsec, TCP 445 139');
    const registry = { method: 'registry', setting: { name: 'DisableCompression', value: 1 } };
    expect(describeShield({ uses, since, prior: registry })).toBe('registry, DisableCompression = 1');
  });

  it('does with what it knows of a shield that it does not know', () => {
    expect(describeShield({ uses, since, prior: {} })).toBe('shield.apply');
    expect(describeShield({ uses, since, prior: { method: 'dcom', setting: 1 } })).toBe('dcom');
  });

  it('ends when patched, or at its time', () => {
    expect(endOfShield({ uses, since, prior: { ttl_s: 0 } })).toBe('patched');
    expect(endOfShield({ uses, since, prior: { ttl_s: 7200 } })).toBe('2026-03-13 02:00:00');
  });
});
