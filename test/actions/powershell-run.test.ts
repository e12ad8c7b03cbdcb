/** powershell.run: its receipt is durable before the script runs; what another process has started is picked up. */
import { describe, expect, it } from '@jest/globals';
import { powershellRun } from '../../src/actions/powershell-run.ts';
import { FirebreakError, type Invocation, type Json } from '../../src/domain/index.ts';
import { FakeHost } from './support/fake-step.ts';

const SINCE = '2026-03-13T00:00:00.000Z';
const streams = { error: [], warning: [], verbose: [], debug: [], information: [], progress: [] };

function gave(output: readonly Json[], errors: readonly string[] = []): Invocation<Json> {
  const error = errors.map((message) => ({ message, fullyQualifiedErrorId: 'x', category: 'y', target: null }));
  return { output, streams: { ...streams, error }, durationMs: 1 };
}

function open(receipt: string | null) {
  return { prior: {}, since: SINCE, receipt };
}

describe('powershell.run', () => {
  it('makes the receipt durable before the script runs, and only for the script', async () => {
    const host = new FakeHost().on('work', 'done').on('check', true);
    const step = host.step();
    expect(await powershellRun.act(step, { script: 'work', test: 'check' }, {})).toEqual({ state: 'done' });
    expect(host.receipts).toEqual(['{"of":"work"}']);
    const proof = await powershellRun.prove(step, { script: 'work', test: 'check' }, {});
    expect(proof).toEqual({ proven: true, result: { output: ['done'], errors: [], passed: true } });
    expect(host.receipts).toHaveLength(1);
  });

  it('picks up what another process has started: output and errors are the result', async () => {
    const host = new FakeHost();
    host.reattach = (receipt) => (receipt['of'] === 'work' ? gave(['a', 1], ['oh']) : null);
    const step = host.step();
    expect(await powershellRun.recover(step, { script: 'work' }, open('{"of":"work"}'))).toEqual({ state: 'done' });
    const { result } = await powershellRun.prove(step, { script: 'work' }, {});
    expect(result).toEqual({ output: ['a', 1], errors: ['oh'], passed: null });
    expect(host.calls).toEqual([]);
  });

  it('knows for certain when it was never begun', async () => {
    const host = new FakeHost();
    const probed = await powershellRun.probe(host.step(), { script: 'work' });
    expect(probed).toEqual({ state: 'needed', prior: { kept: true } });
    const noReceipt = { prior: { kept: true }, since: SINCE, receipt: null };
    expect(await powershellRun.recover(host.step(), { script: 'work' }, noReceipt)).toEqual({ state: 'not-started' });
    host.reattach = () => 'not-started';
    expect(await powershellRun.recover(host.step(), { script: 'work' }, open('{}'))).toEqual({ state: 'not-started' });
  });

  it('a host that can no longer do it leaves a mark, so that nothing is taken for never begun', async () => {
    const host = new FakeHost().on('work', 'done');
    host.canReattach = false;
    expect(await powershellRun.probe(host.step(), { script: 'work' })).toEqual({
      state: 'needed',
      prior: { kept: false },
    });
    await powershellRun.act(host.step(), { script: 'work' }, { kept: true });
    expect(host.receipts).toEqual(['{}']);
    expect(await powershellRun.recover(host.step(), { script: 'work' }, open('{}'))).toMatchObject({
      state: 'unknown',
    });
  });

  it.each([
    [null, 'the script has no test: that could tell whether it has run'],
    ['{}', 'its session has gone from the host, and the script has no test: that could tell whether it has run'],
  ])('with receipt %p and nothing to pick up: unknown without a test', async (receipt, reason) => {
    const recovered = await powershellRun.recover(new FakeHost().step(), { script: 'work' }, open(receipt));
    expect(recovered).toEqual({ state: 'unknown', reason });
  });

  it.each([
    [true, 'done'],
    [false, 'not-started'],
  ])('its session is gone and the test gives %p: %s', async (passes, state) => {
    const host = new FakeHost().on('check', passes);
    expect(await powershellRun.recover(host.step(), { script: 'work', test: 'check' }, open('{}'))).toEqual({ state });
  });

  it('a script that failed unseen fails the step', async () => {
    const host = new FakeHost();
    host.reattach = () => {
      throw new FirebreakError('FB_INVOKE_FAILED', 'it went wrong');
    };
    await expect(powershellRun.recover(host.step(), { script: 'work' }, open('{}'))).rejects.toMatchObject({
      code: 'FB_INVOKE_FAILED',
    });
  });
});
