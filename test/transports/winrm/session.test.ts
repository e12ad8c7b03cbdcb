import { afterEach, describe, expect, it } from '@jest/globals';
import type { Session, StreamRecord } from '../../../src/domain/index.ts';
import { FAULTS, hashtable, messageObject, PsObject, PsPrimitive, SIGNAL } from '../../../src/protocol/index.ts';
import { FakeWinrm, type FakeWinrmOptions } from '../support/fake-winrm.ts';
import { errorOf, never, openSession } from '../support/open-session.ts';
import { errorRecord, PipelineFailure, type PipelineHandler } from '../support/psrp-simulator.ts';

const open: { fake?: FakeWinrm; session?: Session } = {};

async function connect(handler: PipelineHandler, options: FakeWinrmOptions = {}): Promise<[Session, FakeWinrm]> {
  const fake = await FakeWinrm.start(handler, options);
  open.fake = fake;
  const session = await openSession(fake.port);
  open.session = session;
  return [session, fake];
}

afterEach(async () => {
  await open.session?.close();
  await open.fake?.stop();
  delete open.session;
  delete open.fake;
});

const options = { signal: never, timeoutMs: 120_000 };

describe('opening', () => {
  it('takes Create and Receive, and tells version, edition and our address as the host sees it', async () => {
    const [session, fake] = await connect(() => undefined);
    expect(session.shell).toEqual({ version: '5.1.17763.1', edition: 'Desktop' });
    expect(session.clientAddress).toBe('127.0.0.1');
    expect(fake.operations).toEqual(['create', 'receive']);
  });

  it('asks again when the host has nothing yet', async () => {
    let faults = 0;
    const [session, fake] = await connect(() => undefined, {
      receiveTimeoutMs: 20,
      intercept: async (exchange) => {
        if (exchange.request.operation === 'receive' && faults < 2) {
          faults += 1;
          exchange.fault(FAULTS.timedOut);
        } else await exchange.proceed();
      },
    });
    expect(session.shell.version).toBe('5.1.17763.1');
    expect(fake.operations).toEqual(['create', 'receive', 'receive', 'receive']);
  });

  it('says why a pool did not open', async () => {
    const fake = await FakeWinrm.start(() => undefined, { poolError: 'no memory left' });
    open.fake = fake;
    const error = await errorOf(openSession(fake.port));
    expect(error.code).toBe('FB_PROTOCOL_PSRP');
    expect(error.message).toContain('no memory left');
    expect(error.message).toContain(`web01 (127.0.0.1:${fake.port})`);
  });
});

describe('invoke', () => {
  it('binds parameters as values and gives typed plain output', async () => {
    const [session] = await connect((pipeline) => {
      for (const value of pipeline.command.parameters.values()) pipeline.write('output', value);
    });
    const { output } = await session.invoke(
      {
        script: 'param($a, $b, $c, $d, $e)',
        parameters: { a: "'; Remove-Item *", b: [1, null], c: { k: true }, d: new Uint8Array([1, 2]), e: new Date(0) },
      },
      options,
    );
    expect(output).toEqual([
      "'; Remove-Item *",
      [1, null],
      { $type: 'System.Collections.Hashtable', k: true },
      'AQI=',
      '1970-01-01T00:00:00.000Z',
    ]);
  });

  it('needs two round trips on one connection, and frees the pipelines when the shell is quiet', async () => {
    const [session, fake] = await connect((pipeline) => pipeline.write('output', 1));
    for (let count = 0; count < 5; count += 1) await session.invoke({ script: '1' }, options);
    expect(fake.operations).toEqual(['create', 'receive', ...Array(5).fill(['command', 'receive']).flat()]);
    while (fake.signals.length < 5) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(fake.signals).toEqual(Array(5).fill(SIGNAL.terminate));
    expect(fake.connections).toBe(1);
    await session.close();
    expect(fake.openCommands).toBe(0);
    expect(fake.operations.at(-1)).toBe('delete');
  });

  it.each([
    ['2.3', 33],
    ['2.1', 5],
  ])('lets no more finished pipelines gather than a host of protocol %s takes', async (protocolVersion, most) => {
    const [session, fake] = await connect((pipeline) => pipeline.write('output', 1), { protocolVersion });
    for (let count = 0; count < 80; count += 1) await session.invoke({ script: '1' }, options);
    expect(fake.maxOpenCommands).toBeLessThanOrEqual(most);
    expect(fake.connections).toBe(1);
  });

  it('gives the records of all streams as they come', async () => {
    const [session] = await connect((pipeline) => {
      pipeline.write('output', new PsPrimitive('D', '1.10'));
      pipeline.write('error', errorRecord('gone', 'NotFound', 'C:\\x'));
      pipeline.write('warning', messageObject({ InformationalRecord_Message: 'careful' }));
      pipeline.write('verbose', messageObject({ InformationalRecord_Message: 'v' }));
      pipeline.write('debug', messageObject({ InformationalRecord_Message: 'd' }));
      pipeline.write('information', messageObject({ MessageData: hashtable([['k', 1]]) }));
      pipeline.write('progress', messageObject({ Activity: 'a', StatusDescription: 's', PercentComplete: 50 }));
    });
    const seen: StreamRecord[] = [];
    const result = await session.invoke({ script: 'x' }, { ...options, onRecord: (record) => seen.push(record) });
    const error = { message: 'gone', fullyQualifiedErrorId: 'NotFound', category: 'ObjectNotFound', target: 'C:\\x' };
    const progress = { activity: 'a', status: 's', percentComplete: 50 };
    const information = { $type: 'System.Collections.Hashtable', k: 1 };
    expect(result.output).toEqual(['1.10']);
    expect(result.streams).toEqual({
      error: [error],
      warning: ['careful'],
      verbose: ['v'],
      debug: ['d'],
      information: [information],
      progress: [progress],
    });
    expect(seen.map((record) => record.stream)).toEqual([
      'output',
      'error',
      'warning',
      'verbose',
      'debug',
      'information',
      'progress',
    ]);
  });

  it('streams: a record arrives while the pipeline still runs', async () => {
    let finish: () => void = () => undefined;
    const [session] = await connect(async (pipeline) => {
      pipeline.write('output', 'first');
      await new Promise<void>((resolve) => {
        finish = resolve;
      });
    });
    const result = await session.invoke({ script: 'x' }, { ...options, onRecord: () => finish() });
    expect(result.output).toEqual(['first']);
  });

  it('reports a terminating error with what came before it', async () => {
    const [session] = await connect((pipeline) => {
      pipeline.write('output', 1);
      throw new PipelineFailure('it broke', 'Broken,Do-It');
    });
    const error = await errorOf(session.invoke({ script: 'x' }, options));
    expect(error.code).toBe('FB_INVOKE_FAILED');
    expect(error.message).toContain('it broke');
    expect(error.details).toMatchObject({
      invocation: { output: [1] },
      error: { message: 'it broke', fullyQualifiedErrorId: 'Broken,Do-It' },
    });
    await expect(session.invoke({ script: 'x' }, options)).rejects.toMatchObject({ code: 'FB_INVOKE_FAILED' });
  });

  it('sends large scripts in pieces and takes large output in many fragments', async () => {
    const [session, fake] = await connect(
      (pipeline) => pipeline.write('output', 'ä'.repeat(700_000) + pipeline.command.text.length),
      { fragmentBytes: 1000 },
    );
    const { output } = await session.invoke<string>({ script: 'x'.repeat(900_000) }, options);
    expect(output[0]?.length).toBe(700_006);
    expect(output[0]?.endsWith('900000')).toBe(true);
    expect(fake.operations.filter((operation) => operation === 'send')).toHaveLength(2);
  });

  it('keeps to small envelopes on a host that speaks protocol 2.1', async () => {
    const [session, fake] = await connect(() => undefined, { protocolVersion: '2.1' });
    await session.invoke({ script: 'x'.repeat(300_000) }, options);
    expect(fake.operations.filter((operation) => operation === 'send')).toHaveLength(2);
  });

  it('answers a prompt at once with a refusal', async () => {
    const [session] = await connect(async (pipeline) => {
      const error = await pipeline.callHost(11);
      pipeline.write('output', error instanceof PsObject ? (error.text ?? '') : '');
    });
    const { output } = await session.invoke({ script: 'Read-Host' }, options);
    expect(output[0]).toContain('must not ask for input');
  });

  it('runs calls one after the other in the order of asking', async () => {
    let running = 0;
    let most = 0;
    const [session] = await connect(async (pipeline) => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setImmediate(resolve));
      pipeline.write('output', pipeline.command.text);
      running -= 1;
    });
    const results = await Promise.all(['a', 'b', 'c'].map((script) => session.invoke({ script }, options)));
    expect(results.map((result) => result.output[0])).toEqual(['a', 'b', 'c']);
    expect(most).toBe(1);
  });
});

describe('time', () => {
  it('stops the pipeline on the host at the deadline and stays usable', async () => {
    const [session, fake] = await connect(async (pipeline) => {
      if (pipeline.command.text === 'forever') await pipeline.stopped;
      else pipeline.write('output', 'next');
    });
    const error = await errorOf(session.invoke({ script: 'forever' }, { signal: never, timeoutMs: 100 }));
    expect(error.code).toBe('FB_DEADLINE');
    expect((await session.invoke({ script: 'next' }, options)).output).toEqual(['next']);
    expect(fake.signals[0]).toBe(SIGNAL.powershellCtrlC);
  });

  it('stops the pipeline when the caller cancels', async () => {
    const [session, fake] = await connect(async (pipeline) => {
      if (pipeline.command.text === 'forever') {
        pipeline.write('output', 1);
        await pipeline.stopped;
      }
    });
    const cancel = new AbortController();
    const call = session.invoke(
      { script: 'forever' },
      { signal: cancel.signal, timeoutMs: 120_000, onRecord: () => cancel.abort() },
    );
    expect((await errorOf(call)).code).toBe('FB_CANCELLED');
    await session.invoke({ script: 'next' }, options);
    expect(fake.signals[0]).toBe(SIGNAL.powershellCtrlC);
  });

  it('stops at once even while the Signal of the pipeline before is not answered', async () => {
    const waiting: (() => Promise<void>)[] = [];
    const [session, fake] = await connect(
      async (pipeline) => {
        if (pipeline.command.text === 'forever') {
          pipeline.write('output', 1);
          await pipeline.stopped;
        }
      },
      {
        intercept: async (exchange) => {
          const { body } = exchange.request;
          if (body.kind === 'signal' && body.code === SIGNAL.terminate && waiting.length === 0) {
            waiting.push(() => exchange.proceed());
          } else await exchange.proceed();
          // the first Signal is answered only when the second pipeline was told to stop
          if (body.kind === 'signal' && body.code === SIGNAL.powershellCtrlC) await waiting[0]?.();
        },
      },
    );
    await session.invoke({ script: 'first' }, options);
    while (waiting.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    const cancel = new AbortController();
    const call = session.invoke(
      { script: 'forever' },
      { signal: cancel.signal, timeoutMs: 120_000, onRecord: () => cancel.abort() },
    );
    expect((await errorOf(call)).code).toBe('FB_CANCELLED');
    await session.invoke({ script: 'next' }, options);
    expect(fake.signals[0]).toBe(SIGNAL.powershellCtrlC);
  });

  it('gives up waiting for its turn at the deadline', async () => {
    let finish: () => void = () => undefined;
    const [session, fake] = await connect((pipeline) =>
      pipeline.command.text === 'long'
        ? new Promise<void>((resolve) => {
            finish = resolve;
          })
        : undefined,
    );
    const long = session.invoke({ script: 'long' }, options);
    const error = await errorOf(session.invoke({ script: 'queued' }, { signal: never, timeoutMs: 50 }));
    finish();
    await long;
    expect(error.code).toBe('FB_DEADLINE');
    expect(fake.operations.filter((operation) => operation === 'command')).toHaveLength(1);
  });

  it('ends a running call when the session is closed, and refuses later ones', async () => {
    const [session] = await connect((pipeline) => {
      pipeline.write('output', 1);
      return pipeline.stopped;
    });
    const call = errorOf(session.invoke({ script: 'x' }, { ...options, onRecord: () => void session.close() }));
    expect((await call).code).toBe('FB_SESSION_CLOSED');
    expect((await errorOf(session.invoke({ script: 'x' }, options))).code).toBe('FB_SESSION_CLOSED');
  });

  it('passes on what the receiver of records throws, and stops the pipeline', async () => {
    const [session, fake] = await connect(async (pipeline) => {
      pipeline.write('output', 1);
      await pipeline.stopped;
    });
    const boom = new Error('receiver broke');
    const call = session.invoke(
      { script: 'x' },
      {
        ...options,
        onRecord: () => {
          throw boom;
        },
      },
    );
    await expect(call).rejects.toBe(boom);
    expect(fake.signals[0]).toBe(SIGNAL.powershellCtrlC);
  });
});
