import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { addressRange } from '../../../lab/fleet/addresses.ts';
import { inventoryText } from '../../../lab/fleet/inventory.ts';
import { loadInventory } from '../../../src/inventory/index.ts';

describe('inventory of a lab', () => {
  it('puts hosts into all their groups and names only ports that are not the real ones', () => {
    const host = {
      name: 'fs-01',
      profile: 'p',
      groups: ['servers', 'pilot'],
      vars: { redundancy: 'fs' },
      allow_unencrypted: true,
      ssh: false as boolean,
      https: false,
      cbt: 'relaxed' as const,
    };
    const text = inventoryText(
      [
        { host, address: '127.0.0.11', ports: { 445: 445, 135: 10135 } },
        { host: { ...host, name: 'fs-02', groups: [], vars: {} }, address: '127.0.0.12', ports: { 445: 445 } },
        { host: { ...host, name: 'fs-03', https: true }, address: '127.0.0.13', ports: {} },
        { host: { ...host, name: 'fs-04', ssh: true }, address: '127.0.0.14', ports: {}, sshPort: 10022 },
      ],
      { user: 'u', passwordFile: '/p', vantage: '127.0.0.254', caFile: '/lab/ca.pem', knownHostsFile: '/lab/known' },
    );
    expect(parse(text).all).toMatchObject({
      hosts: {
        'fs-01': { address: '127.0.0.11', ports: { 135: 10135 }, vars: { redundancy: 'fs' } },
        'fs-02': { address: '127.0.0.12' },
        'fs-03': { address: '127.0.0.13', port: 5986, use_tls: true, ca: '/lab/ca.pem' },
        'fs-04': { address: '127.0.0.14', transport: 'ssh', port: 10022, known_hosts: '/lab/known' },
      },
      children: { servers: { hosts: { 'fs-01': null } }, pilot: { hosts: { 'fs-01': null } } },
    });
    expect(Object.keys(parse(text).all.hosts['fs-02'])).toEqual(['address']);
    expect(loadInventory(text, 'inventory.yaml').hosts.map(({ name }) => name)).toEqual([
      'fs-01',
      'fs-02',
      'fs-03',
      'fs-04',
    ]);
  });
});

describe('inventory of a lab with a relay', () => {
  it("names the relay and the machine's own administrator, and no way in of its own", () => {
    const host = { profile: 'p', groups: [], vars: {}, allow_unencrypted: true, ssh: false, https: false } as const;
    const text = inventoryText(
      [
        {
          host: { ...host, groups: [], name: 'mgmt01', cbt: 'relaxed', relay: true },
          address: '127.0.0.11',
          ports: { 445: 445 },
        },
        {
          host: { ...host, groups: ['legacy'], name: 'nt-01', cbt: 'relaxed' },
          address: '127.0.0.12',
          ports: { 135: 10135, 139: 139 },
          relayed: { by: 'mgmt01', user: 'Administrator', passwordFile: '/lab/passwords/nt-01' },
        },
      ],
      { user: 'u', passwordFile: '/p', vantage: '127.0.0.254', caFile: '/ca', knownHostsFile: '/known' },
    );
    expect(parse(text).all.hosts).toEqual({
      mgmt01: { address: '127.0.0.11' },
      'nt-01': {
        address: '127.0.0.12',
        relay: 'mgmt01',
        credential: { user: 'Administrator', password: { file: '/lab/passwords/nt-01' } },
        ports: { 135: 10135 },
      },
    });
    expect(parse(text).all.children).toEqual({ legacy: { hosts: { 'nt-01': null } } });
  });
});

describe('addresses of a lab', () => {
  it('are loopback, never twice, and never the vantage', () => {
    const range = addressRange('127.83');
    const all = Array.from({ length: 1000 }, (_, index) => range.hostAddress(index));
    expect(new Set([...all, range.vantage]).size).toBe(1001);
    for (const address of all) expect(address).toMatch(/^127\.83\.\d{1,3}\.\d{1,3}$/);
    expect(addressRange('127.83.7').hostAddress(0)).toBe('127.83.7.11');
    expect(() => addressRange('127.83.7').hostAddress(240)).toThrow('room for 240 hosts');
  });

  it.each(['10.0', '127', '127.256', '127.1.2.3', '127.a'])('refuse the range %s', (prefix) => {
    expect(() => addressRange(prefix)).toThrow('is no address range');
  });
});
