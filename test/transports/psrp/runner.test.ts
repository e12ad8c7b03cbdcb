/** The pump over a carrier that is pushed to, in memory: what the transports over duplex streams rely on. */
import { describe, expect, it } from '@jest/globals';
import { FirebreakError } from '../../../src/domain/index.ts';
import { type Outgoing, type PsrpChannel, PsrpRunner } from '../../../src/transports/psrp/index.ts';
import { type PipelineHandler, PsrpSimulator, type SimulatorOptions } from '../support/psrp-simulator.ts';

class MemoryChannel implements PsrpChannel {
  readonly label = 'memory';
  readonly clientAddress = undefined;
  readonly maxPayloadBytes = 20_000;
  readonly isPushing = true;
  readonly calls: string[] = [];
  readonly #queues = new Map<string, Uint8Array[]>();
  readonly #wakes = new Map<string, () => void>();
  readonly #simulator: PsrpSimulator;
  #isDead = false;
  /** The host ends the pool. */
  isPoolOver = false;

  constructor(handler: PipelineHandler, options: SimulatorOptions = {}) {
    this.#simulator = new PsrpSimulator(handler, options, (id, data) => this.#push(id ?? '', data));
  }

  async open(_poolId: string, data: Uint8Array): Promise<void> {
    this.#simulator.open(data);
  }

  negotiated(version: string): void {
    this.calls.push(`negotiated ${version}`);
  }

  async start(pipelineId: string, data: Uint8Array): Promise<void> {
    this.calls.push('start');
    this.#simulator.command(pipelineId, data);
  }

  async send(outgoing: Outgoing): Promise<void> {
    this.calls.push(`send ${outgoing.stream}`);
    this.#simulator.input(outgoing.pipelineId ?? '', outgoing.data);
  }

  async receive(
    pipelineId: string | undefined,
    take: (data: Uint8Array) => void,
    signal: AbortSignal,
  ): Promise<boolean> {
    const id = pipelineId ?? '';
    while (!this.#queues.has(id)) {
      if (signal.aborted) throw signal.reason;
      if (this.#isDead) throw new FirebreakError('FB_CONNECT_LOST', 'memory: lost');
      if (id === '' && this.isPoolOver) return true;
      await new Promise<void>((resolve) => {
        this.#wakes.set(id, resolve);
        signal.addEventListener('abort', () => resolve(), { once: true });
      });
    }
    const chunks = this.#queues.get(id) ?? [];
    this.#queues.delete(id);
    for (const chunk of chunks) take(chunk);
    return false;
  }

  async stop(pipelineId: string): Promise<void> {
    this.calls.push('stop');
    this.#simulator.stop(pipelineId);
  }

  async release(): Promise<void> {
    this.calls.push('release');
  }

  async close(): Promise<void> {
    this.calls.push('close');
    this.destroy();
  }

  destroy(): void {
    this.#isDead = true;
    this.wake();
  }

  wake(): void {
    for (const wake of this.#wakes.values()) wake();
  }

  #push(id: string, data: Uint8Array): void {
    const queue = this.#queues.get(id) ?? [];
    queue.push(data);
    this.#queues.set(id, queue);
    this.#wakes.get(id)?.();
  }
}

const { signal } = new AbortController();
const waiting = { signal, timeoutMs: 120_000 };

async function openRunner(
  handler: PipelineHandler,
  options: SimulatorOptions = {},
): Promise<{ readonly runner: PsrpRunner; readonly channel: MemoryChannel }> {
  const channel = new MemoryChannel(handler, options);
  const runner = new PsrpRunner(channel);
  await runner.open(waiting);
  return { runner, channel };
}

async function outputOf(runner: PsrpRunner, text: string): Promise<unknown[]> {
  const output: unknown[] = [];
  const spec = { commands: [{ text, isScript: true, parameters: [] }] };
  await runner.run(spec, { ...waiting, onEvent: (event) => event.kind === 'output' && output.push(event.value) });
  return output;
}

describe('a runner over a pushed carrier', () => {
  it('opens, tells the carrier the version, runs pipelines and frees them', async () => {
    const { runner, channel } = await openRunner((pipeline) => pipeline.write('output', pipeline.command.text));
    expect(runner.shell).toEqual({ version: '5.1.17763.1', edition: 'Desktop' });
    expect(await outputOf(runner, 'a')).toEqual(['a']);
    expect(await outputOf(runner, 'b')).toEqual(['b']);
    await runner.close();
    expect(channel.calls).toEqual(['negotiated 2.3', 'start', 'release', 'start', 'release', 'close']);
  });

  it('says why a pool did not open, and frees what the host may hold', async () => {
    const channel = new MemoryChannel(() => undefined, { poolError: 'no memory left' });
    await expect(new PsrpRunner(channel).open(waiting)).rejects.toMatchObject({
      code: 'FB_PROTOCOL_PSRP',
      message: expect.stringContaining('no memory left'),
    });
    expect(channel.calls).toContain('close');
  });

  it('ends a waiting pipeline when the host ends the pool', async () => {
    const { runner, channel } = await openRunner(async (pipeline) => {
      pipeline.write('output', 'begun');
      await pipeline.stopped;
    });
    const spec = { commands: [{ text: 'x', isScript: true, parameters: [] }] };
    const onEvent = (): void => {
      channel.isPoolOver = true;
      channel.wake();
    };
    await expect(runner.run(spec, { ...waiting, onEvent })).rejects.toBeInstanceOf(FirebreakError);
    await expect(runner.run(spec, { ...waiting, onEvent })).rejects.toMatchObject({ code: 'FB_SESSION_CLOSED' });
  });

  it('cannot be attached to where the carrier cannot', async () => {
    const { runner } = await openRunner(() => undefined);
    expect(runner.canAttach).toBe(false);
    expect(await runner.attach({ any: 1 }, waiting)).toBeNull();
    expect(await runner.sweep([], waiting)).toBe(0);
    await runner.close();
  });

  it('keeps the session when a value cannot be written at all', async () => {
    const { runner } = await openRunner((pipeline) => pipeline.write('output', 1));
    const spec = { commands: [{ text: 'x', isScript: true, parameters: [{ name: 'n', value: 2n ** 70n }] }] };
    const failing = runner.run(spec, { ...waiting, onEvent: () => undefined });
    await expect(failing).rejects.toMatchObject({ code: 'FB_PROTOCOL_CLIXML' });
    expect(await outputOf(runner, 'still')).toEqual([1]);
    await runner.close();
  });
});

it('a sweep that was given up before it began leaves no rejection behind that nobody hears', async () => {
  const { channel } = await openRunner(() => undefined);
  const gaveUp = new FirebreakError('FB_CANCELLED', 'paused');
  const sweeping = Object.assign(channel, {
    sweep: async (_keep: unknown, given: AbortSignal): Promise<number> => {
      given.throwIfAborted();
      return 0;
    },
  });
  const runner = new PsrpRunner(sweeping);
  await expect(runner.sweep([], { signal: AbortSignal.abort(gaveUp), timeoutMs: 1000 })).rejects.toBe(gaveUp);
  // one would fail the test by now
  await new Promise((resolve) => setImmediate(resolve));
});
