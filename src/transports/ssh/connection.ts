/**
 * One SSH connection to one host, logged on, its host key checked; through a jump host where the settings name one. Must
 * not know PowerShell.
 */
import type { Duplex } from 'node:stream';
import type { Client, ClientChannel, SFTPWrapper } from 'ssh2';
import { FirebreakError, type Target } from '../../domain/index.ts';
import { connectionLost, labelOf, short } from './failures.ts';
import { connectTcp, type Hop, type HopOptions, logOn } from './hop.ts';
import { loginSources } from './login.ts';

/** Milliseconds for TCP, key exchange and login of one hop. */
const CONNECT_TIMEOUT_MS = 20_000;

export class SshConnection {
  readonly label: string;
  /** The source address of our socket, unless a jump host is in between. */
  readonly clientAddress: string | undefined;
  readonly #client: Client;
  readonly #via: SshConnection | undefined;
  readonly #closed: Promise<void>;
  #lost: FirebreakError | undefined;

  private constructor(label: string, { client, localAddress, whyLost }: Hop, via: SshConnection | undefined) {
    this.label = label;
    this.clientAddress = via === undefined ? localAddress : undefined;
    this.#client = client;
    this.#via = via;
    this.#closed = new Promise((resolve) => {
      client.once('close', () => {
        this.#lost ??= whyLost();
        via?.end();
        resolve();
      });
    });
  }

  /**
   * @throws FB_CONNECT_*, FB_AUTH_DENIED, FB_SSH_HOST_KEY, FB_PROTOCOL_SSH, FB_CREDENTIAL_MISSING, FB_FILE_MISSING, or the
   * signal's reason
   */
  static async open(target: Target, options: HopOptions): Promise<SshConnection> {
    const label = labelOf(target);
    const sources = await loginSources(target, label);
    const { settings } = target;
    const { jump } = settings;
    const endpoint = { label, address: target.address, port: target.port };
    // the signal knows the caller's deadline
    const common = { ...options, timeoutMs: CONNECT_TIMEOUT_MS };
    if (jump === undefined) {
      const socket = await connectTcp(endpoint, settings.source, common);
      return new SshConnection(label, await logOn(endpoint, settings, sources, socket, common), undefined);
    }
    const front = {
      label: `${labelOf({ host: 'jump host', ...jump })} on the way to ${label}`,
      address: jump.address,
      port: jump.port,
    };
    const { fingerprint: _ofTheTarget, ...ofTheJump } = settings;
    const first = await connectTcp(front, settings.source, common);
    const jumpUser = { ...sources, user: jump.user ?? sources.user };
    const via = new SshConnection(front.label, await logOn(front, ofTheJump, jumpUser, first, common), undefined);
    try {
      const socket = await via.forward(target.address, target.port, options.signal);
      return new SshConnection(label, await logOn(endpoint, settings, sources, socket, common), via);
    } catch (error) {
      via.destroy();
      throw error;
    }
  }

  /** Why the connection has ended; undefined while it stands. */
  get lost(): FirebreakError | undefined {
    return this.#lost;
  }

  get closed(): Promise<void> {
    return this.#closed;
  }

  /** @returns null when the host has no such subsystem */
  async subsystem(name: string, signal: AbortSignal): Promise<ClientChannel | null> {
    return this.#ask(signal, (done) => this.#client.subsys(name, done));
  }

  /** @returns null when the host runs no programs for this user */
  async exec(command: string, signal: AbortSignal): Promise<ClientChannel | null> {
    return this.#ask(signal, (done) => this.#client.exec(command, done));
  }

  /** @returns null when the host has no SFTP */
  async sftp(signal: AbortSignal): Promise<SFTPWrapper | null> {
    return this.#ask(signal, (done) => this.#client.sftp(done));
  }

  /** A TCP connection from that host (RFC 4254 7.2). @throws FB_CONNECT_REFUSED, FB_CONNECT_LOST */
  async forward(address: string, port: number, signal: AbortSignal): Promise<Duplex> {
    const channel = await this.#ask<ClientChannel>(signal, (done) =>
      this.#client.forwardOut('127.0.0.1', 0, address, port, done),
    );
    if (channel !== null) return channel;
    throw new FirebreakError('FB_CONNECT_REFUSED', `${this.label}: it does not let us through to ${address}:${port}`, {
      remedy: 'check address and port as the jump host sees them, and AllowTcpForwarding in its sshd_config',
    });
  }

  /** Says goodbye and closes. */
  end(): void {
    this.#client.end();
  }

  destroy(): void {
    this.#client.destroy();
    this.#via?.destroy();
  }

  /** A refusal is null; a connection that ends under the question is FB_CONNECT_LOST. */
  #ask<T>(
    signal: AbortSignal,
    ask: (done: (error: Error | undefined, value: T) => void) => unknown,
  ): Promise<T | null> {
    return new Promise((resolve, reject) => {
      if (this.#lost !== undefined) {
        reject(this.#lost);
        return;
      }
      const onAbort = (): void => settle(() => reject(signal.reason));
      const onClose = (): void => settle(() => reject(this.#lost ?? connectionLost(this.label, 'it was closed')));
      const settle = (how: () => void): void => {
        signal.removeEventListener('abort', onAbort);
        this.#client.off('close', onClose);
        how();
      };
      if (signal.aborted) {
        reject(signal.reason);
        return;
      }
      signal.addEventListener('abort', onAbort, { once: true });
      this.#client.once('close', onClose);
      try {
        ask((error, value) => settle(() => resolve(error === undefined || error === null ? value : null)));
      } catch (error) {
        settle(() => reject(connectionLost(this.label, short(error), error)));
      }
    });
  }
}
