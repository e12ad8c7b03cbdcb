/**
 * A man in the middle of an SSH connection: passes bytes on as they are until the message at which it is to go wrong, once.
 * Sees messages by their number as long as they are in the clear (RFC 4253), later by their turn: each answer that the
 * host gives is the next one.
 */
import { randomBytes } from 'node:crypto';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { Phase } from '../fault-suite.ts';

/** `open 1` …: the answers of the host while the session is opened, once they are encrypted; `invoke 1`: the first one of the call. */
export const SSH_POINTS = [
  'banner',
  'key exchange',
  'host key',
  'new keys',
  'open 1',
  'open 2',
  'open 3',
  'open 4',
  'open 5',
  'open 6',
  'invoke 1',
  'invoke 2',
  'close 1',
] as const;
export type SshPoint = (typeof SSH_POINTS)[number];

export const SSH_FAULTS = [
  'cut instead of the answer',
  'reset instead of the answer',
  'cut in the middle of the answer',
  'late answer',
  'silence instead of the answer',
  'silence in the middle of the answer',
  'garbage instead of the answer',
  'a changed byte',
  'wrong length',
  'HTML page',
] as const;
export type SshFault = (typeof SSH_FAULTS)[number];

const LATE_MS = 400;
const HTML = 'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html><body>Accept the terms</body></html>\r\n';
/** Message numbers of the host's side of a key exchange. */
const IN_THE_CLEAR: Readonly<Record<number, SshPoint>> = { 20: 'key exchange', 31: 'host key', 21: 'new keys' };

export interface SshRelayOptions {
  readonly host: string;
  readonly port: number;
  readonly at: SshPoint;
  readonly fault: SshFault;
}

export class SshRelay {
  fired = false;
  /** The fault may happen yet. */
  isArmed = true;
  phase: Phase = 'open';
  readonly #options: SshRelayOptions;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(options: SshRelayOptions) {
    this.#options = options;
    this.#server = createServer((client) => this.#serve(client));
  }

  static async start(options: SshRelayOptions): Promise<SshRelay> {
    const relay = new SshRelay(options);
    await new Promise<void>((done) => {
      relay.#server.listen(0, '127.0.0.1', done);
    });
    return relay;
  }

  get port(): number {
    return (this.#server.address() as { readonly port: number }).port;
  }

  async end(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((done) => {
      this.#server.close(() => done());
    });
  }

  #serve(client: Socket): void {
    const host = connect(this.#options.port, this.#options.host);
    for (const socket of [client, host]) {
      this.#sockets.add(socket);
      socket.on('error', () => undefined);
      socket.setNoDelay(true);
    }
    const turns = new Turns();
    let isOver = false;
    let passing: Promise<unknown> = Promise.resolve();
    client.on('data', (bytes: Buffer) => {
      turns.asked();
      host.write(bytes);
    });
    client.on('close', () => host.destroy());
    host.on('data', (chunk: Buffer) => {
      for (const { bytes, point } of turns.answered(chunk, this.phase)) {
        passing = passing.then(async () => {
          if (isOver) return;
          if (!this.isArmed || this.fired || point !== this.#options.at) client.write(bytes);
          else isOver = (await this.#goWrong(client, bytes)) === 'over';
        });
      }
    });
    host.on('close', () => void passing.then(() => isOver || client.end()));
  }

  async #goWrong(client: Socket, bytes: Buffer): Promise<'over' | 'go on'> {
    this.fired = true;
    const half = bytes.subarray(0, Math.ceil(bytes.length / 2));
    const changed = Buffer.from(bytes);
    switch (this.#options.fault) {
      case 'cut instead of the answer':
        client.end();
        return 'over';
      case 'reset instead of the answer':
        client.resetAndDestroy();
        return 'over';
      case 'cut in the middle of the answer':
        client.end(half);
        return 'over';
      case 'late answer':
        await delay(LATE_MS);
        client.write(bytes);
        return 'go on';
      case 'silence instead of the answer':
        return 'over';
      case 'silence in the middle of the answer':
        client.write(half);
        return 'over';
      case 'garbage instead of the answer':
        client.write(randomBytes(bytes.length + 64));
        return 'go on';
      case 'a changed byte':
        changed[Math.floor(bytes.length / 2)]! ^= 0x55;
        client.write(changed);
        return 'go on';
      case 'wrong length':
        // of the packet: encrypted or not, it says something else now
        changed[1]! ^= 0x7f;
        client.write(changed);
        return 'go on';
      default:
        client.write(HTML);
        return 'go on';
    }
  }
}

interface Piece {
  readonly bytes: Buffer;
  readonly point: SshPoint | undefined;
}

/** Whose turn it is, and which message of the host's comes. */
class Turns {
  #held = Buffer.alloc(0);
  #state: 'banner' | 'clear' | 'encrypted' = 'banner';
  #isAnswer = true;
  #counts = new Map<Phase, number>();

  asked(): void {
    this.#isAnswer = true;
  }

  answered(chunk: Buffer, phase: Phase): readonly Piece[] {
    this.#held = Buffer.concat([this.#held, chunk]);
    const pieces: Piece[] = [];
    for (;;) {
      const piece = this.#next(phase);
      if (piece === undefined) return pieces;
      pieces.push(piece);
    }
  }

  #next(phase: Phase): Piece | undefined {
    if (this.#held.length === 0) return undefined;
    if (this.#state === 'encrypted') {
      const bytes = this.#take(this.#held.length);
      // the rest of an answer is no new one
      if (!this.#isAnswer) return { bytes, point: undefined };
      this.#isAnswer = false;
      const count = (this.#counts.get(phase) ?? 0) + 1;
      this.#counts.set(phase, count);
      return { bytes, point: SSH_POINTS.find((point) => point === `${phase} ${count}`) };
    }
    if (this.#state === 'banner') {
      const end = this.#held.indexOf('\n') + 1;
      if (end === 0) return undefined;
      if (this.#held.toString('latin1', 0, 4) === 'SSH-') this.#state = 'clear';
      return { bytes: this.#take(end), point: 'banner' };
    }
    if (this.#held.length < 6) return undefined;
    const end = 4 + this.#held.readUInt32BE(0);
    if (this.#held.length < end) return undefined;
    const number = this.#held[5] ?? 0;
    if (number === 21) {
      this.#state = 'encrypted';
      this.#isAnswer = false;
    }
    return { bytes: this.#take(end), point: IN_THE_CLEAR[number] };
  }

  #take(length: number): Buffer {
    const bytes = this.#held.subarray(0, length);
    this.#held = this.#held.subarray(length);
    return bytes;
  }
}
