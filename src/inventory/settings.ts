/** Connection settings and variables of a host or group as written; what is not set stays undefined, so that layers merge. */
import ipaddr from 'ipaddr.js';
import type { CredentialReference, JsonObject, PlannedHost } from '../domain/index.ts';
import { describe, nearest, type YamlEntry, type YamlReader } from '../util/index.ts';

export interface Settings {
  readonly address?: string;
  readonly port?: number;
  readonly useTls?: boolean;
  readonly auth?: PlannedHost['auth'];
  readonly allowUnencrypted?: boolean;
  readonly user?: string;
  readonly password?: CredentialReference;
  readonly ports?: { readonly [port: string]: number };
  readonly vantages?: readonly string[];
  readonly partners?: readonly string[];
}

/** One layer: a group's or a host's own part. */
export interface Layer {
  readonly settings: Settings;
  readonly vars: JsonObject;
}

export const SETTING_KEYS = [
  'address',
  'transport',
  'auth',
  'port',
  'use_tls',
  'allow_unencrypted',
  'credential',
  'ports',
  'vantages',
  'partners',
] as const;
export const SETTING_KEYS_LATER = ['relay', 'configuration', 'ca'] as const;

const AUTH_KINDS = ['negotiate', 'ntlm', 'basic'] as const;
const AUTH_LATER = ['kerberos', 'certificate'];
const TRANSPORTS_LATER = ['ssh', 'local', 'relay'];
const PORT_RANGE = { min: 1, max: 65_535 };

/** Ansible's names for our settings. */
export const ANSIBLE_WORDS: Readonly<Record<string, string>> = {
  ansible_host: 'write address:',
  ansible_port: 'write port:',
  ansible_user: 'write credential: { user: … }',
  ansible_password: 'write credential: { password: { env: NAME } }',
  ansible_connection: 'write transport:',
  ansible_winrm_transport: 'write auth:',
  ansible_winrm_scheme: 'write use_tls:',
};

/** The settings among the entries; others are not looked at. */
export function readSettings(reader: YamlReader, entries: readonly YamlEntry[]): Settings {
  let settings: Settings = {};
  for (const entry of entries) settings = { ...settings, ...readSetting(reader, entry) };
  return settings;
}

function readSetting(reader: YamlReader, entry: YamlEntry): Settings {
  switch (entry.key) {
    case 'address': {
      const address = readAddress(reader, entry);
      return address === null ? {} : { address };
    }
    case 'transport':
      readTransport(reader, entry);
      return {};
    case 'auth': {
      const auth = readAuth(reader, entry);
      return auth === null ? {} : { auth };
    }
    case 'port': {
      const port = reader.integer(entry, PORT_RANGE);
      return port === null ? {} : { port };
    }
    case 'use_tls': {
      const useTls = reader.boolean(entry);
      if (useTls === true)
        reader.notYet(entry.place, 'WinRM over HTTPS', 'leave it away: auth: negotiate seals every message');
      return useTls === null ? {} : { useTls };
    }
    case 'allow_unencrypted': {
      const allowUnencrypted = reader.boolean(entry);
      return allowUnencrypted === null ? {} : { allowUnencrypted };
    }
    case 'credential':
      return readCredential(reader, entry);
    case 'ports':
      return { ports: readPorts(reader, entry) };
    case 'vantages':
      return { vantages: readAddresses(reader, entry) };
    case 'partners':
      return { partners: readAddresses(reader, entry) };
    default:
      return {};
  }
}

function readTransport(reader: YamlReader, entry: YamlEntry): void {
  const transport = reader.string(entry);
  if (transport === null || transport === 'winrm') return;
  if (TRANSPORTS_LATER.includes(transport))
    reader.notYet(entry.place, `the transport ${transport}`, 'write transport: winrm');
  else reader.report(entry.place, `unknown transport "${transport}"`, 'write transport: winrm');
}

function readAuth(reader: YamlReader, entry: YamlEntry): PlannedHost['auth'] | null {
  const auth = reader.string(entry);
  if (auth === null) return null;
  const known = AUTH_KINDS.find((kind) => kind === auth);
  if (known !== undefined) return known;
  if (AUTH_LATER.includes(auth)) {
    return reader.notYet(entry.place, `the authentication ${auth}`, 'write auth: negotiate');
  }
  const meant = nearest(auth, [...AUTH_KINDS, ...AUTH_LATER]);
  return reader.report(
    entry.place,
    `unknown authentication "${auth}"`,
    meant === null ? 'write auth: negotiate' : `did you mean "${meant}"?`,
  );
}

function readCredential(reader: YamlReader, entry: YamlEntry): Settings {
  const fields = reader.map(entry.value, entry.place, { what: 'credential', known: ['user', 'password'] });
  const userEntry = fields?.get('user');
  const passwordEntry = fields?.get('password');
  const user = userEntry === undefined ? null : reader.string(userEntry);
  const password = passwordEntry === undefined ? null : readPassword(reader, passwordEntry);
  return { ...(user === null ? {} : { user }), ...(password === null ? {} : { password }) };
}

/** Where a password comes from. One that stands in the file is refused and never repeated in the message. */
function readPassword(reader: YamlReader, entry: YamlEntry): CredentialReference | null {
  const form = 'write { env: NAME }, { file: PATH } or { prompt: true }';
  const value = reader.resolve(entry.value);
  if (value === null || !('items' in value)) {
    return reader.report(entry.keyPlace, 'a password does not belong into the inventory', form);
  }
  const fields = reader.map(value, entry.place, { what: 'password', known: ['env', 'file', 'prompt'] });
  if (fields === null) return null;
  const [field, second] = [...fields.values()];
  if (field === undefined && (reader.entries(value, entry.place, 'a password') ?? []).length > 0) return null;
  if (field === undefined || second !== undefined) {
    return reader.reportMissing(entry.keyPlace, 'a password comes from exactly one place', form);
  }
  if (field.key === 'prompt') {
    const prompt = reader.boolean(field);
    if (prompt === false) return reader.report(field.place, '"prompt" can only be true', form);
    return prompt === true ? { prompt } : null;
  }
  const text = reader.string(field);
  if (text === null) return null;
  if (field.key === 'file') return { file: text };
  if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(text)) return { env: text };
  return reader.report(
    field.keyPlace,
    '"env" is not the name of an environment variable',
    'for example { env: FB_PASSWORD }',
  );
}

function readPorts(reader: YamlReader, entry: YamlEntry): { readonly [port: string]: number } {
  const ports: { [port: string]: number } = {};
  for (const field of reader.entries(entry.value, entry.place, '"ports"') ?? []) {
    const windows = /^\d{1,5}$/.test(field.key) ? Number(field.key) : 0;
    if (windows < 1 || windows > 65_535)
      reader.report(field.keyPlace, `"${field.key}" is not a port`, 'write 445: 10445');
    const real = reader.integer(field, PORT_RANGE);
    if (real !== null) ports[String(windows)] = real;
  }
  return ports;
}

function readAddresses(reader: YamlReader, entry: YamlEntry): readonly string[] {
  return (reader.list(entry.value, entry.place, `"${entry.key}"`) ?? []).flatMap((node) => {
    const [start, end] = node.range ?? [0, 0];
    const value = reader.scalar(node)?.value;
    if (typeof value === 'string' && isAddress(value)) return value;
    return (
      reader.report({ start, end }, `"${entry.key}" holds IP addresses, not ${describe(reader.resolve(node))}`) ?? []
    );
  });
}

function readAddress(reader: YamlReader, entry: YamlEntry): string | null {
  const address = reader.string(entry);
  if (address === null || isAddress(address) || isHostName(address)) return address;
  return reader.report(entry.place, `"${address}" is neither an IP address nor a host name`);
}

function isAddress(text: string): boolean {
  return ipaddr.IPv4.isValidFourPartDecimal(text) || ipaddr.IPv6.isValid(text);
}

/** A name that DNS or NetBIOS could hold; also what hosts may be called. */
export function isHostName(text: string): boolean {
  return /^(?=.{1,253}$)[\p{L}\p{N}_](?:[\p{L}\p{N}_.-]*[\p{L}\p{N}_])?$/u.test(text);
}
