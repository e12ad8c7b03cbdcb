/**
 * powershell.exe in server mode (`-s`) on a channel: the out-of-process framing outside, the engine's fragments inside.
 * Acknowledges a packet when the engine has taken it, as the real one does. Must not know SSH's login or files.
 */
import type { ServerChannel } from 'ssh2';
import {
  encodePacket,
  LineReader,
  type OutOfProcessPacket,
  type OutOfProcessSignal,
} from '../../../src/protocol/index.ts';
import { LabError, messageOf } from '../errors.ts';
import type { MachineSession, SshMachine } from './machine.ts';

/** What the real one ends with after a packet that it cannot read, or when its input ends. */
const EXIT_UNHANDLED = 4000;

export function servePowerShell(
  channel: ServerChannel,
  machine: SshMachine,
  user: string,
  clientAddress: string,
): void {
  const server = new PowerShellServer(channel, machine, user, clientAddress);
  channel.on('data', (bytes: Buffer) => server.onBytes(bytes));
  channel.on('end', () => server.end(EXIT_UNHANDLED));
  channel.on('close', () => server.end(EXIT_UNHANDLED));
  channel.on('error', () => server.end(EXIT_UNHANDLED));
}

class PowerShellServer {
  readonly #channel: ServerChannel;
  readonly #machine: SshMachine;
  readonly #user: string;
  readonly #clientAddress: string;
  readonly #reader = new LineReader();
  /** Commands whose first data has not come yet. */
  readonly #announced = new Set<string>();
  #session: Promise<MachineSession> | undefined;
  #isOver = false;

  constructor(channel: ServerChannel, machine: SshMachine, user: string, clientAddress: string) {
    this.#channel = channel;
    this.#machine = machine;
    this.#user = user;
    this.#clientAddress = clientAddress;
  }

  onBytes(bytes: Buffer): void {
    if (this.#isOver) return;
    try {
      for (const line of this.#reader.push(bytes)) {
        if (line.kind !== 'packet') throw new LabError('lab.bad-request', 'a line is no packet');
        this.#do(line.packet).catch((error: unknown) => this.#fail(error));
      }
    } catch (error) {
      this.#fail(error);
    }
  }

  end(exitCode: number): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#session?.then((session) => session.close()).catch(() => undefined);
    if (this.#channel.writable) {
      this.#channel.exit(exitCode);
      this.#channel.end();
    }
  }

  async #do(packet: OutOfProcessPacket): Promise<void> {
    const { id } = packet;
    switch (packet.kind) {
      case 'Data':
        await this.#data(packet);
        this.#answer('DataAck', id);
        return;
      case 'Command':
        this.#announced.add(required(id));
        this.#answer('CommandAck', id);
        return;
      case 'Signal':
        await this.#toCommand((session) => session.signal(required(id), 'ctrl_c'));
        this.#answer('SignalAck', id);
        return;
      case 'Close':
        if (id === null) {
          const session = await this.#session;
          this.#session = undefined;
          await session?.close();
        } else await this.#toCommand((session) => session.signal(id, 'terminate'));
        this.#answer('CloseAck', id);
        return;
      default:
        throw new LabError('lab.bad-request', `a client does not send ${packet.kind}`);
    }
  }

  async #data({ id, stream, data }: OutOfProcessPacket & { kind: 'Data' }): Promise<void> {
    if (this.#session === undefined) {
      this.#session = this.#machine.openSession(this.#user, this.#clientAddress, data, {
        onData: (command, bytes) => this.#send({ kind: 'Data', id: command, stream: 'Default', data: bytes }),
        onClosed: () => {
          if (this.#session !== undefined) this.end(EXIT_UNHANDLED);
        },
      });
      await this.#session;
      return;
    }
    if (id !== null && this.#announced.delete(id)) {
      await (await this.#session).command(id, data);
      return;
    }
    await this.#toCommand((session) => session.send(id, stream === 'PromptResponse' ? 'pr' : 'stdin', data));
  }

  /** What is meant for a command that has ended is acknowledged all the same. */
  async #toCommand(work: (session: MachineSession) => Promise<void>): Promise<void> {
    try {
      if (this.#session !== undefined) await work(await this.#session);
    } catch (error) {
      if (!(error instanceof LabError) || error.code !== 'lab.no-command') throw error;
    }
  }

  #answer(kind: OutOfProcessSignal, id: string | null): void {
    this.#send({ kind, id });
  }

  #send(packet: OutOfProcessPacket): void {
    if (!this.#isOver && this.#channel.writable) this.#channel.write(encodePacket(withLowerId(packet)));
  }

  #fail(error: unknown): void {
    if (this.#isOver) return;
    this.#channel.stderr.write(`${messageOf(error)}\r\n`);
    this.end(EXIT_UNHANDLED);
  }
}

function withLowerId(packet: OutOfProcessPacket): OutOfProcessPacket {
  return packet.id === null ? packet : { ...packet, id: packet.id.toLowerCase() };
}

function required(id: string | null): string {
  if (id === null) throw new LabError('lab.bad-request', 'the pool is no command');
  return id;
}
