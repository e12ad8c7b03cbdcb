/** A lab on the real engine and a state store beside it, for tests that drive the command line. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { startTestLab, type TestLab, type TestLabOptions } from '../../lab/support/lab.ts';
import type { CliOptions } from './cli.ts';

const PLAYBOOKS = resolve(import.meta.dirname, '..', '..', '..', 'playbooks');

export interface HistoryEntry {
  readonly kind: string;
  readonly [field: string]: unknown;
}

/** What a machine itself has seen. */
export interface Account {
  readonly installs: number;
  readonly reboots: number;
}

export interface Fleet {
  readonly lab: TestLab;
  /** The state store of the tests' runs is named in its environment. */
  readonly options: CliOptions;
  readonly state: string;
  /** The shipped playbook with all hosts in one wave. */
  readonly playbook: string;
  /** What `run` needs besides the playbook: inventory and packages. */
  readonly where: readonly string[];
  history(host: string): Promise<readonly HistoryEntry[]>;
  account(host: string): Promise<Account>;
  /** The local IPsec policies of a machine, canonical. */
  policies(host: string): Promise<unknown>;
  end(): Promise<void>;
}

/** @param name - of the shipped playbook */
export async function startFleet(hosts: TestLabOptions['hosts'], name = 'smbghost'): Promise<Fleet> {
  const lab = await startTestLab({ hosts, engine: 'real' });
  const state = join(lab.dir, 'state.db');
  const playbook = join(lab.dir, `${name}.yaml`);
  writeFileSync(
    playbook,
    readFileSync(join(PLAYBOOKS, `${name}.yaml`), 'utf8').replace(/^serial:.*$/m, 'serial: ["100%"]'),
  );
  const history = async (host: string): Promise<readonly HistoryEntry[]> =>
    (await lab.ask<{ entries: HistoryEntry[] }>('history', { host })).entries;
  return {
    lab,
    state,
    options: { env: { FIREBREAK_STATE: state } },
    playbook,
    where: ['-i', join(lab.dir, 'inventory.yaml'), '--packages', join(lab.dir, 'packages')],
    history,
    async account(host) {
      const entries = await history(host);
      return {
        installs: entries.filter((entry) => entry.kind === 'package' && entry['phase'] === 'start').length,
        reboots: entries.filter((entry) => entry.kind === 'reboot' && entry['restart'] !== false).length,
      };
    },
    policies: (host) => lab.ask('registry', { host }),
    end: () => lab.end(),
  };
}
