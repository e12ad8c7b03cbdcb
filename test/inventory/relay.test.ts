/** Hosts behind a relay: where it may be named, what is inherited, what is refused and where. */
import { describe, expect, it } from '@jest/globals';
import { FirebreakError } from '../../src/domain/index.ts';
import { type ConnectionOverrides, type Inventory, loadInventory } from '../../src/inventory/index.ts';
import type { SourceProblem } from '../../src/util/index.ts';

const fleet = `
all:
  vars: { auth: ntlm, credential: { user: admin, password: { env: PW } } }
  hosts:
    mgmt01: { address: 10.0.0.9, use_tls: true, port: 5986, relay_grace: 15m, relay_sessions: 6 }
  children:
    old:
      vars: { relay: mgmt01, credential: { user: old-admin, password: { env: OLD } } }
      hosts:
        nt4: { address: 10.1.0.4, vars: { os: nt4-server-sp6a } }
        w2k: { address: 10.1.0.5, credential: { user: 'W2K\\Administrator' } }
        web: { transport: winrm }
`;

function load(text: string, overrides: ConnectionOverrides = {}): Inventory {
  return loadInventory(text, 'site.yaml', overrides);
}

function host(inventory: Inventory, name: string): Inventory['hosts'][number] {
  const found = inventory.hosts.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no host ${name}`);
  return found;
}

function errorOf(text: string, overrides: ConnectionOverrides = {}): FirebreakError {
  try {
    load(text, overrides);
  } catch (thrown) {
    if (thrown instanceof FirebreakError) return thrown;
    throw thrown;
  }
  throw new Error('nothing was thrown');
}

describe('a host behind a relay', () => {
  it('has the credential that the relay shows to it, and knows how its relay is reached', () => {
    const inventory = load(fleet);
    expect(host(inventory, 'nt4')).toMatchObject({
      address: '10.1.0.4',
      transport: 'relay',
      port: 445,
      user: 'old-admin',
      password: { env: 'OLD' },
      connection: { relay: 'mgmt01' },
      via: {
        name: 'mgmt01',
        address: '10.0.0.9',
        transport: 'winrm',
        port: 5986,
        useTls: true,
        auth: 'ntlm',
        user: 'admin',
        password: { env: 'PW' },
        connection: { relayGraceMs: 900_000, relaySessions: 6 },
      },
    });
    expect(host(inventory, 'w2k').user).toBe('W2K\\Administrator');
    expect(host(inventory, 'mgmt01').via).toBeUndefined();
  });

  it('is reached directly when a nearer layer names a transport', () => {
    const web = host(load(fleet), 'web');
    expect(web).toMatchObject({ transport: 'winrm', port: 5985 });
    expect(web.via).toBeUndefined();
    expect(web.connection?.relay).toBeUndefined();
  });

  it('passes over what is for other transports', () => {
    const inventory = load('all: { vars: { auth: basic, port: 5999 }, hosts: { m: , a: { relay: m } } }');
    expect(host(inventory, 'a')).toMatchObject({ transport: 'relay', port: 445, auth: 'negotiate' });
  });

  it('may be named on the command line for all but the relay, which stays as the inventory says', () => {
    const inventory = load('hosts: { m: { credential: { user: me } }, a: , b: { transport: ssh } }', {
      relay: 'm',
      user: 'old-admin',
    });
    expect(host(inventory, 'm')).toMatchObject({ transport: 'winrm', user: 'me' });
    for (const name of ['a', 'b']) {
      expect(host(inventory, name)).toMatchObject({
        transport: 'relay',
        user: 'old-admin',
        via: { name: 'm', user: 'me' },
      });
    }
  });

  it('is not behind one when the command line names a transport', () => {
    const inventory = load('hosts: { m: , a: { relay: m } }', { transport: 'ssh' });
    expect(host(inventory, 'a')).toMatchObject({ transport: 'ssh', port: 22 });
    expect(host(inventory, 'a').via).toBeUndefined();
  });
});

describe('a relay that cannot be one', () => {
  it.each([
    [
      'hosts: { mgmt01: , a: { relay: mgmt1 } }',
      '1:25 the relay "mgmt1" is not a host of the inventory',
      'did you mean "mgmt01"?',
    ],
    [
      'hosts: { a: { relay: a } }',
      '1:15 "a" cannot be its own relay',
      'write transport: winrm for a, or relay: for a group that it is not in',
    ],
    [
      'hosts: { m: , b: { relay: m }, c: { relay: b } }',
      '1:37 the relay "b" is itself behind a relay',
      'write transport: winrm for b, or name another relay',
    ],
    [
      'hosts: { m: , a: { transport: winrm, relay: m } }',
      '1:20 "transport" winrm contradicts relay',
      'keep one of them',
    ],
    ['hosts: { a: { relay: "a b" } }', '1:22 "relay" is the name of a host of the inventory, not "a b"', ''],
    ['hosts: { a: { relay: winrm://m } }', '1:22 "relay" is the name of a host of the inventory, not "winrm://m"', ''],
    [
      'hosts: { a: { relay_grace: 10 } }',
      '1:28 "relay_grace" must be a duration such as 30s, 10m or 1h30m, not 10',
      'say the unit: 10s',
    ],
    ['hosts: { a: { relay_sessions: 0 } }', '1:31 "relay_sessions" must be a whole number from 1 to 25, not 0', ''],
    [
      'hosts: { m: , a: { relay: m, relay_grace: 1m } }',
      '1:30 "relay_grace" means nothing for hosts behind a relay',
      'write it for the relay itself',
    ],
    [
      'hosts: { m: , a: { relay: m, configuration: PowerShell.7 } }',
      '1:30 "configuration" means nothing for hosts behind a relay',
      'write it for the relay itself',
    ],
  ])('%s', (text, message, hint) => {
    const error = errorOf(text);
    expect(error.code).toBe('FB_INVENTORY_INVALID');
    const problems = error.details as readonly SourceProblem[];
    expect(problems.map((one) => `${one.line}:${one.column} ${one.message}`)).toEqual([message]);
    expect(problems[0]?.hint ?? '').toBe(hint);
  });

  it('is told once for a whole group', () => {
    const error = errorOf('old: { vars: { relay: m }, hosts: { a: , b: , c:  } }');
    expect(error.details).toHaveLength(1);
    expect(error.message).toContain('site.yaml:1:16: the relay "m" is not a host of the inventory');
  });

  it.each([
    [{ relay: 'nobody' }, 'the relay "nobody" is not a host of the inventory'],
    [{ relay: 'b' }, 'the relay "b" is itself behind a relay'],
  ])('on the command line is a mistake there: %j', (overrides, message) => {
    const error = errorOf('hosts: { m: , a: , b: { relay: m } }', overrides);
    expect([error.code, error.message]).toEqual(['FB_USAGE', message]);
    expect(error.remedy).not.toBe('');
  });
});
