/** attack.check as a table, attack.hold and attack.logon over a scripted host. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import { createActions } from '../../src/actions/index.ts';
import type { ChangeAction, Json, JsonObject, OpenUndo, ReadAction } from '../../src/domain/index.ts';
import { FakeHost } from './support/fake-step.ts';

const actions = createActions();
const check = actions.get('attack.check') as ReadAction;
const hold = actions.get('attack.hold') as ChangeAction;
const logon = actions.get('attack.logon') as ReadAction;
const revert = actions.get('shield.revert') as ChangeAction;

const NAME = 'Remoteprozeduraufruf (RPC)';
const SCM = 'Service Control Manager';
const LOG = 'EventLog';
const NOW = '2003-08-14T12:00:00Z';

interface Event {
  readonly [field: string]: Json;
}

const at = (minutesAgo: number): string =>
  `${new Date(Date.parse(NOW) - minutesAgo * 60_000).toISOString().slice(0, 19)}Z`;
const event = (minutesAgo: number, Id: number, Source: string, Strings: string[] = []): Event => ({
  At: at(minutesAgo),
  Id,
  Source,
  Strings,
});
const died = (minutesAgo: number, kind = '2', ms = '60000', name = NAME): Event =>
  event(minutesAgo, 7031, SCM, [name, '1', ms, kind, 'Computer neu starten']);
const boot = (minutesAgo: number): Event[] => [event(minutesAgo, 6009, LOG, ['5.01.']), event(minutesAgo, 6005, LOG)];
const dirty = (minutesAgo: number): Event[] => [
  ...boot(minutesAgo),
  event(minutesAgo, 6008, LOG, ['3:14', '12.08.2003']),
];

function seen(events: readonly Event[], more: JsonObject = {}): JsonObject {
  return {
    Now: NOW,
    Since: '2003-08-11T12:00:00Z',
    Readable: true,
    By: 'wmi',
    Error: '',
    Older: '2003-08-01T00:00:00Z',
    Display: NAME,
    State: 'Running',
    Version: '5.1',
    ...more,
    Events: [...events].sort((one, other) => String(one['At']).localeCompare(String(other['At']))),
  };
}

describe('attack.check', () => {
  const judge = async (state: JsonObject, args: JsonObject = {}): Promise<JsonObject> => {
    const host = new FakeHost().on('Get-FbAttack', state);
    return (await check.read(host.step(), check.args.parse(args) as JsonObject)).result;
  };

  const unreadable = { Readable: false, By: null, Error: 'denied', Older: null };
  it.each<[string, JsonObject, boolean | null, number, number, RegExp]>([
    ['calm', seen(boot(2000)), false, 0, 0, /has not died in the last 3d/],
    [
      'RpcSs died, restarted by its countdown',
      seen([died(60), ...boot(57)]),
      true,
      1,
      1,
      /ended by itself once.*restarted once/,
    ],
    ['RpcSs died, nothing followed', seen([event(60, 7034, SCM, [NAME, '3'])]), true, 1, 0, /ended by itself once/],
    [
      'died by the name in other letters',
      seen([died(60, '0', '0', NAME.toUpperCase())]),
      true,
      1,
      0,
      /ended by itself/,
    ],
    ['died and died again', seen([died(300), ...boot(297), died(60), ...boot(57)]), true, 2, 2, /2 times/],
    [
      'another service died',
      seen([died(60, '2', '60000', 'Druckwarteschlange'), ...boot(57)]),
      false,
      0,
      0,
      /has not died/,
    ],
    ['7031 of another source', seen([event(60, 7031, 'Mine', [NAME, '1', '60000', '2'])]), false, 0, 0, /has not died/],
    ['RpcSs does not run', seen([], { State: 'Stopped' }), true, 0, 0, /does not run/],
    ['… and the log cannot be read', seen([], { ...unreadable, State: 'Stopped' }), true, 0, 0, /does not run/],
    ['one unplanned restart', seen(dirty(60)), null, 0, 1, /power cut look the same/],
    ['three of them', seen([...dirty(60), ...dirty(120), ...dirty(180)]), true, 0, 3, /restarted 3 times/],
    [
      'a restart that somebody asked for',
      seen([event(61, 1074, 'USER32'), event(61, 6006, LOG), ...boot(60)]),
      false,
      0,
      0,
      /./,
    ],
    ['the log cannot be read', seen([], unreadable), null, 0, 0, /cannot be read: denied/],
    ['the log does not go back', seen(boot(60), { Older: null }), null, 0, 0, /nothing from before/],
    ['… but shows an end', seen([died(60)], { Older: null }), true, 1, 0, /ended by itself/],
    ['what the log calls RpcSs is not known', seen([died(60)], { Display: null }), null, 0, 0, /cannot be told/],
    ['… and no service has died', seen([], { Display: null }), false, 0, 0, /has not died/],
    ['its state is not known', seen([], { State: null }), null, 0, 0, /runs cannot be told/],
    ['NT 4.0, calm', seen([], { Version: '4.0', By: 'event-log' }), null, 0, 0, /NT 4\.0/],
    [
      'NT 4.0, three unplanned restarts',
      seen([...dirty(60), ...dirty(120), ...dirty(180)], { Version: '4.0' }),
      true,
      0,
      3,
      /3 times/,
    ],
  ])('%s', async (_case, state, attacked, terminations, restarts, reason) => {
    const result = await judge(state);
    expect({ ...result, reason: '' }).toMatchObject({ attacked, terminations, restarts });
    expect(result['reason']).toMatch(reason);
  });

  it('counts a restart after a countdown once, and none that came too late or was the second', async () => {
    const once = await judge(seen([died(600), ...boot(595), ...boot(590)]));
    expect(once).toMatchObject({ terminations: 1, restarts: 1 });
    const late = await judge(seen([died(600), ...boot(500)]));
    expect(late).toMatchObject({ terminations: 1, restarts: 0 });
  });

  it('gives its evidence with times, in order, in no language of the host', async () => {
    const result = await judge(seen([...dirty(30), died(60)]));
    expect(result['evidence']).toEqual([
      {
        at: at(60),
        id: 7031,
        source: SCM,
        text: 'RpcSs has ended by itself (1), the system to be restarted 60 s later',
      },
      { at: at(30), id: 6008, source: LOG, text: 'the system started without having been shut down' },
    ]);
    expect(JSON.stringify(result)).not.toContain('Computer neu starten');
  });

  it.each<[string, readonly Event[], string | null]>([
    ['runs', [died(0.5)], new Date(Date.parse(NOW) + 30_000).toISOString()],
    ['is over', [died(2)], null],
    ['was followed by a start', [died(5, '2', '900000'), ...boot(2)], null],
    ['does not restart the system', [died(0.5, '1', '60000')], null],
  ])('says until when a countdown %s', async (_case, events, until) => {
    expect((await judge(seen(events)))['countdown_until']).toBe(until);
  });

  it('takes as many restarts for a sign as it is told, and asks for as long back', async () => {
    const host = new FakeHost().on('Get-FbAttack', seen(dirty(60)));
    const { result } = await check.read(host.step(), check.args.parse({ within: '1h', restarts: 1 }) as JsonObject);
    expect(result['attacked']).toBe(true);
    expect(host.parameters).toEqual([{ Service: 'RpcSs', WithinSeconds: 3600 }]);
  });

  it('gives the same reason when it is asked again later', async () => {
    const first = await judge(seen(dirty(60)));
    const later = await judge({ ...seen(dirty(60)), Now: '2003-08-14T13:00:00Z', Since: '2003-08-11T13:00:00Z' });
    expect(later['reason']).toBe(first['reason']);
  });
});

describe('attack.hold', () => {
  const REBOOT = {
    Readable: true,
    Exists: true,
    Supported: true,
    Present: true,
    Reset: 0,
    Action: 'reboot/60000',
    State: 'Running',
  };
  const done = { Changed: true, Applied: true, Stopped: false, Started: false, Errors: [] };
  let host: FakeHost;
  let state: JsonObject;
  beforeEach(() => {
    state = REBOOT;
    host = new FakeHost().on('Get-FbAttack', seen([]));
    host.on('Get-FbCrashHold', () => state);
    host.on('Set-FbCrashHold', ({ Action }) => {
      state = { ...state, Action: Action ?? null, Present: true, State: 'Running' };
      return done;
    });
  });
  const args = hold.args.parse({}) as JsonObject;
  const probe = () => hold.probe(host.step(), args);
  const prior = async (): Promise<JsonObject> => {
    const found = await probe();
    if (found.state !== 'needed') throw new Error(found.state);
    return found.prior;
  };
  const owe = (of: JsonObject): OpenUndo => ({
    id: 'u1',
    run: 'run-0',
    step: 'hold',
    uses: 'attack.hold',
    args,
    prior: of,
    owedAt: NOW,
  });

  it('sets what happens, keeps what was there, and proves it', async () => {
    const found = await prior();
    expect(found).toEqual({
      method: 'crash-hold',
      setting: { name: 'RpcSs dies', value: 'restart/1000' },
      found: { present: true, reset: 0, action: 'reboot/60000', state: 'Running' },
      countdown_until: null,
    });
    await hold.act(host.step(), args, found);
    expect(host.parameters.at(-1)).toEqual({ Service: 'RpcSs', Action: 'restart/1000', StopCountdown: false });
    expect(await hold.prove(host.step(), args, found)).toMatchObject({
      proven: true,
      result: { held: true, action: 'restart/1000', prior: 'reboot/60000' },
    });
    expect(await hold.recover(host.step(), args, { prior: found, since: NOW, receipt: null })).toEqual({
      state: 'done',
    });
  });

  it('says why it could not be set, and may be tried again', async () => {
    const found = await prior();
    host.on('Set-FbCrashHold', { ...done, Changed: false, Applied: false, Errors: ['sc failure RpcSs ended with 5'] });
    await expect(hold.act(host.step(), args, found)).rejects.toMatchObject({
      code: 'FB_STEP_NOT_PROVEN',
      message: expect.stringContaining('ended with 5'),
      retryable: true,
    });
  });

  it('calls a restart off only while the log shows the countdown of the dead service', async () => {
    host.on('Get-FbAttack', seen([died(0.5)]));
    const found = await prior();
    expect(found['countdown_until']).not.toBeNull();
    await hold.act(host.step(), args, found);
    expect(host.parameters.at(-1)).toMatchObject({ StopCountdown: true });
    // Over meanwhile: a restart that is pending now is somebody else's.
    host.on('Get-FbAttack', seen([died(5)]));
    await hold.act(host.step(), args, found);
    expect(host.parameters.at(-1)).toMatchObject({ StopCountdown: false });
  });

  it.each<[string, JsonObject, string]>([
    ['NT 4.0', { Supported: false }, 'not-applicable'],
    ['no such service', { Exists: false }, 'not-applicable'],
    ['it cannot be read', { Readable: false }, 'refused'],
    ['nothing happens anyway', { Action: 'none', Present: false }, 'satisfied'],
    ['the service is restarted anyway', { Action: 'restart/60000' }, 'satisfied'],
    ['nothing happens, and it is dead', { Action: 'none', Present: false, State: 'Stopped' }, 'needed'],
    ['the third time restarts the system', { Action: 'restart/1000/restart/1000/reboot/1000' }, 'needed'],
  ])('%s', async (_case, more, expected) => {
    state = { ...REBOOT, ...more };
    expect((await probe()).state).toBe(expected);
    expect(host.count('Set-FbCrashHold')).toBe(0);
  });

  it('of an earlier run stands, and keeps what was there before it', async () => {
    const first = await prior();
    host.undos = [owe(first)];
    state = { ...REBOOT, Action: 'restart/1000' };
    expect(await probe()).toMatchObject({ state: 'satisfied', result: { held: true, prior: 'reboot/60000' } });
    state = { ...state, State: 'Stopped' };
    expect(await prior()).toMatchObject({ found: { action: 'reboot/60000' } });
  });

  it('cut off before the service was started again is done again, and stays owed', async () => {
    const found = await prior();
    const recover = () => hold.recover(host.step(), args, { prior: found, since: NOW, receipt: null });
    expect((await recover()).state).toBe('not-started');
    state = { ...REBOOT, Action: 'restart/1000', State: 'Stopped' };
    expect((await recover()).state).toBe('unknown');
    expect(hold.isRepeatable(args)).toBe(true);
  });

  it('is not proven while the service is dead or its recovery is as before; another one is a conflict', async () => {
    const found = await prior();
    const code = async () => (await hold.prove(host.step(), args, found)).error?.code;
    expect(await code()).toBe('FB_STEP_NOT_PROVEN');
    state = { ...REBOOT, Action: 'restart/1000', State: 'Stopped' };
    expect(await code()).toBe('FB_STEP_NOT_PROVEN');
    state = { ...REBOOT, Action: 'run/5' };
    expect(await code()).toBe('FB_SHIELD_CONFLICT');
  });

  it.each<[string, JsonObject, JsonObject]>([
    [
      'gives back',
      { Changed: true, Restored: true, Conflict: false, Current: 'reboot/60000', Errors: [] },
      { undone: true },
    ],
    [
      'leaves alone what somebody has changed since',
      { Changed: false, Restored: false, Conflict: true, Current: 'run/5', Errors: [] },
      { undone: false, error: { code: 'FB_SHIELD_CONFLICT' } },
    ],
    [
      'stays owed where it failed',
      { Changed: false, Restored: false, Conflict: false, Current: 'restart/1000', Errors: ['no'] },
      { undone: false, error: { code: 'FB_STEP_NOT_PROVEN', retryable: true } },
    ],
  ])('%s', async (_case, restored, expected) => {
    const found = await prior();
    host.on('Restore-FbCrashHold', restored);
    expect(await hold.undo?.(host.step(), owe(found))).toMatchObject(expected);
    expect(host.parameters.at(-1)).toEqual({
      Service: 'RpcSs',
      Action: 'restart/1000',
      PriorPresent: true,
      PriorAction: 'reboot/60000',
      PriorReset: 0,
    });
  });

  it('is taken back by shield.revert too', async () => {
    host.undos = [owe(await prior())];
    host.on('Restore-FbCrashHold', {
      Changed: true,
      Restored: true,
      Conflict: false,
      Current: 'reboot/60000',
      Errors: [],
    });
    const found = await revert.probe(host.step(), {});
    if (found.state !== 'needed') throw new Error(found.state);
    await revert.act(host.step(), {}, found.prior);
    expect(await revert.prove(host.step(), {}, found.prior)).toMatchObject({
      proven: true,
      discharged: ['u1'],
      result: { reverted: 1, shields: [{ method: 'crash-hold' }] },
    });
  });
});

describe('attack.logon', () => {
  it.each<[string, JsonObject, boolean | null]>([
    ['an account of the host', { Local: true, Enabled: true }, true],
    ['… of which nobody can tell whether it is enabled', { Local: true, Enabled: null }, true],
    ['… that is locked out', { Local: true, Enabled: false }, false],
    ['an account of the domain', { Local: false, DomainMember: true }, null],
    ['… where the host remembers nobody', { Local: false, DomainMember: true, CachedLogons: 0 }, false],
    ['an account of which that cannot be told', { Local: null }, null],
    ['nobody knows who', { Account: '', Local: null }, null],
  ])('%s', async (_case, more, ready) => {
    const facts = { Account: 'Administrator', Local: null, Enabled: null, DomainMember: false, CachedLogons: 10 };
    const host = new FakeHost().on('Get-FbLogon', { ...facts, ...more });
    const step = host.step();
    await step.session();
    const { result } = await logon.read(step, {});
    expect(result['ready']).toBe(ready);
    // By a logon of now, not by the session that was open.
    expect(host.sessions).toBe(2);
  });
});
