import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { createActions } from '../../src/actions/index.ts';
import { FirebreakError, type JsonObject, type ReadAction } from '../../src/domain/index.ts';
import { advisory, evidence, FakeHost, facts } from './support/fake-step.ts';

const ADVISORIES = resolve(import.meta.dirname, '..', '..', 'playbooks', 'advisories');
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
const value = (
  Present: boolean | null,
  Data: string | null = null,
  Key = KEY,
  Name = 'V',
  Wanted = Key,
): JsonObject => ({
  Wanted,
  Key,
  Name,
  Present,
  Data,
  Error: Present === null ? 'access denied' : '',
});
const nothing: JsonObject = {
  Values: [],
  Services: [],
  Files: [],
  Accounts: null,
  Administrators: null,
  Audit: null,
  Disks: null,
  Passwords: null,
  Shares: null,
};
const read = { Readable: true, Error: '' };
const denied = { Readable: false, Error: 'access denied' };
const account = (Rid: number, more: JsonObject = {}): JsonObject => ({
  Name: `user${Rid}`,
  Rid,
  Disabled: false,
  PasswordRequired: true,
  PasswordExpires: true,
  ...more,
});
const accounts = (...all: readonly JsonObject[]): JsonObject => ({ Accounts: { ...read, Accounts: all } });
const passwords = (MinLength: number | null, more: JsonObject = {}): JsonObject => ({
  Passwords: {
    Readable: MinLength !== null,
    MinLength,
    History: 0,
    LockoutThreshold: 0,
    MaxAgeDays: null,
    Error: 'why',
    ...more,
  },
});

const SEVERAL = 'HKLM\\SOFTWARE\\*\\X';
const several = (part: string, data: string | null, present: boolean | null = true): JsonObject =>
  value(present, data, `HKLM\\SOFTWARE\\${part}\\X`, 'V', SEVERAL);
const disks = (...systems: readonly (string | null)[]): JsonObject => ({
  Disks: { ...read, Disks: systems.map((FileSystem, index) => ({ Name: `${'CDE'[index]}:`, FileSystem })) },
});
/** D:(A;;mask;;;WD), self-relative. */
const descriptor = (mask: number): string => {
  const bytes = Buffer.alloc(20 + 8 + 20);
  bytes.writeUInt8(1, 0);
  bytes.writeUInt16LE(0x8004, 2);
  bytes.writeUInt32LE(20, 16);
  bytes.set([2, 0, 28, 0, 1, 0, 0, 0, 0, 0, 20, 0], 20);
  bytes.writeUInt32LE(mask, 32);
  bytes.set([1, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0], 36);
  return bytes.toString('base64');
};
const FULL = descriptor(0x1f01ff);
const READING = descriptor(0x1200a9);

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
    ['guest disabled', accounts(account(501, { Disabled: true })), 'ok'],
    ['guest enabled', accounts(account(500), account(501)), 'weak'],
    ['no guest', accounts(account(500)), 'ok'],
    ['not told', accounts(account(501, { Disabled: null })), 'unknown'],
    ['accounts unreadable', { Accounts: { ...denied, Accounts: [] } }, 'unknown'],
    ['not answered', {}, 'unknown'],
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

  it.each<[string, JsonObject, JsonObject, string]>([
    ['any that is there', { good: [1] }, { Values: [several('A', '1'), several('B', '1')] }, 'ok'],
    ['one is enough', { good: [1] }, { Values: [several('A', '1'), several('B', '2')] }, 'weak'],
    ['what has no such value does not count', { good: [1] }, { Values: [several('A', null, false)] }, 'not-applicable'],
    ['nothing is there', { good: [1] }, {}, 'not-applicable'],
    ['one is unreadable', { good: [1] }, { Values: [several('A', '1'), several('B', null, null)] }, 'unknown'],
    ['weak for all that', { good: [1] }, { Values: [several('A', '2'), several('B', null, null)] }, 'weak'],
  ])('registry of several keys: %s', async (_name, check, settings, state) => {
    expect(await one(registry({ ...check, key: SEVERAL, absent: 'not-applicable' }), settings)).toMatchObject({
      state,
    });
  });

  it('registry: names what is bad, whatever its case', async () => {
    const check = registry({ bad: ['LocalSystem'] });
    expect(await one(check, { Values: [value(true, 'localsystem')] })).toMatchObject({ state: 'weak' });
    expect(await one(check, { Values: [value(true, 'CORP\\svc-sql')] })).toMatchObject({ state: 'ok' });
  });

  it.each<[string, JsonObject, string]>([
    ['is there', { Files: [{ Path: '%SystemRoot%\\x', Exists: true }] }, 'weak'],
    ['is not there', { Files: [{ Path: '%SystemRoot%\\x', Exists: false }] }, 'ok'],
    ['unreadable', { Files: [{ Path: '%SystemRoot%\\x', Exists: null }] }, 'unknown'],
  ])('file: %s', async (_name, settings, state) => {
    expect(await one({ id: 'f', kind: 'file', path: '%SystemRoot%\\x', ...common }, settings)).toMatchObject({ state });
  });

  it.each<[string, JsonObject, string, string]>([
    ['all have it', accounts(account(1000)), 'ok', '1 accounts'],
    ['one has not', accounts(account(1000), account(1001, { PasswordExpires: false })), 'weak', 'user1001'],
    [
      'a disabled one does not count',
      accounts(account(1001, { PasswordExpires: false, Disabled: true })),
      'ok',
      '0 acc',
    ],
    ['an excepted one neither', accounts(account(500, { PasswordExpires: false })), 'ok', '0 accounts'],
    ['not told', accounts(account(1000, { PasswordExpires: null })), 'unknown', 'user1000'],
  ])('flags of accounts: %s', async (_name, settings, state, found) => {
    const check = { id: 'a', kind: 'accounts', flag: 'password_expires', except: [500], ...common };
    expect(await one(check, settings)).toMatchObject({ state, found: expect.stringContaining(found) });
  });

  it.each<[string, JsonObject, string]>([
    ['two', { Administrators: { ...read, Members: ['PC\\a', 'D\\b'] } }, 'ok'],
    ['three', { Administrators: { ...read, Members: ['PC\\a', 'D\\b', 'D\\c'] } }, 'weak'],
    ['unreadable', { Administrators: { ...denied, Members: [] } }, 'unknown'],
  ])('administrators: %s', async (_name, settings, state) => {
    expect(await one({ id: 'a', kind: 'administrators', at_most: 2, ...common }, settings)).toMatchObject({ state });
  });

  it.each<[string, JsonObject, string]>([
    ['both', { Audit: { ...read, Logon: 3 } }, 'ok'],
    ['successes alone', { Audit: { ...read, Logon: 1 } }, 'weak'],
    ['nothing', { Audit: { ...read, Logon: 0 } }, 'weak'],
    ['unreadable', { Audit: { ...denied, Logon: null } }, 'unknown'],
  ])('audit: %s', async (_name, settings, state) => {
    const check = { id: 'a', kind: 'audit', wanted: ['success', 'failure'], ...common };
    expect(await one(check, settings)).toMatchObject({ state });
  });

  it.each<[string, JsonObject, string]>([
    ['NTFS', disks('NTFS', 'ReFS'), 'ok'],
    ['FAT', disks('NTFS', 'FAT32'), 'weak'],
    ['one is not told', disks('NTFS', null), 'unknown'],
    ['none is told', disks(), 'unknown'],
  ])('disks: %s', async (_name, settings, state) => {
    expect(await one({ id: 'd', kind: 'filesystem', good: ['NTFS', 'ReFS'], ...common }, settings)).toMatchObject({
      state,
    });
  });

  it.each<[string, number | null, string]>([
    ['never', null, 'weak'],
    ['too late', 400, 'weak'],
    ['in time', 42, 'ok'],
  ])('password age: %s', async (_name, MaxAgeDays, state) => {
    const check = { id: 'age', kind: 'password-policy', field: 'max_age_days', at_most: 365, ...common };
    expect(await one(check, passwords(0, { MaxAgeDays }))).toMatchObject({ state });
  });

  it.each<[string, string, string | null, string]>([
    ['that everybody may change', '10.0.18362', FULL, 'weak'],
    ['that everybody may read', '10.0.18362', READING, 'ok'],
    ['without permissions of its own on 2000', '5.0.2195', null, 'weak'],
    ['without permissions of its own since XP', '5.1.2600', null, 'ok'],
    ['with damaged permissions', '10.0.18362', 'AQ==', 'unknown'],
  ])('a share %s', async (_name, Version, Descriptor, state) => {
    host.on('Get-FbFact', { ...facts, Version });
    const settings = { Shares: { ...read, Shares: [{ Name: 'data', Path: 'D:\\data', Descriptor }] } };
    expect(await one({ id: 's', kind: 'shares', ...common }, settings)).toMatchObject({ state });
  });

  describe('weak passwords', () => {
    const check = { id: 'weak-passwords', kind: 'weak-passwords', ...common };
    const tried = (Name: string, State: string, more: JsonObject = {}): JsonObject => ({
      Name,
      Rid: 1000,
      State,
      Kind: null,
      Tried: 5,
      Reason: '',
      ...more,
    });
    const tries = async (args: JsonObject, ...Accounts: readonly JsonObject[]) => {
      host.on('Test-FbWeakPassword', { Readable: true, Reason: '', Accounts });
      const { result } = await assess.read(host.step(), { checks: [check], ...args });
      return { result, check: (result['checks'] as JsonObject[])[0] };
    };

    it('are not tried unless asked for', async () => {
      const { result, check: found } = await tries({}, tried('kiosk', 'weak'));
      expect([found?.['state'], result['passwords'], host.count('Test-FbWeakPassword')]).toEqual([
        'not-applicable',
        null,
        0,
      ]);
    });

    it('are not tried on a domain controller', async () => {
      host.on('Get-FbFact', { ...facts, DomainRole: 5 });
      const { check: found } = await tries({ passwords: 'try' }, tried('kiosk', 'weak'));
      expect([found?.['state'], host.count('Test-FbWeakPassword')]).toEqual(['not-applicable', 0]);
    });

    it.each<[string, readonly JsonObject[], string, RegExp]>([
      ['found', [tried('kiosk', 'weak', { Kind: 'blank' })], 'weak', /^kiosk has no password$/],
      ['none', [tried('kiosk', 'ok')], 'ok', /1 of 1 accounts tried/],
      [
        'near a lock-out',
        [tried('kiosk', 'partly', { Tried: 2, Reason: 'too near' })],
        'unknown',
        /kiosk: 2 tried, too near/,
      ],
      ['disabled', [tried('old', 'skipped', { Tried: 0, Reason: 'disabled' })], 'ok', /0 of 1/],
      ['locked', [tried('old', 'skipped', { Tried: 0, Reason: 'locked out' })], 'unknown', /old: 0 tried, locked out/],
    ])('say what they are: %s', async (_name, all, state, message) => {
      const { result, check: found } = await tries({ passwords: 'try' }, ...all);
      expect(found).toMatchObject({ state, found: expect.stringMatching(message) });
      expect(result['passwords']).toHaveLength(all.length);
    });

    it('leave the rest of the assessment alone where they cannot be told', async () => {
      host.on('Test-FbWeakPassword', () => {
        throw new FirebreakError('FB_INVOKE_FAILED', 'net use went mad');
      });
      const { result } = await assess.read(host.step(), { checks: [check], passwords: 'try' });
      expect((result['checks'] as JsonObject[])[0]).toMatchObject({
        state: 'unknown',
        found: expect.stringContaining('net use went mad'),
      });
    });
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
      File: [],
      Also: ['accounts'],
      Version: '10.0.18362',
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

  it('judges all advisories by one look', async () => {
    const names = ['ms03-026', 'ms03-039', 'ms17-010', 'cve-2021-34527'];
    const all = names.map((id) => parse(readFileSync(resolve(ADVISORIES, `${id}.yaml`), 'utf8')) as JsonObject);
    const { result } = await assess.read(host.step(), { advisories: [advisory, ...all] });
    expect(host.count('Get-FbPatchEvidence')).toBe(1);
    const verdicts = result['verdicts'] as JsonObject[];
    expect(verdicts.map(({ advisory: id }) => id)).toEqual(['cve-2020-0796', ...names]);
    // Each as if it had been asked alone.
    for (const [index, data] of [advisory, ...all].entries()) {
      const { result: alone } = await assess.read(host.step(), { advisories: [data] });
      expect((alone['verdicts'] as JsonObject[])[0]).toEqual(verdicts[index]);
    }
  });

  it('says what a scan without a logon would not have found', async () => {
    const rpcss = parse(readFileSync(resolve(ADVISORIES, 'ms03-039.yaml'), 'utf8')) as JsonObject;
    const scan = (patched: boolean | null) => ({
      category: patched === false ? 'vulnerable-824146' : 'timeout',
      patched,
      answers: patched !== null,
      reason: 'it said so',
      hresult: null,
      activationHresult: null,
    });
    host.on('Get-FbFact', { ...facts, Build: 2195, Version: '5.0.2195' });
    host.on('Get-FbPatchEvidence', {
      ...evidence,
      Build: 2195,
      Ubr: 0,
      System: { Version: '5.0', ServicePack: 4, Product: 'workstation', TerminalServer: false, Architecture: 'x86' },
    });
    host.on('Get-FbAssessment', { ...nothing, Values: [value(true, '0')] });
    const given = { advisories: [rpcss], checks: [registry({ good: [1] })], scan: true };
    host.rpc = () => scan(null) as ReturnType<typeof host.rpc>;
    expect((await assess.read(host.step(), given)).result).toMatchObject({
      beyond_scan: expect.arrayContaining(['it']),
    });
    expect((await assess.read(host.step(), { ...given, scan: false })).result).toMatchObject({
      scan: null,
      beyond_scan: null,
    });
  });

  it('marks a system that is out of support, patched or not', async () => {
    const rpcss = parse(readFileSync(resolve(ADVISORIES, 'ms03-039.yaml'), 'utf8')) as JsonObject;
    host.on('Get-FbPatchEvidence', {
      ...evidence,
      Build: 2195,
      Ubr: 0,
      System: { Version: '5.0', ServicePack: 4, Product: 'workstation', TerminalServer: false, Architecture: 'x86' },
    });
    expect((await assess.read(host.step(), { advisories: [rpcss] })).result).toMatchObject({
      support_ended: '2010-07-13',
      out_of_support: true,
    });
  });

  it('has nothing to do without advisories and checks', async () => {
    await expect(assess.read(host.step(), {})).rejects.toMatchObject({ code: 'FB_USAGE' });
  });
});
