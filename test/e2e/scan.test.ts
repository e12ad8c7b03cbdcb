/**
 * `firebreak scan` and patch.scan against machines of the lab, whose answers follow from their own files, registry and
 * system. The machines' own history says what was asked of them.
 */
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { JsonObject } from '../../src/domain/index.ts';
import { cli, startCli } from './support/cli.ts';
import { type Fleet, startFleet } from './support/fleet.ts';

const XP = 'windows-xp-sp1';
const W2K = 'windows-2000-server-sp4';
/** Machine → profile, variant, what the scan says with and without the second call. */
const MACHINES: Readonly<Record<string, readonly [string, string, string, string?]>> = {
  'xp-open': [XP, 'vulnerable', 'unpatched'],
  'xp-patched': [XP, 'patched', 'patched'],
  'xp-older': [XP, 'only-823980', 'only-823980', 'unpatched'],
  'xp-slip': [XP, 'slipstreamed', 'patched'],
  'xp-keys': [XP, 'key-without-files', 'unpatched'],
  'xp-waits': [XP, 'installed-not-rebooted', 'unpatched'],
  'xp-dcom': [XP, 'dcom-disabled', 'denied'],
  'xp-sp2': [XP, 'service-pack', 'denied'],
  'w2k-newer': [W2K, 'superseded-828741', 'patched'],
  'w2k-rollup': [W2K, 'rollup', 'patched'],
  'w2k-welchia': [W2K, 'infected-welchia', 'patched'],
  'nt4-patched': ['nt4-server-sp6a', 'patched', 'patched'],
  'nt4-tse': ['nt4-tse-sp6', 'vulnerable', 'unpatched'],
  'w2k3-64': ['windows-2003-64', 'only-823980', 'only-823980', 'unpatched'],
  me: ['windows-me', 'not-affected', 'refused'],
  off: [XP, 'unreachable', 'unreachable'],
};

interface Scanned {
  readonly target: string;
  readonly address: string;
  readonly port: number;
  readonly inventory: string | null;
  readonly not_in_inventory: boolean | null;
  readonly category: string;
  readonly patched: boolean | null;
  readonly reason: string;
}

interface Report {
  readonly totals: Readonly<Record<string, number | boolean | null>>;
  readonly hosts: readonly Scanned[];
}

describe('firebreak scan', () => {
  let fleet: Fleet;
  let inventory: string;
  /** Where TCP 135 is: mapped where this user may not bind it. */
  let port: number;
  const address = (host: string): string => fleet.lab.host(host).address;
  const place = (host: string): string => (port === 135 ? address(host) : `${address(host)}:${port}`);

  beforeAll(async () => {
    fleet = await startFleet([
      { name: 'mgmt01', profile: 'windows-server-2019', variant: 'management', relay: true },
      ...Object.entries(MACHINES).map(([name, [profile, variant]]) => ({ name, profile, variant })),
    ]);
    inventory = join(fleet.lab.dir, 'inventory.yaml');
    port = Number(/\b135['"]?: (\d+)/.exec(readFileSync(inventory, 'utf8'))?.[1] ?? 135);
  });
  afterAll(() => fleet.end());

  async function scan(args: readonly string[], expectedCode = 3): Promise<Report> {
    const common = ['--output', 'json', '--timeout', '2s', '--port', String(port)];
    const { code, stdout, stderr } = await cli(['scan', ...common, ...args], fleet.options);
    if (code !== expectedCode) throw new Error(`exit ${code}: ${stderr}`);
    return JSON.parse(stdout) as Report;
  }

  /** What was asked of a machine's RPC service so far. */
  async function calls(host: string): Promise<readonly unknown[]> {
    return (await fleet.history(host)).filter(({ kind }) => kind === 'rpc').map((entry) => entry['call']);
  }

  it('tells the machines apart without a logon, and asks for KB823980 only when told to', async () => {
    const before = await scan(['-i', inventory, 'all:!mgmt01']);
    expect(Object.fromEntries(before.hosts.map(({ target, category }) => [target, category]))).toEqual(
      Object.fromEntries(Object.entries(MACHINES).map(([name, [, , both, one]]) => [name, one ?? both])),
    );
    expect(before.totals).toEqual({
      addresses: 16,
      skipped: 0,
      scanned: 16,
      not_in_inventory: 0,
      patched: 6,
      'only-823980': 0,
      unpatched: 6,
      denied: 2,
      refused: 1,
      unreachable: 1,
      'invalid-address': 0,
      'needs-investigation': 0,
      interrupted: false,
    });
    for (const name of Object.keys(MACHINES)) expect(await calls(name)).not.toContain('RemoteActivation');

    const after = await scan(['-i', inventory, '--also-activation', 'all:!mgmt01']);
    expect(Object.fromEntries(after.hosts.map(({ target, category }) => [target, category]))).toEqual(
      Object.fromEntries(Object.entries(MACHINES).map(([name, [, , both]]) => [name, both])),
    );
    for (const { target, category, patched, reason } of after.hosts) {
      expect(patched).toBe(category === 'patched' ? true : /unpatched|only/.test(category) ? false : null);
      // The old scanner's false report: a host with KB824146 said to miss KB823980.
      if (category === 'patched') {
        expect(reason).not.toContain('823980');
        expect(await calls(target)).toEqual(['RemoteGetClassObject', 'RemoteGetClassObject']);
      }
      const logons = (await fleet.history(target)).filter(({ kind }) => kind === 'logon');
      expect(logons).toEqual([]);
    }
    expect(await calls('xp-older')).toEqual(['RemoteGetClassObject', 'RemoteGetClassObject', 'RemoteActivation']);
  });

  it('ends with 0 when all that was named is patched, and with 3 for denied', async () => {
    const report = await scan([address('xp-patched'), address('w2k-newer')], 0);
    expect(report.hosts.map(({ category, inventory: known }) => [category, known])).toEqual([
      ['patched', null],
      ['patched', null],
    ]);
    await scan([address('xp-patched'), address('xp-sp2')], 3);
    await scan([address('xp-patched'), address('off')], 3);
  });

  it('lists what answers in a range, and says who is in no inventory', async () => {
    const first = address('mgmt01').split('.');
    const range = `${first.slice(0, 3).join('.')}.0/27`;
    const known = `${address('xp-patched')},${address('xp-sp2')}`;
    const { hosts, totals } = await scan(['-i', known, range]);
    expect(totals).toMatchObject({ addresses: 32, skipped: 2, scanned: 30, patched: 6, not_in_inventory: 13 });
    // Where nothing answers there is most likely no host: me, off and the rest of the block are only counted.
    expect(hosts).toHaveLength(15);
    expect(hosts.filter((host) => host.not_in_inventory === false).map((host) => host.inventory)).toEqual(
      known.split(','),
    );
    const all = await scan(['--all', '-i', known, range]);
    expect(all.hosts).toHaveLength(30);

    const { stdout, code } = await cli(
      ['scan', '--timeout', '2s', '--port', String(port), '-i', known, range],
      fleet.options,
    );
    expect(code).toBe(3);
    expect(stdout).toMatch(/^skipped \(network and broadcast addresses\) +2$/m);
    expect(stdout).toMatch(/^ {2}patched with KB824146 +6$/m);
    const strangers = /^answers on 135, not in the inventory: (.*)$/m.exec(stdout)?.[1]?.split(', ');
    expect(strangers).toHaveLength(13);
    expect(strangers).toContain(place('xp-open'));
    expect(strangers).not.toContain(place('xp-patched'));
  });

  it('finds a mapped port: as target:port, and as the inventory maps it', async () => {
    const forward = createServer((socket) => {
      const onward = connect({ host: address('xp-patched'), port });
      socket.pipe(onward).pipe(socket);
      for (const one of [socket, onward]) one.on('error', () => socket.destroy());
    }).listen(0, '127.0.0.1');
    try {
      await once(forward, 'listening');
      const { port: mapped } = forward.address() as AddressInfo;
      const named = await scan([`127.0.0.1:${mapped}`], 0);
      expect(named.hosts).toMatchObject([{ address: '127.0.0.1', port: mapped, category: 'patched' }]);

      const file = join(fleet.lab.dir, 'mapped.yaml');
      writeFileSync(file, `all: { hosts: { behind-nat: { address: 127.0.0.1, ports: { 135: ${mapped} } } } }\n`);
      for (const targets of [[], ['behind-nat'], ['127.0.0.1'], ['127.0.0.1-127.0.0.1'], [`127.0.0.1:${mapped}`]]) {
        const { hosts } = await scan(['-i', file, ...targets], 0);
        expect(hosts).toMatchObject([
          { target: 'behind-nat', inventory: 'behind-nat', port: mapped, category: 'patched', not_in_inventory: false },
        ]);
      }
    } finally {
      forward.close();
    }
  });

  it('reads targets from a file, each once, and writes CSV and a line a host', async () => {
    const file = join(fleet.lab.dir, 'targets.txt');
    const [open, patched] = [address('xp-open'), address('xp-patched')];
    writeFileSync(file, `\ufeff# the lab\r\n${open}\r\n\r\n${patched}  # fixed\r\n${open}-${open}\r\n`);
    const csv = await cli(
      ['scan', '--port', String(port), '--output', 'csv', '--targets-file', file, patched],
      fleet.options,
    );
    expect(csv.stdout.split('\r\n').map((line) => line.split(',').slice(0, 7).join(','))).toEqual([
      'target,address,port,inventory,not_in_inventory,category,patched',
      `${patched},${patched},${port},,,patched,true`,
      `${open},${open},${port},,,unpatched,false`,
      '',
    ]);
    expect(csv.stderr).toMatch(/^scanned +2$/m);
    const lines = await cli(
      ['scan', '--port', String(port), '--output', 'ndjson', '--targets-file', file],
      fleet.options,
    );
    const hosts = lines.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Scanned);
    expect(hosts.map(({ target }) => target).sort()).toEqual([open, patched].sort());
  });

  it.each(['rpc-silent', 'rpc-garbage', 'rpc-half', 'rpc-reset', 'rpc-fault', 'rpc-short'])(
    'leaves a machine to a person whose RPC service is in trouble: %s',
    async (kind) => {
      await fleet.lab.ask('trouble', { host: 'w2k-newer', kind, options: {} });
      const { hosts } = await scan(['--timeout', '500ms', '--also-activation', address('w2k-newer')]);
      expect(hosts).toMatchObject([{ category: 'needs-investigation', patched: null }]);
      await fleet.lab.ask('trouble', { host: 'w2k-newer', kind: 'none', options: {} });
      expect((await scan([address('w2k-newer')], 0)).hosts).toMatchObject([{ category: 'patched' }]);
    },
  );

  it('can be interrupted, keeps what it has and says what is missing', async () => {
    const args = [
      '--port',
      String(port),
      '--output',
      'ndjson',
      '--timeout',
      '10m',
      address('xp-patched'),
      address('off'),
    ];
    const started = startCli(['scan', ...args], fleet.options);
    await started.lines(/"patched"/);
    started.child.kill('SIGINT');
    const { code, stderr } = await started.ended;
    expect(code).toBe(130);
    expect(stderr).toContain('interrupted: 1 address was not scanned');
  });

  it.each([
    [[], 'nothing is named to be scanned'],
    [['10.0.0.300', 'fd00::/64'], '"10.0.0.300" cannot be scanned: it is not an IP address\n"fd00::/64" cannot be'],
    [['--concurrency', '0', '127.0.0.1'], '--concurrency'],
    [['--source', 'eth0', '127.0.0.1'], 'an IP address of this machine'],
    [['--output', 'xml', '127.0.0.1'], 'Allowed choices are table, json, ndjson, csv'],
  ])('refuses %j with 2, and touches nothing', async (args, message) => {
    const { code, stderr, stdout } = await cli(['scan', ...args], fleet.options);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  it('names the host that it does not know', async () => {
    const { code, stderr } = await cli(['scan', '-i', inventory, 'xp-pached'], fleet.options);
    expect(code).toBe(2);
    expect(stderr).toMatch(/"xp-pached" \(.*xp-patched/);
  });

  it('is a step: through a relay it asks from the controller, and the restart that was missing shows', async () => {
    const playbook = join(fleet.lab.dir, 'scan.yaml');
    writeFileSync(
      playbook,
      `firebreak: 1
name: scan
advisory: ms03-039
hosts: xp-waits
steps:
  - { id: before, uses: patch.scan, with: { also_activation: true } }
  - { uses: assert, with: { that: "\${{ steps.before.category == 'unpatched' && steps.before.patched == false }}" } }
  - { uses: assert, with: { that: "\${{ steps.before.reachable == true && steps.before.denied == false }}" } }
  - { uses: host.reboot }
  - { id: after, uses: patch.scan }
  - { uses: assert, with: { that: "\${{ steps.after.category == 'patched' && steps.after.hresult == '0x8001011D' }}" } }
  - { id: verify, uses: patch.verify, with: { scan: true } }
  - { uses: assert, with: { that: "\${{ steps.verify.fixed == true }}" } }
`,
    );
    const { code, stdout, stderr } = await cli(['run', playbook, '-i', inventory, '--output', 'lines'], fleet.options);
    if (code !== 0) throw new Error(`${stdout}\n${stderr}`);
    expect(
      (await fleet.history('xp-waits')).filter(({ kind }) => kind === 'rpc').map(({ hresult }) => hresult),
    ).toEqual(expect.arrayContaining(['0x80004005', '0x80040154', '0x8001011D']));
  });

  it('is evidence for a verdict: what registry, files and network say, in one', async () => {
    const verify = async (host: string): Promise<{ readonly verdict: string; readonly evidence: JsonObject }> => {
      const { stdout } = await cli(['verify', 'ms03-039', '--scan', '--json', '-i', inventory, host], fleet.options);
      return JSON.parse(stdout) as { readonly verdict: string; readonly evidence: JsonObject };
    };
    expect(await verify('xp-slip')).toMatchObject({
      verdict: 'patched',
      evidence: { network: { category: 'patched', patched: true, hresult: '0x8001011D' } },
    });
    expect(await verify('xp-dcom')).toMatchObject({ verdict: 'vulnerable', evidence: { network: { denied: true } } });
    const other = await cli(['verify', 'cve-2020-0796', '--scan', '-i', inventory, 'mgmt01'], fleet.options);
    expect(other.stderr).toContain('--scan tells KB824146 alone, and cve-2020-0796 is about another update');
    expect(other.code).toBe(2);
  });
});
