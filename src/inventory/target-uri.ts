/** Target URIs: `winrm://user@host:port`, `winrms://`, `ssh://`, `local://`. */
import { FirebreakError, type TransportName } from '../domain/index.ts';
import { didYouMean } from '../util/index.ts';
import { isAddress, isHostName, type Layer, type Settings } from './settings.ts';

export interface TargetUri {
  readonly scheme: 'winrm' | 'winrms' | 'ssh' | 'local';
  /** As typed, with brackets round an IPv6 address; empty for `local://`. */
  readonly host: string;
  readonly address: string;
  /** Null when the URI names none. */
  readonly port: number | null;
  readonly user: string | null;
}

const SCHEMES = { winrm: 'winrm', winrms: 'winrm', ssh: 'ssh', local: 'local' } as const satisfies Record<
  string,
  TransportName
>;
const FORM = 'write it as winrm://user@host:5985, winrms://, ssh:// or local://';

/** @throws FB_USAGE: not a target URI, an unknown scheme, a password inside, something behind the host */
export function parseTargetUri(text: string): TargetUri {
  const scheme = Object.keys(SCHEMES).find((name) => text.toLowerCase().startsWith(`${name}://`));
  if (scheme === undefined) {
    const given = text.slice(0, text.indexOf('://'));
    throw usage(`unknown scheme ${given}://`, didYouMean(given, Object.keys(SCHEMES)) || FORM);
  }
  // Whatever else is wrong: no message may repeat what could be a password.
  if (/^[^:]*:\/\/[^:]*:.*@/s.test(text)) {
    throw usage(
      `a password does not belong into a URI (${scheme}://…): argument lists are public`,
      'put it into an environment variable and name that with --password-env',
    );
  }
  if (scheme === 'local') {
    if (/^local:\/\/(?:localhost)?\/?$/i.test(text))
      return { scheme, host: '', address: 'localhost', port: null, user: null };
    throw usage(`${text}: local:// is this machine and takes no host`, 'write local://');
  }
  if (!URL.canParse(text)) throw usage(`${text} is not a target URI`, FORM);
  const uri = new URL(text);
  const address = decoded(uri.hostname.replace(/^\[|\]$/g, ''));
  const user = decoded(uri.username);
  if (address === null || user === null)
    throw usage(`${text} is not a target URI: a % is not followed by two digits of UTF-8`, FORM);
  if (address === '') throw usage(`${text} names no host`, FORM);
  if (!isAddress(address) && !isHostName(address)) throw usage(`${text} is not a target URI`, FORM);
  if ((uri.pathname !== '' && uri.pathname !== '/') || uri.search !== '' || uri.hash !== '')
    throw usage(`${text}: nothing may stand behind the host`, FORM);
  return {
    scheme: scheme as TargetUri['scheme'],
    host: uri.host,
    address,
    port: uri.port === '' ? null : Number(uri.port),
    user: user === '' ? null : user,
  };
}

/** Null for what is not UTF-8. */
function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

/** What the host is called: `web01`, `web01:5999`, `localhost`. */
export function uriName({ scheme, host }: TargetUri): string {
  return scheme === 'local' ? 'localhost' : host;
}

/** The URI as a host's own settings. */
export function uriLayer({ scheme, address, port, user }: TargetUri): Layer {
  const settings: Settings = {
    isUri: true,
    transport: SCHEMES[scheme],
    address,
    ...(port === null ? {} : { port }),
    ...(user === null ? {} : { user }),
    ...(scheme === 'winrms' ? { useTls: true } : {}),
  };
  return { settings, places: new Map(), vars: {} };
}

function usage(message: string, remedy: string): FirebreakError {
  return new FirebreakError('FB_USAGE', message, { remedy });
}
