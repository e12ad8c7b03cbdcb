import { describe, expect, it } from '@jest/globals';
import {
  type ConnectionOverrides,
  combineInventory,
  isInlineList,
  matchHosts,
  namedPart,
  readInlineList,
  readTargetLines,
  selectHosts,
} from '../../src/inventory/index.ts';
import { formatProblems } from '../../src/util/index.ts';

function inventoryOf(list: string, overrides: ConnectionOverrides = {}) {
  const uris = new Map<string, string>();
  return combineInventory('-i', [namedPart(readInlineList(list), uris)], overrides, uris);
}

describe('targets without an inventory', () => {
  it('come as a list with commas, or as a target URI', () => {
    expect(isInlineList('web01,')).toBe(true);
    expect(isInlineList('winrm://web01')).toBe(true);
    expect(isInlineList('hosts.yaml')).toBe(false);
    expect(readInlineList('web01, 10.0.0.5,web01,').names).toEqual(['web01', '10.0.0.5']);
  });

  it('come as lines of a file, with comments', () => {
    expect(
      readTargetLines('\ufeff# tonight\r\nweb01\r\n\r\n  db01   # primary\nssh://a@b\n', 'targets.txt').names,
    ).toEqual(['web01', 'db01', 'ssh://a@b']);
  });

  it('are refused with every wrong line, and without the password in one', () => {
    const { problems } = readTargetLines('web01\n  a/b\nhttp://x\nwinrm://a:hunter2/x@web01\n', 'targets.txt');
    const text = formatProblems(problems);
    expect(text.split('\n').filter((line) => line.startsWith('targets'))).toEqual([
      'targets.txt:2:3: "a/b" is not the name or IPv4 address of a host',
      'targets.txt:3:1: unknown scheme http://',
      'targets.txt:4:1: a password does not belong into a URI (winrm://…): argument lists are public',
    ]);
    expect(text).not.toContain('hunter2');
    expect(readInlineList(',').problems[0]?.message).toBe('no hosts are named');
  });

  it('take their settings from the command line', () => {
    const { hosts } = inventoryOf('a,10.0.0.5', { auth: 'basic', user: 'me', password: { env: 'PW' } });
    expect(hosts.map(({ name, address, user, port }) => [name, address, user, port])).toEqual([
      ['a', 'a', 'me', 5985],
      ['10.0.0.5', '10.0.0.5', 'me', 5985],
    ]);
  });

  it('log on by negotiate when nothing else is said', () => {
    expect(inventoryOf('a,').hosts[0]).toMatchObject({ auth: 'negotiate', allowUnencrypted: false, password: null });
  });
});

describe('target URIs among hosts', () => {
  it('are matched as typed and by the name of their host, mixed with patterns', () => {
    const inventory = inventoryOf('web01,web02,winrm://alice@db01:5999,ssh://bob@lin01');
    const names = (pattern: string) => [...matchHosts(inventory, pattern)];
    expect(names('winrm://alice@db01:5999')).toEqual(['db01:5999']);
    expect(names('web*,winrm://alice@db01:5999')).toEqual(['db01:5999', 'web01', 'web02']);
    expect(names('db01:5999')).toEqual(['db01:5999']);
    expect(selectHosts(inventory, 'all', 'ssh://bob@lin01').map(({ name }) => name)).toEqual(['lin01']);
  });

  it('keep two ways to one host apart, and refuse the same way twice', () => {
    expect(inventoryOf('winrm://a@h,ssh://a@h').hosts.map(({ name, port }) => [name, port])).toEqual([
      ['h', 5985],
      ['ssh://h', 22],
    ]);
    expect(() => inventoryOf('winrm://a@h,winrm://b@h')).toThrow('winrm://h is named twice');
  });
});
