import { beforeEach, describe, expect, it } from '@jest/globals';
import { createActions } from '../../src/actions/index.ts';
import {
  type ChangeAction,
  FirebreakError,
  type JsonObject,
  type OpenUndo,
  type Probe,
} from '../../src/domain/index.ts';
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

  it.each<[string, object]>([
    ['the host keeps its record', { Recorded: true }],
    ['another policy stands by now', { Recorded: true, AssignedName: 'Mine' }],
    ['nobody can read what there is', { Readable: false }],
  ])('goes on owing what was begun and does not stand: %s', async (_name, state) => {
    const open = { prior: await needed(), since: '', receipt: null };
    host.on('Get-FbIpsecShield', { ...free, ...state });
    expect(await apply.recover(host.step({ advisory }), {}, open)).toMatchObject({ state: 'unknown' });
  });

  it.each<[string, string[] | undefined, string[], string]>([
    ['every role counts where the shield names none', undefined, ['dns-server'], 'not-applicable'],
    ['a shield that hurts no role goes up', [], ['dns-server', 'domain-controller'], 'needed'],
    ['a role that it names counts', ['print-server'], ['print-server', 'dns-server'], 'not-applicable'],
    ['another role does not', ['print-server'], ['dns-server'], 'needed'],
  ])('role guard of a shield: %s', async (_name, guards, Roles, expected) => {
    host.on('Get-FbFact', { ...facts, Roles });
    const [, registry] = advisory['shields'] as JsonObject[];
    const shields = [{ ...registry, ...(guards === undefined ? {} : { guards }) }];
    expect((await apply.probe(host.step({ advisory: { ...advisory, shields } }), {})).state).toBe(expected);
  });

  it.each<[string, boolean]>([
    ['0s', false],
    ['9s', false],
    ['10s', true],
    ['24h', true],
    ['2d', false],
  ])('says when the playbook is read which time to confirm the host can keep: %s', (confirm_within, isGood) => {
    const parsed = apply.args.safeParse({ confirm_within });
    expect(parsed.success).toBe(isGood);
    if (!isGood) expect(parsed.error?.issues[0]?.message).toContain('10s to 24h');
  });

  it('refuses a method that does not exist when the playbook is read', () => {
    expect(apply.args.safeParse({ method: 'nonsense' }).success).toBe(false);
  });
});

describe('shield.apply on systems of the paper', () => {
  const port = { side_effects: 'no shares', source: 'test', confidence: 'H' };
  const paper: JsonObject = {
    ...advisory,
    shields: [
      { method: 'ipsec', variant: 'base', tcp: [135, 445], udp: [135], builds: [2195, 18362], ...port },
      {
        method: 'ipsec',
        variant: 'cis',
        tcp: [135, 445, 80],
        udp: [135],
        refuse_if: ['http-server'],
        min_sp: { '2195': 2 },
        ...port,
      },
      { method: 'dcom', min_sp: { '2195': 3 }, side_effects: 'no DCOM', source: 'test', confidence: 'H' },
    ],
  };
  const http = (serves: boolean | null, rpcProxy: boolean | null): void => {
    host.on('Get-FbHttpServer', { Serves: serves, RpcProxy: rpcProxy, Reason: serves === true ? 'W3SVC runs' : '' });
  };
  const probe = (args: JsonObject = {}, more: object = {}) => {
    const step = host.step({ advisory: paper });
    return apply.probe({ ...step, host: { ...step.host, ...more } }, args);
  };
  const relayed = { transport: 'relay', connection: { relay: 'mgmt01' } };
  const portsOf = (found: Probe): unknown =>
    found.state === 'needed' ? (found.prior['setting'] as JsonObject)['tcp'] : found.state;

  it.each<[string, JsonObject, boolean | null, boolean | null, unknown]>([
    ['without CIS where none is installed', {}, false, false, [135, 445]],
    ['without CIS where none is installed, HTTP or not', {}, true, false, [135, 445]],
    ['with CIS where it is installed and nothing serves HTTP', {}, false, true, [135, 445, 80]],
    ['without CIS on a web server', {}, true, true, [135, 445]],
    ['without CIS when it cannot be told', {}, null, null, [135, 445]],
    ['without CIS when HTTP cannot be told', {}, null, true, [135, 445]],
    ['with CIS when told so', { cis: 'with' }, false, false, [135, 445, 80]],
    ['none on a web server when told with CIS', { cis: 'with' }, true, true, 'refused'],
    ['none when told with CIS and HTTP cannot be told', { cis: 'with' }, null, true, 'refused'],
    ['without CIS when told so', { cis: 'without' }, false, true, [135, 445]],
  ])('takes the policy %s', async (_name, args, serves, rpcProxy, expected) => {
    http(serves, rpcProxy);
    expect(portsOf(await probe(args))).toEqual(expected);
  });

  it('says when ports of CIS stay open', async () => {
    http(true, true);
    expect(await probe()).toMatchObject({
      state: 'needed',
      prior: { notes: [expect.stringContaining('TCP 80 and 443 stay open')] },
      reason: expect.stringContaining('W3SVC runs'),
    });
  });

  it('never closes the port that WinRM 1.1 answers on', async () => {
    http(false, true);
    expect(await probe({ cis: 'with' }, { port: 80 })).toMatchObject({
      state: 'refused',
      error: { message: expect.stringContaining('TCP 80') },
    });
    expect(portsOf(await probe({ cis: 'with' }, { ...relayed, port: 80 }))).toEqual([135, 445, 80]);
  });

  it('lets the relay through, and does nothing while its address is not known', async () => {
    http(false, false);
    host.clientAddress = '10.0.0.5';
    expect(await probe({}, relayed)).toMatchObject({ prior: { setting: { exempt: ['10.0.0.5', '127.0.0.7'] } } });
    host.clientAddress = undefined;
    const refused = await probe({ method: 'ipsec' }, relayed);
    expect(refused).toMatchObject({ state: 'refused', error: { message: expect.stringContaining('relay') } });
    expect((await probe({}, relayed)).state).toBe('not-applicable');
  });

  it('asks nothing of systems that have nothing to do it with', async () => {
    http(false, false);
    host.on('Get-FbFact', { ...facts, Build: 1381, Caption: 'Windows NT 4.0' });
    const found = await probe({ cis: 'without' });
    expect(found).toMatchObject({ state: 'not-applicable', reason: expect.stringContaining('Windows NT 4.0') });
    expect(await probe({ method: 'ipsec' })).toMatchObject({ state: 'refused' });
    expect(host.count('Get-FbIpsecShield')).toBe(0);
  });

  it('names a service pack that is missing', async () => {
    http(false, false);
    host.on('Get-FbFact', { ...facts, Build: 2195, ServicePack: 2 });
    expect(portsOf(await probe({ cis: 'with' }))).toEqual([135, 445, 80]);
    host.on('Get-FbFact', { ...facts, Build: 2195, ServicePack: 1 });
    expect(await probe({ cis: 'with' })).toMatchObject({
      state: 'refused',
      error: { message: expect.stringContaining('it needs service pack 2, the host has 1') },
    });
  });

  it('tells what people should know: worthless policies, NoDefaultExempt, no timer', async () => {
    http(false, false);
    host.on('Get-FbIpsecShield', {
      ...free,
      AssignedName: 'Domain members',
      AssignedPath: 'X\\ipsecPolicy{1}',
      Weakness: 'it blocks nothing: it only permits',
      ExemptWanted: 1,
      Relayed: true,
      Snapshot: 'abc',
    });
    const prior = await probe();
    expect(prior).toMatchObject({ state: 'needed', prior: { found: { policies_sha256: 'abc' } } });
    const notes = prior.state === 'needed' ? JSON.stringify(prior.prior['notes']) : '';
    expect(notes).toMatch(/Domain members.*no protection.*only permits.*NoDefaultExempt is 1.*only shield\.revert/);
    const proof = await apply.prove(
      host.step({ advisory: paper, check: true }),
      {},
      prior.state === 'needed' ? prior.prior : {},
    );
    expect(JSON.stringify(proof.result['notes'])).toBe(notes);
  });

  it('brings the program from the package store before the shield goes up, and is refused without it', async () => {
    http(false, false);
    host.on('Get-FbIpsecShield', {
      ...free,
      Tool: 'ipsecpol',
      ToolMissing: 'ipsecpol.exe is not there: install it',
      ToolFolder: 'C:\\WINNT\\Firebreak\\tools',
    });
    const found = await probe();
    if (found.state !== 'needed') throw new Error(JSON.stringify(found));
    expect(host.pushed).toEqual([]);
    await apply.act(host.step({ advisory: paper }), {}, found.prior);
    expect(host.pushed.map((file) => file.path)).toEqual(['C:\\WINNT\\Firebreak\\tools\\ipsecpol.exe']);
    const step = host.step({ advisory: paper });
    const packages = { find: () => Promise.reject(new FirebreakError('FB_PACKAGE_MISSING', 'no such file')) };
    expect(await apply.probe({ ...step, packages }, { method: 'ipsec' })).toMatchObject({
      state: 'refused',
      error: { message: expect.stringContaining('install it') },
    });
  });

  it('offers no shield by a registry value to a host that could not take it back by itself', async () => {
    const step = host.step({ advisory });
    const found = await apply.probe({ ...step, host: { ...step.host, transport: 'relay' } }, { method: 'registry' });
    expect(found).toMatchObject({
      state: 'refused',
      error: { message: expect.stringContaining('without PowerShell') },
    });
  });
});

describe('shield.apply by a service', () => {
  const common = { side_effects: 'nobody prints', source: 'test', confidence: 'H' };
  const printing: JsonObject = { ...advisory, shields: [{ method: 'service', service: 'Spooler', ...common }] };
  const running = {
    Exists: true,
    State: 'Running',
    Start: 'Auto',
    Delayed: null,
    Dependents: ['Fax'],
    ConfirmArmed: false,
    Readable: true,
  };
  const probe = (state: object = {}) => {
    host.on('Get-FbServiceShield', { ...running, ...state });
    return apply.probe(host.step({ advisory: printing }), { method: 'service' });
  };

  it('keeps start mode, state and what depends on it, names what stops, and gives it all back', async () => {
    const found = await probe({ Delayed: 1 });
    if (found.state !== 'needed') throw new Error(JSON.stringify(found));
    expect(found).toMatchObject({
      prior: {
        found: { state: 'Running', start: 'Auto', delayed: 1, dependents: ['Fax'] },
        notes: ['Fax stops with Spooler'],
      },
      reason: expect.stringContaining('nobody prints'),
    });
    host.on('Set-FbServiceShield', { Changed: true, Applied: true, Errors: [] });
    await apply.act(host.step({ advisory: printing }), {}, found.prior);
    expect(host.parameters.at(-1)).toMatchObject({
      Name: 'Spooler',
      PriorStart: 'Auto',
      PriorDelayed: '1',
      ConfirmSeconds: 300,
    });
    host.on('Restore-FbServiceShield', { ...fine, Current: 'Spooler is Running, start Auto' });
    host.undos = [undoOf(found.prior)];
    const step = host.step();
    await revert.act(step, {}, { undos: host.undos.map((undo) => ({ ...undo })) });
    expect(host.parameters.at(-1)).toMatchObject({ Name: 'Spooler', PriorState: 'Running', Dependents: ['Fax'] });
  });

  it('goes on with one that an earlier run has stopped and not yet disabled', async () => {
    const first = await probe();
    const prior = first.state === 'needed' ? first.prior : {};
    host.undos = [undoOf(prior, { run: 'earlier' })];
    const half = { State: 'Stopped', ConfirmArmed: true, Recorded: true };
    expect(await probe(half)).toMatchObject({
      state: 'needed',
      prior: { id: prior['id'], found: { state: 'Running' } },
    });
    expect(await probe({ ...half, Start: 'Manual' })).toMatchObject({ prior: { found: { state: 'Stopped' } } });
  });

  it('stands when it is stopped and disabled, and only then', async () => {
    const found = await probe();
    const prior = found.state === 'needed' ? found.prior : {};
    const codeOf = async (state: object) => {
      host.on('Get-FbServiceShield', { ...running, ...state });
      return (await apply.prove(host.step({ advisory: printing, check: true }), {}, prior)).error?.code;
    };
    expect(await codeOf({ State: 'Stopped', Start: 'Disabled' })).toBeUndefined();
    expect(await codeOf({})).toBe('FB_STEP_NOT_PROVEN');
    expect(await codeOf({ State: 'Stopped' })).toBe('FB_SHIELD_CONFLICT');
    expect(await codeOf({ State: 'Running', Start: 'Disabled' })).toBe('FB_SHIELD_CONFLICT');
    expect(await codeOf({ Readable: false })).toBe('FB_RESULT_INVALID');
  });

  it.each<[string, object, string, string]>([
    ['is satisfied where it is stopped and disabled', { State: 'Stopped', Start: 'Disabled' }, 'satisfied', 'already'],
    ['is satisfied where there is none', { Exists: false, State: null, Start: null }, 'satisfied', 'no service'],
    ['is refused when it cannot be read', { Readable: false }, 'refused', 'could not be read'],
    ['is refused when its start could not be restored', { Start: 'Boot' }, 'refused', 'could not be restored'],
    ['is refused when the way in would stop with it', { Dependents: ['Fax', 'winrm'] }, 'refused', 'is managed'],
  ])('%s', async (_name, state, expected, said) => {
    const found = await probe(state);
    expect(found.state).toBe(expected);
    expect(JSON.stringify(found)).toContain(said);
  });

  it('is not offered to a host that could not take it back by itself', async () => {
    host.on('Get-FbServiceShield', running);
    const step = host.step({ advisory: printing });
    const found = await apply.probe({ ...step, host: { ...step.host, transport: 'relay' } }, { method: 'service' });
    expect(found).toMatchObject({
      state: 'refused',
      error: { message: expect.stringContaining('without PowerShell') },
    });
  });
});

describe('shield.apply by a registry value that a service reads', () => {
  const common = { side_effects: 'long answers are dropped', source: 'test', confidence: 'H' };
  const key = 'HKLM\\SYSTEM\\CurrentControlSet\\Services\\DNS\\Parameters';
  const shield = { method: 'registry', key, name: 'TcpReceivePacketSize', type: 'DWord', value: 0xff00, ...common };
  const resolving: JsonObject = { ...advisory, shields: [{ ...shield, restart_service: 'DNS' }] };
  const dns = {
    Exists: true,
    State: 'Running',
    Start: 'Auto',
    Delayed: null,
    Dependents: [],
    ConfirmArmed: false,
    Readable: true,
  };
  const set = { ...absent, Present: true, Type: 'DWord', Value: 0xff00 };

  it('is not satisfied by a value of which nobody knows whether the service has read it', async () => {
    host.on('Get-FbServiceShield', dns).on('Get-FbRegistryShield', { ...set, InEffect: false });
    const found = await apply.probe(host.step({ advisory: resolving }), {});
    expect(found).toMatchObject({
      state: 'needed',
      prior: { setting: { service: 'DNS' }, found: { present: true, value: 0xff00 }, notes: ['DNS is restarted'] },
    });
  });

  it('stands once the service has been started since', async () => {
    host.on('Get-FbServiceShield', dns);
    const found = await apply.probe(host.step({ advisory: resolving }), {});
    const prior = found.state === 'needed' ? found.prior : {};
    host.on('Get-FbRegistryShield', { ...set, InEffect: false });
    expect(await apply.prove(host.step({ advisory: resolving, check: true }), {}, prior)).toMatchObject({
      proven: false,
      error: { code: 'FB_STEP_NOT_PROVEN', message: expect.stringContaining('has not been restarted since') },
    });
    host.on('Get-FbRegistryShield', { ...set, InEffect: true });
    expect(await apply.prove(host.step({ advisory: resolving, check: true }), {}, prior)).toMatchObject({
      proven: true,
    });
  });

  it('goes on owing a value that is written while its service could not be restarted', async () => {
    host.on('Get-FbServiceShield', dns);
    const found = await apply.probe(host.step({ advisory: resolving }), {});
    const open = { prior: found.state === 'needed' ? found.prior : {}, since: '', receipt: null };
    host.on('Get-FbRegistryShield', { ...set, InEffect: false });
    expect((await apply.recover(host.step({ advisory: resolving }), {}, open)).state).toBe('unknown');
    host.on('Get-FbRegistryShield', absent);
    expect((await apply.recover(host.step({ advisory: resolving }), {}, open)).state).toBe('not-started');
  });

  it('does not take for the state before what an earlier run has left half done', async () => {
    host.on('Get-FbServiceShield', dns);
    const first = await apply.probe(host.step({ advisory: resolving }), {});
    const prior = first.state === 'needed' ? first.prior : {};
    host.undos = [undoOf(prior, { run: 'earlier' })];
    host.on('Get-FbRegistryShield', { ...set, InEffect: false, ConfirmArmed: true, Recorded: true });
    const again = await apply.probe(host.step({ advisory: resolving }), { method: 'registry' });
    expect(again).toMatchObject({ state: 'needed', prior: { id: prior['id'], found: { present: false } } });
    // Somebody else's value is what was there before the next shield.
    host.on('Get-FbRegistryShield', { ...set, Value: 7, InEffect: false, ConfirmArmed: true, Recorded: true });
    const over = await apply.probe(host.step({ advisory: resolving }), { method: 'registry' });
    expect(over).toMatchObject({ state: 'needed', prior: { found: { present: true, value: 7 } } });
  });

  it('is refused where the service is not there, or the way in goes with it', async () => {
    host.on('Get-FbServiceShield', { ...dns, Exists: false });
    expect((await apply.probe(host.step({ advisory: resolving }), { method: 'registry' })).state).toBe('refused');
    host.on('Get-FbServiceShield', { ...dns, Dependents: ['WinRM'] });
    expect((await apply.probe(host.step({ advisory: resolving }), { method: 'registry' })).state).toBe('refused');
  });

  it('asks for a restart where it protects only after one, until there was one', async () => {
    const rebooting: JsonObject = { ...advisory, shields: [{ ...shield, reboot: true }] };
    const found = await apply.probe(host.step({ advisory: rebooting }), {});
    const prior = found.state === 'needed' ? found.prior : {};
    for (const Unbooted of [true, false]) {
      host.on('Get-FbRegistryShield', { ...set, Unbooted });
      expect(await apply.prove(host.step({ advisory: rebooting, check: true }), {}, prior)).toMatchObject({
        result: { reboot_required: Unbooted },
      });
    }
  });

  it.each<[string, object, string]>([
    ['another value of a policy', { Value: 0 }, 'refused'],
    ['a policy that cannot be read', { Readable: false }, 'refused'],
    ['the same value of a policy', {}, 'satisfied'],
    ['no policy', { Present: false, Type: null, Value: null }, 'satisfied'],
  ])('does not believe a local value before it has seen %s', async (_name, policy, expected) => {
    const policy_key = 'HKLM\\SOFTWARE\\Policies\\X';
    const local: JsonObject = { ...advisory, shields: [{ ...shield, policy_key }] };
    host.on('Get-FbRegistryShield', (asked) => (asked['Key'] === policy_key ? { ...set, ...policy } : set));
    expect((await apply.probe(host.step({ advisory: local }), { method: 'registry' })).state).toBe(expected);
  });

  it('leaves alone what a policy sets', async () => {
    const policy = 'HKLM\\SOFTWARE\\Policies\\Microsoft\\Windows NT\\Printers';
    const printers: JsonObject = {
      ...advisory,
      shields: [{ ...shield, key: policy, name: 'RegisterSpoolerRemoteRpcEndPoint' }],
    };
    host.on('Get-FbRegistryShield', { ...absent, Present: true, Type: 'DWord', Value: 1 });
    expect(await apply.probe(host.step({ advisory: printers }), { method: 'registry' })).toMatchObject({
      state: 'refused',
      error: { message: expect.stringContaining('a policy sets') },
    });
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

  it('hands the host what its policies were, and says whether they are so again', async () => {
    host.on('Get-FbIpsecShield', { ...free, Snapshot: 'abc' });
    host.on('Restore-FbIpsecShield', { ...fine, StoreSame: true });
    const { proof } = await run([undoOf(await needed())]);
    expect(proof).toMatchObject({ proven: true, result: { shields: [{ same_as_before: true }] } });
    expect(host.parameters.at(-1)).toMatchObject({ Snapshot: 'abc' });
  });

  it('discharges nothing while the host cannot be reached', async () => {
    const prior = await needed();
    host.on('Restore-FbIpsecShield', () => {
      throw lost();
    });
    await expect(apply.undo?.(host.step(), undoOf(prior))).rejects.toMatchObject({ code: 'FB_CONNECT_LOST' });
  });
});
