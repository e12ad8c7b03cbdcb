/**
 * PowerShell on the controller itself: Windows PowerShell or PowerShell 7, one process a session. It runs as the user who
 * runs Firebreak: no login, no credential; what it reaches from there (`New-PSSession`, `Invoke-Command`) it reaches with
 * that user's own identity.
 */
import { basename } from 'node:path';
import type { OpenOptions, Session, Target, Transport } from '../../domain/index.ts';
import { createSession, ModuleLibrary } from '../../powershell/index.ts';
import { OutOfProcessChannel } from '../out-of-process/index.ts';
import { PsrpRunner } from '../psrp/index.ts';
import { findPowerShell } from './find-program.ts';
import { copyIn, copyOut, isPathHere } from './local-files.ts';
import { startPowerShell } from './powershell-process.ts';

export interface LocalTransportOptions {
  /** Where our PowerShell modules come from; the product's own when absent. */
  readonly modules?: ModuleLibrary;
}

/** Its `open` throws FB_ENVIRONMENT when this machine has no PowerShell, and those of `Transport`. */
export function createLocalTransport(options: LocalTransportOptions = {}): Transport {
  const modules = options.modules ?? new ModuleLibrary();
  return { open: (target, open) => openLocal(target, open, modules) };
}

async function openLocal(target: Target, options: OpenOptions, modules: ModuleLibrary): Promise<Session> {
  const program = await findPowerShell(target.settings.shell, target.host);
  const label = `${target.host} (${basename(program)} on this machine)`;
  const channel = new OutOfProcessChannel({ label, start: () => startPowerShell(program, label) });
  const runner = new PsrpRunner(channel, { prompter: options.prompter });
  await runner.open(options);
  return new LocalSession(label, createSession(runner, modules));
}

/** A session whose files are this machine's: they are copied, not sent through PowerShell. */
class LocalSession implements Session {
  readonly #label: string;
  readonly #session: Session;
  #closing: Promise<void> | undefined;

  constructor(label: string, session: Session) {
    this.#label = label;
    this.#session = session;
  }

  get shell(): Session['shell'] {
    return this.#session.shell;
  }

  get languageMode(): Session['languageMode'] {
    return this.#session.languageMode;
  }

  get clientAddress(): undefined {
    return undefined;
  }

  invoke: Session['invoke'] = (call, options) => this.#session.invoke(call, options);

  reattach: Session['reattach'] = (receipt, options) => this.#session.reattach(receipt, options);

  push: Session['push'] = (source, destination, options) =>
    isPathHere(destination)
      ? copyIn(this.#label, source, destination, options)
      : this.#session.push(source, destination, options);

  fetch: Session['fetch'] = (source, destination, options) =>
    isPathHere(source)
      ? copyOut(this.#label, source, destination, options)
      : this.#session.fetch(source, destination, options);

  /** The same end for whoever asks: the process is gone when it resolves. */
  close(): Promise<void> {
    this.#closing ??= this.#session.close();
    return this.#closing;
  }
}
