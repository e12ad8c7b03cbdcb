/**
 * Settings that make no sense together. A setting may be inherited by hosts for which it means nothing (`ca` in `all`,
 * one host without TLS): it is dropped there, and a mistake only where no host at all can use it.
 */
import type { PlannedHost } from '../domain/index.ts';
import { type SourceProblem, sortProblems } from '../util/index.ts';
import type { ConnectionOverrides } from './model.ts';
import type { SettingName, SettingPlace, Settings } from './settings.ts';

type Way = Pick<PlannedHost, 'transport' | 'useTls' | 'auth'>;

interface Complaint {
  readonly message: string;
  readonly hint: string;
  /** dropped: it means nothing here; wrong: it contradicts another setting and must not be dropped in silence. */
  readonly severity: 'dropped' | 'wrong';
}

const NAMES: Partial<Record<SettingName, string>> = {
  useTls: 'use_tls',
  allowUnencrypted: 'allow_unencrypted',
  privateKey: 'private_key',
  knownHosts: 'known_hosts',
  packageSource: 'package_source',
  relayGraceMs: 'relay_grace',
  relaySessions: 'relay_sessions',
};

const WINRM_ONLY: readonly SettingName[] = [
  'auth',
  'useTls',
  'allowUnencrypted',
  'ca',
  'certificate',
  'proxy',
  'keytab',
  'ccache',
  'spn',
];
/** They stand in `all` of most inventories; hosts with another transport pass them over. */
const COMMON: readonly SettingName[] = ['auth', 'useTls', 'allowUnencrypted', 'address', 'port', 'user', 'password'];
const SSH_ONLY: readonly SettingName[] = ['privateKey', 'passphrase', 'agent', 'knownHosts', 'jump'];
const NOT_LOCAL: readonly SettingName[] = [
  'address',
  'port',
  'user',
  'password',
  'insecure',
  'fingerprint',
  'source',
  'configuration',
];
/** The relay connects, by the protocols of file shares. */
const NOT_RELAYED: readonly SettingName[] = ['port', 'insecure', 'fingerprint', 'source', 'configuration', 'shell'];
const OF_RELAY: readonly SettingName[] = ['relayGraceMs', 'relaySessions'];
const TLS_ONLY: readonly SettingName[] = ['ca', 'insecure', 'fingerprint'];
const KERBEROS_ONLY: readonly SettingName[] = ['keytab', 'ccache', 'spn'];

export class SenselessSettings {
  readonly #overrides: ConnectionOverrides;
  /** By place: null once a host can use it. */
  readonly #complaints = new Map<string, { readonly place: SettingPlace; readonly complaint: Complaint } | null>();

  constructor(overrides: ConnectionOverrides) {
    this.#overrides = overrides;
  }

  /** The settings that mean something for this host. */
  sensible(settings: Settings, way: Way, places: ReadonlyMap<SettingName, SettingPlace>): Settings {
    const kept: { -readonly [Name in SettingName]?: unknown } = {};
    for (const name of Object.keys(settings) as SettingName[]) {
      const complaint = complaintOf(name, settings, way);
      const isDropped = complaint?.severity === 'dropped';
      if (!isDropped) kept[name] = settings[name];
      const place = places.get(name);
      if (place === undefined || Object.hasOwn(this.#overrides, name)) continue;
      const isInherited = isDropped && COMMON.includes(name) && place.layer !== places.get('transport')?.layer;
      this.#note(place, isInherited ? null : complaint);
    }
    return kept as Settings;
  }

  problems(): readonly SourceProblem[] {
    const found = [...this.#complaints.values()].flatMap((noted) =>
      noted === null
        ? []
        : [
            noted.place.source.problem(
              noted.place.start,
              noted.place.end,
              noted.complaint.message,
              noted.complaint.hint,
            ),
          ],
    );
    return sortProblems(found);
  }

  #note(place: SettingPlace, complaint: Complaint | null): void {
    const key = `${place.source.file}\0${place.start}`;
    if (complaint === null) {
      // A contradiction on another host stays one.
      if (this.#complaints.get(key)?.complaint.severity !== 'wrong') this.#complaints.set(key, null);
    } else if (!this.#complaints.has(key) || complaint.severity === 'wrong') {
      // What the command line changes is no mistake of the file.
      this.#complaints.set(key, this.#changesTheWay() ? null : { place, complaint });
    }
  }

  #changesTheWay(): boolean {
    return (['transport', 'auth', 'useTls', 'port', 'insecure', 'privateKey'] as const).some((name) =>
      Object.hasOwn(this.#overrides, name),
    );
  }
}

/** What is to say against a setting of a host; null: nothing. */
function complaintOf(name: SettingName, settings: Settings, { transport, useTls, auth }: Way): Complaint | null {
  const said = NAMES[name] ?? name;
  const dropped = (message: string, hint: string): Complaint => ({
    message: `"${said}" ${message}`,
    hint,
    severity: 'dropped',
  });
  const wrong = (message: string, hint: string): Complaint => ({
    message: `"${said}" ${message}`,
    hint,
    severity: 'wrong',
  });
  if (transport !== 'winrm' && WINRM_ONLY.includes(name))
    return dropped(`is for WinRM, and these hosts are reached by ${transport}`, 'remove it, or write transport: winrm');
  if (transport !== 'ssh' && SSH_ONLY.includes(name))
    return dropped(`is for SSH, and these hosts are reached by ${transport}`, 'remove it, or write transport: ssh');
  if (name === 'transport' && transport !== 'relay' && settings.relay !== undefined)
    return wrong(`${transport} contradicts relay`, 'keep one of them');
  if (transport === 'relay' && (NOT_RELAYED.includes(name) || OF_RELAY.includes(name)))
    return dropped('means nothing for hosts behind a relay', 'write it for the relay itself');
  if (transport === 'local' && NOT_LOCAL.includes(name))
    return dropped('means nothing for the local machine', 'remove it, or write another transport');
  if (transport === 'winrm' && name === 'shell')
    return dropped('is for ssh and local; WinRM chooses by configuration:', 'write configuration: PowerShell.7');
  if (transport === 'winrm' && !useTls && TLS_ONLY.includes(name)) return dropped('needs TLS', 'write use_tls: true');
  if (name === 'certificate' && auth !== 'certificate')
    return dropped(`is not used with auth: ${auth}`, 'write auth: certificate');
  if (KERBEROS_ONLY.includes(name) && auth !== 'kerberos' && auth !== 'negotiate')
    return dropped(`is for Kerberos, not for auth: ${auth}`, 'write auth: kerberos');
  if (name === 'auth' && auth === 'certificate' && !useTls)
    return wrong('certificate needs TLS', 'write use_tls: true');
  if (name === 'auth' && auth === 'certificate' && !isWhole(settings.certificate))
    return wrong('certificate needs a certificate and its key', 'write certificate: { cert: FILE, key: FILE }');
  if (name === 'passphrase' && settings.privateKey === undefined)
    return dropped('needs a private key', 'write private_key: FILE');
  if (name === 'insecure' && settings.insecure === true && (settings.ca ?? settings.fingerprint) !== undefined)
    return wrong('and ca or fingerprint contradict each other', 'keep one of them');
  if (name === 'keytab' && settings.ccache !== undefined) return wrong('and ccache are given', 'keep one of them');
  return null;
}

function isWhole(certificate: Settings['certificate']): boolean {
  return certificate !== undefined && certificate.cert !== '' && certificate.key !== '';
}
