/** shield.apply with `method: rpc-http`: half a barrier, beside a port shield. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import { createActions } from '../../../src/actions/index.ts';
import type { ChangeAction, JsonObject, OpenUndo, Probe } from '../../../src/domain/index.ts';
import { advisory, FakeHost, facts } from '../support/fake-step.ts';

const apply = createActions().get('shield.apply') as ChangeAction;
const source = { source: 'test', confidence: 'H' };
const paper: JsonObject = {
  ...advisory,
  shields: [
    { method: 'ipsec', tcp: [135, 593], udp: [135], side_effects: 'no RPC', ...source },
    { method: 'rpc-http', tcp: [593], side_effects: 'no DCOM over HTTP', ...source },
  ],
};
const proxy = {
  Installed: true,
  Directory: true,
  Enabled: 1,
  EnabledType: 'DWord',
  HasPorts: true,
  PortsType: 'String',
  Ports: 'web01:100-5000',
  Generation: 2,
  Web: 'Running',
  InEffect: false,
  Other: '',
  ConfirmArmed: false,
  Relayed: true,
  Readable: true,
};
const ipsec = {
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

let host: FakeHost;
beforeEach(() => {
  host = new FakeHost()
    .on('Get-FbFact', facts)
    .on('Get-FbIpsecShield', ipsec)
    .on('Get-FbRpcProxyShield', proxy)
    .on('Set-FbRpcProxyShield', { Changed: true, Applied: true, Errors: [] })
    .on('Confirm-FbShield', { Changed: true, Confirmed: true, Errors: [] });
});

const probe = (args: JsonObject = {}): Promise<Probe> =>
  apply.probe(host.step({ advisory: paper }), { method: 'rpc-http', ...args });
async function needed(args: JsonObject = {}): Promise<JsonObject> {
  const found = await probe(args);
  if (found.state !== 'needed') throw new Error(JSON.stringify(found));
  return found.prior;
}
const undoOf = (prior: JsonObject): OpenUndo => ({
  id: 'o-1',
  run: 'run-0',
  step: 'proxy',
  uses: 'shield.apply',
  args: {},
  prior,
  owedAt: '2026-03-13T00:00:00Z',
});

describe('shield.apply by the RPC proxy', () => {
  it('takes 593 out of ValidPorts, keeps what was there, and says that it is half a barrier', async () => {
    expect(await probe()).toMatchObject({
      state: 'needed',
      reason: expect.stringMatching(/only together with a port shield.*within five minutes/),
      prior: {
        setting: { name: 'ValidPorts', type: 'String', value: 'web01:100-592;web01:594-5000', restart: false },
        found: { present: true, type: 'String', value: 'web01:100-5000' },
        confirm_s: 0,
      },
    });
  });

  it('has timers on a host with PowerShell, and is confirmed there', async () => {
    host.on('Get-FbRpcProxyShield', { ...proxy, Relayed: false });
    const prior = await needed();
    expect(prior).toMatchObject({ confirm_s: 300 });
    host.on('Get-FbRpcProxyShield', { ...proxy, Relayed: false, Ports: 'web01:100-592;web01:594-5000' });
    expect(await apply.prove(host.step({ advisory: paper }), {}, prior)).toMatchObject({
      proven: true,
      confirmed: true,
      result: { in_effect: false, reboot_required: false, blocks_ports: false, ports: [] },
    });
  });

  it.each<[string, object, JsonObject, object]>([
    ['restarts the web service of NT 4.0 and 2000', { Generation: 1 }, {}, { name: 'ValidPorts', restart: true }],
    [
      'leaves it running when told so',
      { Generation: 1 },
      { restart_web: false },
      { name: 'ValidPorts', restart: false },
    ],
    ['does not start one that is stopped', { Generation: 1, Web: 'Stopped' }, {}, { restart: false }],
    [
      'switches the proxy off',
      {},
      { rpc_http: 'disable' },
      { name: 'Enabled', type: 'DWord', value: 0, restart: true },
    ],
    ['keeps the type of the value', { PortsType: 'ExpandString' }, {}, { type: 'ExpandString' }],
  ])('%s', async (_name, state, args, setting) => {
    host.on('Get-FbRpcProxyShield', { ...proxy, ...state });
    expect(await needed(args)).toMatchObject({ setting });
  });

  it.each<[string, object, JsonObject, string]>([
    ['there is no proxy', { Installed: false }, {}, 'neither COM Internet Services nor'],
    ['it is switched off', { Enabled: 0 }, {}, 'switched off already'],
    ['it was never switched on', { Enabled: null, EnabledType: null }, { rpc_http: 'disable' }, 'switched off already'],
    ['no entry has the port', { Ports: 'web01:6001-6004' }, {}, 'no entry of ValidPorts has TCP 593'],
  ])('has nothing to do when %s', async (_name, state, args, reason) => {
    host.on('Get-FbRpcProxyShield', { ...proxy, ...state });
    expect(await probe(args)).toMatchObject({
      state: 'satisfied',
      result: { stands: true, in_effect: true },
      reason: expect.stringContaining(reason),
    });
  });

  it.each<[string, object, string]>([
    ['ValidPorts is absent', { HasPorts: false, PortsType: null, Ports: null }, 'rpc_http: disable'],
    ['ValidPorts is empty', { Ports: ';' }, 'rpc_http: disable'],
    ['nothing but the port is allowed', { Ports: 'web01:593' }, 'rpc_http: disable'],
    ['an entry is not understood', { Ports: 'web01:100-5000;web02' }, '"web02"'],
    ['the value is of another type', { PortsType: 'MultiString', Ports: null }, 'could not be restored'],
    ['the settings cannot be read', { Readable: false }, 'could not be read'],
    ['nobody can tell whether there is a proxy', { Installed: null }, 'cannot be told'],
    ['the shield of another run stands', { Other: 'beef' }, 'another run'],
  ])('is refused when %s', async (_name, state, why) => {
    host.on('Get-FbRpcProxyShield', { ...proxy, ...state });
    expect(await probe()).toMatchObject({
      state: 'refused',
      error: { code: 'FB_SHIELD_REFUSED', message: expect.stringContaining(why) },
    });
  });

  it('stands beside a port shield: neither is an answer to the other', async () => {
    host.undos = [undoOf(await needed())];
    host.on('Get-FbRpcProxyShield', { ...proxy, Ports: 'web01:100-592;web01:594-5000', InEffect: true });
    expect(await probe()).toMatchObject({ state: 'satisfied', result: { method: 'rpc-http', in_effect: true } });
    for (const method of ['auto', 'ipsec']) {
      expect(await probe({ method })).toMatchObject({ state: 'needed', prior: { method: 'ipsec' } });
    }
  });

  it('does again after a crash what the proxy has not read yet, and nothing where it needs no restart', async () => {
    host.on('Get-FbRpcProxyShield', { ...proxy, Generation: 1 });
    const restarting = { prior: await needed(), since: '', receipt: null };
    host.on('Get-FbRpcProxyShield', proxy);
    const waiting = { prior: await needed(), since: '', receipt: null };
    const stateOf = async (open: typeof waiting, more: object) => {
      host.on('Get-FbRpcProxyShield', { ...proxy, ...more });
      return (await apply.recover(host.step({ advisory: paper }), {}, open)).state;
    };
    const written = { Ports: 'web01:100-592;web01:594-5000' };
    expect(await stateOf(restarting, {})).toBe('not-started');
    expect(await stateOf(restarting, written)).toBe('unknown');
    expect(await stateOf(restarting, { ...written, InEffect: true })).toBe('done');
    expect(await stateOf(waiting, {})).toBe('not-started');
    expect(await stateOf(waiting, written)).toBe('done');
  });
});
