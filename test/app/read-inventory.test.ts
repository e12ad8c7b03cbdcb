/** Inventories that programs and directories give. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Connector } from '../../src/app/connect.ts';
import { type InventorySource, inventoryOrigin, readInventory, readTargets } from '../../src/app/inventory/index.ts';
import { HostCredential, type Json, Secret, type Session } from '../../src/domain/index.ts';

let folder: string;
beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'firebreak-inventory-')));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, text: string, mode = 0o644): string {
  const file = join(folder, name);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, text);
  chmodSync(file, mode);
  return file;
}

const NODE = `#!${process.execPath}\n`;
const read = (source: InventorySource) => readInventory(source);

describe('an inventory program', () => {
  it('named with -i is run with --list, in its folder', async () => {
    const file = write(
      'bin/inventory',
      `${NODE}console.log(JSON.stringify({ web: { hosts: ['a'], vars: { args: process.argv[2], cwd: process.cwd() } } }))\n`,
      0o755,
    );
    const { hosts } = await read({ inventory: file });
    expect(hosts.map(({ name, vars }) => [name, vars])).toEqual([['a', { args: '--list', cwd: join(folder, 'bin') }]]);
  });

  it('named in a file is run as written; what the file says wins', async () => {
    write(
      'list',
      `${NODE}console.log(JSON.stringify({ web: { hosts: ['a'], vars: { by: 'program', x: 1 } } }))\n`,
      0o755,
    );
    const file = write(
      'site.yaml',
      'inventory: { command: [./list], timeout: 30s }\nweb: { vars: { by: file, auth: ntlm } }\n',
    );
    const { hosts } = await read({ inventory: file });
    expect(hosts[0]).toMatchObject({ name: 'a', auth: 'ntlm', vars: { by: 'file', x: 1 } });
  });

  it.each<[string, string, RegExp]>([
    ['fails', 'console.error("no such region"); process.exit(3)', /ended with exit code 3: no such region/],
    ['says nothing', '', /printed nothing/],
    ['does not end', 'setInterval(() => {}, 1000)', /did not end within 1 s/],
    [
      'prints without end',
      'const s = "x".repeat(1e6); for (let i = 0; i < 20; i++) process.stdout.write(s)',
      /printed more than/,
    ],
    ['prints no inventory', 'console.log("[1, 2]")', /must be a map/],
  ])('that %s is refused', async (what, code, message) => {
    write('bad', NODE + code, 0o755);
    const timeout = what === 'does not end' ? '1s' : '1m';
    const file = write('bad.yaml', `inventory: { command: [./bad], timeout: ${timeout} }\n`);
    await expect(read({ inventory: file })).rejects.toMatchObject({
      code: 'FB_INVENTORY_INVALID',
      message: expect.stringMatching(message),
    });
  });

  it('that is not there is refused', async () => {
    const file = write('none.yaml', 'inventory: { command: [firebreak-no-such-program] }\n');
    await expect(read({ inventory: file })).rejects.toMatchObject({
      message: expect.stringMatching(/could not be started/),
    });
  });
});

describe('several inventories, targets and URIs', () => {
  it('make one; a rerun finds them from any folder', async () => {
    const yaml = write('one.yaml', 'hosts: { a: , b: }');
    const targets = write('targets.txt', 'a\nwinrm://me@c:7\n');
    const source = { inventory: [yaml, 'x,y'], targetsFile: targets, limit: 'a,ssh://z' };
    const inventory = await read(source);
    expect(inventory.hosts.map(({ name }) => name)).toEqual(['a', 'b', 'x', 'y', 'c:7', 'z']);
    expect(await readTargets(targets, inventory)).toEqual(['a', 'c:7']);
    expect(inventoryOrigin(source)).toEqual([yaml, 'x,y', 'ssh://z']);
    expect(inventoryOrigin({ inventory: yaml })).toBe(yaml);
    expect(inventoryOrigin({ inventory: undefined, limit: 'all' })).toBe(null);
  });

  it('need at least one', async () => {
    await expect(read({ inventory: undefined, limit: 'all' })).rejects.toMatchObject({ code: 'FB_USAGE' });
  });
});

describe('Active Directory', () => {
  const computer = (name: string, ou: string, more: object = {}): Json => ({
    Name: name,
    DnsName: `${name.toLowerCase()}.corp.example`,
    DistinguishedName: `CN=${name},${ou},DC=corp,DC=example`,
    OperatingSystem: 'Windows Server 2019 Standard',
    OperatingSystemVersion: '10.0 (17763)',
    Enabled: true,
    LastLogon: '2026-11-20T00:00:00Z',
    ...more,
  });

  function directory(output: readonly Json[]) {
    const calls: unknown[] = [];
    const session = {
      invoke: async (call: unknown) => {
        calls.push(call);
        return { output, streams: {}, durationMs: 1 };
      },
      close: async () => {
        calls.push('closed');
      },
    } as unknown as Session;
    const connector: Connector = {
      prepare: async () => {},
      credentialOf: async ({ user }) => (user === null ? null : new HostCredential(user, new Secret('pw'))),
      open: async (host) => {
        calls.push(`${host.transport} ${host.user} ${host.address}:${host.port}`);
        return session;
      },
      ready: async () => {},
      close: async () => {},
    };
    return { calls, connector };
  }

  it('is asked through a session; its computers become hosts and groups', async () => {
    const { calls, connector } = directory([
      computer('WEB01', 'OU=Web,OU=Tokyo\\, Chiyoda'),
      computer('OLD01', 'CN=Computers', { DnsName: '', OperatingSystem: '', LastLogon: null, Enabled: false }),
    ]);
    const file = write(
      'ad.yaml',
      `inventory:
  - active_directory: { through: "winrm://CORP%5Cadmin@dc01", base: "DC=corp", filter: "(name=W*)", groups_by: [ou, os], include_disabled: true, max_age: 90d }
ou_web: { vars: { auth: kerberos } }
`,
    );
    const { hosts } = await read({ inventory: file, connector });
    expect(calls).toEqual([
      'winrm CORP\\admin dc01:5985',
      {
        module: 'Firebreak.Host',
        function: 'Get-FbDirectoryComputer',
        parameters: {
          Searcher: 'auto',
          Base: 'DC=corp',
          Filter: '(name=W*)',
          IncludeDisabled: true,
          MaxAgeDays: 90,
          Credential: new HostCredential('CORP\\admin', new Secret('pw')),
        },
      },
      'closed',
    ]);
    expect(hosts.map(({ name, auth, groups }) => [name, auth, groups])).toEqual([
      ['web01.corp.example', 'kerberos', ['ou_tokyo_chiyoda', 'ou_web', 'os_windows_server_2019_standard']],
      ['old01', 'negotiate', []],
    ]);
    expect(hosts[0]?.vars).toMatchObject({ ad_ou: 'Tokyo, Chiyoda/Web', operating_system_version: '10.0 (17763)' });
  });

  it('may be asked through a host of the inventory', async () => {
    const { calls, connector } = directory([]);
    const file = write(
      'ad2.yaml',
      'inventory: { active_directory: { through: dc, searcher: adsi } }\nhosts: { dc: { address: 10.0.0.1 } }',
    );
    expect((await read({ inventory: file, connector })).hosts.map(({ name }) => name)).toEqual(['dc']);
    expect(calls[0]).toBe('winrm null 10.0.0.1:5985');
  });

  it.each([
    ['through: nobody', 'FB_NO_HOSTS'],
    ['through: all', 'FB_NO_HOSTS'],
  ])('%s is refused', async (through, code) => {
    const { connector } = directory([]);
    const file = write('ad3.yaml', `inventory: { active_directory: { ${through} } }\nhosts: { a: , b: }`);
    await expect(read({ inventory: file, connector })).rejects.toMatchObject({ code });
  });

  it('is not asked where nobody can connect', async () => {
    const file = write('ad4.yaml', 'inventory: { active_directory: { through: a } }\nhosts: { a: }');
    await expect(read({ inventory: file })).rejects.toMatchObject({ code: 'FB_USAGE' });
  });
});

describe('an inventory of Ansible', () => {
  const hasAnsible = spawnSync('ansible-inventory', ['--version']).status === 0;
  if (!hasAnsible) process.stderr.write('skipped: no ansible-inventory here (Debian: ansible-core)\n');

  (hasAnsible ? it : it.skip)('in the INI form is read through ansible-inventory', async () => {
    write(
      'hosts.ini',
      `lone ansible_host=10.0.0.9
[web]
web[01:02] tier=front
[servers:children]
web
[servers:vars]
ansible_connection=winrm
ansible_winrm_transport=kerberos
ansible_port=5985
ansible_user=svc@CORP.EXAMPLE
`,
    );
    const file = write('from-ansible.yaml', 'inventory: { command: [ansible-inventory, -i, hosts.ini, --list] }\n');
    const { hosts, groups } = await read({ inventory: file });
    expect(
      hosts.map(({ name, address, port, useTls, auth, user, vars }) => ({
        name,
        address,
        port,
        useTls,
        auth,
        user,
        vars,
      })),
    ).toEqual(
      expect.arrayContaining([
        { name: 'lone', address: '10.0.0.9', port: 5985, useTls: false, auth: 'negotiate', user: null, vars: {} },
        ...['web01', 'web02'].map((name) => ({
          name,
          address: name,
          port: 5985,
          useTls: false,
          auth: 'kerberos',
          user: 'svc@CORP.EXAMPLE',
          vars: { tier: 'front' },
        })),
      ]),
    );
    expect(hosts).toHaveLength(3);
    expect(groups.get('servers')).toEqual(['web01', 'web02']);
  });
});

describe('an inventory that is only checked', () => {
  it('asks nobody', async () => {
    const file = write('check.yaml', 'inventory: { command: [firebreak-no-such-program] }\nhosts: { a: }');
    expect((await read({ inventory: file, isCheckOnly: true })).hosts).toHaveLength(1);
  });
});
