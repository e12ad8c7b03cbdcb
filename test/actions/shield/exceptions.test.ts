/**
 * shield.apply with `method: firewall` on XP SP2 and 2003 SP1, whose firewall has exceptions instead of rules: what is
 * changed, and where nothing local could shut a port or would shut us out.
 */
import { beforeEach, describe, expect, it } from '@jest/globals';
import { createActions } from '../../../src/actions/index.ts';
import type { ChangeAction, JsonObject, OpenUndo, Probe } from '../../../src/domain/index.ts';
import { advisory, FakeHost, facts } from '../support/fake-step.ts';

const apply = createActions().get('shield.apply') as ChangeAction;
const revert = createActions().get('shield.revert') as ChangeAction;
const shield = {
  method: 'firewall',
  tcp: [139, 445],
  udp: [138],
  side_effects: 'no shares',
  source: 'x',
  confidence: 'H',
};
const data: JsonObject = { ...advisory, shields: [shield] };
const firewall = {
  Stands: false,
  Own: 'none',
  Kind: 'exceptions',
  Prohibited: false,
  ServiceState: null,
  ServiceStart: null,
  Relayed: true,
  Snapshot: '',
  ConfirmArmed: false,
  Readable: true,
};
const line = (...fields: readonly string[]): string => fields.join('\t');
const both = (item: string, text: string): string[] => ['Domain', 'Standard'].map((name) => line(name, item, text));
const SMB = '445:TCP:LocalSubNet:Enabled:@xpsp2res.dll,-22005';
const ON = both('Firewall', 'On');
const state = {
  Stands: false,
  Own: 'none',
  ServiceState: 'Running',
  ServiceStart: 'Auto',
  Local: [...ON, ...both('445:TCP', SMB), ...both('139:TCP', '139:TCP:*:Disabled:x')],
  Policy: [] as string[],
  Products: [] as string[],
  Relayed: true,
  Snapshot: 'abc',
  ConfirmArmed: false,
  Readable: true,
};

let host: FakeHost;
beforeEach(() => {
  host = new FakeHost()
    .on('Get-FbFact', facts)
    .on('Get-FbFirewallShield', firewall)
    .on('Get-FbExceptionShield', state)
    .on('Set-FbExceptionShield', { Changed: true, Applied: true, Errors: [] })
    .on('Confirm-FbShield', { Changed: true, Confirmed: true, Errors: [] });
});

const probe = (args: JsonObject = {}): Promise<Probe> =>
  apply.probe(host.step({ advisory: data }), { method: 'firewall', ...args });
async function needed(args: JsonObject = {}): Promise<JsonObject> {
  const found = await probe(args);
  if (found.state !== 'needed') throw new Error(JSON.stringify(found));
  return found.prior;
}
const setting = async (args: JsonObject = {}): Promise<JsonObject> => (await needed(args))['setting'] as JsonObject;
async function reason(args: JsonObject = {}): Promise<string> {
  const found = await probe(args);
  if (found.state !== 'refused') throw new Error(JSON.stringify(found));
  expect(found.error.code).toBe('FB_SHIELD_REFUSED');
  return found.error.message;
}

describe('shield.apply by exceptions', () => {
  it('narrows what lets people in by the ports, and opens nothing that is shut', async () => {
    const prior = await needed({ except: ['10.0.0.9'] });
    const scope = '127.0.0.1,127.0.0.7,10.0.0.9';
    expect(prior).toMatchObject({
      method: 'firewall',
      setting: {
        kind: 'exceptions',
        tcp: [139, 445],
        udp: [138],
        turn_on: [],
        start_service: false,
        changes: ['Domain', 'Standard'].map((name) =>
          line(name, '445:TCP', SMB, `445:TCP:${scope}:Enabled:@xpsp2res.dll,-22005`),
        ),
      },
      found: { settings_sha256: 'abc' },
    });
    await apply.act(host.step({ advisory: data }), {}, prior);
    expect(host.parameters.at(-1)).toMatchObject({
      Id: prior['id'],
      Change: (prior['setting'] as JsonObject)['changes'],
      StartService: false,
      ConfirmSeconds: 300,
    });
  });

  it('narrows remote administration where it opens one of the ports', async () => {
    host.on('Get-FbExceptionShield', { ...state, Local: [...ON, ...both('RemoteAdmin', 'Enabled:*')] });
    expect(await setting()).toMatchObject({
      changes: ['Domain', 'Standard'].map((name) =>
        line(name, 'RemoteAdmin', 'Enabled:*', 'Enabled:127.0.0.1,127.0.0.7'),
      ),
    });
  });

  it('has nothing to do where nobody is let in by the ports', async () => {
    host.on('Get-FbExceptionShield', { ...state, Local: ON });
    expect(await probe()).toMatchObject({ state: 'satisfied', result: { method: 'firewall', stands: true } });
    host.on('Get-FbExceptionShield', { ...state, Local: [...state.Local, ...both('NoExceptions', 'On')] });
    expect(await probe()).toMatchObject({ state: 'satisfied' });
  });

  it('turns the firewall on only when told so, after everybody who has to get in', async () => {
    const Local = [
      line('Domain', 'Firewall', 'On'),
      line('Standard', 'Firewall', 'Off'),
      ...both('5985:TCP', '5985:TCP:*:Enabled:w'),
    ];
    host.on('Get-FbExceptionShield', { ...state, Local });
    expect(await reason()).toMatch(/off in the profile Standard.*turn_on_firewall/);
    const scope = '127.0.0.1,127.0.0.7';
    expect(await setting({ turn_on_firewall: true })).toMatchObject({
      turn_on: ['Standard'],
      start_service: false,
      changes: [
        expect.stringMatching(new RegExp(`^Standard\t139:TCP\t\t139:TCP:${scope}:Enabled:Firebreak-[0-9a-f]{12}$`)),
        expect.stringMatching(/^Standard\t445:TCP\t\t/),
        expect.stringMatching(/^Standard\t138:UDP\t\t/),
        line('Standard', 'Firewall', 'Off', 'On'),
      ],
    });
    const narrow = both('5985:TCP', '5985:TCP:10.1.1.1/255.255.255.255:Enabled:w');
    host.on('Get-FbExceptionShield', { ...state, Local: [...Local.slice(0, 2), ...narrow] });
    expect((await setting({ turn_on_firewall: true }))['changes']).toContainEqual(
      line('Standard', '5985:TCP', narrow[1]!.split('\t')[2]!, `5985:TCP:10.1.1.1/255.255.255.255,${scope}:Enabled:w`),
    );
  });

  it('starts the service where it does not run, and lets a relay in by RPC too', async () => {
    host.on('Get-FbExceptionShield', { ...state, ServiceState: 'Stopped', ServiceStart: 'Disabled', Local: [] });
    expect(await reason()).toMatch(/SharedAccess does not run/);
    const relayed = host.step({ advisory: data });
    const step = { ...relayed, host: { ...relayed.host, transport: 'relay' as const } };
    const found = await apply.probe(step, { method: 'firewall', turn_on_firewall: true });
    expect(found).toMatchObject({
      state: 'needed',
      prior: { setting: { turn_on: ['Domain', 'Standard'], start_service: true } },
    });
    const changes = JSON.stringify(found);
    for (const item of ['135:TCP', 'RemoteAdmin', 'Firewall']) expect(changes).toContain(`Standard\\t${item}\\t\\t`);
  });

  it.each<[string, readonly string[], readonly string[], RegExp]>([
    ['a policy opens the port', [], both('445:TCP', '445:TCP:*:enabled:gpo'), /Group Policy opens 445:TCP/],
    ['a policy opens file sharing', [], both('FileAndPrint', 'On'), /Group Policy opens 139:TCP, 445:TCP, 138:UDP/],
    ['a policy opens remote administration', [], both('RemoteAdmin', 'On'), /exception RemoteAdmin/],
    ['a policy keeps it off', [], both('Firewall', 'Off'), /Group Policy keeps the firewall off in the profile Domain/],
    [
      'svchost.exe is let in',
      both('Program:C:\\WINDOWS\\system32\\svchost.exe', 'C:\\WINDOWS\\system32\\svchost.exe:*:Enabled:x'),
      [],
      /svchost.exe.*remove it first/,
    ],
  ])('is refused when %s', async (_name, local, policy, message) => {
    host.on('Get-FbExceptionShield', { ...state, Local: [...state.Local, ...local], Policy: policy });
    expect(await reason()).toMatch(message);
  });

  it.each<[string, readonly string[], readonly string[], RegExp]>([
    ['it allows no exceptions', both('NoExceptions', 'On'), [], /cut its own path/],
    ['a policy ignores local ports', [], both('PortMerge', 'Off'), /ignores local exceptions/],
  ])('is not turned on when %s', async (_name, local, policy, message) => {
    const off = [...both('Firewall', 'Off'), ...local];
    host.on('Get-FbExceptionShield', { ...state, Local: off, Policy: policy });
    expect(await reason({ turn_on_firewall: true })).toMatch(message);
  });

  it('takes no addresses of IPv6: an exception cannot name them', async () => {
    expect(await needed({ except: ['2001:db8::5'] })).toMatchObject({
      setting: { exempt: ['127.0.0.1', '127.0.0.7'] },
      notes: expect.arrayContaining([expect.stringContaining('IPv6')]),
    });
  });

  it('proves by a new session, and says why it does not stand', async () => {
    const prior = await needed();
    host.on('Get-FbExceptionShield', { ...state, Local: [], Stands: true, Own: 'ours', ConfirmArmed: true });
    const before = host.sessions;
    const proven = await apply.prove(host.step({ advisory: data }), {}, prior);
    expect(proven).toMatchObject({ proven: true, confirmed: true, result: { ports: [139, 445] } });
    expect(host.sessions).toBe(before + 1);
    host.on('Get-FbExceptionShield', { ...state, Own: 'changed' });
    expect(await apply.prove(host.step({ advisory: data }), {}, prior)).toMatchObject({
      proven: false,
      error: { code: 'FB_SHIELD_CONFLICT', message: expect.stringContaining('changed an exception') },
    });
    host.on('Get-FbExceptionShield', state);
    expect(await apply.recover(host.step({ advisory: data }), {}, { prior, receipt: null } as never)).toEqual({
      state: 'not-started',
    });
  });

  it('gives back what it changed, with the hash from before', async () => {
    const prior = await needed();
    host.on('Restore-FbExceptionShield', {
      Changed: true,
      Restored: true,
      Conflict: false,
      Current: 'the exceptions from before',
      StoreSame: true,
      Errors: [],
    });
    const undo: OpenUndo = {
      id: 'u',
      run: 'r',
      step: 's',
      uses: 'shield.apply',
      args: {},
      prior,
      owedAt: '2026-01-01T00:00:00.000Z',
    } as OpenUndo;
    const step = { ...host.step({ advisory: data }), openUndos: () => Promise.resolve([undo]) };
    const found = await revert.probe(step, {});
    if (found.state !== 'needed') throw new Error(found.state);
    expect(await revert.prove(step, {}, found.prior)).toMatchObject({
      proven: true,
      result: { shields: [{ method: 'firewall', same_as_before: true }] },
    });
    expect(host.parameters.at(-1)).toMatchObject({
      Id: prior['id'],
      Change: (prior['setting'] as JsonObject)['changes'],
      Snapshot: 'abc',
    });
  });
});
