/** The carrier over standard streams against a server program that answers as it is told: order, faults, ends. */
import { PassThrough } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { FirebreakError } from '../../../src/domain/index.ts';
import { encodePacket, LineReader, type OutOfProcessPacket } from '../../../src/protocol/index.ts';
import { OutOfProcessChannel, type ServerProgram } from '../../../src/transports/out-of-process/index.ts';
import { errorOf, never } from '../support/open-session.ts';

const PIPELINE = '3c1d0d5e-1c2f-4a6b-9f80-5b1f2d3c4e5a';

/** The server's side: what came, and a way to answer. */
class FakeServer {
  readonly received: OutOfProcessPacket[] = [];
  readonly program: ServerProgram;
  readonly #output = new PassThrough();
  readonly #errors = new PassThrough();
  readonly #reader = new LineReader();
  #end: (error: FirebreakError) => void = () => undefined;
  isDestroyed = false;
  isClosed = false;
  answer: (packet: OutOfProcessPacket) => void = (packet) => this.acknowledge(packet);

  constructor() {
    const input = new PassThrough();
    input.on('data', (bytes: Buffer) => {
      for (const line of this.#reader.push(bytes)) {
        if (line.kind !== 'packet') throw new Error('the client sent noise');
        this.received.push(line.packet);
        this.answer(line.packet);
      }
    });
    this.program = {
      input,
      output: this.#output,
      errors: this.#errors,
      clientAddress: '10.0.0.9',
      ended: new Promise((resolve) => {
        this.#end = resolve;
      }),
      close: async () => {
        this.isClosed = true;
      },
      destroy: () => {
        this.isDestroyed = true;
      },
    };
  }

  acknowledge({ kind, id }: OutOfProcessPacket): void {
    if (kind === 'Data' || kind === 'Command' || kind === 'Signal' || kind === 'Close') {
      this.send({ kind: `${kind}Ack`, id });
    }
  }

  send(packet: OutOfProcessPacket): void {
    this.say(encodePacket(packet));
  }

  data(id: string | null, text: string): void {
    this.send({ kind: 'Data', id, stream: 'Default', data: Buffer.from(text) });
  }

  say(text: string): void {
    this.#output.write(text);
  }

  complain(text: string): void {
    this.#errors.write(text);
  }

  end(error = new FirebreakError('FB_SESSION_CLOSED', 'web01: the subsystem ended with exit code 1')): void {
    this.#end(error);
  }
}

async function opened(server = new FakeServer()): Promise<{ server: FakeServer; channel: OutOfProcessChannel }> {
  const channel = new OutOfProcessChannel({ label: 'web01', start: () => Promise.resolve(server.program) });
  await channel.open('', Buffer.from('open'), never);
  return { server, channel };
}

async function receive(channel: OutOfProcessChannel, id: string | undefined): Promise<string[]> {
  const taken: string[] = [];
  await channel.receive(id, (data) => taken.push(Buffer.from(data).toString()), never);
  return taken;
}

const settle = (): Promise<void> => new Promise((done) => setImmediate(done));

describe('packets', () => {
  it('follow each other only after the acknowledgement, for the pool and each pipeline apart', async () => {
    const { server, channel } = await opened();
    const held: OutOfProcessPacket[] = [];
    server.answer = (packet) => held.push(packet);
    const started = channel.start(PIPELINE, Buffer.from('create'), never);
    const sent = channel.send({ stream: 'stdin', pipelineId: undefined, data: Buffer.from('key') }, never);
    await settle();
    expect(held.map(({ kind, id }) => `${kind} ${id}`)).toEqual([`Command ${PIPELINE}`, 'Data null']);
    server.acknowledge(held[1]!);
    await sent;
    expect(held).toHaveLength(2);
    server.acknowledge(held[0]!);
    await settle();
    expect(held[2]).toMatchObject({ kind: 'Data', id: PIPELINE, stream: 'Default' });
    server.acknowledge(held[2]!);
    await started;
    const first = channel.send({ stream: 'stdin', pipelineId: PIPELINE, data: Buffer.from('1') }, never);
    const second = channel.send({ stream: 'pr', pipelineId: PIPELINE, data: Buffer.from('2') }, never);
    await settle();
    expect(held).toHaveLength(4);
    server.acknowledge(held[3]!);
    await first;
    await settle();
    expect(held[4]).toMatchObject({ stream: 'PromptResponse' });
    server.acknowledge(held[4]!);
    await second;
  });

  it('of a stop do not wait behind input that nobody reads', async () => {
    const { server, channel } = await opened();
    await channel.start(PIPELINE, Buffer.from('create'), never);
    server.answer = (packet) => {
      if (packet.kind === 'Signal') server.acknowledge(packet);
    };
    const gone = new AbortController();
    const stuck = channel.send({ stream: 'stdin', pipelineId: PIPELINE, data: Buffer.from('x') }, gone.signal);
    await channel.stop(PIPELINE, never);
    gone.abort(new Error('given up'));
    await expect(stuck).rejects.toThrow('given up');
  });

  it('are kept apart by pipeline until they are asked for, and dropped after its release', async () => {
    const { server, channel } = await opened();
    await channel.start(PIPELINE, Buffer.from('create'), never);
    server.data(PIPELINE, 'one');
    server.data(null, 'pool');
    server.data(PIPELINE, 'two');
    await settle();
    expect(await receive(channel, PIPELINE)).toEqual(['one', 'two']);
    expect(await receive(channel, undefined)).toEqual(['pool']);
    await channel.release(PIPELINE);
    server.data(PIPELINE, 'late');
    server.data(null, 'more');
    expect(await receive(channel, undefined)).toEqual(['more']);
    expect(await channel.receive(PIPELINE, () => undefined, never)).toBe(true);
  });

  it('stop to come while too much of them waits, and come again', async () => {
    const { server, channel } = await opened();
    await channel.start(PIPELINE, Buffer.from('create'), never);
    const block = 'x'.repeat(1024 * 1024);
    for (let i = 0; i < 12; i += 1) server.data(PIPELINE, block);
    for (let i = 0; i < 50; i += 1) await settle();
    expect(server.program.output.isPaused()).toBe(true);
    let bytes = 0;
    while (bytes < 12 * block.length) {
      await channel.receive(PIPELINE, (data) => (bytes += data.length), never);
    }
    expect(server.program.output.isPaused()).toBe(false);
  });
});

describe('a program that is no PowerShell', () => {
  it('is told by what it printed before it ended', async () => {
    const server = new FakeServer();
    server.answer = () => {
      server.complain('pwsh: command not found\n');
      setImmediate(() => server.end());
    };
    const error = await errorOf(opened(server));
    expect(error.code).toBe('FB_PROTOCOL_PSRP');
    expect(error.message).toContain('ended with exit code 1; it said: pwsh: command not found');
  });

  it('is told when it answers in XML of another kind', async () => {
    const server = new FakeServer();
    server.answer = () => server.say('<html><body>\n');
    const error = await errorOf(opened(server));
    expect(error.code).toBe('FB_PROTOCOL_PSRP');
    expect(error.message).toContain('PowerShell does not answer');
    expect(server.isDestroyed).toBe(true);
  });

  it('may print a greeting first', async () => {
    const server = new FakeServer();
    server.answer = (packet) => {
      server.say('Welcome to web01\r\n');
      server.acknowledge(packet);
    };
    const { channel } = await opened(server);
    expect(channel.clientAddress).toBe('10.0.0.9');
  });
});

describe('the end', () => {
  it('under a waiting call is told with the server’s last words', async () => {
    const { server, channel } = await opened();
    const waiting = errorOf(receive(channel, undefined));
    server.say('__NamedPipeError__:out of memory\n');
    await settle();
    server.end();
    const error = await waiting;
    expect(error.code).toBe('FB_SESSION_CLOSED');
    expect(error.message).toContain('out of memory');
    expect((await errorOf(channel.start(PIPELINE, Buffer.from('c'), never))).code).toBe('FB_SESSION_CLOSED');
  });

  it('does not take away what came before it', async () => {
    const { server, channel } = await opened();
    server.data(null, 'last');
    await settle();
    server.end(new FirebreakError('FB_CONNECT_LOST', 'web01: lost'));
    await settle();
    expect(await receive(channel, undefined)).toEqual(['last']);
    expect((await errorOf(receive(channel, undefined))).code).toBe('FB_CONNECT_LOST');
  });

  it('by a broken packet ends every call', async () => {
    const { server, channel } = await opened();
    const waiting = errorOf(receive(channel, undefined));
    server.say("<Data Stream='Default' PSGuid='zzz'>AA==</Data>\n");
    expect((await waiting).code).toBe('FB_PROTOCOL_PSRP');
    expect(server.isDestroyed).toBe(true);
  });

  it('is asked for by close, which lets the program go by itself', async () => {
    const { server, channel } = await opened();
    await channel.close();
    expect(server.received.at(-1)).toEqual({ kind: 'Close', id: null });
    expect(server.isClosed).toBe(true);
    expect((await errorOf(receive(channel, undefined))).code).toBe('FB_SESSION_CLOSED');
  });

  it('by destroy rejects what waits', async () => {
    const { server, channel } = await opened();
    server.answer = () => undefined;
    const sending = errorOf(channel.send({ stream: 'stdin', pipelineId: undefined, data: Buffer.from('x') }, never));
    await settle();
    channel.destroy();
    expect((await sending).code).toBe('FB_SESSION_CLOSED');
    expect(server.isDestroyed).toBe(true);
  });
});
