/** Firebreak.Shield on systems without PowerShell, through a relay: each with the tool that it has. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createScanner } from '../../src/scan/index.ts';
import { eventually, ModuleLab, type Relayed, type Result } from './support/module-lab.ts';

const UDP = [135, 137, 138, 445];
const TCP = [135, 139, 445, 593];

describe('shields through a relay', () => {
  let lab: ModuleLab;
  beforeAll(async () => {
    lab = await ModuleLab.start([
      { name: 'mgmt', profile: 'windows-server-2019', variant: 'management', relay: true },
      { name: 'w2k', profile: 'windows-2000-server-sp4', relay: 'mgmt' },
      { name: 'w2k-weak', profile: 'windows-2000-server-sp4-jpn', variant: 'trusts-domain', relay: 'mgmt' },
      { name: 'w2k-gpo', profile: 'windows-2000-server-sp4', variant: 'gpo-ipsec', relay: 'mgmt' },
      { name: 'xp', profile: 'windows-xp-sp1', variant: 'prior-ipsec', relay: 'mgmt' },
      { name: 'w2003', profile: 'windows-2003-gold', variant: 'prior-ipsec', relay: 'mgmt' },
      { name: 'nt4', profile: 'nt4-server-sp6a', relay: 'mgmt' },
    ]);
  });
  afterAll(() => lab.end());

  const on = (host: string): Relayed => lab.relayed('mgmt', host);
  const tree = (host: string): Promise<unknown> => lab.lab.ask('registry', { host });
  const read = (host: string, id: string): Promise<Result> =>
    on(host).call('Shield\\Get-FbIpsecShield', { Id: id, Survey: true });
  /** As file.push and shield.apply bring a program to the host. */
  const bring = async (host: string, file: string): Promise<void> => {
    const path = `${String((await read(host, 'none'))['ToolFolder'])}\\${file}`;
    const bytes = readFileSync(join(lab.lab.dir, 'packages', file));
    await on(host).call('Host\\Add-FbFileChunk', { Path: path, Offset: 0, Bytes: bytes });
  };
  const priorOf = (found: Result): { [name: string]: string } => ({
    PriorName: String(found['AssignedName'] ?? ''),
    PriorPath: String(found['AssignedPath'] ?? ''),
    AgentState: String(found['AgentState']),
    AgentStart: String(found['AgentStart']),
  });
  const up = (host: string, id: string, found: Result, more: object = {}): Promise<Result> =>
    on(host).call('Shield\\Set-FbIpsecShield', {
      Id: id,
      Tcp: TCP,
      Udp: UDP,
      Exempt: [lab.lab.host('mgmt').address, '192.0.2.7'],
      ConfirmSeconds: 300,
      ...priorOf(found),
      ...more,
    });
  const down = (host: string, id: string, found: Result): Promise<Result> =>
    on(host).call('Shield\\Restore-FbIpsecShield', { Id: id, Snapshot: String(found['Snapshot']), ...priorOf(found) });

  const seen = async (host: string, port: number): Promise<string> => {
    const probe = { address: lab.lab.host(host).address, port: lab.port(host, port), protocol: 'tcp' } as const;
    return createScanner().probe({ ...probe, source: lab.lab.vantage, timeoutMs: 1500 }, new AbortController().signal);
  };

  it('name the program that is missing, and where to get it', async () => {
    expect(await read('w2k', 'a1')).toMatchObject({
      Tool: 'ipsecpol',
      ToolMissing: expect.stringContaining('Resource Kit'),
      ToolFolder: 'C:\\WINNT\\Firebreak\\tools',
      Relayed: true,
      AgentExists: true,
      NoDefaultExempt: null,
      ExemptWanted: 1,
    });
    const refused = await up('w2k', 'a1', await read('w2k', 'a1'));
    expect(refused).toMatchObject({
      Changed: false,
      Applied: false,
      Errors: [expect.stringContaining('ipsecpol.exe')],
    });
  });

  it('are nothing for NT 4.0', async () => {
    expect(await read('nt4', 'a1')).toMatchObject({ Tool: '', AgentExists: false, Stands: false, Readable: true });
  });

  it('see a Group Policy that would overrule them', async () => {
    expect(await read('w2k-gpo', 'a1')).toMatchObject({ GpoAssigned: true, GpoName: 'Domain baseline' });
  });

  it.each([
    ['w2k', 'ipsecpol.exe', null, 1],
    ['xp', 'ipseccmd.exe', 'Corp baseline', 1],
    ['w2003', null, 'Corp baseline', null],
  ])('stand on %s, let the relay through, and leave nothing behind', async (host, tool, policy, exempt) => {
    if (tool !== null) await bring(host, tool);
    const before = await tree(host);
    const found = await read(host, 'b1');
    expect(found).toMatchObject({ ToolMissing: '', AssignedName: policy, ExemptWanted: exempt, Weakness: '' });
    expect(await up(host, 'b1', found)).toEqual({ Changed: true, Applied: true, Errors: [] });
    expect(await read(host, 'b1')).toMatchObject({
      Stands: true,
      ConfirmArmed: true,
      AssignedName: 'Firebreak-b1',
      ExemptWanted: null,
      NoDefaultExempt: exempt ?? found['NoDefaultExempt'],
    });
    expect([await seen(host, 135), await seen(host, 445)]).toEqual(['filtered', 'filtered']);
    expect(await on(host).call('Shield\\Confirm-FbShield', { Id: 'b1' })).toMatchObject({ Confirmed: true });
    expect(await read(host, 'b1')).toMatchObject({ Stands: true, ConfirmArmed: false });
    expect(await up(host, 'b1', found)).toEqual({ Changed: false, Applied: true, Errors: [] });
    expect(await down(host, 'b1', found)).toMatchObject({
      Changed: true,
      Restored: true,
      Conflict: false,
      StoreSame: true,
      Errors: [],
    });
    expect(await tree(host)).toEqual(before);
    expect(await seen(host, 135)).toBe('open');
    expect(await down(host, 'b1', found)).toMatchObject({ Changed: false, Restored: true });
    expect(await read(host, 'b1')).toMatchObject(priorState(found));
  });

  it('let the agent read NoDefaultExempt, also where an attempt was cut off before it could', async () => {
    await bring('w2k', 'ipsecpol.exe');
    const found = await read('w2k', 'e1');
    const write = (Path: string, Name: string, Type: string, Value: string | number) =>
      on('w2k').call('Core\\Set-FbRegistryValue', { Path, Name, Type, Value });
    const record = 'HKLM\\SOFTWARE\\Firebreak\\Shields\\e1';
    await write(record, 'ExemptPrior', 'String', '');
    await write(record, 'ExemptWritten', 'String', '1');
    await write('HKLM\\SYSTEM\\CurrentControlSet\\Services\\IPSEC', 'NoDefaultExempt', 'DWord', 1);
    const restarts = async () => (await lab.history('w2k')).filter(({ kind }) => kind === 'service').length;
    const before = await restarts();
    expect(await up('w2k', 'e1', found)).toEqual({ Changed: true, Applied: true, Errors: [] });
    expect((await restarts()) - before).toBe(2);
    expect(await up('w2k', 'e1', found)).toMatchObject({ Applied: true, Errors: [] });
    expect((await restarts()) - before).toBe(2);
    expect(await down('w2k', 'e1', found)).toMatchObject({ Restored: true, StoreSame: true });
    expect(await read('w2k', 'e1')).toMatchObject(priorState(found));
  });

  it('say that a policy which trusts everybody was no protection', async () => {
    expect(await read('w2k-weak', 'a1')).toMatchObject({
      AssignedName: 'Domain members',
      Weakness: expect.stringContaining('only permits'),
    });
  });

  it.each([
    ['w2k-weak', 'ipsecpol.exe'],
    ['w2003', null],
  ])(
    'fall by themselves on %s when nobody confirms, and the rest goes back with the next contact',
    async (host, tool) => {
      if (tool !== null) await bring(host, tool);
      const before = await tree(host);
      const found = await read(host, 'c1');
      expect(await up(host, 'c1', found, { ConfirmSeconds: 120 })).toMatchObject({ Applied: true, Errors: [] });
      await lab.lab.ask('clock', { seconds: 240 });
      await eventually(
        () => read(host, 'c1'),
        (state) => state['AssignedName'] === found['AssignedName'],
        'the host has reverted',
      );
      expect(await on(host).call('Shield\\Confirm-FbShield', { Id: 'c1' })).toMatchObject({ Confirmed: false });
      expect(await down(host, 'c1', found)).toMatchObject({
        Restored: true,
        Conflict: false,
        StoreSame: true,
        Errors: [],
      });
      expect(await tree(host)).toEqual(before);
    },
  );

  it('stay once they are confirmed', async () => {
    const found = await read('w2k', 'd1');
    await up('w2k', 'd1', found, { ConfirmSeconds: 120 });
    await on('w2k').call('Shield\\Confirm-FbShield', { Id: 'd1' });
    await lab.lab.ask('clock', { seconds: 240 });
    expect(await read('w2k', 'd1')).toMatchObject({ Stands: true, ConfirmArmed: false });
    expect(await down('w2k', 'd1', found)).toMatchObject({ Restored: true });
  });

  function priorState(found: Result): object {
    const { AssignedName, AgentState, AgentStart, NoDefaultExempt, Snapshot } = found;
    return { AssignedName, AgentState, AgentStart, NoDefaultExempt, Snapshot };
  }
});
