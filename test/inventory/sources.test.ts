import { resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { FirebreakError } from '../../src/domain/index.ts';
import { combineInventory, type Inventory, readInventoryText } from '../../src/inventory/index.ts';
import { formatProblems, type SourceProblem } from '../../src/util/index.ts';

type Source = readonly [file: string, text: string];

function load(...sources: readonly Source[]): Inventory {
  const uris = new Map<string, string>();
  const parts = sources.map(([file, text]) => readInventoryText(text, file, resolve('/site'), uris));
  return combineInventory(sources.map(([file]) => file).join(', '), parts, {}, uris);
}

function problemsOf(...source: Source): readonly string[] {
  return details(source).map(({ line, column, message, hint }) => `${line}:${column} ${message} | ${hint}`);
}

function details(source: Source): readonly SourceProblem[] {
  try {
    load(source);
  } catch (error) {
    if (!(error instanceof FirebreakError) || error.code !== 'FB_INVENTORY_INVALID') throw error;
    return error.details as readonly SourceProblem[];
  }
  return [];
}

const csv = `name,address,port,use_tls,user,password_env,groups,site,rack,vantages,ports
web01,10.0.0.1,5986,true,CORP\\svc,PW,web;tokyo,"Chiyoda, Tokyo",7,10.0.0.9;10.0.0.8,445=10445
"db01",,,,,,db,"say ""hi""",007,,

lone,10.0.0.3,,,,,,,,,
`;

describe('a CSV inventory', () => {
  it('has settings, groups and variables as columns', () => {
    const read = load(['hosts.csv', csv]);
    expect(read.hosts.map(({ name, address, port, groups, vars }) => ({ name, address, port, groups, vars }))).toEqual([
      {
        name: 'web01',
        address: '10.0.0.1',
        port: 5986,
        groups: ['web', 'tokyo'],
        vars: { site: 'Chiyoda, Tokyo', rack: 7 },
      },
      { name: 'db01', address: 'db01', port: 5985, groups: ['db'], vars: { site: 'say "hi"', rack: '007' } },
      { name: 'lone', address: '10.0.0.3', port: 5985, groups: [], vars: {} },
    ]);
    expect(read.hosts[0]).toMatchObject({
      useTls: true,
      user: 'CORP\\svc',
      password: { env: 'PW' },
      vantages: ['10.0.0.9', '10.0.0.8'],
      ports: { 445: 10_445 },
    });
  });

  it('takes parts of a setting with a dot, and paths from its folder', () => {
    const text = 'host,transport,jump.address,jump.user,private_key,passphrase_file\na,ssh,bastion,j,id,phrase\n';
    expect(load(['hosts.csv', text]).hosts[0]?.connection).toEqual({
      jump: { address: 'bastion', port: 22, user: 'j' },
      privateKey: resolve('/site/id'),
      passphrase: { file: resolve('/site/phrase') },
    });
  });

  it.each<[string, readonly string[]]>([
    ['', ['1:1 the file is empty | the first row names the columns']],
    [
      'nmae,port\na,1\n',
      ['1:1 no column "name" | the first row names the columns: name, address, transport, auth, groups, …'],
    ],
    ['name,port\na,x\n', ['2:3 "port" must be a whole number from 1 to 65535, not "x" | ']],
    ['name,port\nä,1\nö ö,2\n', ['3:1 "ö ö" is not a name for a host | ']],
    ['name,x\na,1,2\n', ['2:5 the row has 3 cells, the header 2 | quote a cell that holds a comma']],
    ['name\na\n\na\n', ['4:1 "a" has a row already | keep one of the two']],
    ['name,x,x\na,1,2\n', ['1:8 the column "x" is there twice | ']],
    ['name,auth\na,"basik"\n', ['2:3 unknown authentication "basik" | did you mean "basic"?']],
    [
      'name,x\na,"b\n',
      ['2:1 not valid CSV: a quote is never closed | a quote begins and ends the whole cell; inside it is doubled'],
    ],
    ['name,use_tsl\na,1\nb,2\n', ['1:6 "use_tsl" is too near to the setting "use_tls" | did you mean "use_tls"?']],
  ])('%j', (text, problems) => {
    expect(problemsOf('hosts.csv', text)).toEqual(problems);
  });

  it('refuses a password and shows none', () => {
    const text = formatProblems(details(['hosts.csv', 'name,password\na,hunter2\n']));
    expect(text).toContain('1:6: a password does not belong into the inventory');
    expect(text).not.toContain('hunter2');
  });

  it('of any text is read or refused with a place', () => {
    const piece = fc.constantFrom('a', ',', '"', '\n', '\r\n', ';', 'ä', '💥', '.', 'port', 'name', '\u0000');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const text = `name,port,groups\n${pieces.join('')}`;
        expect(details(['hosts.csv', text]).every(({ line, column }) => line > 0 && column > 0)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});

const list = JSON.stringify(
  {
    _meta: {
      hostvars: {
        web01: { ansible_host: '10.0.0.1', ansible_connection: 'winrm', ansible_port: 5985, tier: 'front' },
        db01: { ansible_user: 'dba', ansible_password: "{{ lookup('env', 'DB_PW') }}" },
      },
    },
    all: { children: ['ungrouped', 'servers'] },
    servers: { children: ['web', 'db'], vars: { ansible_user: 'svc', site: 'tokyo' } },
    web: { hosts: ['web01'] },
    db: ['db01'],
    ungrouped: { hosts: ['lone'] },
  },
  null,
  2,
);

describe("Ansible's JSON", () => {
  it('gives hosts, groups and variables', () => {
    const read = load(['inv', list]);
    expect(read.hosts.map(({ name, groups, user, vars }) => [name, groups, user, vars])).toEqual([
      ['web01', ['servers', 'web'], 'svc', { site: 'tokyo', tier: 'front' }],
      ['db01', ['servers', 'db'], 'dba', { site: 'tokyo' }],
      ['lone', [], null, {}],
    ]);
    expect(read.hosts[0]).toMatchObject({ address: '10.0.0.1', port: 5985, useTls: false });
    expect(read.hosts[1]?.password).toEqual({ env: 'DB_PW' });
    expect(read.groups.get('servers')).toEqual(['web01', 'db01']);
  });

  it('refuses a password in it, with the place and without the password', () => {
    const text = formatProblems(details(['inv', list.replace("{{ lookup('env', 'DB_PW') }}", 'hunter2')]));
    expect(text).toContain('a password does not belong into the inventory');
    expect(text).toMatch(/inv:\d+:\d+:/);
    expect(text).not.toContain('hunter2');
  });

  it('in the INI form is refused with the way out', () => {
    expect(problemsOf('hosts', '# ours\n[web]\nweb01 ansible_host=1.2.3.4\n')).toEqual([
      "2:1 this is Ansible's INI format, which is not read | let Ansible translate it: inventory: { command: [ansible-inventory, -i, hosts, --list] }",
    ]);
  });
});

describe('several sources', () => {
  it('are merged in their order, whatever their form', () => {
    const read = load(
      ['a.yaml', 'web: { vars: { site: osaka, auth: ntlm }, hosts: { web01: { address: 10.0.0.1 } } }'],
      ['b.csv', 'name,groups,port\nWEB01,pilot,5990\nnew,web,\n'],
      ['c', 'winrm://alice@web01:6000\nextra\n'],
    );
    expect(read.hosts.map(({ name, address, port, groups }) => [name, address, port, groups])).toEqual([
      ['web01', '10.0.0.1', 5990, ['web', 'pilot']],
      ['new', 'new', 5985, ['web']],
      ['web01:6000', 'web01', 6000, []],
      ['extra', 'extra', 5985, []],
    ]);
    expect(read.hosts[1]).toMatchObject({ auth: 'ntlm', vars: { site: 'osaka' } });
  });

  it('may not be at odds', () => {
    expect(() => load(['a.yaml', 'x: { hosts: { y: } }'], ['b.yaml', 'hosts: { x: }'])).toThrow(
      'a.yaml, b.yaml, taken together: "x" is both a host and a group',
    );
    expect(() =>
      load(['a.yaml', 'x: { children: { y: { hosts: { h: } } } }'], ['b.yaml', 'y: { children: { x: } }']),
    ).toThrow('is inside itself');
  });
});
