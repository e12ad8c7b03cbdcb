/** PowerShell sessions over WinRM: what a target asks for, checked and opened. */
import { FirebreakError, type Session, type Target, type Transport } from '../../domain/index.ts';
import { createSession, ModuleLibrary } from '../../powershell/index.ts';
import { labelOf } from './failures.ts';
import { WinrmShell } from './winrm-shell.ts';

export interface WinrmTransportOptions {
  /** Where our PowerShell modules come from; the product's own when absent. */
  readonly modules?: ModuleLibrary;
}

export function createWinrmTransport(options: WinrmTransportOptions = {}): Transport {
  return new WinrmTransport(options.modules ?? new ModuleLibrary());
}

class WinrmTransport implements Transport {
  readonly #modules: ModuleLibrary;

  constructor(modules: ModuleLibrary) {
    this.#modules = modules;
  }

  async open(target: Target, options: { readonly signal: AbortSignal; readonly timeoutMs: number }): Promise<Session> {
    const label = labelOf(target);
    refuseWhatIsMissing(target, label);
    const address = target.address.includes(':') ? `[${target.address}]` : target.address;
    const credentials = Buffer.from(`${target.user}:${target.password.reveal()}`, 'utf8').toString('base64');
    const shell = new WinrmShell({
      label,
      origin: `http://${address}:${target.port}`,
      authorization: `Basic ${credentials}`,
      ...(target.source === undefined ? {} : { source: target.source }),
    });
    await shell.open(options);
    return createSession(shell, this.#modules);
  }
}

function refuseWhatIsMissing(target: Target, label: string): void {
  if (target.auth !== 'basic') {
    throw new FirebreakError('FB_AUTH_UNSUPPORTED', `${label}: authentication ${target.auth} is not yet supported`, {
      remedy: 'use auth: basic with allow_unencrypted: true, in a network that you trust',
    });
  }
  if (target.useTls) {
    throw new FirebreakError('FB_AUTH_UNSUPPORTED', `${label}: WinRM over HTTPS is not yet supported`, {
      remedy: 'use port 5985 with allow_unencrypted: true, in a network that you trust',
    });
  }
  if (!target.allowUnencrypted) {
    throw new FirebreakError(
      'FB_AUTH_UNENCRYPTED',
      `${label}: Basic over plain HTTP would send the password in the clear`,
      {
        remedy: 'if the network can be trusted, say so: allow_unencrypted: true (--allow-unencrypted)',
      },
    );
  }
}
