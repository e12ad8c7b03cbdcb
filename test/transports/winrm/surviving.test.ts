/** Quotas that are waited for, connections that break in mid-Receive, answers that get lost: what is sent again, and what never. */

import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, it } from '@jest/globals';
import { FAULT_CODE, FAULTS, type WsmanFault } from '../../../src/protocol/index.ts';
import { type Exchange, FakeWinrm, type FakeWinrmOptions } from '../support/fake-winrm.ts';
import { errorOf, never, openSession } from '../support/open-session.ts';
import type { PipelineHandler } from '../support/psrp-simulator.ts';

/** Long enough for a call to wait for a host that is away. */
const PATIENT_MS = 150_000;

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function fakeWith(
  options: FakeWinrmOptions,
  handler: PipelineHandler = (pipeline) => pipeline.write('output', 1),
) {
  const fake = await FakeWinrm.start(handler, options);
  cleanups.push(() => fake.stop());
  return fake;
}

async function sessionOn(fake: FakeWinrm) {
  const session = await openSession(fake.port);
  cleanups.push(() => session.close());
  return session;
}

function times(fake: FakeWinrm, operation: string): number {
  return fake.operations.filter((each) => each === operation).length;
}

/** Refuses the first `count` requests of an operation. */
function refusing(operation: string, count: number, fault: WsmanFault): FakeWinrmOptions {
  let left = count;
  return {
    intercept: (exchange) => {
      if (exchange.request.operation !== operation || left === 0) return exchange.proceed();
      left -= 1;
      return exchange.fault(fault);
    },
  };
}

/** Does `what` once, at the first Receive of a pipeline. */
function atReceive(what: (exchange: Exchange) => Promise<void> | void): FakeWinrmOptions {
  let isDone = false;
  return {
    intercept: (exchange) => {
      const { body } = exchange.request;
      if (isDone || body.kind !== 'receive' || body.commandId === undefined) return exchange.proceed();
      isDone = true;
      return what(exchange);
    },
  };
}

describe('a quota of the host', () => {
  it.each(['tooManyShells', 'tooManyOperations'] as const)(
    '%s at Create: tried again, nothing was created',
    async (name) => {
      const fake = await fakeWith(refusing('create', 2, FAULTS[name]));
      const session = await sessionOn(fake);
      expect((await session.invoke({ script: '1' }, { signal: never, timeoutMs: 120_000 })).output).toEqual([1]);
      expect(times(fake, 'create')).toBe(3);
    },
  );

  it('at Command: tried again, nothing was begun', async () => {
    const fake = await fakeWith(refusing('command', 1, FAULTS.tooManyOperations));
    const session = await sessionOn(fake);
    expect((await session.invoke({ script: '1' }, { signal: never, timeoutMs: 120_000 })).output).toEqual([1]);
    expect(times(fake, 'command')).toBe(2);
  });

  it.each([
    [FAULT_CODE.tooManyShells, 'MaxShellsPerUser', 'winrm set winrm/config/winrs'],
    [FAULT_CODE.tooManyOperations, 'MaxConcurrentOperationsPerUser', 'winrm set winrm/config/service'],
    [FAULT_CODE.pluginShellsPerUser, 'MaxShellsPerUser', 'Plugin\\Microsoft.PowerShell\\Quotas\\MaxShellsPerUser'],
    [FAULT_CODE.pluginCommandsPerShell, 'MaxConcurrentCommandsPerShell', 'MaxConcurrentCommandsPerShell 1000'],
    [FAULT_CODE.tooManyShellUsers, 'MaxConcurrentUsers', 'winrm set winrm/config/winrs'],
  ])('%p that stays: an error that names it, with the command that raises it', async (windowsCode, name, remedy) => {
    const fault = { ...FAULTS.tooManyShells, windowsCode };
    const fake = await fakeWith({ intercept: (exchange) => exchange.fault(fault) });
    const error = await errorOf(openSession(fake.port, {}, 700));
    expect([error.code, error.retryable]).toEqual(['FB_SESSION_QUOTA', true]);
    expect(error.message).toContain(name);
    expect(error.remedy).toContain(remedy);
  });
});

describe('the name of a shell', () => {
  it('a host that knows none refuses the Create: it is made without', async () => {
    const names: unknown[] = [];
    const fake = await fakeWith({
      intercept: (exchange) => {
        const { body } = exchange.request;
        if (body.kind !== 'create') return exchange.proceed();
        names.push(body.name);
        return body.name === undefined ? exchange.proceed() : exchange.fault(FAULTS.schemaValidation);
      },
    });
    const session = await openSession(fake.port, {}, 20_000, 'firebreak r1');
    cleanups.push(() => session.close());
    expect(names).toEqual(['firebreak r1', undefined]);
    expect((await session.invoke({ script: '1' }, { signal: never, timeoutMs: 120_000 })).output).toEqual([1]);
  });
});

describe('a connection that breaks while a pipeline runs', () => {
  it('before anything came: a new connection asks again, and nothing else is sent twice', async () => {
    const fake = await fakeWith(atReceive((exchange) => void exchange.incoming.socket.destroy()));
    const session = await sessionOn(fake);
    const { output } = await session.invoke({ script: '1' }, { signal: never, timeoutMs: PATIENT_MS });
    expect(output).toEqual([1]);
    expect([times(fake, 'create'), times(fake, 'command')]).toEqual([1, 1]);
  });

  it('by the fault of a service that is restarted: asked again, and nothing else is sent twice', async () => {
    const aborted = { ...FAULTS.internalError, windowsCode: FAULT_CODE.operationAborted };
    const fake = await fakeWith(atReceive((exchange) => exchange.fault(aborted)));
    const session = await sessionOn(fake);
    const { output } = await session.invoke({ script: '1' }, { signal: never, timeoutMs: PATIENT_MS });
    expect(output).toEqual([1]);
    expect([times(fake, 'create'), times(fake, 'command')]).toEqual([1, 1]);
  });

  it('a call with little time is told at once: its caller knows better', async () => {
    const fake = await fakeWith(atReceive((exchange) => void exchange.incoming.socket.destroy()));
    const session = await sessionOn(fake);
    const error = await errorOf(session.invoke({ script: '1' }, { signal: never, timeoutMs: 120_000 }));
    expect(error.code).toBe('FB_CONNECT_LOST');
    expect(times(fake, 'command')).toBe(1);
  });

  it('while the service is away: it is waited for', async () => {
    let isAway = false;
    let knocks = 0;
    const fake = await fakeWith({
      intercept: (exchange) => {
        const { body } = exchange.request;
        if (body.kind !== 'receive' || body.commandId === undefined) return exchange.proceed();
        knocks += 1;
        isAway = knocks < 4;
        return isAway ? void exchange.incoming.socket.destroy() : exchange.proceed();
      },
    });
    const session = await sessionOn(fake);
    const { output } = await session.invoke({ script: '1' }, { signal: never, timeoutMs: PATIENT_MS });
    expect([output, knocks]).toEqual([[1], 4]);
  });

  it('while the service is away: no longer than the caller cares to wait', async () => {
    let knocks = 0;
    const fake = await fakeWith({
      intercept: (exchange) => {
        const { body } = exchange.request;
        if (body.kind !== 'receive' || body.commandId === undefined) return exchange.proceed();
        knocks += 1;
        return void exchange.incoming.socket.destroy();
      },
    });
    const session = await sessionOn(fake);
    const asked: number[] = [];
    const isPatient = (awayMs: number): boolean => asked.push(awayMs) < 3;
    const error = await errorOf(session.invoke({ script: '1' }, { signal: never, timeoutMs: PATIENT_MS, isPatient }));
    expect(error.code).toBe('FB_CONNECT_LOST');
    expect(asked).toEqual([...asked].sort((a, b) => a - b));
    expect([asked.length, knocks]).toEqual([3, 3]);
  });

  it('with the answer under way: the loss is noticed, not passed over', async () => {
    // the service takes the data out of its buffer for an answer that never arrives
    const fake = await fakeWith(
      {
        receiveBytes: 1,
        ...atReceive(async (exchange) => {
          exchange.response.end = (() => exchange.response) as never;
          await exchange.proceed();
          exchange.incoming.socket.destroy();
        }),
      },
      (pipeline) => {
        pipeline.write('output', 'first');
        pipeline.write('output', 'second');
      },
    );
    const session = await sessionOn(fake);
    const error = await errorOf(session.invoke({ script: '1' }, { signal: never, timeoutMs: PATIENT_MS }));
    expect(error.code).toBe('FB_CONNECT_LOST');
    expect(error.message).toContain('an answer was lost');
    expect(times(fake, 'command')).toBe(1);
  });

  it.each(['command', 'send'] as const)(
    'at %s: the outcome is unknown, and it is not sent again',
    async (operation) => {
      const fake = await fakeWith({
        intercept: (exchange) => {
          if (exchange.request.operation !== operation) return exchange.proceed();
          return void exchange.incoming.socket.destroy();
        },
      });
      const session = await sessionOn(fake);
      // larger than what one Command carries
      const script = `'${randomUUID().repeat(operation === 'send' ? 12_000 : 1)}'`;
      const error = await errorOf(session.invoke({ script }, { signal: never, timeoutMs: PATIENT_MS }));
      expect(error.code).toBe('FB_CONNECT_LOST');
      expect(times(fake, operation)).toBe(1);
    },
  );

  it('the shell is gone when the host is back: said at once', async () => {
    let isBack = false;
    const fake = await fakeWith({
      intercept: (exchange) => {
        if (isBack) return exchange.fault(FAULTS.shellNotFound);
        const { body } = exchange.request;
        if (body.kind !== 'receive' || body.commandId === undefined) return exchange.proceed();
        isBack = true;
        return void exchange.incoming.socket.destroy();
      },
    });
    const session = await sessionOn(fake);
    const error = await errorOf(session.invoke({ script: '1' }, { signal: never, timeoutMs: PATIENT_MS }));
    expect(error.code).toBe('FB_SESSION_CLOSED');
  });
});
