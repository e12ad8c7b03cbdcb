/**
 * Target URIs (`winrm://user@host:port`), accepted wherever a host pattern is, and the connection flags that go with them.
 */
import { FirebreakError, type PlannedHost } from '../domain/index.ts';

export interface ConnectionFlags {
  readonly auth: PlannedHost['auth'] | undefined;
  readonly user: string | undefined;
  /** Name of the environment variable that holds the password. */
  readonly passwordEnv: string | undefined;
  readonly allowUnencrypted: boolean;
}

const LATER = new Set(['winrms', 'ssh', 'local']);

export function isTargetUri(text: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(text);
}

/** @throws FB_USAGE for a scheme that is unknown or not built yet, for a password inside the URI, for a bad port */
export function parseTargetUri(text: string, flags: ConnectionFlags): PlannedHost {
  if (!URL.canParse(text))
    throw new FirebreakError('FB_USAGE', `${text} is not a target URI`, {
      remedy: 'write it as winrm://user@host:5985',
    });
  const uri = new URL(text);
  const scheme = uri.protocol.slice(0, -1);
  if (LATER.has(scheme))
    throw new FirebreakError('FB_USAGE', `${scheme}:// targets are not built yet`, { remedy: 'use winrm://' });
  if (scheme !== 'winrm') {
    throw new FirebreakError('FB_USAGE', `unknown scheme ${scheme}:// in ${scheme}://${uri.host}`, {
      remedy: 'use winrm://user@host:5985',
    });
  }
  if (uri.password !== '') {
    throw new FirebreakError(
      'FB_USAGE',
      `a password does not belong into a URI (${scheme}://…@${uri.host}): argument lists are public`,
      {
        remedy: 'put it into an environment variable and name that with --password-env',
      },
    );
  }
  if (uri.hostname === '')
    throw new FirebreakError('FB_USAGE', `${text} names no host`, { remedy: 'write it as winrm://user@host:5985' });
  const user = flags.user ?? (uri.username === '' ? null : decodeURIComponent(uri.username));
  return {
    name: uri.host,
    address: uri.hostname.replace(/^\[|\]$/g, ''),
    transport: 'winrm',
    port: uri.port === '' ? 5985 : Number(uri.port),
    useTls: false,
    auth: flags.auth ?? 'negotiate',
    allowUnencrypted: flags.allowUnencrypted,
    user,
    password: flags.passwordEnv === undefined ? { prompt: true } : { env: flags.passwordEnv },
    ports: {},
    vantages: [],
    partners: [],
    groups: ['all'],
    vars: {},
    wave: 0,
    set: null,
  };
}
