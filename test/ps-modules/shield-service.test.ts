/** Firebreak.Shield on machines of the lab: services that are stopped and disabled, and values that a service reads when it starts. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, ModuleLab, type Result } from './support/module-lab.ts';

const SERVICES = 'HKLM\\SYSTEM\\CurrentControlSet\\Services';

describe('shields by services on lab machines', () => {
  let lab: ModuleLab;
  beforeAll(async () => {
    lab = await ModuleLab.start([
      { name: 'print', profile: 'windows-10-1903-enu' },
      { name: 'core', profile: 'windows-server-1903' },
      { name: 'lost', profile: 'windows-10-1903-jpn' },
    ]);
  });
  afterAll(() => lab.end());

  const read = (host: string, name: string, id = 's-1'): Promise<Result> =>
    lab.call(host, 'Shield\\Get-FbServiceShield', { Id: id, Name: name });
  const known = (prior: Result) => ({
    PriorState: String(prior['State']),
    PriorStart: String(prior['Start']),
    PriorDelayed: prior['Delayed'] === null ? '' : String(prior['Delayed']),
    Dependents: prior['Dependents'] as string[],
  });
  const up = (host: string, name: string, prior: Result, more: object = {}): Promise<Result> =>
    lab.call(host, 'Shield\\Set-FbServiceShield', {
      Id: 's-1',
      Name: name,
      ...known(prior),
      ConfirmSeconds: 300,
      TtlSeconds: 0,
      ...more,
    });
  const down = (host: string, name: string, prior: Result, more: object = {}): Promise<Result> =>
    lab.call(host, 'Shield\\Restore-FbServiceShield', { Id: 's-1', Name: name, ...known(prior), ...more });
  const stateOf = async (host: string, name: string): Promise<unknown[]> => {
    const service = await lab.call(host, 'Core\\Get-FbService', { Name: name });
    return [service['State'], service['Start']];
  };
  const write = (host: string, path: string, name: string, value: number): Promise<Result> =>
    lab.call(host, 'Core\\Set-FbRegistryValue', { Path: path, Name: name, Type: 'DWord', Value: value });

  it('stop and disable, and give start mode, delay and state back', async () => {
    await write('print', `${SERVICES}\\Spooler`, 'DelayedAutoStart', 1);
    const prior = await read('print', 'Spooler');
    expect(prior).toMatchObject({ Exists: true, State: 'Running', Start: 'Auto', Delayed: 1, ConfirmArmed: false });
    expect(await up('print', 'Spooler', prior, { WhatIf: true })).toMatchObject({ Changed: false, Applied: false });
    expect(await stateOf('print', 'Spooler')).toEqual(['Running', 'Auto']);
    expect(await up('print', 'Spooler', prior)).toEqual({ Changed: true, Applied: true, Errors: [] });
    expect(await read('print', 'Spooler')).toMatchObject({ State: 'Stopped', Start: 'Disabled', ConfirmArmed: true });
    expect(await lab.call('print', 'Shield\\Confirm-FbShield', { Id: 's-1' })).toMatchObject({ Confirmed: true });
    expect(await up('print', 'Spooler', prior)).toEqual({ Changed: false, Applied: true, Errors: [] });
    expect(await down('print', 'Spooler', prior, { WhatIf: true })).toMatchObject({ Changed: false, Restored: false });
    await write('print', `${SERVICES}\\Spooler`, 'DelayedAutoStart', 0);
    expect(await down('print', 'Spooler', prior)).toMatchObject({ Changed: true, Restored: true, Errors: [] });
    expect(await down('print', 'Spooler', prior)).toMatchObject({ Changed: false, Restored: true });
    expect(await read('print', 'Spooler')).toMatchObject({
      State: 'Running',
      Start: 'Auto',
      Delayed: 1,
      ConfirmArmed: false,
    });
  });

  it('start again what ran on top of it, and nothing else', async () => {
    const prior = await read('core', 'BFE');
    expect(prior['Dependents']).toEqual(['IKEEXT', 'mpssvc', 'PolicyAgent']);
    await lab.script('core', 'Stop-Service IKEEXT');
    const now = await read('core', 'BFE');
    expect(now['Dependents']).toEqual(['mpssvc', 'PolicyAgent']);
    expect(await up('core', 'BFE', now)).toMatchObject({ Applied: true });
    expect(await stateOf('core', 'mpssvc')).toEqual(['Stopped', 'Auto']);
    expect(await down('core', 'BFE', now)).toMatchObject({ Restored: true, Errors: [] });
    expect(await stateOf('core', 'BFE')).toEqual(['Running', 'Auto']);
    expect(await stateOf('core', 'mpssvc')).toEqual(['Running', 'Auto']);
    expect(await stateOf('core', 'IKEEXT')).toEqual(['Stopped', 'Auto']);
  });

  it('keep what was stopped stopped, and a manual start manual', async () => {
    const prior = await read('core', 'W32Time');
    expect(prior).toMatchObject({ State: 'Stopped', Start: 'Manual' });
    await up('core', 'W32Time', prior);
    expect(await stateOf('core', 'W32Time')).toEqual(['Stopped', 'Disabled']);
    expect(await down('core', 'W32Time', prior)).toMatchObject({ Restored: true });
    expect(await stateOf('core', 'W32Time')).toEqual(['Stopped', 'Manual']);
  });

  it('give a service back that ran although it was disabled', async () => {
    await lab.script('core', 'Set-Service -Name Spooler -StartupType Disabled');
    const prior = await read('core', 'Spooler');
    expect(prior).toMatchObject({ State: 'Running', Start: 'Disabled' });
    await up('core', 'Spooler', prior);
    expect(await stateOf('core', 'Spooler')).toEqual(['Stopped', 'Disabled']);
    expect(await down('core', 'Spooler', prior)).toMatchObject({ Restored: true, Errors: [] });
    expect(await stateOf('core', 'Spooler')).toEqual(['Running', 'Disabled']);
  });

  it('touch nothing when somebody has chosen another start mode meanwhile', async () => {
    const prior = await read('print', 'Spooler', 's-2');
    await up('print', 'Spooler', prior, { Id: 's-2' });
    await lab.script('print', 'Set-Service -Name Spooler -StartupType Manual');
    expect(await down('print', 'Spooler', prior, { Id: 's-2' })).toMatchObject({
      Changed: false,
      Restored: false,
      Conflict: true,
      Current: 'Spooler is Stopped, start Manual',
    });
    expect(await stateOf('print', 'Spooler')).toEqual(['Stopped', 'Manual']);
  });

  it('fall by themselves when nobody confirms', async () => {
    const prior = await read('lost', 'BFE');
    await up('lost', 'BFE', prior, { ConfirmSeconds: 60 });
    expect(await stateOf('lost', 'BFE')).toEqual(['Stopped', 'Disabled']);
    await lab.lab.ask('clock', { seconds: 61 });
    await eventually(
      () => stateOf('lost', 'mpssvc'),
      (now) => now[0] === 'Running',
      'the host has started what runs on top of it',
    );
    expect(await stateOf('lost', 'BFE')).toEqual(['Running', 'Auto']);
    expect(await lab.call('lost', 'Shield\\Confirm-FbShield', { Id: 's-1' })).toMatchObject({ Confirmed: false });
  });

  describe('by a value that a service reads when it starts', () => {
    const spooler = { Id: 'v-1', Key: `${SERVICES}\\Spooler\\Parameters`, Name: 'Size', Service: 'Spooler' };
    const set = { ...spooler, Type: 'DWord', Value: 0xff00, PriorPresent: false, ConfirmSeconds: 300, TtlSeconds: 0 };
    const restore = { ...spooler, Type: 'DWord', Value: 0xff00, PriorPresent: false, PriorType: '', PriorValue: null };
    const look = (): Promise<Result> => lab.call('lost', 'Shield\\Get-FbRegistryShield', spooler);
    const starts = async (): Promise<number> =>
      (await lab.history('lost')).filter(
        (entry) => entry.kind === 'service' && entry['op'] === 'start' && entry['service'] === 'Spooler',
      ).length;

    it('restart it, and once more for the prior value', async () => {
      expect(await lab.call('lost', 'Shield\\Set-FbRegistryShield', { ...set, WhatIf: true })).toMatchObject({
        Changed: false,
      });
      expect(await starts()).toBe(0);
      expect(await lab.call('lost', 'Shield\\Set-FbRegistryShield', set)).toEqual({
        Changed: true,
        Applied: true,
        Errors: [],
      });
      expect(await starts()).toBe(1);
      expect(await look()).toMatchObject({
        Present: true,
        Value: 0xff00,
        InEffect: true,
        Unbooted: true,
        ConfirmArmed: true,
      });
      await lab.call('lost', 'Shield\\Confirm-FbShield', { Id: 'v-1' });
      expect(await lab.call('lost', 'Shield\\Set-FbRegistryShield', set)).toMatchObject({
        Changed: false,
        Applied: true,
      });
      expect(await lab.call('lost', 'Shield\\Restore-FbRegistryShield', restore)).toMatchObject({
        Restored: true,
        Errors: [],
      });
      expect(await lab.call('lost', 'Shield\\Restore-FbRegistryShield', restore)).toMatchObject({
        Changed: false,
        Restored: true,
      });
      expect(await starts()).toBe(2);
      expect(await stateOf('lost', 'Spooler')).toEqual(['Running', 'Auto']);
    });

    it('are not in effect while nobody has restarted it', async () => {
      await write('lost', spooler.Key, 'Size', 0xff00);
      expect(await look()).toMatchObject({ Present: true, Value: 0xff00, InEffect: false });
      await lab.call('lost', 'Shield\\Set-FbRegistryShield', {
        ...set,
        PriorPresent: true,
        PriorType: 'DWord',
        PriorValue: 0xff00,
      });
      expect(await look()).toMatchObject({ InEffect: true });
      const restored = { ...restore, PriorPresent: true, PriorType: 'DWord', PriorValue: 0xff00 };
      const before = await starts();
      expect(await lab.call('lost', 'Shield\\Restore-FbRegistryShield', restored)).toMatchObject({
        Changed: false,
        Restored: true,
      });
      expect(await starts()).toBe(before);
    });

    it('leave a stopped service stopped: it reads the value whenever it starts', async () => {
      await lab.script('lost', 'Stop-Service Spooler');
      await lab.call('lost', 'Shield\\Set-FbRegistryShield', { ...set, Value: 0xfe00 });
      expect(await look()).toMatchObject({ Value: 0xfe00, InEffect: true });
      expect(await stateOf('lost', 'Spooler')).toEqual(['Stopped', 'Auto']);
    });

    it('ask for a restart of the host until there was one', async () => {
      const once = { ...set, Id: 'v-2', Service: '' };
      await lab.call('core', 'Shield\\Set-FbRegistryShield', once);
      const { Id, Key, Name } = once;
      const unbooted = async () =>
        (await lab.call('core', 'Shield\\Get-FbRegistryShield', { Id, Key, Name }))['Unbooted'];
      expect(await unbooted()).toBe(true);
    });
  });
});
