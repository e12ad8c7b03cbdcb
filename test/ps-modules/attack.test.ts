/** Firebreak.Attack on machines of the lab: what their logs show, by WMI and without it, and restarts that are held off. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, ModuleLab, type Result } from './support/module-lab.ts';

const DAYS = 3 * 86_400;
const look = { Service: 'RpcSs', WithinSeconds: DAYS };

interface Event {
  readonly At: string;
  readonly Id: number;
  readonly Source: string;
  readonly Strings: readonly string[];
}

describe('an attack on RpcSs', () => {
  let lab: ModuleLab;
  beforeAll(async () => {
    lab = await ModuleLab.start([
      { name: 'mgmt', profile: 'windows-server-2019', variant: 'management', relay: true },
      { name: 'xp', profile: 'windows-xp-sp1', variant: 'under-attack', relay: 'mgmt' },
      { name: 'jpn', profile: 'windows-xp-sp1-jpn', relay: 'mgmt' },
      { name: 'w2k', profile: 'windows-2000-server-sp4', variant: 'under-attack', relay: 'mgmt' },
      { name: 'w2k3', profile: 'windows-2003-gold', variant: 'log-cleared', relay: 'mgmt' },
      { name: 'nt4', profile: 'nt4-server-sp6a', variant: 'under-attack', relay: 'mgmt' },
      { name: 'quiet', profile: 'windows-xp-gold', variant: 'log-stopped', relay: 'mgmt' },
    ]);
  });
  afterAll(() => lab.end());

  const call = (host: string, name: string, parameters = {}): Promise<Result> =>
    host === 'mgmt'
      ? lab.call(host, `Attack\\${name}`, parameters)
      : lab.relayed('mgmt', host).call(`Attack\\${name}`, parameters);
  const ids = (seen: Result): readonly number[] => (seen['Events'] as unknown as Event[]).map(({ Id }) => Id);
  const crash = (host: string): Promise<unknown> => lab.lab.ask('trouble', { host, kind: 'rpc-crash', options: {} });
  const untilDown = (host: string): Promise<unknown> =>
    eventually(
      () => call(host, 'Get-FbCrashHold', { Service: 'RpcSs' }),
      ({ State }) => State === 'Stopped',
      `RpcSs of ${host} has died`,
    );

  it.each([
    ['xp', 'wmi', [7031, 6006, 6009, 6005, 6009, 6005, 6008, 7031, 6006, 6009, 6005]],
    ['w2k', 'wmi', [7031, 6009, 6005, 6008, 7031, 6006, 6009, 6005, 6008]],
    // NT 4.0 has no WMI: by the service EventLog.
    ['nt4', 'event-log', [6005, 6008, 6005, 6008, 6006, 6009, 6005, 6008]],
    ['mgmt', 'wmi', []],
    ['jpn', 'wmi', []],
  ])('is what the log of %s shows, by %s', async (host, by, expected) => {
    const seen = await call(host, 'Get-FbAttack', look);
    expect({ by: seen['By'], error: seen['Error'] }).toEqual({ by, error: '' });
    expect(ids(seen)).toEqual(expected);
    expect(seen).toMatchObject({ Readable: true, State: 'Running', Older: expect.stringMatching(/Z$/) });
    expect(String(seen['Older']) < String(seen['Since'])).toBe(true);
  });

  it('names the service as the events do, and keeps what they are made of', async () => {
    const seen = await call('xp', 'Get-FbAttack', look);
    const [first] = seen['Events'] as unknown as Event[];
    expect(first).toMatchObject({
      Id: 7031,
      Source: 'Service Control Manager',
      Strings: [seen['Display'], '1', '60000', '2', 'Reboot the machine'],
    });
  });

  it('tells a log that does not go back, and one that cannot be read, from one that is calm', async () => {
    expect(await call('w2k3', 'Get-FbAttack', look)).toMatchObject({ Readable: true, Older: null, Events: [] });
    expect(await call('quiet', 'Get-FbAttack', look)).toMatchObject({
      Readable: false,
      By: null,
      Error: expect.stringContaining('Generic failure'),
    });
  });

  it('is read over the service EventLog while RpcSs, and WMI with it, is dead; held off; and undone', async () => {
    const before = await call('xp', 'Get-FbCrashHold', { Service: 'RpcSs' });
    expect(before).toMatchObject({ Present: true, Action: 'reboot/60000', Reset: 0, Supported: true });
    await crash('xp');
    await untilDown('xp');
    const seen = await call('xp', 'Get-FbAttack', look);
    expect(seen).toMatchObject({ Readable: true, By: 'event-log', State: 'Stopped' });
    expect(ids(seen).at(-1)).toBe(7031);

    const held = { Service: 'RpcSs', Action: 'restart/1000', StopCountdown: true };
    const first = await call('xp', 'Set-FbCrashHold', held);
    expect(first).toMatchObject({ Changed: true, Applied: true, Stopped: true, Started: true, Errors: [] });
    const again = await call('xp', 'Set-FbCrashHold', held);
    expect(again).toMatchObject({ Changed: false, Applied: true, Stopped: false, Started: false, Errors: [] });
    await crash('xp');
    const starts = async () => (await lab.history('xp')).filter(({ kind, op }) => kind === 'service' && op === 'start');
    await eventually(starts, (found) => found.length >= 2, 'the service manager has started RpcSs again');
    const told = (await lab.history('xp')).filter(({ kind }) => kind === 'power' || kind === 'reboot');
    expect(told.map(({ op }) => op)).toEqual(['shutdown-scheduled', 'shutdown-aborted']);

    const prior = {
      Service: 'RpcSs',
      Action: 'restart/1000',
      PriorPresent: true,
      PriorAction: 'reboot/60000',
      PriorReset: 0,
    };
    expect(await call('xp', 'Restore-FbCrashHold', prior)).toMatchObject({ Changed: true, Restored: true, Errors: [] });
    expect(await call('xp', 'Restore-FbCrashHold', prior)).toMatchObject({ Changed: false, Restored: true });
    expect(await call('xp', 'Get-FbCrashHold', { Service: 'RpcSs' })).toMatchObject({
      Present: true,
      Action: 'reboot/60000',
    });
  });

  it('where nothing was set, nothing is left; what somebody else has set stays', async () => {
    const read = () => call('w2k', 'Get-FbCrashHold', { Service: 'RpcSs' });
    expect(await read()).toMatchObject({ Present: false, Action: 'none' });
    const held = { Service: 'RpcSs', Action: 'restart/1000' };
    const prior = { ...held, PriorPresent: false, PriorAction: 'none', PriorReset: 0 };
    expect(await call('w2k', 'Set-FbCrashHold', held)).toMatchObject({ Changed: true, Applied: true });
    expect(await call('w2k', 'Restore-FbCrashHold', prior)).toMatchObject({ Restored: true, Current: 'none' });
    expect(await read()).toMatchObject({ Present: false, Action: 'none' });

    await call('w2k', 'Set-FbCrashHold', held);
    await call('w2k', 'Set-FbCrashHold', { Service: 'RpcSs', Action: 'restart/5000' });
    expect(await call('w2k', 'Restore-FbCrashHold', prior)).toMatchObject({
      Changed: false,
      Restored: false,
      Conflict: true,
      Current: 'restart/5000',
    });
  });

  it('is held off on the machine itself in the same way', async () => {
    const held = { Service: 'RpcSs', Action: 'none', StopCountdown: true };
    const before = await call('mgmt', 'Get-FbCrashHold', { Service: 'RpcSs' });
    // No countdown runs: nothing to call off is no error.
    expect(await call('mgmt', 'Set-FbCrashHold', { ...held, Action: 'restart/1000' })).toMatchObject({
      Changed: true,
      Applied: true,
      Stopped: false,
      Errors: [],
    });
    expect(await call('mgmt', 'Set-FbCrashHold', held)).toMatchObject({ Changed: true, Applied: true });
    const prior = { Service: 'RpcSs', Action: 'none', PriorPresent: before['Present'] ?? null };
    const back = { ...prior, PriorAction: before['Action'] ?? null, PriorReset: before['Reset'] ?? null };
    expect(await call('mgmt', 'Restore-FbCrashHold', back)).toMatchObject({ Restored: true, Errors: [] });
    expect(await call('mgmt', 'Get-FbCrashHold', { Service: 'RpcSs' })).toEqual(before);
  });

  it('NT 4.0 does nothing when a service dies, and has nothing to hold off', async () => {
    expect(await call('nt4', 'Get-FbCrashHold', { Service: 'RpcSs' })).toMatchObject({
      Supported: false,
      Exists: true,
    });
  });

  it('a logon at the console: an account of the host itself, and how many of the domain it remembers', async () => {
    expect(await call('xp', 'Get-FbLogon')).toEqual({
      Account: 'Administrator',
      Local: true,
      Enabled: true,
      DomainMember: false,
      CachedLogons: 10,
    });
    expect(await call('nt4', 'Get-FbLogon')).toMatchObject({ Local: true, Enabled: null, DomainMember: null });
    const here = { Account: 'MGMT\\firebreak', Local: true, Enabled: true };
    expect(await call('mgmt', 'Get-FbLogon')).toMatchObject(here);
  });
});
