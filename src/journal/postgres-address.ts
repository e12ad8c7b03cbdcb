/**
 * `postgres://user:password@host:port/database?…` taken apart: what is connected to, and how it may be shown. The
 * password is in the one and never in the other. Must not connect.
 */
import { readFileSync } from 'node:fs';
import { FirebreakError, Secret } from '../domain/index.ts';

export interface PostgresAddress {
  /** Without password and parameters: for people. */
  readonly shown: string;
  /** Absent parts are pg's to find: PGHOST, PGPORT, PGUSER, PGDATABASE, PGPASSWORD, the password file. */
  readonly host: string | undefined;
  readonly port: number | undefined;
  readonly user: string | undefined;
  readonly password: Secret | undefined;
  readonly database: string | undefined;
  /** Absent: PGSSLMODE, else no TLS. */
  readonly ssl: false | { readonly ca?: string; readonly rejectUnauthorized: boolean } | undefined;
}

const FORM = 'write it as postgres://USER@HOST:PORT/DATABASE; the password may come from PGPASSWORD or a password file';
const PARAMETERS = ['host', 'port', 'user', 'password', 'dbname', 'sslmode', 'sslrootcert'] as const;

/** @throws FB_USAGE; FB_FILE_MISSING (sslrootcert) */
export function parsePostgresAddress(text: string): PostgresAddress {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    // The text itself may hold a password.
    throw new FirebreakError('FB_USAGE', 'the address of the PostgreSQL state store cannot be read', { remedy: FORM });
  }
  for (const name of url.searchParams.keys()) {
    if ((PARAMETERS as readonly string[]).includes(name)) continue;
    throw new FirebreakError('FB_USAGE', `the address of the state store has an unknown parameter "${name}"`, {
      remedy: `known are: ${PARAMETERS.join(', ')}`,
    });
  }
  const parameter = (name: (typeof PARAMETERS)[number]): string | undefined => url.searchParams.get(name) || undefined;
  const user = decoded(url.username) ?? parameter('user');
  const host = decoded(url.hostname.replace(/^\[(.*)\]$/, '$1')) ?? parameter('host');
  const port = portOf(url.port || parameter('port'));
  const database = decoded(url.pathname.replace(/^\//, '')) ?? parameter('dbname');
  const password = decoded(url.password) ?? parameter('password');
  return {
    shown: shownAs({ user, host, port, database }),
    host,
    port,
    user,
    password: password === undefined ? undefined : new Secret(password),
    database,
    ssl: sslOf(parameter('sslmode'), parameter('sslrootcert')),
  };
}

function decoded(part: string): string | undefined {
  if (part === '') return undefined;
  try {
    return decodeURIComponent(part);
  } catch {
    throw new FirebreakError('FB_USAGE', 'the address of the state store holds a % that encodes nothing', {
      remedy: 'write the character % as %25',
    });
  }
}

function portOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new FirebreakError('FB_USAGE', 'the port in the address of the state store is no port', { remedy: FORM });
}

function shownAs({ user, host, port, database }: Pick<PostgresAddress, 'user' | 'host' | 'port' | 'database'>): string {
  const at = host === undefined ? '' : host.includes(':') ? `[${host}]` : host.startsWith('/') ? '' : host;
  const socket = host?.startsWith('/') === true ? `?host=${host}` : '';
  return `postgres://${user === undefined ? '' : `${user}@`}${at}${port === undefined ? '' : `:${port}`}/${database ?? ''}${socket}`;
}

/** Whoever asks for TLS gets it with the certificate checked; encryption to anybody at all has to be said. */
function sslOf(mode: string | undefined, rootFile: string | undefined): PostgresAddress['ssl'] {
  if (mode === 'disable') return false;
  if (mode === undefined && rootFile === undefined) return undefined;
  if (mode === 'no-verify') return { rejectUnauthorized: false };
  if (mode === undefined || mode === 'require' || mode === 'verify-ca' || mode === 'verify-full') {
    return { rejectUnauthorized: true, ...(rootFile === undefined ? {} : { ca: readRoot(rootFile) }) };
  }
  throw new FirebreakError('FB_USAGE', `sslmode=${mode} is not known`, {
    remedy: 'use disable, require or verify-full (both check the certificate), or no-verify',
  });
}

function readRoot(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new FirebreakError('FB_FILE_MISSING', `cannot read the certificate file ${file} of sslrootcert`, {
      remedy: 'name the PEM file of the authority that has signed the certificate of the database server',
      cause,
    });
  }
}
