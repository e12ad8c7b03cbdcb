import { beforeEach, describe, expect, it } from '@jest/globals';
import { createActions } from '../../src/actions/index.ts';
import type { JsonObject, ReadAction } from '../../src/domain/index.ts';
import { advisory, evidence, FakeHost, facts } from './support/fake-step.ts';

const assess = createActions().get('assess.run') as ReadAction;
const KEY = 'HKLM\\SOFTWARE\\X';
const POLICY = 'HKLM\\SOFTWARE\\Policies\\X';
const common = { title: 't', severity: 'high', advice: 'mend it', source: 's', confidence: 'H' };
const registry = (more: JsonObject): JsonObject => ({
  id: 'it',
  kind: 'registry',
  key: KEY,
  name: 'V',
  absent: 'unknown',
  ...common,
  ...more,
});
const value = (Present: boolean | null, Data: string | null = null, Key = KEY, Name = 'V'): JsonObject => ({
  Key,
  Name,
  Present,
  Data,
  Error: Present === null ? 'access denied' : '',
});
const nothing: JsonObject = { Values: [], Services: [], Accounts: [], Passwords: null };
const guest = (Present: boolean | null, Disabled: boolean | null): JsonObject => ({
  Accounts: [{ Rid: 501, Present, Name: 'Gast', Disabled, Error: '' }],
});
const passwords = (MinLength: number | null): JsonObject => ({
  Passwords: { Readable: MinLength !== null, MinLength, History: 0, LockoutThreshold: 0, Error: 'why' },
});

let host: FakeHost;
beforeEach(() => {
  host = new FakeHost()
    .on('Get-FbFact', facts)
    .on('Get-FbPatchEvidence', evidence)
    .on('Get-FbAssessment', nothing)
    .on('Get-FbIpsecShield', { AssignedName: null, GpoAssigned: false, Weakness: '', Readable: true });
});

async function one(check: JsonObject, settings: JsonObject): Promise<JsonObject | undefined> {
  host.on('Get-FbAssessment', { ...nothing, ...settings });
  const { result } = await assess.read(host.step(), { checks: [check] });
  return (result['checks'] as JsonObject[])[0];
}

describe('assess.run', () => {
  it.each<[string, JsonObject, readonly JsonObject[], string]>([
    ['a good number', { good: [1] }, [value(true, '1')], 'ok'],
    ['another number', { good: [1] }, [value(true, '0')], 'weak'],
    ['a good text', { good: ['0', ''] }, [value(true, '')], 'ok'],
    ['at least', { at_least: 3 }, [value(true, '3')], 'ok'],
    ['less', { at_least: 3 }, [value(true, '2')], 'weak'],
    ['no number', { at_least: 3 }, [value(true, 'x')], 'weak'],
    ['absent and good', { good: [1], absent: 'good' }, [value(false)], 'ok'],
    ['absent and weak', { good: [1], absent: 'weak' }, [value(false)], 'weak'],
    ['absent and unknown', { good: [1] }, [value(false)], 'unknown'],
    ['unreadable is never ok', { good: [1], absent: 'good' }, [value(null)], 'unknown'],
    ['not answered is never ok', { good: [1], absent: 'good' }, [], 'unknown'],
    ['its mere presence', { good: [], absent: 'good' }, [value(true, null)], 'weak'],
    ['a policy overrules', { good: [1], policy_key: POLICY }, [value(true, '0'), value(true, '1', POLICY)], 'ok'],
    [
      'a policy overrules to the worse',
      { good: [1], policy_key: POLICY },
      [value(true, '1'), value(true, '0', POLICY)],
      'weak',
    ],
    ['no policy', { good: [1], policy_key: POLICY }, [value(true, '1'), value(false, null, POLICY)], 'ok'],
    [
      'an unreadable policy',
      { good: [1], policy_key: POLICY },
      [value(true, '1'), value(null, null, POLICY)],
      'unknown',
    ],
    [
      'the condition holds',
      { good: [1], when: { key: KEY, name: 'W', is: 0 } },
      [value(true, '0'), value(true, '0', KEY, 'W')],
      'weak',
    ],
    [
      'the condition does not hold',
      { good: [1], when: { key: KEY, name: 'W', is: 0 } },
      [value(true, '0'), value(true, '1', KEY, 'W')],
      'not-applicable',
    ],
    [
      'the condition is absent',
      { good: [1], when: { key: KEY, name: 'W', is: 0 } },
      [value(true, '0'), value(false, null, KEY, 'W')],
      'not-applicable',
    ],
    [
      'the condition is unreadable',
      { good: [1], when: { key: KEY, name: 'W', is: 0 } },
      [value(true, '0'), value(null, null, KEY, 'W')],
      'unknown',
    ],
    ['for later systems', { good: [1], versions: { from: '10.1' } }, [value(true, '0')], 'not-applicable'],
    ['for earlier systems', { good: [1], versions: { below: '10.0' } }, [value(true, '0')], 'not-applicable'],
    ['numbers of versions, not texts', { good: [1], versions: { from: '6.2' } }, [value(true, '1')], 'ok'],
  ])('registry: %s', async (_name, check, values, state) => {
    expect(await one(registry(check), { Values: values })).toMatchObject({
      state,
      advice: state === 'weak' ? 'mend it' : '',
      source: 's',
      confidence: 'H',
    });
  });

  it.each<[string, JsonObject, string]>([
    ['guest disabled', guest(true, true), 'ok'],
    ['guest enabled', guest(true, false), 'weak'],
    ['no guest', guest(false, null), 'ok'],
    ['accounts unreadable', guest(null, null), 'unknown'],
  ])('account: %s', async (_name, settings, state) => {
    expect(await one({ id: 'guest', kind: 'account', rid: 501, ...common }, settings)).toMatchObject({ state });
  });

  it.each<[string, JsonObject, string]>([
    ['long enough', passwords(8), 'ok'],
    ['too short', passwords(7), 'weak'],
    ['unreadable', passwords(null), 'unknown'],
    ['not answered', {}, 'unknown'],
  ])('password policy: %s', async (_name, settings, state) => {
    const check = { id: 'length', kind: 'password-policy', field: 'min_length', at_least: 8, ...common };
    expect(await one(check, settings)).toMatchObject({ state });
  });

  it.each<[string, JsonObject, string]>([
    ['running', { Services: [{ Name: 'TlntSvr', Exists: true, State: 'Running' }] }, 'weak'],
    ['stopped', { Services: [{ Name: 'TlntSvr', Exists: true, State: 'Stopped' }] }, 'ok'],
    ['not there', { Services: [{ Name: 'TlntSvr', Exists: false, State: null }] }, 'ok'],
    ['unreadable', { Services: [{ Name: 'TlntSvr', Exists: null, State: null }] }, 'unknown'],
    ['in no known state', { Services: [{ Name: 'TlntSvr', Exists: true, State: null }] }, 'unknown'],
  ])('service: %s', async (_name, settings, state) => {
    expect(await one({ id: 'telnet', kind: 'service', name: 'TlntSvr', ...common }, settings)).toMatchObject({ state });
  });

  it.each<[string, JsonObject, string]>([
    ['none', {}, 'not-applicable'],
    ['one that protects', { AssignedName: 'P' }, 'ok'],
    ['a worthless one', { AssignedName: 'P', Weakness: 'it trusts every domain computer' }, 'weak'],
    ['one of Group Policy', { AssignedName: 'P', GpoAssigned: true }, 'unknown'],
    ['unreadable', { Readable: false }, 'unknown'],
  ])('IPsec policy: %s', async (_name, state, expected) => {
    host.on('Get-FbIpsecShield', { AssignedName: null, GpoAssigned: false, Weakness: '', Readable: true, ...state });
    expect(await one({ id: 'ipsec', kind: 'ipsec', ...common }, {})).toMatchObject({ state: expected });
  });

  it('asks for each value once, and for no more than the checks need', async () => {
    await assess.read(host.step(), {
      checks: [
        registry({ good: [1] }),
        registry({ id: 'again', good: [2] }),
        { id: 'g', kind: 'account', rid: 501, ...common },
      ],
    });
    expect(host.parameters.at(-1)).toEqual({
      ValueKey: [KEY],
      ValueName: ['V'],
      Service: [],
      Rid: [501],
      Password: false,
    });
    expect(host.calls).not.toContain('Get-FbIpsecShield');
  });

  it.each<[string, JsonObject, JsonObject]>([
    ['a missing fix', {}, { missing: ['cve-2020-0796'], undecided: [] }],
    ['a fix that is in', { Ubr: 720 }, { missing: [], undecided: [] }],
    ['nobody knows', { Build: null }, { missing: [], undecided: ['cve-2020-0796'] }],
    [
      'a fix before its restart',
      { Rollups: [{ Build: 18362, Ubr: 720, State: 96 }], PendingReboot: ['servicing'] },
      { missing: ['cve-2020-0796'], undecided: [] },
    ],
  ])('advisories: %s', async (_name, change, expected) => {
    host.on('Get-FbPatchEvidence', { ...evidence, ...change });
    const { result } = await assess.read(host.step({ advisory }), { advisories: [advisory] });
    expect(result).toMatchObject(expected);
    // The playbook's own and the given one are the same.
    expect(host.count('Get-FbPatchEvidence')).toBe(1);
    expect(host.calls).not.toContain('Get-FbAssessment');
  });

  it('has nothing to do without advisories and checks', async () => {
    await expect(assess.read(host.step(), {})).rejects.toMatchObject({ code: 'FB_USAGE' });
  });
});
