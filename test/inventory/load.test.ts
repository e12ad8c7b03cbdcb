import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { FirebreakError } from '../../src/domain/index.ts';
import { type Inventory, loadInventory } from '../../src/inventory/index.ts';
import { formatProblems, type SourceProblem } from '../../src/util/index.ts';

const fixture = (name: string): string => readFileSync(join(import.meta.dirname, 'fixtures', name), 'utf8');
const fleet = fixture('fleet.yaml');

function load(text: string): Inventory {
  return loadInventory(text, 'site.yaml');
}

function problemsOf(text: string): readonly SourceProblem[] {
  try {
    load(text);
  } catch (error) {
    if (!(error instanceof FirebreakError) || error.code !== 'FB_INVENTORY_INVALID') throw error;
    return error.details as readonly SourceProblem[];
  }
  return [];
}

function host(inventory: Inventory, name: string): Inventory['hosts'][number] | undefined {
  return inventory.hosts.find((candidate) => candidate.name === name);
}

describe('an inventory', () => {
  const read = load(fleet);

  it('gives each host its effective settings', () => {
    expect(host(read, 'web01')).toEqual({
      name: 'web01',
      address: '10.0.0.11',
      transport: 'winrm',
      port: 5985,
      useTls: false,
      auth: 'basic',
      allowUnencrypted: true,
      user: 'CORP\\svc-patch',
      password: { env: 'FB_PASSWORD' },
      ports: {},
      vantages: ['127.0.0.2'],
      partners: [],
      groups: ['servers', 'pilot'],
      vars: { site: 'tokyo' },
    });
    expect(host(read, 'old01')?.ports).toEqual({ 135: 10_135 });
    expect(host(read, 'dc01')?.vars).toEqual({ site: 'tokyo', redundancy: 'dcs' });
    expect(host(read, 'lone')).toMatchObject({ port: 5990, groups: [], allowUnencrypted: false });
  });

  it('lists hosts in order of appearance and groups with the hosts of their children', () => {
    expect(read.hosts.map(({ name }) => name)).toEqual(['web01', 'dc01', 'dc02', 'old01', 'lone']);
    expect([...read.groups]).toEqual([
      ['servers', ['web01', 'dc01', 'dc02']],
      ['pilot', ['web01']],
      ['legacy', ['old01']],
    ]);
  });

  it('lets the deeper group win over the outer one, the later name over the earlier, and the host over all', () => {
    const read = load(`
all:
  vars: { auth: basic, a: all, b: all, c: all, d: all, port: 1 }
  children:
    outer:
      vars: { b: outer, c: outer, d: outer }
      children:
        inner_b: { vars: { c: inner_b, d: inner_b }, hosts: { x: { vars: { d: host, port: 2 }, port: 3 } } }
        inner_a: { vars: { c: inner_a }, hosts: { x: } }
`);
    expect(host(read, 'x')).toMatchObject({ vars: { a: 'all', b: 'outer', c: 'inner_b', d: 'host' }, port: 3 });
  });

  it('takes a credential apart: the user from here, the password from there', () => {
    const read = load(`
all:
  vars: { auth: basic, credential: { user: both, password: { file: secret.txt } } }
  hosts: { a: { credential: { user: own } }, b: { credential: { password: { prompt: true } } } }
`);
    expect(host(read, 'a')).toMatchObject({ user: 'own', password: { file: resolve('secret.txt') } });
    expect(host(read, 'b')).toMatchObject({ user: 'both', password: { prompt: true } });
  });

  it('takes groups and hosts at the top of the file', () => {
    const read = load('vars: { auth: basic }\nhosts: { a: }\nweb: { hosts: { b: } }\nempty:\n');
    expect(read.hosts.map(({ name, groups }) => [name, groups])).toEqual([
      ['a', []],
      ['b', ['web']],
    ]);
    expect(read.groups.get('empty')).toEqual([]);
  });

  it('logs on by negotiate, by NTLM or by Basic; negotiate is the default', () => {
    const read = load('hosts: { a: , b: { auth: ntlm }, c: { auth: basic }, d: { auth: negotiate } }');
    expect(read.hosts.map(({ auth }) => auth)).toEqual(['negotiate', 'ntlm', 'basic', 'negotiate']);
  });

  it('knows the ports of WinRM', () => {
    const text = 'vars: { auth: basic }\nhosts: { a: , b: { port: 443 } }';
    expect(load(text).hosts.map(({ port }) => port)).toEqual([5985, 443]);
    expect(loadInventory(text, 'f', { useTls: true }).hosts.map(({ port }) => port)).toEqual([5986, 443]);
  });

  it('gives way to the command line', () => {
    const overrides = {
      auth: 'basic',
      user: 'me',
      password: { env: 'PW' },
      useTls: true,
      allowUnencrypted: true,
    } as const;
    expect(loadInventory('hosts: { a: { credential: { user: x } } }', 'f', overrides).hosts[0]).toMatchObject({
      auth: 'basic',
      user: 'me',
      password: { env: 'PW' },
      useTls: true,
      port: 5986,
      allowUnencrypted: true,
    });
  });

  it('of ten thousand hosts is read', () => {
    const hosts = Array.from(
      { length: 10_000 },
      (_, index) => `    h${index}: { address: 10.${index >> 8}.${index & 255}.1 }`,
    );
    const read = load(`all:\n  vars: { auth: basic }\n  hosts:\n${hosts.join('\n')}\n`);
    expect(read.hosts).toHaveLength(10_000);
    expect(read.hosts[9999]?.address).toBe('10.39.15.1');
  });
});

describe('settings of an inventory', () => {
  it('name every way to a host; paths start at the file', () => {
    const read = loadInventory(
      `
all:
  vars: { ca: certs/ca.pem, source: 10.0.0.2 }
  hosts:
    tls: { use_tls: true, auth: certificate, certificate: { cert: a.pem, key: b.pem }, proxy: "http://p:3128" }
    pinned: { port: 5986, fingerprint: "${'AB:'.repeat(31)}AB", configuration: PowerShell.7 }
    krb: { auth: kerberos, keytab: svc.keytab, spn: host/krb, credential: { user: svc@CORP } }
    lin: { transport: ssh, private_key: id, passphrase: { env: PHRASE }, known_hosts: kh, jump: { address: bastion, user: j }, shell: pwsh }
    me: { transport: local, shell: pwsh }
`,
      '/site/inventory.yaml',
    );
    const common = { ca: resolve('/site/certs/ca.pem'), source: '10.0.0.2' };
    expect(
      read.hosts.map(({ name, port, useTls, auth, connection }) => [name, port, useTls, auth, connection]),
    ).toEqual([
      [
        'tls',
        5986,
        true,
        'certificate',
        {
          ...common,
          certificate: { cert: resolve('/site/a.pem'), key: resolve('/site/b.pem') },
          proxy: 'http://p:3128',
        },
      ],
      ['pinned', 5986, true, 'negotiate', { ...common, fingerprint: 'ab'.repeat(32), configuration: 'PowerShell.7' }],
      ['krb', 5985, false, 'kerberos', { source: '10.0.0.2', keytab: resolve('/site/svc.keytab'), spn: 'host/krb' }],
      [
        'lin',
        22,
        false,
        'negotiate',
        {
          source: '10.0.0.2',
          privateKey: resolve('/site/id'),
          passphrase: { env: 'PHRASE' },
          knownHosts: resolve('/site/kh'),
          jump: { address: 'bastion', port: 22, user: 'j' },
          shell: 'pwsh',
        },
      ],
      ['me', 0, false, 'negotiate', { shell: 'pwsh' }],
    ]);
  });

  it('that a group gives may mean nothing for some of its hosts', () => {
    const read = load('vars: { ca: x.pem, auth: basic }\nhosts: { a: { use_tls: true }, b: , c: { transport: ssh } }');
    expect(read.hosts.map(({ connection }) => connection !== undefined)).toEqual([true, false, false]);
  });

  it('take passwords from files, the keyring and programs', () => {
    const read = load(`
all:
  hosts:
    a: { credential: { user: u, password: { keyring: true } } }
    b: { credential: { user: u, password: { keyring: { service: s, account: x } } } }
    c: { credential: { user: u, password: { command: [./laps, --host, 7] } } }
`);
    expect(read.hosts.map(({ password }) => password)).toEqual([
      { keyring: {} },
      { keyring: { service: 's', account: 'x' } },
      { command: [resolve('laps'), '--host', '7'] },
    ]);
  });

  it("may have Ansible's names", () => {
    const read = load(`
all:
  vars:
    ansible_connection: winrm
    ansible_winrm_transport: [ntlm, basic]
    ansible_winrm_server_cert_validation: ignore
    ansible_user: svc
    ansible_password: "{{ lookup('env', 'PW') }}"
    ansible_winrm_read_timeout_sec: 60
  hosts:
    https: { ansible_host: 10.0.0.1 }
    http: { ansible_port: 5985 }
    lin: { ansible_connection: ssh, ansible_ssh_private_key_file: /k, ansible_user: root }
    cert:
      ansible_connection: psrp
      ansible_psrp_auth: certificate
      ansible_psrp_certificate_pem: /c.pem
      ansible_psrp_certificate_key_pem: /c.key
`);
    expect(host(read, 'https')).toMatchObject({
      address: '10.0.0.1',
      port: 5986,
      useTls: true,
      auth: 'ntlm',
      user: 'svc',
      password: { env: 'PW' },
      connection: { insecure: true },
      vars: { ansible_winrm_read_timeout_sec: 60 },
    });
    expect(host(read, 'http')).toMatchObject({ port: 5985, useTls: false });
    expect(host(read, 'lin')).toMatchObject({
      transport: 'ssh',
      port: 22,
      user: 'root',
      connection: { privateKey: resolve('/k') },
    });
    expect(host(read, 'cert')?.connection?.certificate).toEqual({ cert: resolve('/c.pem'), key: resolve('/c.key') });
  });
});

describe('a broken inventory', () => {
  it('is told all its mistakes at once, and no password', () => {
    const text = formatProblems(problemsOf(fixture('broken.yaml')));
    expect(`${text}\n`).toBe(fixture('broken.txt'));
    expect(text).not.toContain('hunter2');
  });

  it.each<[string, string, string]>([
    ['', '1:1 the file is empty', ''],
    ['- a', '1:1 an inventory must be a map, not a list', ''],
    [
      'all: { hosts: { a: { auth: basic } }, groups: {} }',
      '1:39 unknown key "groups" in a group',
      'known keys: hosts, vars, children',
    ],
    ['hosts: { a: { adress: x, auth: basic } }', '1:15 unknown key "adress" in a host', 'did you mean "address"?'],
    ['hosts: { a: { ansible_host: "x y" } }', '1:29 "x y" is neither an IP address nor a host name', ''],
    ['hosts: { a: { vars: { ansible_port: 0 } } }', '1:37 "0" is not a port', ''],
    [
      'hosts: { a: { ansible_connection: docker } }',
      '1:35 the connection docker is not supported',
      'winrm, psrp, ssh or local',
    ],
    [
      'hosts: { a: { ansible_winrm_transport: credssp } }',
      '1:40 the authentication credssp is not supported',
      'use kerberos, negotiate, ntlm or certificate',
    ],
    [
      'hosts: { a: { ansible_user: "{{ vault_user }}" } }',
      '1:29 "ansible_user" holds a template, which only Ansible can evaluate',
      'write the value itself',
    ],
    [
      'vars: { auth: basic, credentials: {} }\nhosts: { a: }',
      '1:22 "credentials" is too near to the setting "credential"',
      'did you mean "credential"?',
    ],
    [
      'hosts: { a: { auth: basic, transport: ssh } }',
      '1:15 "auth" is for WinRM, and these hosts are reached by ssh',
      'remove it, or write transport: winrm',
    ],
    [
      'hosts: { a: { auth: basic, transport: winrmm } }',
      '1:39 unknown transport "winrmm"',
      'one of winrm, ssh, local, relay',
    ],
    ['hosts: { a: { transport: relay } }', '1:15 transport relay needs a relay', 'write relay: NAME of a host'],
    ['hosts: { a: { ca: x.pem } }', '1:15 "ca" needs TLS', 'write use_tls: true'],
    [
      'hosts: { a: { auth: certificate } }',
      '1:15 "auth" certificate needs a certificate and its key',
      'write certificate: { cert: FILE, key: FILE }',
    ],
    [
      'hosts: { a: { use_tls: true, auth: basic, certificate: { cert: c, key: k } } }',
      '1:43 "certificate" is not used with auth: basic',
      'write auth: certificate',
    ],
    [
      'hosts: { a: { private_key: k } }',
      '1:15 "private_key" is for SSH, and these hosts are reached by winrm',
      'remove it, or write transport: ssh',
    ],
    [
      'hosts: { a: { auth: ntlm, keytab: k } }',
      '1:27 "keytab" is for Kerberos, not for auth: ntlm',
      'write auth: kerberos',
    ],
    [
      'hosts: { a: { use_tls: true, insecure: true, ca: x.pem } }',
      '1:30 "insecure" and ca or fingerprint contradict each other',
      'keep one of them',
    ],
    [
      'hosts: { a: { transport: local, port: 22 } }',
      '1:33 "port" means nothing for the local machine',
      'remove it, or write another transport',
    ],
    [
      'hosts: { a: { use_tls: true, fingerprint: abc } }',
      '1:43 this is not a fingerprint',
      expect.any(String) as never,
    ],
    ['hosts: { a: { proxy: "socks://x" } }', '1:22 "proxy" is not a URL', 'for example http://proxy.example:3128'],
    ['hosts: { a: { transport: ssh, jump: { port: 22 } } }', '1:31 the jump host has no address', ''],
    [
      'hosts: { a: { credential: { user: u, password: { command: get-password } } } }',
      '1:59 "command" is a list: no shell takes it apart',
      'write [program, argument, …]',
    ],
    [
      'inventory: { active_directory: { searcher: adsi } }\nhosts: { a: }',
      '1:14 which domain member is to be asked?',
      'through: dc01, a host of this inventory, or winrm://user@dc01',
    ],
    ['hosts: { a: { auth: baisc } }', '1:21 unknown authentication "baisc"', 'did you mean "basic"?'],
    [
      'hosts: { a: { relay: mgmt } }',
      '1:15 the relay "mgmt" is not a host of the inventory',
      'add it to the inventory; its groups need not be those of the playbook',
    ],
    ['hosts: { a: { auth: basic, port: 70000 } }', '1:34 "port" must be a whole number from 1 to 65535, not 70000', ''],
    ['hosts: { a: { auth: basic, address: "a b" } }', '1:37 "a b" is neither an IP address nor a host name', ''],
    [
      'hosts: { a: { auth: basic, partners: [10.0.0.256] } }',
      '1:39 "partners" holds IP addresses, not "10.0.0.256"',
      '',
    ],
    [
      'hosts: { a: { auth: basic, credential: { password: { vault: x } } } }',
      '1:54 unknown key "vault" in a password',
      'known keys: env, file, prompt, keyring, command',
    ],
    ['hosts: { a: { auth: basic }, a: { port: 1 } }', '1:30 duplicate key "a"', 'keep one of the two'],
    ['hosts: { a: { auth: basic }, A: { auth: basic } }', '1:30 "A" and "a" would be the same Windows host', ''],
    ['hosts: [a, b]', '1:8 "hosts" must be a map, not a list', ''],
  ])('%j', (text, placeAndMessage, hint) => {
    expect(
      problemsOf(text).map((problem) => [`${problem.line}:${problem.column} ${problem.message}`, problem.hint]),
    ).toEqual([[placeAndMessage, hint]]);
  });

  it.each([
    'password: hunter2',
    'password: [hunter2]',
    'password: { env: hunter2!! }',
    'passwrod: hunter2',
    'password: "hunter2',
    'password: a: hunter2',
    'password: *hunter2',
    'password: !hunter2',
    'password: { plain: hunter2 }',
    'password: { env: ok, value: hunter2 }',
    'password: { keyring: hunter2 }',
    'password: "{{ hunter2 }}"',
  ])('never shows a password: %s', (line) => {
    const problems = problemsOf(`hosts:\n  a:\n    auth: basic\n    credential:\n      user: x\n      ${line}\n`);
    expect(problems.length).toBeGreaterThan(0);
    expect(formatProblems(problems)).not.toContain('hunter2');
  });

  it('cut anywhere raises FB_INVENTORY_INVALID or is whole', () => {
    for (let length = 0; length < fleet.length; length++)
      expect(problemsOf(fleet.slice(0, length)).every(({ line }) => line > 0)).toBe(true);
  });

  it('with pieces put in or taken out raises FB_INVENTORY_INVALID or is whole', () => {
    const piece = fc.oneof(
      fc.constantFrom('{', '}', '[', ']', '"', ': ', ', ', '\n', '&a ', '*a', '!', '|', '\t'),
      fc.string({ maxLength: 4, unit: 'binary' }),
    );
    fc.assert(
      fc.property(fc.nat(fleet.length), fc.nat(30), piece, (at, gap, text) => {
        expect(problemsOf(fleet.slice(0, at) + text + fleet.slice(at + gap)).every(({ line }) => line > 0)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});
