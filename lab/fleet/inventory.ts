/**
 * What a user needs to work with the lab's machines: an inventory in the product's format, the package files with their
 * checksums, the password file. Must not know how machines run.
 */
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { checkedPackageContent, type FleetHost, type LabPackage } from './data/index.ts';

export interface InventoryHost {
  readonly host: FleetHost;
  readonly address: string;
  /** Windows port → real port. */
  readonly ports: { readonly [port: string]: number };
  /** With SSH: the inventory then names that instead of WinRM. */
  readonly sshPort?: number;
  /** Without PowerShell: the host that it is reached through, and its own administrator. */
  readonly relayed?: { readonly by: string; readonly user: string; readonly passwordFile: string };
}

export interface InventoryOptions {
  readonly user: string;
  readonly passwordFile: string;
  /** Source address that no shield excepts. */
  readonly vantage: string;
  /** Certificate of the lab's authority, for the hosts with HTTPS. */
  readonly caFile: string;
  /** The machines' SSH keys. */
  readonly knownHostsFile: string;
}

/** Ansible's shape; a host is in all its groups. */
export function inventoryText(hosts: readonly InventoryHost[], options: InventoryOptions): string {
  const groups = new Map<string, { [host: string]: object | null }>();
  const all: { [host: string]: object } = {};
  for (const { host, address, ports, sshPort, relayed } of hosts) {
    const mapped = Object.entries(ports).filter(([port, real]) => Number(port) !== real);
    all[host.name] = {
      address,
      ...(relayed === undefined
        ? {}
        : { relay: relayed.by, credential: { user: relayed.user, password: { file: relayed.passwordFile } } }),
      ...(sshPort === undefined ? {} : { transport: 'ssh', port: sshPort, known_hosts: options.knownHostsFile }),
      ...(host.allow_unencrypted ? {} : { auth: 'negotiate', allow_unencrypted: false }),
      ...(host.https && sshPort === undefined ? { port: 5986, use_tls: true, ca: options.caFile } : {}),
      ...(mapped.length === 0 ? {} : { ports: Object.fromEntries(mapped) }),
      ...(Object.keys(host.vars).length === 0 ? {} : { vars: host.vars }),
    };
    for (const group of host.groups) groups.set(group, { ...groups.get(group), [host.name]: null });
  }
  const inventory = {
    all: {
      vars: {
        transport: 'winrm',
        auth: 'basic',
        allow_unencrypted: true,
        credential: { user: options.user, password: { file: options.passwordFile } },
        vantages: [options.vantage],
      },
      hosts: all,
      children: Object.fromEntries([...groups].map(([name, members]) => [name, { hosts: members }])),
    },
  };
  return `# Made by "firebreak lab up"; gone with the lab.\n${stringify(inventory, { lineWidth: 0, nullStr: '' })}`;
}

/** Writes the packages' files and `SHA256SUMS`. */
export function writePackages(folder: string, packages: readonly LabPackage[]): void {
  mkdirSync(folder, { recursive: true });
  const sums = packages.map((of) => {
    const content = checkedPackageContent(of);
    writeFileSync(join(folder, of.file), content);
    return `${createHash('sha256').update(content).digest('hex')}  ${of.file}\n`;
  });
  writeFileSync(join(folder, 'SHA256SUMS'), sums.join(''));
}

/** A reader never sees half a file. */
export function writeWhole(file: string, text: string, mode = 0o644): void {
  const part = `${file}.part`;
  writeFileSync(part, text, { mode });
  chmodSync(part, mode);
  renameSync(part, file);
}
