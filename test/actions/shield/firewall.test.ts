/** shield.apply with `method: firewall`: what is asked of the host, and why it is refused where it could not protect. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { createActions } from '../../../src/actions/index.ts';
import type { ChangeAction, JsonObject, OpenUndo, Probe } from '../../../src/domain/index.ts';
import { advisory, FakeHost, facts } from '../support/fake-step.ts';

const apply = createActions().get('shield.apply') as ChangeAction;
const check = createActions().get('ports.check')!;
const ADVISORIES = resolve(import.meta.dirname, '..', '..', '..', 'playbooks', 'advisories');

const shield = {
  method: 'firewall',
  tcp: [445],
  udp: [445],
  side_effects: 'no shares',
  source: 'test',
  confidence: 'H',
};
const withFirewall: JsonObject = { ...advisory, shields: [...(advisory['shields'] as JsonObject[]), shield] };
const free = {
  Stands: false,
  Own: 'none',
  Kind: 'rules',
  Prohibited: false,
  ServiceState: 'Running',
  ServiceStart: 'Auto',
  Off: [],
  Unmerged: [],
  ByPolicy: [],
  Current: ['Domain'],
  Others: [],
  Products: [],
  Relayed: false,
  Snapshot: 'abc',
  ConfirmArmed: false,
  Readable: true,
};
const restored = {
  Changed: true,
  Restored: true,
  Conflict: false,
  Current: 'no firewall rule of the shield',
  StoreSame: true,
  Errors: [],
};

let host: FakeHost;
beforeEach(() => {
  host = new FakeHost()
    .on('Get-FbFact', facts)
    .on('Get-FbFirewallShield', free)
    .on('Set-FbFirewallShield', { Changed: true, Applied: true, Errors: [] })
    .on('Confirm-FbShield', { Changed: true, Confirmed: true, Errors: [] })
    .on('Restore-FbFirewallShield', restored);
});

const probe = (args: JsonObject = {}, data: JsonObject = withFirewall): Promise<Probe> =>
  apply.probe(host.step({ advisory: data }), { method: 'firewall', ...args });
async function needed(args: JsonObject = {}): Promise<JsonObject> {
  const found = await probe(args);
  if (found.state !== 'needed') throw new Error(JSON.stringify(found));
  return found.prior;
}
async function reason(args: JsonObject = {}): Promise<string> {
  const found = await probe(args);
  if (found.state !== 'refused') throw new Error(JSON.stringify(found));
  expect(found.error.code).toBe('FB_SHIELD_REFUSED');
  return found.error.message;
}

describe('shield.apply by the firewall', () => {
  it('blocks everybody but controller, partners and named addresses', async () => {
    const prior = await needed({ except: ['2001:db8::5'] });
    expect(prior).toMatchObject({
      method: 'firewall',
      setting: {
        tcp: [445],
        udp: [445],
        exempt: ['127.0.0.1', '127.0.0.7', '2001:db8::5'],
        remote: [
          '0.0.0.1-127.0.0.0',
          '127.0.0.2-127.0.0.6',
          '127.0.0.8-255.255.255.255',
          '::2-2001:db8::4',
          '2001:db8::6-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
        ],
        turn_on: [],
      },
      found: { rules_sha256: 'abc' },
      notes: [],
    });
    await apply.act(host.step({ advisory: withFirewall }), {}, prior);
    expect(host.parameters.at(-1)).toMatchObject({
      Id: prior['id'],
      Tcp: [445],
      Udp: [445],
      Remote: (prior['setting'] as JsonObject)['remote'],
      TurnOn: [],
      ConfirmSeconds: 300,
      TtlSeconds: 0,
      Floor: ['18362.720'],
    });
  });

  it('names addresses as rules take them', async () => {
    host.clientAddress = '::ffff:10.0.0.9';
    expect(await needed({ except: ['FE80::5', '::1'] })).toMatchObject({
      setting: { exempt: ['10.0.0.9', '127.0.0.7', 'fe80::5'] },
    });
  });

  it('proves by a new session, then confirms; revert hands the hash back', async () => {
    const prior = await needed();
    host.on('Get-FbFirewallShield', { ...free, Stands: true, Own: 'ours', ConfirmArmed: true });
    const before = host.sessions;
    expect(await apply.prove(host.step({ advisory: withFirewall }), {}, prior)).toMatchObject({
      proven: true,
      confirmed: true,
      result: { method: 'firewall', blocks_ports: true, ports: [445] },
    });
    expect(host.sessions).toBe(before + 1);
    const undo: OpenUndo = { id: 'o', run: 'r', step: 's', uses: 'shield.apply', args: {}, prior, owedAt: '' };
    expect(await apply.undo?.(host.step(), undo)).toMatchObject({ undone: true, result: { same_as_before: true } });
    expect(host.parameters.at(-1)).toEqual({ Id: prior['id'], Snapshot: 'abc' });
  });

  it.each<[string, object, string]>([
    ['somebody has changed a rule', { Own: 'changed' }, 'FB_SHIELD_CONFLICT'],
    ['its rules are no longer in force', { Own: 'ours', Off: ['Domain'] }, 'FB_SHIELD_CONFLICT'],
    ['its rules are gone', {}, 'FB_STEP_NOT_PROVEN'],
    ['the firewall cannot be read', { Readable: false }, 'FB_RESULT_INVALID'],
  ])('does not stand when %s', async (_name, change, code) => {
    const prior = await needed();
    host.on('Get-FbFirewallShield', { ...free, ...change });
    const proof = await apply.prove(host.step({ advisory: withFirewall }), {}, prior);
    expect(proof).toMatchObject({ proven: false, error: { code } });
    expect(host.count('Confirm-FbShield')).toBe(0);
  });

  it.each<[string, object, RegExp]>([
    ['the service is stopped', { ServiceState: 'Stopped', ServiceStart: 'Disabled' }, /mpssvc.* stopped and disabled/],
    ['there is no service', { ServiceState: null, ServiceStart: null }, /mpssvc.* not there/],
    ['the profile in use is off', { Off: ['Domain'] }, /off in the profile Domain.*turn_on_firewall/],
    ['any is off and networks are unknown', { Off: ['Public'], Current: [] }, /off in the profile Public/],
    ['a policy keeps it off', { Off: ['Domain'], ByPolicy: ['Domain'] }, /Group Policy keeps the firewall off/],
    ['a policy ignores local rules', { Unmerged: ['Domain'] }, /AllowLocalPolicyMerge.*by Group Policy/],
    ['it cannot be read', { Readable: false }, /could not be read/],
    ['the system is NT 4.0 or 2000', { Kind: 'none' }, /no firewall of its own/],
    ['another product is there', { Kind: 'none', Products: ['ZoneAlarm'] }, /ZoneAlarm is there/],
    ['the system has ICF', { Kind: 'connections' }, /cut off its own path; use it at the console/],
    ['and a policy prohibits it', { Kind: 'connections', Prohibited: true }, /Group Policy prohibits it/],
  ])('is refused when %s', async (_name, change, message) => {
    host.on('Get-FbFirewallShield', { ...free, ...change });
    expect(await reason()).toMatch(message);
    expect(await apply.probe(host.step({ advisory: { ...advisory, shields: [shield] } }), {})).toMatchObject({
      state: 'not-applicable',
      reason: expect.stringMatching(message),
    });
  });

  it.each([
    ['ms17-010', 'connections', /Internet Connection Firewall/],
    ['cve-2019-0708', 'connections', /Internet Connection Firewall/],
  ])('of %s says of XP and Server 2003 why not (%s)', async (id, kind, message) => {
    const data = parse(readFileSync(resolve(ADVISORIES, `${id}.yaml`), 'utf8')) as JsonObject;
    for (const Build of [2600, 3790]) {
      host.on('Get-FbFact', { ...facts, Build, Caption: 'Windows XP' });
      host.on('Get-FbFirewallShield', { ...free, Kind: kind });
      const found = await probe({}, data);
      expect(found).toMatchObject({ state: 'refused', error: { message: expect.stringMatching(message) } });
    }
  });

  it('says how a person at the console uses the firewall for connections', async () => {
    const icf = { ...free, Kind: 'connections', ServiceStart: 'Disabled', Connections: ['LAN (10.0.0.7)', 'WLAN'] };
    host.on('Get-FbFirewallShield', icf);
    const found = await probe({ at_console: true });
    expect(found).toMatchObject({
      state: 'not-applicable',
      reason: expect.stringContaining('cut off its own path'),
      result: { method: 'none', stands: false },
    });
    const said = String((found as { result: JsonObject }).result['console']);
    expect(said).toMatch(
      /set "Internet Connection Firewall.*from Disabled to Manual.*"LAN \(10\.0\.0\.7\)", "WLAN".*tick/,
    );
    // Where a Group Policy forbids it, or nobody said that a person is there, it is refused.
    host.on('Get-FbFirewallShield', { ...icf, Prohibited: true });
    expect(await reason({ at_console: true })).toMatch(/Group Policy prohibits it/);
    host.on('Get-FbFirewallShield', icf);
    expect(await reason()).toMatch(/use it at the console/);
    host.on('Get-FbFirewallShield', { ...icf, Connections: [], ServiceStart: 'Manual' });
    expect(await probe({ at_console: true })).toMatchObject({
      result: {
        console: expect.stringMatching(
          /^At the console of \S+, as an administrator: Control Panel.*then for each connection/,
        ),
      },
    });
  });

  it('turns a profile on only when told so, and says what that means', async () => {
    host.on('Get-FbFirewallShield', { ...free, Off: ['Domain', 'Public'] });
    expect(await needed({ turn_on_firewall: true })).toMatchObject({
      setting: { turn_on: ['Domain'] },
      notes: [expect.stringContaining('blocks whatever no rule allows'), expect.stringContaining('profile Public')],
    });
    host.on('Get-FbFirewallShield', { ...free, Off: ['Domain'], ByPolicy: ['Domain'] });
    expect(await reason({ turn_on_firewall: true })).toMatch(/Group Policy keeps/);
    host.on('Get-FbFirewallShield', { ...free, Unmerged: ['Domain'] });
    expect(await reason({ turn_on_firewall: true })).toMatch(/AllowLocalPolicyMerge/);
  });

  it('tells of other networks, other shields and a missing timer', async () => {
    host.on('Get-FbFirewallShield', {
      ...free,
      Off: ['Public'],
      Unmerged: ['Private'],
      Others: ['0123'],
      Relayed: true,
    });
    const notes = JSON.stringify((await needed())['notes']);
    expect(notes).toMatch(/Public it has no effect.*Private it has no effect.*Firebreak-0123.*only shield\.revert/);
  });

  it('is refused where an advisory names no ports, or nobody knows by which address we come', async () => {
    const { tcp: _tcp, udp: _udp, ...portless } = shield;
    const found = await probe({}, { ...advisory, shields: [portless] });
    expect(found).toMatchObject({ state: 'refused', error: { message: expect.stringContaining('names no ports') } });
    host.clientAddress = undefined;
    expect(await reason()).toContain('by which address');
  });

  it('is no choice of auto where an earlier shield will do', async () => {
    host.on('Get-FbIpsecShield', {
      Stands: false,
      AssignedName: null,
      AssignedPath: null,
      GpoAssigned: true,
      GpoName: 'Domain',
      AgentExists: true,
      AgentState: 'Running',
      AgentStart: 'Manual',
      NoDefaultExempt: null,
      ConfirmArmed: false,
      Readable: true,
    });
    host.on('Get-FbRegistryShield', { Present: false, Type: null, Value: null, ConfirmArmed: false, Readable: true });
    expect(await probe({ method: 'auto' })).toMatchObject({ state: 'needed', prior: { method: 'registry' } });
    expect(host.count('Get-FbFirewallShield')).toBe(0);
    host.on('Get-FbRegistryShield', { Present: false, Type: null, Value: null, ConfirmArmed: false, Readable: false });
    expect(await probe({ method: 'auto' })).toMatchObject({ state: 'needed', prior: { method: 'firewall' } });
  });

  it('gives ports.check its ports', async () => {
    if (check.kind !== 'read') throw new Error('a read');
    const probed: string[] = [];
    host.ports = ({ port, protocol }) => {
      probed.push(`${protocol} ${port}`);
      return 'open';
    };
    await check.read(host.step({ advisory: { ...advisory, shields: [{ ...shield, tcp: [3389] }] } }), {});
    expect(probed).toContain('tcp 3389');
  });
});
