import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { createActions } from '../../src/actions/index.ts';
import type { ChangeAction, ControlAction, JsonObject, PortState, ReadAction } from '../../src/domain/index.ts';
import { advisory, evidence, FakeHost, facts, START } from './support/fake-step.ts';

const actions = createActions();
const read = (uses: string): ReadAction => actions.get(uses) as ReadAction;

let host: FakeHost;
beforeEach(() => {
  host = new FakeHost().on('Get-FbFact', facts).on('Get-FbPatchEvidence', evidence);
});

describe('the catalog', () => {
  it('names each action by its own name', () => {
    for (const [name, action] of actions) expect(action.uses).toBe(name);
  });

  it('is the table of docs/actions.md', () => {
    const docs = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'actions.md'), 'utf8');
    const table = docs.slice(docs.indexOf('| action |'), docs.indexOf('\n\n', docs.indexOf('| action |')));
    const rows = [...table.matchAll(/^\| `([a-z.]+)` \| (\w+) \|/gm)].map(([, name, kind]) => `${name} ${kind}`);
    expect(rows.sort()).toEqual([...actions.values()].map(({ uses, kind }) => `${uses} ${kind}`).sort());
  });

  it.each([
    ['host.facts', {}],
    ['patch.verify', {}],
  ])('%s gives the fields that it declares', async (uses, args) => {
    const { result } = await read(uses).read(host.step({ advisory }), args);
    expect(Object.keys(result).sort()).toEqual([...read(uses).results].sort());
  });
});

describe('patch.verify', () => {
  it('judges by the advisory of the playbook and asks only for what it names', async () => {
    const { result } = await read('patch.verify').read(host.step({ advisory }), {});
    expect(result).toMatchObject({
      verdict: 'vulnerable',
      fixed: false,
      applicable: true,
      pending_reboot: false,
      build: 18362,
      ubr: 719,
    });
    expect(host.parameters[0]).toEqual({ Kb: ['KB4551762'], Key: [], File: [] });
  });

  it('judges by minimum builds', async () => {
    const { result } = await read('patch.verify').read(host.step(), { build: '18362.700' });
    expect(result).toMatchObject({ fixed: true });
  });

  it('needs one of both', async () => {
    await expect(read('patch.verify').read(host.step(), {})).rejects.toMatchObject({ code: 'FB_USAGE' });
  });

  it('fails loudly when the host answers in another shape', async () => {
    host.on('Get-FbPatchEvidence', { ...evidence, Build: 'many' });
    await expect(read('patch.verify').read(host.step({ advisory }), {})).rejects.toMatchObject({
      code: 'FB_RESULT_INVALID',
    });
  });
});

describe('ports.check', () => {
  const seenFrom = (controller: PortState, vantage: PortState): void => {
    host.ports = (probe) => (probe.source === undefined ? controller : vantage);
  };
  const check = (args: JsonObject) => read('ports.check').read(host.step({ advisory }), args);

  it.each<[string, PortState, PortState, JsonObject, boolean | null]>([
    ['blocked: silent from the vantage', 'open', 'filtered', { expect: 'blocked' }, true],
    ['blocked: open from the vantage', 'open', 'open', { expect: 'blocked' }, false],
    ['blocked: refused is not blocked', 'open', 'closed', { expect: 'blocked' }, false],
    ['blocked: silent from the controller proves nothing', 'filtered', 'open', { expect: 'blocked' }, false],
    ['blocked: vantage that cannot probe', 'open', 'unknown', { expect: 'blocked' }, null],
    ['open', 'open', 'open', { expect: 'open' }, true],
    ['open: silent', 'open', 'filtered', { expect: 'open' }, false],
    ['any', 'closed', 'filtered', {}, true],
  ])('%s', async (_name, controller, vantage, args, proven) => {
    seenFrom(controller, vantage);
    const { result, error } = await check(args);
    expect(result['proven']).toBe(proven);
    expect(error?.code).toBe(proven === false ? 'FB_STEP_NOT_PROVEN' : undefined);
  });

  it('cannot prove a block without a vantage', async () => {
    const step = host.step({ advisory });
    const alone = { ...step, host: { ...step.host, vantages: [] } };
    const { result, error } = await read('ports.check').read(alone, { expect: 'blocked' });
    expect(result).toMatchObject({ proven: null, reason: expect.stringContaining('no vantage') });
    expect(error).toBeUndefined();
  });

  it('probes the real port of a mapped one, the shield’s by default', async () => {
    const probed: number[] = [];
    host.ports = (probe) => {
      probed.push(probe.port);
      return 'filtered';
    };
    await check({ expect: 'blocked' });
    await check({ expect: 'blocked', tcp: [135] });
    expect(probed).toEqual([10_445, 10_445, 135, 135]);
  });

  it('gives a shield some time', async () => {
    host.ports = (probe) => (probe.source === undefined || host.now - START < 5000 ? 'open' : 'filtered');
    expect((await check({ expect: 'blocked' })).result['proven']).toBe(true);
  });
});

describe('ports.check of UDP, and of what has changed', () => {
  const paper: JsonObject = {
    ...advisory,
    shields: [
      { method: 'ipsec', variant: 'base', tcp: [135], udp: [137], side_effects: 'x', source: 'test', confidence: 'H' },
      { method: 'ipsec', variant: 'cis', tcp: [135, 80], side_effects: 'x', source: 'test', confidence: 'H' },
    ],
  };
  const check = (args: JsonObject, more: object = {}) => {
    const step = host.step({ advisory: paper });
    return read('ports.check').read({ ...step, host: { ...step.host, ...more } }, args);
  };
  const states = (tcp: PortState, udp: PortState): void => {
    host.ports = (probe) => (probe.source === undefined ? 'open' : probe.protocol === 'tcp' ? tcp : udp);
  };

  it.each<[string, PortState, PortState, JsonObject, boolean | null]>([
    ['silence of UDP beside a blocked TCP port', 'filtered', 'filtered', { expect: 'blocked' }, true],
    ['silence of UDP alone', 'filtered', 'filtered', { expect: 'blocked', udp: [137] }, null],
    ['a UDP port that answers is not blocked', 'filtered', 'open', { expect: 'blocked' }, false],
    ['a UDP port that is refused is not blocked', 'filtered', 'closed', { expect: 'blocked' }, false],
    ['a UDP port that could not be asked', 'filtered', 'unknown', { expect: 'blocked' }, null],
    ['silence of UDP is not known to be open', 'open', 'filtered', { expect: 'open', udp: [137] }, null],
    ['silence of UDP beside an open TCP port', 'open', 'filtered', { expect: 'open' }, true],
  ])('%s', async (_name, tcp, udp, args, proven) => {
    states(tcp, udp);
    const { result, error } = await check(args);
    expect(result['proven']).toBe(proven);
    expect(error?.code).toBe(proven === false ? 'FB_STEP_NOT_PROVEN' : undefined);
  });

  it('says what silence of UDP may mean', async () => {
    states('filtered', 'filtered');
    const { result } = await check({ expect: 'blocked' });
    expect(result['reason']).toContain('silence, which proves nothing: UDP 137 is open|filtered');
    expect(result['ports']).toContainEqual({ protocol: 'udp', port: 137, from: '127.0.0.2', state: 'open|filtered' });
  });

  const probed = async (): Promise<number[]> => {
    const { result } = await check({});
    const ports = result['ports'] as readonly { readonly port: number; readonly protocol: string }[];
    return [...new Set(ports.filter((item) => item.protocol === 'tcp').map((item) => item.port))];
  };

  it('looks at the ports of the shield that stands', async () => {
    states('open', 'filtered');
    expect(await probed()).toEqual([135]);
    const undo = { id: 'o', run: 'r', step: 's', uses: 'shield.apply', args: {}, owedAt: '' };
    host.undos = [{ ...undo, prior: { setting: { tcp: [135, 80], udp: [] } } }];
    expect(await probed()).toEqual([135, 80]);
  });

  it('tells what has changed since an earlier look', async () => {
    states('open', 'filtered');
    const before = await check({});
    expect(before.result['changed']).toEqual([]);
    host.steps.set('before', { outcome: 'ok', ...before.result });
    states('filtered', 'filtered');
    const { result } = await check({ expect: 'blocked', against: 'before' });
    expect(result['changed']).toEqual([
      { protocol: 'tcp', port: 135, from: '127.0.0.2', before: 'open', after: 'filtered' },
    ]);
    await expect(check({ against: 'none' })).rejects.toMatchObject({ code: 'FB_STEP_CONDITION' });
  });

  it('behind a relay: only what the controller could reach before proves a block', async () => {
    const relayed = { transport: 'relay', vantages: [] };
    host.ports = () => 'filtered';
    expect((await check({ expect: 'blocked', tcp: [135] }, relayed)).result['proven']).toBe(null);
    host.steps.set('before', {
      outcome: 'ok',
      ports: [{ protocol: 'tcp', port: 135, from: 'controller', state: 'open' }],
    });
    const args = { expect: 'blocked', tcp: [135], against: 'before' };
    expect((await check(args, relayed)).result['proven']).toBe(true);
    expect((await check(args, { vantages: [] })).result['proven']).toBe(null);
    host.ports = () => 'open';
    expect((await check(args, relayed)).result['proven']).toBe(null);
  });
});

describe('health', () => {
  it('remembers services and open ports', async () => {
    host.on('Get-FbHealth', { Services: ['RpcSs', 'Spooler'] });
    host.ports = (probe) => (probe.port === 135 ? 'open' : 'closed');
    const { result } = await read('health.snapshot').read(host.step(), { tcp: [135, 3389] });
    expect(result).toEqual({ services: ['RpcSs', 'Spooler'], ports: [135], count: 2 });
  });

  const check = () => read('health.check').read(host.step(), { against: 'health' });

  it('waits for services that start late, whatever their case', async () => {
    host.steps.set('health', { outcome: 'ok', services: ['RpcSs', 'Spooler'], ports: [] });
    host.on('Get-FbHealth', () => ({ Services: host.now - START < 60_000 ? ['rpcss'] : ['rpcss', 'spooler'] }));
    expect((await check()).error).toBeUndefined();
  });

  it('says what is missing, but not what ends by itself', async () => {
    host.steps.set('health', { outcome: 'ok', services: ['RpcSs', 'Spooler', 'wuauserv'], ports: [3389] });
    host.on('Get-FbHealth', { Services: ['RpcSs'] });
    host.ports = () => 'filtered';
    const { result, error } = await check();
    expect(result).toEqual({ healthy: false, missing_services: ['Spooler'], missing_ports: [3389] });
    expect(error?.code).toBe('FB_HOST_UNHEALTHY');
  });

  it('needs a snapshot', async () => {
    host.steps.set('health', { outcome: 'none', services: null, ports: null });
    await expect(check()).rejects.toMatchObject({ code: 'FB_STEP_CONDITION' });
  });
});

describe('host.preflight', () => {
  const check = (args: JsonObject = {}) => read('host.preflight').read(host.step(), args);
  beforeEach(() => {
    host.on('Get-FbInstaller', { Names: [], Others: [] }).on('Get-FbBootState', {
      BootTime: '2026-03-12T00:00:00Z',
      UptimeSeconds: 1,
      PendingReboot: ['servicing'],
      PendingReadable: true,
      ShutdownPending: null,
      RestartAsked: false,
    });
  });

  it('is content with a host that is ready, and with an installation of ours', async () => {
    host.on('Get-FbInstaller', { Names: ['wusa.exe (7)'], Others: [] });
    expect(await check()).toMatchObject({ result: { problems: [] } });
    expect((await check()).error).toBeUndefined();
  });

  it('tells all problems at once', async () => {
    host.on('Get-FbInstaller', { Names: ['msiexec.exe (9)'], Others: ['msiexec.exe (9)'] });
    host.on('Get-FbFact', { ...facts, FreeDiskBytes: 1000 });
    const { result, error } = await check({ pending_reboot: 'refuse' });
    expect(result['problems']).toHaveLength(3);
    expect(error?.code).toBe('FB_STEP_CONDITION');
  });

  it('takes no unreadable answer for "no reboot is pending" where one is refused', async () => {
    const before = await check({ pending_reboot: 'allow' });
    const boot = { BootTime: '2026-03-12T00:00:00Z', UptimeSeconds: 1, ShutdownPending: null, RestartAsked: false };
    host.on('Get-FbBootState', { ...boot, PendingReboot: [], PendingReadable: false });
    const refused = await check({ pending_reboot: 'refuse' });
    expect(refused.result['problems']).toEqual(['whether a reboot is pending could not be read']);
    expect(refused.error?.code).toBe('FB_STEP_CONDITION');
    expect((await check()).result['problems']).toEqual(before.result['problems']);
  });
});

describe('assert, fail, host.end', () => {
  it('passes or fails with the message of the playbook', async () => {
    expect((await read('assert').read(host.step(), { that: true })).error).toBeUndefined();
    expect((await read('assert').read(host.step(), { that: false, message: 'no' })).error).toMatchObject({
      message: 'no',
    });
    expect((await read('fail').read(host.step(), { message: 'stop' })).error).toMatchObject({
      code: 'FB_STEP_CONDITION',
      message: 'stop',
    });
    expect(host.calls).toEqual([]);
  });

  it('refuses what a template gave in another shape', async () => {
    expect(() => read('assert').read(host.step(), { that: 'yes' })).toThrow(
      expect.objectContaining({ code: 'FB_INPUT_INVALID' }),
    );
  });

  it('ends with an outcome or without', () => {
    const end = actions.get('host.end') as ControlAction;
    expect(end.decide({ outcome: 'compromised', reason: 'worm' })).toEqual({ end: 'compromised', reason: 'worm' });
    expect(end.decide({})).toEqual({ end: null, reason: '' });
    expect(end.args.safeParse({ outcome: 'perfect' }).success).toBe(false);
  });
});

describe('powershell.run', () => {
  const run = actions.get('powershell.run') as ChangeAction;
  const args = { script: 'do', test: 'is', parameters: { Name: 'x' } };

  it('does nothing when its test passes', async () => {
    host.on('is', true);
    expect(await run.probe(host.step(), args)).toMatchObject({ state: 'satisfied' });
  });

  it('binds parameters, keeps the output and proves by the test', async () => {
    let done = false;
    host
      .on('is', () => done)
      .on('do', () => {
        done = true;
        return 'output';
      });
    const step = host.step();
    expect(await run.probe(step, args)).toEqual({ state: 'needed', prior: { kept: true } });
    await run.act(step, args, {});
    expect(await run.prove(step, args, {})).toEqual({
      proven: true,
      result: { output: ['output'], errors: [], passed: true },
    });
    expect(host.parameters).toEqual([{ Name: 'x' }, { Name: 'x' }, { Name: 'x' }]);
  });

  it('fails when the test still fails', async () => {
    host.on('is', false);
    expect(await run.prove(host.step(), args, {})).toMatchObject({
      proven: false,
      error: { code: 'FB_STEP_NOT_PROVEN' },
    });
  });

  it('recovers by its test; without one nobody knows', async () => {
    const open = { prior: {}, since: '', receipt: null };
    host.on('is', true);
    expect(await run.recover(host.step(), args, open)).toEqual({ state: 'done' });
    host.on('is', false);
    expect(await run.recover(host.step(), args, open)).toEqual({ state: 'not-started' });
    expect(await run.recover(host.step(), { script: 'do' }, open)).toMatchObject({ state: 'unknown' });
    expect([run.isRepeatable({ script: 'do' }), run.isRepeatable({ script: 'do', repeatable: true })]).toEqual([
      false,
      true,
    ]);
  });

  it('takes no answer of a test for a yes', async () => {
    host.on('is', 'True');
    await expect(run.probe(host.step(), args)).rejects.toMatchObject({ code: 'FB_RESULT_INVALID' });
  });
});
