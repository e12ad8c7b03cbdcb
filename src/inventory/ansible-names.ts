/**
 * Ansible's names for our settings, so that an inventory made for it loads as it is. What Ansible would do and we cannot
 * is refused, never ignored; what only tunes Ansible itself stays a variable.
 */
import type { YamlEntry, YamlReader } from '../util/index.ts';
import { absolutePath } from './paths.ts';
import { isAddress, isHostName, type Settings, type SettingsBuilder } from './settings.ts';

interface Value {
  readonly text: string;
  readonly folder: string;
  /** Reports at the value. */
  readonly refuse: (message: string, hint?: string) => null;
}
type Meaning = (value: Value) => Settings | null;

const AUTH: Readonly<Record<string, Settings>> = {
  basic: { auth: 'basic' },
  plaintext: { auth: 'basic' },
  ssl: { auth: 'basic', useTls: true },
  certificate: { auth: 'certificate' },
  kerberos: { auth: 'kerberos' },
  negotiate: { auth: 'negotiate' },
  ntlm: { auth: 'ntlm' },
};

const CONNECTIONS: Readonly<Record<string, Settings>> = {
  winrm: { transport: 'winrm', isAnsible: true },
  psrp: { transport: 'winrm', isAnsible: true },
  ssh: { transport: 'ssh' },
  paramiko: { transport: 'ssh' },
  local: { transport: 'local' },
};

const address: Meaning = ({ text, refuse }) =>
  isAddress(text) || isHostName(text)
    ? { address: text }
    : refuse(`"${text}" is neither an IP address nor a host name`);
const user: Meaning = ({ text }) => ({ user: text });
const port: Meaning = ({ text, refuse }) => {
  const number = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  return number >= 1 && number <= 65_535 ? { port: number } : refuse(`"${text}" is not a port`);
};
const auth: Meaning = ({ text, refuse }) => {
  // A list in Ansible's order of preference; the first that we can do.
  const kinds = text.split(',').map((kind) => kind.trim().toLowerCase());
  const known = kinds.map((kind) => AUTH[kind]).find((settings) => settings !== undefined);
  return known ?? refuse(`the authentication ${text} is not supported`, 'use kerberos, negotiate, ntlm or certificate');
};
const scheme: Meaning = ({ text, refuse }) =>
  /^https?$/i.test(text) ? { useTls: text.toLowerCase() === 'https' } : refuse(`"${text}" is neither http nor https`);
const validation: Meaning = ({ text, refuse }) =>
  text === 'ignore'
    ? { insecure: true }
    : text === 'validate'
      ? {}
      : refuse(`"${text}" is neither ignore nor validate`);
const ca: Meaning = ({ text, folder }) => ({ ca: absolutePath(text, folder) });
const cert: Meaning = ({ text, folder }) => ({ certificate: { cert: absolutePath(text, folder), key: '' } });
const certKey: Meaning = ({ text, folder }) => ({ certificate: { cert: '', key: absolutePath(text, folder) } });
const key: Meaning = ({ text, folder }) => ({ privateKey: absolutePath(text, folder) });
const path: Meaning = ({ text, refuse }) =>
  /^\/?wsman\/?$/i.test(text) ? {} : refuse('another path than /wsman is not supported');
/** `{{ lookup('env', 'NAME') }}` is what we call `{ env: NAME }`; anything else would be the password itself. */
const password: Meaning = ({ text, refuse }) => {
  const name = /^\{\{\s*lookup\(\s*['"](?:ansible\.builtin\.)?env['"]\s*,\s*['"]([A-Za-z_]\w*)['"]\s*\)\s*\}\}$/.exec(
    text,
  );
  if (name?.[1] !== undefined) return { password: { env: name[1] } };
  return refuse('a password does not belong into the inventory', 'write credential: { password: { env: NAME } }');
};
const not =
  (what: string, hint: string): Meaning =>
  ({ text, refuse }) =>
    /^(?:false|no|never|)$/i.test(text) ? {} : refuse(`${what} is not supported`, hint);

const MEANINGS: Readonly<Record<string, Meaning>> = {
  ansible_host: address,
  ansible_port: port,
  ansible_user: user,
  ansible_password: password,
  ansible_connection: ({ text, refuse }) =>
    CONNECTIONS[text.replace(/^ansible\.(?:builtin|netcommon|windows)\./, '')] ??
    refuse(`the connection ${text} is not supported`, 'winrm, psrp, ssh or local'),
  ansible_shell_executable: ({ text }) => ({ shell: text }),
  ansible_private_key_file: key,

  ansible_winrm_host: address,
  ansible_winrm_port: port,
  ansible_winrm_user: user,
  ansible_winrm_password: password,
  ansible_winrm_pass: password,
  ansible_winrm_transport: auth,
  ansible_winrm_scheme: scheme,
  ansible_winrm_path: path,
  ansible_winrm_server_cert_validation: validation,
  ansible_winrm_ca_trust_path: ca,
  ansible_winrm_cert_pem: cert,
  ansible_winrm_cert_key_pem: certKey,
  ansible_winrm_kerberos_delegation: not('delegation of Kerberos credentials', 'remove it; no credential travels on'),
  ansible_winrm_kerberos_hostname_override: ({ text }) => ({ spn: `HTTP/${text}` }),

  ansible_psrp_host: address,
  ansible_psrp_port: port,
  ansible_psrp_user: user,
  ansible_psrp_password: password,
  ansible_psrp_auth: auth,
  ansible_psrp_protocol: scheme,
  ansible_psrp_path: path,
  ansible_psrp_cert_validation: ({ text, refuse, folder }) =>
    // A path there means a CA file.
    /[/\\.]/.test(text) ? { ca: absolutePath(text, folder) } : validation({ text, refuse, folder }),
  ansible_psrp_ca_cert: ca,
  ansible_psrp_certificate_pem: cert,
  ansible_psrp_certificate_key_pem: certKey,
  ansible_psrp_proxy: ({ text, refuse }) =>
    /^http:\/\/[^@/]+\/?$/.test(text) ? { proxy: text } : refuse('this is not the URL of an HTTP proxy without a user'),
  ansible_psrp_configuration_name: ({ text }) => ({ configuration: text }),
  ansible_psrp_message_encryption: ({ text }) => (text === 'never' ? { allowUnencrypted: true } : {}),
  ansible_psrp_negotiate_delegate: not('delegation of Kerberos credentials', 'remove it; no credential travels on'),

  ansible_ssh_host: address,
  ansible_ssh_port: port,
  ansible_ssh_user: user,
  ansible_ssh_pass: password,
  ansible_ssh_password: password,
  ansible_ssh_private_key_file: key,
  ansible_ssh_common_args: not('passing options to a program ssh', 'write jump: { address: … } for ProxyJump'),
  ansible_ssh_extra_args: not('passing options to a program ssh', 'write jump: { address: … } for ProxyJump'),
};

/** Where ours and these meet, for messages of files that know no Ansible. */
export function isAnsibleSetting(name: string): boolean {
  return Object.hasOwn(MEANINGS, name);
}

/** Adds what the entry means to the builder; false when it is none of Ansible's settings. */
export function readAnsibleSetting(
  reader: YamlReader,
  entry: YamlEntry,
  folder: string,
  builder: SettingsBuilder,
): boolean {
  const meaning = Object.hasOwn(MEANINGS, entry.key) ? MEANINGS[entry.key] : undefined;
  if (meaning === undefined) return false;
  const isSecret = meaning === password;
  // The place of a secret is its name: what stands there is not shown.
  const place = isSecret ? entry.keyPlace : entry.place;
  const refuse = (message: string, hint = ''): null => reader.report(place, message, hint);
  const text = textOf(reader, entry);
  if (text === null) {
    if (isSecret)
      refuse('a password does not belong into the inventory', 'write credential: { password: { env: NAME } }');
    else refuse(`"${entry.key}" must be text`);
    return true;
  }
  if (!isSecret && text.includes('{{')) {
    refuse(`"${entry.key}" holds a template, which only Ansible can evaluate`, 'write the value itself');
    return true;
  }
  const settings = meaning({ text, folder, refuse });
  if (settings !== null) builder.add(settings, entry);
  return true;
}

/** A scalar as Ansible would take it: numbers and booleans as text, a list of words joined by commas. */
function textOf(reader: YamlReader, entry: YamlEntry): string | null {
  const value = reader.value(entry.value);
  if (Array.isArray(value)) return value.every((item) => typeof item === 'string') ? value.join(',') : null;
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : null;
}
