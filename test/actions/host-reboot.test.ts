import { beforeEach, describe, expect, it } from '@jest/globals';
import { createActions } from '../../src/actions/index.ts';
import { type ChangeAction, FirebreakError, type Json } from '../../src/domain/index.ts';
import { FakeHost, lost, START } from './support/fake-step.ts';

const reboot = createActions().get('host.reboot') as ChangeAction;

const OLD = '2026-03-12T00:00:00Z';
const NEW = '2026-03-13T00:05:00Z';
const state = (boot: string, more: { readonly [key: string]: Json } = {}): Json => ({
  BootTime: boot,
  UptimeSeconds: 100,
  PendingReboot: [],
  PendingReadable: true,
  ShutdownPending: null,
  RestartAsked: true,
  ...more,
});
const prior = { boot_time: OLD };

let host: FakeHost;
beforeEach(() => {
  host = new FakeHost()
    .on('Get-FbInstaller', { Names: [], Others: [] })
    .on('Get-FbBootState', state(OLD))
    .on('Restart-FbHost', { Changed: true, State: 'started', ExitCode: 0, Reason: null });
});

/** The host is silent from `down` to `up` (milliseconds from the start) and has the new boot time after that. */
function bootBetween(down: number, up: number): void {
  host.ports = () => (host.now - START >= down && host.now - START < up ? 'filtered' : 'open');
  host.on('Get-FbBootState', () => state(host.now - START >= up ? NEW : OLD));
}

describe('host.reboot', () => {
  it('keeps the boot time and is refused while anything installs, ours too', async () => {
    expect(await reboot.probe(host.step(), {})).toEqual({ state: 'needed', prior });
    host.on('Get-FbInstaller', { Names: ['wusa.exe (7)'], Others: [] });
    expect(await reboot.probe(host.step(), {})).toMatchObject({ state: 'refused', error: { code: 'FB_PACKAGE_BUSY' } });
  });

  it('counts a lost connection as started', async () => {
    host.on('Restart-FbHost', () => {
      throw lost();
    });
    expect(await reboot.act(host.step(), {}, prior)).toEqual({ state: 'done' });
  });

  it('fails when the host refuses', async () => {
    host.on('Restart-FbHost', { Changed: false, State: 'failed', ExitCode: 5, Reason: 'shutdown.exe ended with 5' });
    await expect(reboot.act(host.step(), {}, prior)).rejects.toMatchObject({ code: 'FB_STEP_REFUSED' });
  });

  it('goes with a shutdown that is under way', async () => {
    host.on('Restart-FbHost', { Changed: false, State: 'already', ExitCode: 1115, Reason: null });
    expect(await reboot.act(host.step(), {}, prior)).toEqual({ state: 'done' });
  });

  it('proves by a later boot time, read twice', async () => {
    bootBetween(5000, 60_000);
    const proof = await reboot.prove(host.step(), {}, prior);
    expect(proof).toEqual({
      proven: true,
      result: { boot_time: NEW, prior_boot_time: OLD, down_seen: true, users: null },
    });
    expect(host.now - START).toBeGreaterThanOrEqual(62_000);
  });

  it('proves a reboot so quick that nobody saw it down', async () => {
    host.on('Get-FbBootState', state(NEW));
    expect(await reboot.prove(host.step(), {}, prior)).toMatchObject({ proven: true, result: { down_seen: false } });
  });

  it('does not take the drift of the clock for a boot', async () => {
    host.on('Get-FbBootState', state('2026-03-12T00:00:02Z'));
    const proof = await reboot.prove(host.step({ timeoutMs: 60_000 }), {}, prior);
    expect(proof).toMatchObject({ proven: false, error: { code: 'FB_REBOOT_NOT_DOWN' } });
  });

  it('waits on when the host goes down again right after it came up', async () => {
    host.ports = () => {
      const at = host.now - START;
      return (at >= 2000 && at < 20_000) || (at >= 21_000 && at < 60_000) ? 'filtered' : 'open';
    };
    host.on('Get-FbBootState', () =>
      state(host.now - START < 2000 ? OLD : host.now - START < 60_000 ? NEW : '2026-03-13T00:09:00Z'),
    );
    expect(await reboot.prove(host.step(), {}, prior)).toMatchObject({
      proven: true,
      result: { boot_time: '2026-03-13T00:09:00Z' },
    });
  });

  it('takes refused logons and broken answers for a system that still starts', async () => {
    bootBetween(2000, 10_000);
    host.on('Get-FbBootState', () => {
      if (host.now - START < 30_000) throw new FirebreakError('FB_RESULT_INVALID', 'WMI is not there yet');
      return state(NEW);
    });
    expect(await reboot.prove(host.step(), {}, prior)).toMatchObject({ proven: true });
  });

  it('tells "never went down" from "never came back"', async () => {
    const stays = await reboot.prove(host.step({ timeoutMs: 60_000 }), {}, prior);
    expect(stays).toMatchObject({ proven: false, error: { code: 'FB_REBOOT_NOT_DOWN' } });
    bootBetween(0, Number.POSITIVE_INFINITY);
    const gone = await reboot.prove(host.step({ timeoutMs: 60_000 }), {}, prior);
    expect(gone).toMatchObject({
      proven: false,
      error: { code: 'FB_REBOOT_NOT_BACK', message: expect.stringContaining('filtered') },
    });
  });

  const since = (ms: number): string => new Date(START - ms).toISOString();
  it.each<[string, Json, number, string]>([
    ['a later boot', state(NEW), 1000, 'done'],
    ['the old boot, just asked', state(OLD), 1000, 'running'],
    ['the old boot after two minutes', state(OLD), 120_000, 'not-started'],
    ['the old boot and no mark of a request', state(OLD, { RestartAsked: false }), 0, 'not-started'],
    ['the old boot after two minutes, shutdown pending', state(OLD, { ShutdownPending: true }), 120_000, 'running'],
  ])('recovers: %s', async (_name, seen, age, expected) => {
    host.on('Get-FbBootState', seen);
    const open = { prior, since: since(age), receipt: null };
    expect(await reboot.recover(host.step(), {}, open)).toEqual({ state: expected });
  });

  it('recovers from a host that is away by waiting for it', async () => {
    bootBetween(0, 30_000);
    const open = { prior, since: since(1000), receipt: null };
    expect(await reboot.recover(host.step(), {}, open)).toEqual({ state: 'done' });
    bootBetween(0, Number.POSITIVE_INFINITY);
    const away = reboot.recover(host.step({ timeoutMs: 60_000 }), {}, open);
    await expect(away).rejects.toMatchObject({ code: 'FB_REBOOT_NOT_BACK' });
  });

  it('does not take a dead relay for a host that is down, nor its loss for a restart', async () => {
    host.on('Get-FbBootState', () => {
      throw new FirebreakError('FB_CONNECT_LOST', 'relay mgmt01: the connection was lost', { relay: 'mgmt01' });
    });
    host.on('Restart-FbHost', () => {
      throw new FirebreakError('FB_CONNECT_LOST', 'relay mgmt01: the connection was lost', { relay: 'mgmt01' });
    });
    const said = { code: 'FB_CONNECT_LOST', relay: 'mgmt01' };
    await expect(reboot.act(host.step(), {}, prior)).rejects.toMatchObject(said);
    await expect(reboot.prove(host.step(), {}, prior)).rejects.toMatchObject(said);
    const open = { prior, since: since(1000), receipt: null };
    await expect(reboot.recover(host.step(), {}, open)).rejects.toMatchObject(said);
  });

  describe('where users are logged on', () => {
    const there = (...Users: readonly string[]): Json => ({ Readable: true, Error: '', Users, Language: '0411' });
    const untold: Json = { Readable: false, Error: 'no WMI', Users: [], Language: null };
    const probe = (args: { readonly [key: string]: Json }, timeoutMs = 900_000) =>
      reboot.probe(host.step({ timeoutMs }), args);
    const told = async (args: { readonly [key: string]: Json }) => {
      const found = await probe(args);
      if (found.state !== 'needed') throw new Error(JSON.stringify(found));
      await reboot.act(host.step(), args, found.prior);
      return { prior: found.prior, said: host.parameters.at(-1) };
    };

    it('asks nobody unless told to', async () => {
      await probe({});
      expect(host.count('Get-FbUserSession')).toBe(0);
    });

    it('warns them in their language, and long enough before', async () => {
      host.on('Get-FbUserSession', there('alice', 'bob'));
      const { prior: kept, said } = await told({ users: 'warn' });
      expect(kept).toMatchObject({ users: ['alice', 'bob'], delay_seconds: 300, boot_time: OLD });
      expect(said).toEqual({ DelaySeconds: 300, Message: expect.stringMatching(/5 分後に再起動します/) });
    });

    it('the message of the playbook wins', async () => {
      host.on('Get-FbUserSession', there('alice'));
      const { said } = await told({ users: 'warn', message: 'Lunch!', warning: '10m' });
      expect(said).toEqual({ DelaySeconds: 600, Message: 'Lunch!' });
    });

    it('wastes no time where nobody is there, and warns where nobody can tell', async () => {
      host.on('Get-FbUserSession', there());
      expect((await told({ users: 'warn' })).said).toMatchObject({ DelaySeconds: 2 });
      host.on('Get-FbUserSession', untold);
      const { prior: kept, said } = await told({ users: 'warn' });
      expect([kept['users'], said]).toEqual([null, { DelaySeconds: 300, Message: expect.stringMatching(/in 5 min/) }]);
    });

    it('says when a warning leaves no time for the restart', async () => {
      host.on('Get-FbUserSession', there('alice'));
      await expect(probe({ users: 'warn', warning: '20m' })).rejects.toMatchObject({ code: 'FB_USAGE' });
    });

    it('leaves the host alone', async () => {
      host.on('Get-FbUserSession', there('alice'));
      expect(await probe({ users: 'skip' })).toMatchObject({
        state: 'not-applicable',
        reason: 'not restarted: alice logged on',
        result: { users: ['alice'] },
      });
      host.on('Get-FbUserSession', untold);
      expect(await probe({ users: 'skip' })).toMatchObject({ state: 'not-applicable', result: { users: null } });
      host.on('Get-FbUserSession', there());
      expect(await probe({ users: 'skip' })).toMatchObject({ state: 'needed' });
    });

    it('waits until they have left, but not for ever', async () => {
      host.on('Get-FbUserSession', () => (host.now - START < 120_000 ? there('alice') : there()));
      expect(await probe({ users: 'wait' })).toMatchObject({ state: 'needed', prior: { users: [] } });
      expect(host.now - START).toBe(120_000);
      host.on('Get-FbUserSession', there('alice'));
      expect(await probe({ users: 'wait' })).toMatchObject({
        state: 'refused',
        error: { code: 'FB_STEP_REFUSED', message: expect.stringContaining('alice did not log off in time') },
      });
      // Time for the restart was left.
      expect(host.now - START).toBeLessThanOrEqual(120_000 + 600_000);
      host.on('Get-FbUserSession', untold);
      expect(await probe({ users: 'wait' })).toMatchObject({ state: 'refused' });
    });

    it('does not wait in a check', async () => {
      host.on('Get-FbUserSession', there('alice'));
      expect(await reboot.probe(host.step({ check: true }), { users: 'wait' })).toMatchObject({ state: 'needed' });
      expect(host.now).toBe(START);
    });

    it('takes the time of the warning for no failure after a crash', async () => {
      const open = {
        prior: { ...prior, delay_seconds: 300 },
        since: new Date(START - 200_000).toISOString(),
        receipt: null,
      };
      expect(await reboot.recover(host.step(), {}, open)).toEqual({ state: 'running' });
      expect(await reboot.recover(host.step(), {}, { ...open, prior })).toEqual({ state: 'not-started' });
    });
  });
});
