/** Foreign clients of the lab's WinRM front: what of them is installed, and how they are run. */
import { execFile, spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Debian's Python: its packages are not those of a virtual environment that may come first in PATH. */
export const PYTHON = '/usr/bin/python3';
const ANSIBLE = '/usr/bin/ansible';

/** Whether they are there; else a line says what to install. */
export function hasPywinrm(): boolean {
  const found = existsSync(PYTHON) && spawnSync(PYTHON, ['-c', 'import winrm, requests_ntlm']).status === 0;
  if (!found) console.warn('skipped: pywinrm is not installed (Debian: python3-winrm)');
  return found;
}

/** pywinrm's Kerberos. */
export function hasRequestsKerberos(): boolean {
  const found = hasPywinrm() && spawnSync(PYTHON, ['-c', 'import requests_kerberos']).status === 0;
  if (!found) console.warn('skipped: requests-kerberos is not installed (Debian: python3-requests-kerberos)');
  return found;
}

export function hasImpacket(): boolean {
  const found = existsSync(PYTHON) && spawnSync(PYTHON, ['-c', 'import impacket.dcerpc.v5.dcomrt']).status === 0;
  if (!found) console.warn('skipped: impacket is not installed (Debian: python3-impacket)');
  return found;
}

export function hasAnsible(): boolean {
  const found = hasPywinrm() && existsSync(ANSIBLE);
  if (!found) console.warn('skipped: Ansible is not installed (Debian: ansible-core, python3-winrm)');
  return found;
}

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a Python script with these values in its environment. Ended after a minute whatever it does. */
export function python(dir: string, script: string, values: { readonly [name: string]: string }): Promise<Ended> {
  return run(PYTHON, ['-c', script], dir, values);
}

export function ansible(dir: string, args: readonly string[]): Promise<Ended> {
  return run(ANSIBLE, args, dir, {
    ANSIBLE_NOCOLOR: '1',
    ANSIBLE_HOME: dir,
    ANSIBLE_LOCAL_TEMP: join(dir, 'ansible-tmp'),
  });
}

function run(
  file: string,
  args: readonly string[],
  dir: string,
  values: { readonly [name: string]: string },
): Promise<Ended> {
  // NTLM of both needs MD4, which OpenSSL 3 has in its legacy provider only.
  const config = join(dir, 'openssl.cnf');
  writeFileSync(
    config,
    'openssl_conf = o\n[o]\nproviders = p\n[p]\ndefault = d\nlegacy = l\n[d]\nactivate = 1\n[l]\nactivate = 1\n',
  );
  const env = {
    ...process.env,
    ...values,
    HOME: dir,
    OPENSSL_CONF: config,
    PYTHONWARNINGS: 'ignore',
    LC_ALL: 'C.UTF-8',
  };
  return new Promise((resolve) => {
    execFile(file, args, { env, timeout: 120_000, maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code ?? -1), stdout, stderr });
    });
  });
}
