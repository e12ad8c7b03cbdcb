/** PowerShell sessions over WinRM: what a target asks for, checked and opened. */
import { FirebreakError, type Session, type Target, type Transport } from '../../domain/index.ts';
import { createSession, ModuleLibrary } from '../../powershell/index.ts';
import { PsrpRunner } from '../psrp/index.ts';
import type { Login } from './connection.ts';
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
    const auth = usableAuth(target, label);
    const address = target.address.includes(':') ? `[${target.address}]` : target.address;
    const shell = new WinrmShell({
      label,
      origin: `http://${address}:${target.port}`,
      targetName: `HTTP/${target.address}`,
      login: { auth, user: target.user, password: target.password },
      ...(target.settings.source === undefined ? {} : { source: target.settings.source }),
    });
    const runner = new PsrpRunner(shell);
    await runner.open(options);
    return createSession(runner, this.#modules);
  }
}

function usableAuth(target: Target, label: string): Login['auth'] {
  const { auth } = target;
  if (auth === 'kerberos' || auth === 'certificate') {
    throw new FirebreakError('FB_AUTH_UNSUPPORTED', `${label}: authentication ${auth} is not yet supported`, {
      remedy: 'use auth: negotiate, which is NTLM with sealed messages',
    });
  }
  if (target.useTls) {
    throw new FirebreakError('FB_AUTH_UNSUPPORTED', `${label}: WinRM over HTTPS is not yet supported`, {
      remedy: 'use port 5985 with auth: negotiate, which seals every message',
    });
  }
  if (auth === 'basic' && !target.allowUnencrypted) {
    throw new FirebreakError(
      'FB_AUTH_UNENCRYPTED',
      `${label}: Basic over plain HTTP would send the password in the clear`,
      {
        remedy: 'use auth: negotiate; or, if the network can be trusted, allow_unencrypted: true (--allow-unencrypted)',
      },
    );
  }
  return auth;
}
