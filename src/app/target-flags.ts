/** Connection flags of the command line as settings that win over an inventory's. */
import { resolve } from 'node:path';
import { FirebreakError, type JumpHost, type PlannedHost } from '../domain/index.ts';
import { type ConnectionOverrides, parseTargetUri } from '../inventory/index.ts';

/** As typed; a flag that was not given is undefined. */
export interface ConnectionFlags {
  readonly transport?: PlannedHost['transport'] | undefined;
  readonly auth?: PlannedHost['auth'] | undefined;
  readonly port?: number | undefined;
  readonly user?: string | undefined;
  /** Name of the environment variable that holds the password. */
  readonly passwordEnv?: string | undefined;
  readonly allowUnencrypted?: boolean | undefined;
  readonly useTls?: boolean | undefined;
  readonly ca?: string | undefined;
  readonly insecure?: boolean | undefined;
  readonly fingerprint?: string | undefined;
  readonly certificate?: string | undefined;
  readonly key?: string | undefined;
  readonly proxy?: string | undefined;
  readonly configuration?: string | undefined;
  readonly keytab?: string | undefined;
  readonly ccache?: string | undefined;
  readonly spn?: string | undefined;
  readonly privateKey?: string | undefined;
  readonly agent?: boolean | undefined;
  readonly knownHosts?: string | undefined;
  /** `user@host:port`. */
  readonly jump?: string | undefined;
  readonly shell?: string | undefined;
  readonly source?: string | undefined;
  /** Name of an inventory host. */
  readonly relay?: string | undefined;
}

const FINGERPRINT = /^(?:(?:[0-9a-f]{2}:?){31}[0-9a-f]{2}|SHA256:[A-Za-z0-9+/]{43}=?)$/i;

/** @throws FB_USAGE: flags that contradict each other or are not what they must be */
export function overridesOf(flags: ConnectionFlags): ConnectionOverrides {
  const { certificate, key, fingerprint, proxy } = flags;
  if ((certificate === undefined) !== (key === undefined))
    throw usage('--certificate and --key belong together', 'give both');
  if (flags.insecure === true && (flags.ca ?? fingerprint) !== undefined)
    throw usage('--insecure contradicts --ca and --fingerprint', 'leave --insecure out');
  if (fingerprint !== undefined && !FINGERPRINT.test(fingerprint))
    throw usage('--fingerprint is not a SHA-256', 'write 64 hex digits, for ssh SHA256:… as ssh-keygen -l prints it');
  if (proxy !== undefined && !/^http:\/\/[^@]+$/.test(proxy))
    throw usage('--proxy is not a URL without a user', 'write http://proxy:3128');
  if (flags.relay !== undefined && flags.transport !== undefined)
    throw usage(`--relay and --transport ${flags.transport} contradict each other`, 'give one of them');
  const given = {
    transport: flags.transport,
    auth: flags.auth ?? (certificate === undefined ? undefined : ('certificate' as const)),
    port: flags.port,
    user: flags.user,
    password: flags.passwordEnv === undefined ? undefined : { env: flags.passwordEnv },
    allowUnencrypted: flags.allowUnencrypted === true ? true : undefined,
    useTls: flags.useTls === true ? true : undefined,
    ca: pathOf(flags.ca),
    insecure: flags.insecure === true ? true : undefined,
    fingerprint:
      fingerprint?.startsWith('SHA256:') === true ? fingerprint : fingerprint?.replaceAll(':', '').toLowerCase(),
    certificate:
      certificate === undefined || key === undefined ? undefined : { cert: resolve(certificate), key: resolve(key) },
    proxy,
    configuration: flags.configuration,
    keytab: pathOf(flags.keytab),
    ccache: flags.ccache === undefined || /^[A-Z]{2,}:/.test(flags.ccache) ? flags.ccache : resolve(flags.ccache),
    spn: flags.spn,
    privateKey: pathOf(flags.privateKey),
    agent: flags.agent === true ? true : undefined,
    knownHosts: pathOf(flags.knownHosts),
    jump: flags.jump === undefined ? undefined : parseJump(flags.jump),
    shell: flags.shell,
    source: flags.source,
    relay: flags.relay,
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as ConnectionOverrides;
}

function parseJump(text: string): JumpHost {
  const { address, port, user } = parseTargetUri(text.includes('://') ? text : `ssh://${text}`);
  return { address, port: port ?? 22, user };
}

function pathOf(file: string | undefined): string | undefined {
  return file === undefined ? undefined : resolve(file);
}

function usage(message: string, remedy: string): FirebreakError {
  return new FirebreakError('FB_USAGE', message, { remedy });
}
