/** `patch.scan`: where it asks, and what it makes of the answer. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import { createActions } from '../../src/actions/index.ts';
import type { JsonObject, PlannedHost, ReadAction, RpcScan, RpcTarget } from '../../src/domain/index.ts';
import { advisory, evidence, FakeHost } from './support/fake-step.ts';

const action = createActions().get('patch.scan') as ReadAction;
const unpatched: RpcScan = {
  category: 'unpatched',
  patched: false,
  answers: true,
  reason: 'it answered 0x80004005: KB824146 is missing',
  hresult: '0x80004005',
  activationHresult: null,
};

describe('patch.scan', () => {
  let host: FakeHost;
  let asked: RpcTarget[];
  beforeEach(() => {
    asked = [];
    host = new FakeHost();
    host.rpc = (target) => {
      asked.push(target);
      return unpatched;
    };
  });

  const read = async (planned: Partial<PlannedHost> = {}, args: JsonObject = {}): Promise<JsonObject> => {
    const step = host.step();
    const { result, error } = await action.read({ ...step, host: { ...step.host, ...planned } }, args);
    expect(error).toBeUndefined();
    return result;
  };

  it('asks port 135 of the host from the controller, without a session', async () => {
    const result = await read({ address: '10.0.0.7' });
    expect(asked).toEqual([{ address: '10.0.0.7', port: 135, timeoutMs: 5000, alsoActivation: false }]);
    expect(result).toEqual({
      category: 'unpatched',
      patched: false,
      denied: false,
      reachable: true,
      reason: unpatched.reason,
      hresult: '0x80004005',
      activation_hresult: null,
    });
    expect(Object.keys(result).sort()).toEqual([...action.results].sort());
    expect(host.sessions).toBe(0);
  });

  it('asks a mapped port, with the time and the second call that it is told', async () => {
    await read({ ports: { '135': 10_135 } }, { timeout: '800ms', also_activation: true });
    expect(asked).toMatchObject([{ port: 10_135, timeoutMs: 800, alsoActivation: true }]);
  });

  it('goes to a host behind a relay directly, and not from the address that reaches the relay', async () => {
    const { name, address, transport, port, useTls, auth, allowUnencrypted, user, password } = host.step().host;
    const via = { name, address, transport, port, useTls, auth, allowUnencrypted, user, password };
    await read({ address: '10.0.0.9', transport: 'relay', via, connection: { source: '10.0.0.1' } });
    await read({ connection: { source: '10.0.0.1' } });
    expect(asked[0]).not.toHaveProperty('source');
    expect(asked[0]?.address).toBe('10.0.0.9');
    expect(asked[1]).toMatchObject({ source: '10.0.0.1' });
  });

  it.each([
    [
      { category: 'denied', patched: null, answers: true },
      { denied: true, patched: null, reachable: true },
    ],
    [
      { category: 'unreachable', patched: null, answers: false },
      { denied: false, patched: null, reachable: false },
    ],
    [
      { category: 'invalid-address', patched: null, answers: null },
      { patched: null, reachable: null },
    ],
    [
      { category: 'patched', patched: true, answers: true },
      { patched: true, reachable: true },
    ],
  ] as const)('%j is an answer, never a failure of the step', async (scan, expected) => {
    host.rpc = () => ({ ...unpatched, ...scan });
    expect(await read()).toMatchObject({ category: scan.category, ...expected });
  });

  it('says nothing that could make a host fixed', () => {
    expect(action.results).not.toContain('fixed');
    expect(action.results).not.toContain('verdict');
  });
});

describe('patch.verify with scan: true', () => {
  const verify = createActions().get('patch.verify') as ReadAction;
  const scanned = { ...advisory, kb: 'KB824146' };
  const fixed = { ...evidence, Ubr: 720 };
  const answer = (category: RpcScan['category'], patched: boolean | null): RpcScan => ({
    ...unpatched,
    category,
    patched,
    reason: `it said ${category}`,
  });

  const judge = async (found: JsonObject, scan: RpcScan, args: JsonObject = { scan: true }): Promise<JsonObject> => {
    const host = new FakeHost().on('Get-FbPatchEvidence', found);
    host.rpc = () => scan;
    return (await verify.read(host.step({ advisory: scanned }), args)).result;
  };

  it('keeps a fixed host fixed when the scan agrees or does not tell', async () => {
    for (const [category, patched] of [
      ['patched', true],
      ['denied', null],
      ['unreachable', null],
      ['refused', null],
      ['needs-investigation', null],
    ] as const) {
      expect(await judge(fixed, answer(category, patched))).toMatchObject({
        verdict: 'patched',
        fixed: true,
        evidence: { network: { category, patched } },
      });
    }
  });

  it('calls a fixed host that answers like one without the patch a conflict', async () => {
    for (const category of ['unpatched', 'only-823980'] as const) {
      expect(await judge(fixed, answer(category, false))).toMatchObject({
        verdict: 'conflict',
        fixed: false,
        reason: expect.stringContaining(`but over the network it said ${category}`),
      });
    }
  });

  it('never makes a host fixed', async () => {
    for (const patched of [true, false, null]) {
      for (const found of [evidence, { ...evidence, Ubr: null }, { ...evidence, Build: null }]) {
        expect(await judge(found, answer('patched', patched))).toMatchObject({ fixed: false });
      }
    }
    expect((await judge(evidence, answer('patched', true)))['reason']).toContain('which proves nothing');
  });

  it('asks nothing unless told to', async () => {
    const host = new FakeHost().on('Get-FbPatchEvidence', fixed);
    const { result } = await verify.read(host.step({ advisory: scanned }), {});
    expect(result['evidence']).not.toHaveProperty('network');
  });

  it('is refused for other updates', async () => {
    const host = new FakeHost().on('Get-FbPatchEvidence', fixed);
    await expect(verify.read(host.step({ advisory }), { scan: true })).rejects.toMatchObject({
      code: 'FB_USAGE',
      message: expect.stringContaining('KB824146'),
    });
  });
});
