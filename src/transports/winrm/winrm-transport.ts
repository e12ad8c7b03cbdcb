/** PowerShell sessions over WinRM: what a target asks for, checked and opened. */
import { FirebreakError, type OpenOptions, type Session, type Target, type Transport } from '../../domain/index.ts';
import { createSession, ModuleLibrary } from '../../powershell/index.ts';
import { NS } from '../../protocol/index.ts';
import { serviceHostOf } from '../gss/index.ts';
import { PsrpRunner } from '../psrp/index.ts';
import type { Login } from './connection.ts';
import { endpointOf } from './endpoint.ts';
import { labelOf } from './failures.ts';
import type { KerberosSettings } from './login-attempt.ts';
import { SecureContexts } from './tls.ts';
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
  readonly #contexts = new SecureContexts();

  constructor(modules: ModuleLibrary) {
    this.#modules = modules;
  }

  async open(target: Target, options: OpenOptions): Promise<Session> {
    const auth = usableAuth(target, labelOf(target));
    const { configuration } = target.settings;
    const connection = {
      ...(await endpointOf(target, this.#contexts)),
      targetName: `HTTP/${target.address}`,
      login: { auth, user: target.user, password: target.password, kerberos: kerberosOf(target) },
      ...(configuration === undefined ? {} : { resourceUri: resourceUriOf(configuration) }),
    };
    const shell = new WinrmShell(connection, options.name === undefined ? {} : { name: options.name });
    const runner = new PsrpRunner(shell, { prompter: options.prompter });
    await runner.open(options);
    return createSession(runner, this.#modules);
  }
}

/** `PowerShell.7` → its URI; a full URI as it is. */
function resourceUriOf(configuration: string): string {
  return /^https?:\/\//i.test(configuration) ? configuration : `${NS.powershell}/${configuration}`;
}

function kerberosOf({ address, host, settings }: Target): KerberosSettings {
  const { keytab, ccache, spn } = settings;
  return {
    serviceHost: serviceHostOf(address, host),
    ...(keytab === undefined ? {} : { keytab }),
    ...(ccache === undefined ? {} : { ccache }),
    ...(spn === undefined ? {} : { spn }),
  };
}

function usableAuth(target: Target, label: string): Login['auth'] {
  const { auth, useTls } = target;
  if (auth === 'certificate' && !useTls) {
    throw new FirebreakError('FB_AUTH_UNSUPPORTED', `${label}: a client certificate can only be shown over HTTPS`, {
      remedy: 'use port: 5986 with use_tls: true',
    });
  }
  if (auth === 'basic' && !useTls && !target.allowUnencrypted) {
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
