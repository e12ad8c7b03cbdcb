/** What is scanned when targets and inventories are named: each place once, by its best name. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Connector } from '../../src/app/connect.ts';
import { chooseScanHosts, type ScanHosts } from '../../src/app/scan-hosts.ts';

const INVENTORY = `all:
  hosts:
    web01: { address: 10.0.0.5 }
    nat-a: { address: 10.0.0.9, ports: { 135: 10135 } }
    nat-b: { address: 10.0.0.9, ports: { 135: 20135 } }
    six: { address: "fd00:0:0::7" }
  children: { web: { hosts: { web01: {} } } }
`;

describe('the hosts of a scan', () => {
  let dir: string;
  let inventory: string;
  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), 'fbscan-'));
    inventory = join(dir, 'inventory.yaml');
    writeFileSync(inventory, INVENTORY);
  });
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  const choose = (
    targets: readonly string[],
    more: { readonly isKnown?: boolean; readonly port?: number; readonly targetsFile?: string } = {},
  ): Promise<ScanHosts> =>
    chooseScanHosts(
      {
        targets,
        targetsFile: more.targetsFile,
        inventory: more.isKnown === true ? [inventory] : undefined,
        port: more.port,
      },
      { connector: {} as Connector, signal: new AbortController().signal },
    );
  const places = ({ hosts }: ScanHosts): string[] =>
    hosts.map(({ target, address, port }) => `${target} ${address} ${port}`);

  it('are the whole inventory when nothing else is named', async () => {
    expect(places(await choose([], { isKnown: true }))).toEqual([
      'web01 10.0.0.5 135',
      'nat-a 10.0.0.9 10135',
      'nat-b 10.0.0.9 20135',
      'six fd00::7 135',
    ]);
  });

  it('are those of the pattern', async () => {
    expect(places(await choose(['web'], { isKnown: true }))).toEqual(['web01 10.0.0.5 135']);
    expect(places(await choose(['all:!web', '!six'], { isKnown: true }))).toHaveLength(2);
    await expect(choose(['wob01'], { isKnown: true })).rejects.toMatchObject({ code: 'FB_NO_HOSTS' });
  });

  it('are named and mapped by the inventory where it knows the address', async () => {
    const found = await choose(['10.0.0.4-10.0.0.9', 'fd00::6-fd00::7'], { isKnown: true });
    expect(places(found)).toEqual([
      '10.0.0.4 10.0.0.4 135',
      'web01 10.0.0.5 135',
      '10.0.0.6 10.0.0.6 135',
      '10.0.0.7 10.0.0.7 135',
      '10.0.0.8 10.0.0.8 135',
      'nat-a 10.0.0.9 10135',
      'nat-b 10.0.0.9 20135',
      'fd00::6 fd00::6 135',
      'six fd00::7 135',
    ]);
    expect(found.hosts.map(({ inventory: name }) => name).filter((name) => name !== null)).toEqual([
      'web01',
      'nat-a',
      'nat-b',
      'six',
    ]);
  });

  it('behind one address are told apart by their port; another port there is a stranger', async () => {
    expect(places(await choose(['10.0.0.9:20135'], { isKnown: true }))).toEqual(['nat-b 10.0.0.9 20135']);
    const { hosts } = await choose(['10.0.0.9:30135'], { isKnown: true });
    expect(hosts).toMatchObject([{ target: '10.0.0.9', port: 30_135, inventory: null }]);
  });

  it('are asked once, however often they are named, and a name makes a host of an address in a range', async () => {
    const { hosts, skipped } = await choose(['10.0.0.0/29', '10.0.0.3', '10.0.0.3-4', '10.0.0.3:136']);
    expect(skipped).toBe(2);
    expect(hosts).toHaveLength(7);
    expect(hosts.filter(({ isNamed }) => isNamed).map(({ address, port }) => `${address}:${port}`)).toEqual([
      '10.0.0.3:135',
      '10.0.0.3:136',
    ]);
  });

  it('may be target URIs, and have the port that is said for all', async () => {
    const found = await choose(['winrm://alice@web01.example:5985', 'web02:136', '10.0.0.1'], { port: 10_135 });
    expect(places(found)).toEqual(['web01.example web01.example 10135', 'web02 web02 136', '10.0.0.1 10.0.0.1 10135']);
  });

  it('are no more than is bearable, also in sum', async () => {
    await expect(choose(['10.0.0.0/16', '10.1.0.0/24'])).rejects.toMatchObject({
      code: 'FB_USAGE',
      message: 'the targets are more than 65536 addresses',
    });
  });

  it('are none when a target is unusable: all of those are named at once', async () => {
    const file = join(dir, 'targets.txt');
    writeFileSync(file, '10.0.0.1\n10.0.0.256 # typo\n');
    await expect(choose(['a..b'], { targetsFile: file })).rejects.toMatchObject({
      code: 'FB_USAGE',
      message: expect.stringMatching(/^"a\.\.b" cannot be scanned: .*\n"10\.0\.0\.256" cannot be scanned: .*$/),
    });
    await expect(choose([], { targetsFile: join(dir, 'nowhere.txt') })).rejects.toMatchObject({
      code: 'FB_FILE_MISSING',
    });
  });
});
