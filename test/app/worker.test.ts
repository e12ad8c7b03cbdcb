/** What guards a worker: every call to a host asks first, and plans whose hosts wait for each other are refused. */
import { describe, expect, it } from '@jest/globals';
import { fenced } from '../../src/app/worker.ts';
import { refuseOnWorkers } from '../../src/app/worker-plan.ts';
import { FirebreakError, type PlannedStep, type Session } from '../../src/domain/index.ts';
import { plan, step } from '../engine/support/plans.ts';

function recording(calls: string[]): Session {
  const note = (name: string) => async () => {
    calls.push(name);
    return 0 as never;
  };
  return {
    shell: { version: '5.1', edition: 'Desktop' },
    languageMode: undefined,
    clientAddress: '10.0.0.1',
    canReattach: true,
    invoke: note('invoke'),
    reattach: note('reattach'),
    push: note('push'),
    fetch: note('fetch'),
    sweep: note('sweep'),
    close: note('close'),
  };
}

const ACTS = ['invoke', 'reattach', 'push', 'fetch', 'sweep'] as const;

describe('the session of a worker', () => {
  it.each(ACTS)('%s asks first whether the host is still its own', async (name) => {
    const calls: string[] = [];
    let isOurs = true;
    const session = fenced(recording(calls), {
      verify: async () => {
        calls.push('verify');
        if (!isOurs) throw new FirebreakError('FB_RUN_STATE', 'taken over');
      },
    });
    const act = session[name] as (...args: readonly unknown[]) => Promise<unknown>;
    await act();
    expect(calls).toEqual(['verify', name]);
    isOurs = false;
    await expect(act()).rejects.toMatchObject({ code: 'FB_RUN_STATE' });
    expect(calls).toEqual(['verify', name, 'verify']);
    await session.close();
    expect(calls.at(-1)).toBe('close');
    expect([session.shell.version, session.clientAddress, session.canReattach]).toEqual(['5.1', '10.0.0.1', true]);
  });
});

describe('a plan for workers', () => {
  it('has no steps for which hosts wait for each other', () => {
    const verify = step('verify', 'patch.verify') as PlannedStep;
    expect(() => refuseOnWorkers(plan([verify]))).not.toThrow();
    expect(() => refuseOnWorkers(plan([{ ...verify, runOnce: true }]))).toThrow('run_once');
  });
});
