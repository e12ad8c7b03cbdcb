/** PowerShell sessions over SSH: one connection each. */
import type { OpenOptions, Session, Target, Transport } from '../../domain/index.ts';
import { createSession, ModuleLibrary } from '../../powershell/index.ts';
import { OutOfProcessChannel } from '../out-of-process/index.ts';
import { PsrpRunner } from '../psrp/index.ts';
import { SshConnection } from './connection.ts';
import { labelOf } from './failures.ts';
import type { KeepAlive } from './hop.ts';
import { startPowerShell } from './powershell-program.ts';
import { SshSession } from './ssh-session.ts';

export interface SshTransportOptions {
  /** Where our PowerShell modules come from; the product's own when absent. */
  readonly modules?: ModuleLibrary;
  readonly keepAlive?: KeepAlive;
}

/** A dead peer is found after 30 s. */
const KEEP_ALIVE: KeepAlive = { intervalMs: 10_000, count: 3 };

export function createSshTransport(options: SshTransportOptions = {}): Transport {
  return new SshTransport(options.modules ?? new ModuleLibrary(), options.keepAlive ?? KEEP_ALIVE);
}

class SshTransport implements Transport {
  readonly #modules: ModuleLibrary;
  readonly #keepAlive: KeepAlive;

  constructor(modules: ModuleLibrary, keepAlive: KeepAlive) {
    this.#modules = modules;
    this.#keepAlive = keepAlive;
  }

  async open(target: Target, options: OpenOptions): Promise<Session> {
    let connection: SshConnection | undefined;
    const channel = new OutOfProcessChannel({
      label: labelOf(target),
      start: async (signal) => {
        connection = await SshConnection.open(target, { ...options, signal, keepAlive: this.#keepAlive });
        try {
          return await startPowerShell(connection, target.settings, signal);
        } catch (error) {
          connection.destroy();
          throw error;
        }
      },
    });
    const runner = new PsrpRunner(channel, { prompter: options.prompter });
    await runner.open(options);
    const session = createSession(runner, this.#modules);
    // there is one: the runner is open
    return connection === undefined ? session : new SshSession(session, connection);
  }
}
