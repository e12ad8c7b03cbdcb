/**
 * Connection settings of a host or group as written; what is not set stays undefined, so that layers merge. Each setting
 * keeps its place, so that what makes no sense together can be pointed at later.
 */
import ipaddr from 'ipaddr.js';
import type { ConnectionSettings, CredentialReference, JsonObject, PlannedHost } from '../domain/index.ts';
import { describe, nearest, type SourceText, type YamlEntry, type YamlReader } from '../util/index.ts';
import { readPassword } from './password.ts';
import { absolutePath } from './paths.ts';

export interface Settings extends ConnectionSettings {
  readonly address?: string;
  readonly transport?: PlannedHost['transport'];
  readonly port?: number;
  readonly useTls?: boolean;
  readonly auth?: PlannedHost['auth'];
  readonly allowUnencrypted?: boolean;
  readonly user?: string;
  readonly password?: CredentialReference | null;
  readonly ports?: { readonly [port: string]: number };
  readonly vantages?: readonly string[];
  readonly partners?: readonly string[];
  /** `ansible_connection: winrm` or `psrp`, whose default is HTTPS. */
  readonly isAnsible?: boolean;
  /** Made of a target URI: a password that nothing names is asked for. */
  readonly isUri?: boolean;
}
export type SettingName = keyof Settings;

/** Where a setting stands. */
export interface SettingPlace {
  readonly source: SourceText;
  readonly start: number;
  readonly end: number;
  /** Which map it stands in. */
  readonly layer: object;
}

/** One layer: a group's or a host's own part. */
export interface Layer {
  readonly settings: Settings;
  readonly places: ReadonlyMap<SettingName, SettingPlace>;
  readonly vars: JsonObject;
}

type Reading = (reader: YamlReader, entry: YamlEntry, folder: string) => Settings;

const AUTH_KINDS = ['negotiate', 'kerberos', 'ntlm', 'basic', 'certificate'] as const;
const TRANSPORTS = ['winrm', 'ssh', 'local', 'relay'] as const;
const PORT_RANGE = { min: 1, max: 65_535 };
/** Sessions on one relay: every Windows allows at least 25 of one user. */
const RELAY_SESSIONS = { min: 1, max: 25 };

const text =
  (name: 'configuration' | 'spn' | 'shell'): Reading =>
  (reader, entry) => {
    const value = reader.string(entry);
    return value === null ? {} : { [name]: value };
  };

const flag =
  (name: 'useTls' | 'allowUnencrypted' | 'insecure' | 'agent'): Reading =>
  (reader, entry) => {
    const value = reader.boolean(entry);
    return value === null ? {} : { [name]: value };
  };

const path =
  (name: 'ca' | 'keytab' | 'ccache' | 'privateKey' | 'knownHosts'): Reading =>
  (reader, entry, folder) => {
    const value = reader.string(entry);
    return value === null ? {} : { [name]: absolutePath(value, folder) };
  };

const url =
  (name: 'proxy' | 'packageSource', schemes: readonly string[], example: string): Reading =>
  (reader, entry) => {
    const value = reader.string(entry);
    if (value === null) return {};
    const parsed = URL.canParse(value) ? new URL(value) : null;
    if (parsed === null || !schemes.includes(parsed.protocol) || parsed.hostname === '')
      return reader.report(entry.place, `"${entry.key}" is not a URL`, `for example ${example}`) ?? {};
    if (parsed.password === '') return { [name]: value };
    return reader.report(entry.keyPlace, `"${entry.key}" holds a password`, 'leave it out') ?? {};
  };

/** Our names of the settings → how each is read. */
const READINGS: Readonly<Record<string, Reading>> = {
  address: (reader, entry) => {
    const address = readAddress(reader, entry);
    return address === null ? {} : { address };
  },
  transport: readTransport,
  auth: readAuth,
  port: (reader, entry) => {
    const port = reader.integer(entry, PORT_RANGE);
    return port === null ? {} : { port };
  },
  use_tls: flag('useTls'),
  allow_unencrypted: flag('allowUnencrypted'),
  credential: readCredential,
  ca: path('ca'),
  insecure: flag('insecure'),
  fingerprint: readFingerprint,
  certificate: readCertificate,
  proxy: url('proxy', ['http:'], 'http://proxy.example:3128'),
  configuration: text('configuration'),
  keytab: path('keytab'),
  ccache: readCcache,
  spn: text('spn'),
  private_key: path('privateKey'),
  passphrase: (reader, entry, folder) => {
    const passphrase = readPassword(reader, entry, 'passphrase', folder);
    return passphrase === null ? {} : { passphrase };
  },
  agent: flag('agent'),
  known_hosts: path('knownHosts'),
  jump: readJump,
  shell: text('shell'),
  source: (reader, entry) => {
    const source = reader.string(entry);
    if (source === null) return {};
    if (isAddress(source)) return { source };
    return reader.report(entry.place, `"source" is an IP address of this machine, not ${JSON.stringify(source)}`) ?? {};
  },
  relay: (reader, entry) => {
    const relay = reader.string(entry);
    if (relay === null || isHostName(relay)) return relay === null ? {} : { relay };
    return reader.report(entry.place, `"relay" is the name of a host of the inventory, not "${relay}"`) ?? {};
  },
  relay_grace: (reader, entry) => {
    const relayGraceMs = reader.duration(entry);
    return relayGraceMs === null ? {} : { relayGraceMs };
  },
  relay_sessions: (reader, entry) => {
    const relaySessions = reader.integer(entry, RELAY_SESSIONS);
    return relaySessions === null ? {} : { relaySessions };
  },
  package_source: url('packageSource', ['http:', 'https:'], 'http://files.site.example/packages'),
  ports: (reader, entry) => ({ ports: readPorts(reader, entry) }),
  vantages: (reader, entry) => ({ vantages: readAddresses(reader, entry) }),
  partners: (reader, entry) => ({ partners: readAddresses(reader, entry) }),
};

export const SETTING_KEYS: readonly string[] = Object.keys(READINGS);

/** Collects the settings of one layer; entries that are none are refused by whoever calls. */
export class SettingsBuilder {
  readonly #reader: YamlReader;
  readonly #folder: string;
  #settings: Settings = {};
  readonly #places = new Map<SettingName, SettingPlace>();

  /** @param folder absolute; relative paths start there */
  constructor(reader: YamlReader, folder: string) {
    this.#reader = reader;
    this.#folder = folder;
  }

  /** True when the entry is a setting of ours. */
  read(entry: YamlEntry): boolean {
    const reading = Object.hasOwn(READINGS, entry.key) ? READINGS[entry.key] : undefined;
    if (reading === undefined) return false;
    this.add(reading(this.#reader, entry, this.#folder), entry);
    return true;
  }

  /** Settings that an entry of another tool's name means. */
  add(settings: Settings, entry: YamlEntry): void {
    const { certificate, ...others } = settings;
    const { start, end } = entry.keyPlace;
    for (const name of Object.keys(settings) as SettingName[])
      this.#places.set(name, { source: this.#reader.yaml.source, start, end, layer: this });
    this.#settings = { ...this.#settings, ...others };
    // Ansible names certificate and key apart.
    if (certificate !== undefined) {
      const known = this.#settings.certificate ?? { cert: '', key: '' };
      const merged = { cert: certificate.cert || known.cert, key: certificate.key || known.key };
      this.#settings = { ...this.#settings, certificate: merged };
    }
  }

  layer(vars: JsonObject): Layer {
    return { settings: this.#settings, places: this.#places, vars };
  }
}

function readTransport(reader: YamlReader, entry: YamlEntry): Settings {
  const transport = reader.string(entry);
  if (transport === null) return {};
  const known = TRANSPORTS.find((name) => name === transport);
  if (known !== undefined) return { transport: known };
  return reader.report(entry.place, `unknown transport "${transport}"`, `one of ${TRANSPORTS.join(', ')}`) ?? {};
}

function readAuth(reader: YamlReader, entry: YamlEntry): Settings {
  const auth = reader.string(entry);
  if (auth === null) return {};
  const known = AUTH_KINDS.find((kind) => kind === auth);
  if (known !== undefined) return { auth: known };
  const meant = nearest(auth, AUTH_KINDS);
  const hint = meant === null ? `one of ${AUTH_KINDS.join(', ')}` : `did you mean "${meant}"?`;
  return reader.report(entry.place, `unknown authentication "${auth}"`, hint) ?? {};
}

function readCredential(reader: YamlReader, entry: YamlEntry, folder: string): Settings {
  const fields = reader.map(entry.value, entry.place, { what: 'credential', known: ['user', 'password'] });
  const userEntry = fields?.get('user');
  const passwordEntry = fields?.get('password');
  const user = userEntry === undefined ? null : reader.string(userEntry);
  const password = passwordEntry === undefined ? null : readPassword(reader, passwordEntry, 'password', folder);
  return { ...(user === null ? {} : { user }), ...(password === null ? {} : { password }) };
}

function readFingerprint(reader: YamlReader, entry: YamlEntry): Settings {
  const fingerprint = reader.string(entry);
  if (fingerprint === null) return {};
  const isHex = /^(?:[0-9a-f]{2}:?){31}[0-9a-f]{2}$/i.test(fingerprint);
  if (isHex) return { fingerprint: fingerprint.replaceAll(':', '').toLowerCase() };
  if (/^SHA256:[A-Za-z0-9+/]{43}=?$/.test(fingerprint)) return { fingerprint };
  const hint = 'the SHA-256 of the certificate as 64 hex digits; for ssh SHA256:… as ssh-keygen -l prints it';
  return reader.report(entry.place, 'this is not a fingerprint', hint) ?? {};
}

function readCertificate(reader: YamlReader, entry: YamlEntry, folder: string): Settings {
  const fields = reader.map(entry.value, entry.place, { what: 'certificate', known: ['cert', 'key'] });
  if (fields === null) return {};
  const [cert, key] = ['cert', 'key'].map((name) => {
    const field = fields.get(name);
    if (field === undefined) return reader.reportMissing(entry.keyPlace, `the certificate's "${name}" is missing`);
    const file = reader.string(field);
    return file === null ? null : absolutePath(file, folder);
  });
  return typeof cert === 'string' && typeof key === 'string' ? { certificate: { cert, key } } : {};
}

/** A path, or `KCM:`, `KEYRING:…`, `FILE:…` as Kerberos itself writes them. */
function readCcache(reader: YamlReader, entry: YamlEntry, folder: string): Settings {
  const ccache = reader.string(entry);
  if (ccache === null) return {};
  return { ccache: /^[A-Z]{2,}:/.test(ccache) ? ccache : absolutePath(ccache, folder) };
}

function readJump(reader: YamlReader, entry: YamlEntry): Settings {
  const fields = reader.map(entry.value, entry.place, { what: 'jump', known: ['address', 'port', 'user'] });
  if (fields === null) return {};
  const addressEntry = fields.get('address');
  const portEntry = fields.get('port');
  const userEntry = fields.get('user');
  if (addressEntry === undefined) return reader.reportMissing(entry.keyPlace, 'the jump host has no address') ?? {};
  const address = readAddress(reader, addressEntry);
  const port = portEntry === undefined ? 22 : reader.integer(portEntry, PORT_RANGE);
  const user = userEntry === undefined ? null : reader.string(userEntry);
  return address === null || port === null ? {} : { jump: { address, port, user } };
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

export function isAddress(text: string): boolean {
  return ipaddr.IPv4.isValidFourPartDecimal(text) || ipaddr.IPv6.isValid(text);
}

/** A name that DNS or NetBIOS could hold; also what hosts may be called. */
export function isHostName(text: string): boolean {
  return /^(?=.{1,253}$)[\p{L}\p{N}_](?:[\p{L}\p{N}_.-]*[\p{L}\p{N}_])?$/u.test(text);
}
