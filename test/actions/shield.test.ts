import { beforeEach, describe, expect, it } from '@jest/globals';
import { createActions } from '../../src/actions/index.ts';
import type { ChangeAction, JsonObject, OpenUndo, Probe } from '../../src/domain/index.ts';
import { advisory, FakeHost, facts, lost } from './support/fake-step.ts';

const apply = createActions().get('shield.apply') as ChangeAction;
const revert = createActions().get('shield.revert') as ChangeAction;

const free = {
  Stands: false,
  AssignedName: null,
  AssignedPath: null,
  GpoAssigned: false,
  GpoName: null,
  AgentExists: true,
  AgentState: 'Running',
  AgentStart: 'Manual',
  NoDefaultExempt: null,
  ConfirmArmed: false,
  Readable: true,
};
const absent = { Present: false, Type: null, Value: null, ConfirmArmed: false, Readable: true };
const fine = { Changed: true, Restored: true, Conflict: false, Current: 'no IPsec policy assigned', Errors: [] };

let host: FakeHost;
beforeEach(() => {
  host = new FakeHost()
    .on('Get-FbFact', facts)
    .on('Get-FbIpsecShield', free)
    .on('Get-FbRegistryShield', absent)
    .on('Set-FbIpsecShield', { Changed: true, Applied: true, Errors: [] })
    .on('Confirm-FbShield', { Changed: true, Confirmed: true, Errors: [] })
    .on('Restore-FbIpsecShield', fine)
    .on('Restore-FbRegistryShield', { ...fine, Current: 'DisableCompression is absent' });
});

async function needed(args: JsonObject = {}): Promise<JsonObject> {
  const probe = await apply.probe(host.step({ advisory }), args);
  if (probe.state !== 'needed') throw new Error(JSON.stringify(probe));
  return probe.prior;
}
const undoOf = (prior: JsonObject, more: Partial<OpenUndo> = {}): OpenUndo => ({
  id: 'o-1',
  run: 'run-1',
  step: 'the_step',
  uses: 'shield.apply',
  args: {},
  prior,
  owedAt: '2026-03-13T00:00:00Z',
  ...more,
});

describe('shield.apply', () => {
  it('lets controller, partners and named addresses through, and keeps what it found', async () => {
    host.on('Get-FbIpsecShield', { ...free, AssignedName: 'Corp baseline', AssignedPath: 'X\\ipsecPolicy{1}' });
    expect(await needed({ except: ['10.0.0.9'], ttl: '2h' })).toMatchObject({
      method: 'ipsec',
      floors: ['18362.720'],
      confirm_s: 300,
      ttl_s: 7200,
      setting: { tcp: [445], exempt: ['127.0.0.1', '127.0.0.7', '10.0.0.9'] },
      found: { policy_name: 'Corp baseline', policy_path: 'X\\ipsecPolicy{1}', agent_start: 'Manual' },
    });
  });

  it('names the shield the same in every attempt of a step, and otherwise in another run', async () => {
    const first = (await needed())['id'];
    expect((await needed())['id']).toBe(first);
    const other = await apply.probe(host.step({ advisory, run: 'run-2' }), {});
    expect(other).toMatchObject({ state: 'needed' });
    expect(other.state === 'needed' ? other.prior['id'] : first).not.toBe(first);
  });

  it.each<[string, object, JsonObject, object]>([
    [
      'goes on without one on a domain controller',
      { Roles: ['domain-controller'] },
      {},
      { state: 'not-applicable', result: { blocks_ports: false } },
    ],
    [
      'is refused on a domain controller by name',
      { Roles: ['domain-controller'] },
      { method: 'ipsec' },
      { state: 'refused', error: { code: 'FB_SHIELD_REFUSED' } },
    ],
    [
      'is allowed where the role is overruled',
      { Roles: ['domain-controller'] },
      { allow_roles: ['domain-controller'] },
      { state: 'needed' },
    ],
    ['takes no chance with roles that cannot be read', { RolesReadable: false }, {}, { state: 'not-applicable' }],
    ['does not mind other roles', { Roles: ['dhcp-server'] }, {}, { state: 'needed' }],
  ])('role guard: %s', async (_name, change, args, expected) => {
    host.on('Get-FbFact', { ...facts, ...change });
    const probe = await apply.probe(host.step({ advisory }), args);
    expect(probe).toMatchObject(expected);
    if (probe.state === 'not-applicable') expect(probe.reason).toContain('role guard');
  });

  it.each<[string, object]>([
    ['a Group Policy assigns the policy', { GpoAssigned: true, GpoName: 'Domain IPsec' }],
    ['there is no policy agent', { AgentExists: false }],
    ['the policy cannot be read', { Readable: false }],
  ])('takes the next method when %s', async (_name, change) => {
    host.on('Get-FbIpsecShield', { ...free, ...change });
    expect(await needed()).toMatchObject({ method: 'registry', found: { present: false, type: null, value: null } });
    expect(await apply.probe(host.step({ advisory }), { method: 'ipsec' })).toMatchObject({ state: 'refused' });
  });

  it('puts no port shield up where it cannot tell which address to let through', async () => {
    host.clientAddress = undefined;
    expect(await needed()).toMatchObject({ method: 'registry' });
  });

  it('is refused over the shield of somebody else', async () => {
    host.on('Get-FbIpsecShield', { ...free, AssignedName: 'Firebreak-0123' });
    expect(await apply.probe(host.step({ advisory }), {})).toMatchObject({
      state: 'refused',
      error: { code: 'FB_SHIELD_REFUSED' },
    });
  });

  it('is satisfied when an admin has set the value already', async () => {
    host.on('Get-FbRegistryShield', { ...absent, Present: true, Type: 'DWord', Value: 1 });
    expect(await apply.probe(host.step({ advisory }), { method: 'registry' })).toMatchObject({ state: 'satisfied' });
  });

  it('keeps the shield that an earlier run has put up', async () => {
    const prior = await needed();
    host.undos = [undoOf(prior, { run: 'run-0' })];
    host.on('Get-FbIpsecShield', { ...free, Stands: true, AssignedName: `Firebreak-${String(prior['id'])}` });
    expect(await apply.probe(host.step({ advisory, run: 'run-2' }), {})).toMatchObject({
      state: 'satisfied',
      result: { id: prior['id'], blocks_ports: true },
    });
    host.on('Get-FbIpsecShield', {
      ...free,
      Stands: true,
      AssignedName: `Firebreak-${String(prior['id'])}`,
      ConfirmArmed: true,
    });
    expect(await apply.probe(host.step({ advisory, run: 'run-2' }), {})).toMatchObject({
      state: 'needed',
      prior: { id: prior['id'] },
    });
  });

  it('only reads when it is looked at in a check, and says what is there instead', async () => {
    const prior = await needed();
    const codeOf = async (state: JsonObject) => {
      host.on('Get-FbIpsecShield', { ...free, ...state });
      return (await apply.prove(host.step({ advisory, check: true }), {}, prior)).error?.code;
    };
    expect(await codeOf({ Stands: true })).toBeUndefined();
    expect(host.calls).not.toContain('Confirm-FbShield');
    expect(await codeOf({})).toBe('FB_STEP_NOT_PROVEN');
    expect(await codeOf({ AssignedName: 'Corp baseline' })).toBe('FB_SHIELD_CONFLICT');
    expect(await codeOf({ GpoAssigned: true, GpoName: 'Domain' })).toBe('FB_SHIELD_CONFLICT');
    expect(await codeOf({ Readable: false })).toBe('FB_RESULT_INVALID');
  });

  it('proves by a new session, then confirms', async () => {
    const prior = await needed();
    const step = host.step({ advisory });
    await apply.act(step, {}, prior);
    const before = host.sessions;
    host.on('Get-FbIpsecShield', { ...free, Stands: true, AssignedName: 'x', ConfirmArmed: true });
    expect(await apply.prove(step, {}, prior)).toMatchObject({
      proven: true,
      confirmed: true,
      result: { blocks_ports: true, ports: [445] },
    });
    expect(host.sessions).toBe(before + 1);
    expect(host.calls.slice(-2)).toEqual(['Get-FbIpsecShield', 'Confirm-FbShield']);
  });

  it('does not confirm what does not stand, nor when the controller has locked itself out', async () => {
    const prior = await needed();
    expect(await apply.prove(host.step({ advisory }), {}, prior)).toMatchObject({
      proven: false,
      error: { code: 'FB_STEP_NOT_PROVEN' },
    });
    host.down = lost();
    await expect(apply.prove(host.step({ advisory }), {}, prior)).rejects.toMatchObject({ code: 'FB_CONNECT_LOST' });
    expect(host.count('Confirm-FbShield')).toBe(0);
  });

  it('fails when the host could not do it', async () => {
    host.on('Set-FbIpsecShield', { Changed: true, Applied: false, Errors: ['netsh said no'] });
    const prior = await needed();
    await expect(apply.act(host.step({ advisory }), {}, prior)).rejects.toMatchObject({
      code: 'FB_SHIELD_REFUSED',
      message: expect.stringContaining('netsh said no'),
    });
  });

  it('recovers by looking at the host', async () => {
    const open = { prior: await needed(), since: '', receipt: null };
    expect(await apply.recover(host.step({ advisory }), {}, open)).toEqual({ state: 'not-started' });
    host.on('Get-FbIpsecShield', { ...free, Stands: true, AssignedName: 'x' });
    expect(await apply.recover(host.step({ advisory }), {}, open)).toEqual({ state: 'done' });
  });

  it.each([['firewall'], ['dcom'], ['nonsense']])('refuses the method %s when the playbook is read', (method) => {
    const parsed = apply.args.safeParse({ method });
    expect(parsed.success).toBe(false);
    if (method !== 'nonsense') expect(parsed.error?.issues[0]?.message).toContain('not there yet');
  });
});

describe('shield.revert', () => {
  it('has nothing to do when nothing is owed', async () => {
    expect(await revert.probe(host.step(), {})).toMatchObject({ state: 'satisfied', result: { reverted: 0 } });
  });

  async function run(undos: OpenUndo[], args: JsonObject = {}): Promise<{ probe: Probe; proof: object | null }> {
    host.undos = undos;
    const step = host.step();
    const probe = await revert.probe(step, args);
    if (probe.state !== 'needed') return { probe, proof: null };
    const prior = JSON.parse(JSON.stringify(probe.prior)) as JsonObject;
    await revert.act(step, args, prior);
    return { probe, proof: await revert.prove(step, args, prior) };
  }

  it('takes down all shields of the host, of earlier runs too, and discharges them', async () => {
    const ipsec = await needed();
    const registry = await needed({ method: 'registry' });
    const { proof } = await run([
      undoOf(ipsec, { run: 'run-0' }),
      undoOf(registry, { id: 'o-2' }),
      undoOf({}, { id: 'o-3', uses: 'other' }),
    ]);
    expect(proof).toMatchObject({ proven: true, discharged: ['o-2', 'o-1'] });
    expect(host.parameters.find((parameters) => 'PriorPresent' in parameters)).toMatchObject({
      PriorPresent: false,
      Value: 1,
    });
  });

  it('takes down the one that is named', async () => {
    const prior = await needed();
    expect((await run([undoOf(prior)], { shield: 'other' })).probe.state).toBe('satisfied');
    expect((await run([undoOf(prior)], { shield: 'the_step' })).proof).toMatchObject({ discharged: ['o-1'] });
  });

  it.each<[string, object, string]>([
    [
      'somebody has changed it',
      { Restored: false, Conflict: true, Current: 'IPsec policy "Mine" assigned' },
      'FB_SHIELD_CONFLICT',
    ],
    ['the host could not', { Restored: false, Errors: ['access denied'] }, 'FB_STEP_NOT_PROVEN'],
  ])('discharges nothing when %s', async (_name, change, code) => {
    host.on('Restore-FbIpsecShield', { ...fine, ...change });
    const { proof } = await run([undoOf(await needed())]);
    expect(proof).toMatchObject({ proven: false, discharged: [], error: { code } });
  });

  it('discharges nothing while the host cannot be reached', async () => {
    const prior = await needed();
    host.on('Restore-FbIpsecShield', () => {
      throw lost();
    });
    await expect(apply.undo?.(host.step(), undoOf(prior))).rejects.toMatchObject({ code: 'FB_CONNECT_LOST' });
  });
});
