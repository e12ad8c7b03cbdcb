/**
 * A man in the middle of PowerShell's out-of-process packets, whatever carries them: passes lines on as they are until the
 * packet at which it is to go wrong, once. Knows packets by their kind and order, not what their fragments mean.
 */
import { randomBytes } from 'node:crypto';
import type { Duplex, Readable, Writable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { digestOf } from './ntlm-listener.ts';

/** Packets of the client that the host answers, and two that come by themselves. */
export const PACKET_POINTS = [
  'the opening',
  'data of the pool',
  'the command',
  'the pipeline',
  'the input',
  'the output',
  'the release',
  'the close',
] as const;
export type PacketPoint = (typeof PACKET_POINTS)[number];

export const PACKET_FAULTS = [
  'cut before it reaches the host',
  'silence before it reaches the host',
  'cut instead of the answer',
  'cut in the middle of the answer',
  'late answer',
  'silence instead of the answer',
  'silence in the middle of the answer',
  'foreign output before the answer',
  'foreign output in front of the answer',
  'garbage in the answer',
  'answer cut short',
  'fragment too long for its packet',
  'fragment too short for its packet',
  'HTML page',
  'killed',
] as const;
export type PacketFault = (typeof PACKET_FAULTS)[number];

const LATE_MS = 400;
const POOL = /PSGuid='0{8}-/;
/** Where the length stands in a fragment's head (MS-PSRP 2.2.4). */
const LENGTH_OFFSET = 17;

export interface ClientSide {
  readonly input: Readable;
  readonly output: Writable;
  /** Ends it as a program that is over. */
  end(): void;
  /** SIGKILL, or whatever is as rude. */
  kill(): void;
}

export class PacketRelay {
  fired = false;
  /** The fault may happen yet. */
  isArmed = true;
  /** Packets that reached the host, and may do so once. */
  readonly reached: string[] = [];
  readonly #at: PacketPoint;
  readonly #fault: PacketFault;
  #inputs = 0;
  #isSilent = false;
  #acks = 0;

  constructor(at: PacketPoint, fault: PacketFault) {
    this.#at = at;
    this.#fault = fault;
  }

  get doubled(): readonly string[] {
    return this.reached.filter((each, index) => this.reached.indexOf(each) !== index);
  }

  /** Resolves when one of them has ended. */
  async join(client: ClientSide, host: Duplex): Promise<void> {
    const ended = Promise.race([this.#toHost(client, host), this.#toClient(client, host)]);
    await ended.catch(() => undefined);
    if (!this.#isSilent) {
      client.end();
      host.destroy();
    }
  }

  async #toHost(client: ClientSide, host: Duplex): Promise<void> {
    for await (const line of linesOf(client.input)) {
      if (this.#isHere(this.#ofClient(line))) {
        if (this.#fault === 'cut before it reaches the host') {
          this.fired = true;
          return;
        }
        if (this.#fault === 'silence before it reaches the host') {
          this.fired = true;
          await this.#silence();
        }
      }
      const [, kind = ''] = /^<(Command|Data) /.exec(line) ?? [];
      if (kind !== '') this.reached.push(`${kind} ${digestOf(line)}`);
      host.write(`${line}\n`);
    }
  }

  async #toClient(client: ClientSide, host: Duplex): Promise<void> {
    for await (const line of linesOf(host)) {
      const isHere = this.#isHere(this.#ofHost(line)) && !this.#fault.includes('before it reaches');
      if (!isHere) client.output.write(`${line}\n`);
      else if ((await this.#goWrong(line, client)) === 'over') return;
    }
  }

  #isHere(point: PacketPoint | undefined): boolean {
    return this.isArmed && !this.fired && point === this.#at;
  }

  #ofClient(line: string): PacketPoint | undefined {
    const isPool = POOL.test(line);
    if (line.startsWith('<Command ')) return 'the command';
    if (line.startsWith('<Close ')) return isPool ? 'the close' : 'the release';
    if (!line.startsWith('<Data ')) return undefined;
    if (isPool) return 'the opening';
    this.#inputs += 1;
    return this.#inputs === 1 ? 'the pipeline' : 'the input';
  }

  #ofHost(line: string): PacketPoint | undefined {
    const isPool = POOL.test(line);
    if (line.startsWith('<CommandAck ')) return 'the command';
    if (line.startsWith('<CloseAck ')) return isPool ? 'the close' : 'the release';
    if (line.startsWith('<Data ')) return isPool ? 'data of the pool' : 'the output';
    if (!line.startsWith('<DataAck ')) return undefined;
    if (isPool) return 'the opening';
    this.#acks += 1;
    return this.#acks === 1 ? 'the pipeline' : 'the input';
  }

  async #goWrong(line: string, client: ClientSide): Promise<'over' | 'go on'> {
    this.fired = true;
    const { output } = client;
    const half = line.slice(0, Math.ceil(line.length / 2));
    switch (this.#fault) {
      case 'cut in the middle of the answer':
        await write(output, half);
        return 'over';
      case 'late answer':
        await delay(LATE_MS);
        await write(output, `${line}\n`);
        return 'go on';
      case 'silence instead of the answer':
        return this.#silence();
      case 'silence in the middle of the answer':
        await write(output, half);
        return this.#silence();
      case 'foreign output before the answer':
        await write(output, Buffer.from(`${foreign()}\n${line}\n`, 'latin1'));
        return 'go on';
      case 'foreign output in front of the answer':
        // as programs write that do not end their last line
        await write(output, Buffer.from(`${foreign()}${line}\n`, 'latin1'));
        return 'go on';
      case 'garbage in the answer':
        // another packet's name, or base64 that is none
        await write(output, `${line.replace(/PSGuid='[^']*'|[A-Za-z0-9+/]{12}/, '?'.repeat(12))}\n`);
        return 'go on';
      case 'answer cut short':
        await write(output, `${half}\n`);
        return 'go on';
      case 'fragment too long for its packet':
        await write(output, `${withLength(line, (length) => length + 1_000_000)}\n`);
        return 'go on';
      case 'fragment too short for its packet':
        await write(output, `${withLength(line, (length) => Math.floor(length / 2))}\n`);
        return 'go on';
      case 'HTML page':
        await write(output, '<html><body>Accept the terms</body></html>\n');
        return 'go on';
      case 'killed':
        client.kill();
        return 'over';
      default:
        // cut instead of the answer
        return 'over';
    }
  }

  /** Nothing more comes, and nobody hangs up. */
  #silence(): Promise<never> {
    this.#isSilent = true;
    return new Promise(() => undefined);
  }
}

/** Whatever comes, but for the two characters that the framing has. */
function foreign(): string {
  return `>${randomBytes(500).toString('latin1').replace(/[\n<]/g, '.')}`;
}

function withLength(line: string, change: (length: number) => number): string {
  return line.replace(/>([A-Za-z0-9+/=]+)</, (_all, text: string) => {
    const bytes = Buffer.from(text, 'base64');
    bytes.writeUInt32BE(change(bytes.readUInt32BE(LENGTH_OFFSET)), LENGTH_OFFSET);
    return `>${bytes.toString('base64')}<`;
  });
}

async function* linesOf(stream: Readable): AsyncGenerator<string, void> {
  let held = '';
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    const lines = `${held}${chunk.toString('latin1')}`.split('\n');
    held = lines.pop() ?? '';
    yield* lines;
  }
}

function write(output: Writable, bytes: Uint8Array | string): Promise<void> {
  return new Promise((done) => {
    output.write(bytes, () => done());
  });
}
