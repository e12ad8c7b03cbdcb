/**
 * `firebreak shields export`: a block policy for Group Policy, and the obligation in the ledger that somebody takes it back;
 * `firebreak shields discharge` closes it. Connects to nothing: what a domain admin does with the files is his.
 */
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join, resolve } from 'node:path';
import { FirebreakError, type JsonObject, type Plan, type PlannedHost } from '../domain/index.ts';
import { planHash, type StandingShield } from '../engine/index.ts';
import { sha256Hex } from '../util/index.ts';
import { showAdvisory } from './advisory.ts';
import { chooseHosts } from './hosts.ts';
import { newRunId, whoAmI } from './run.ts';
import { type PolicyExport, policyFiles } from './shield-export-files.ts';
import { standingShields } from './status.ts';
import { systemRandom } from './system-ports.ts';
import type { Services } from './wiring.ts';

/** What the obligation is under in the ledger: no action, so that nobody tries to undo it on a host. */
const DISTRIBUTED = 'shields.export';

export interface ShieldExport {
  /** Id or path. */
  readonly advisory: string;
  readonly cis: boolean;
  readonly to: string;
  /** Hosts whose relays and partners are excepted; undefined: none. */
  readonly hosts: { readonly pattern: string; readonly inventory: readonly string[] | undefined } | undefined;
  /** Addresses that are excepted besides. */
  readonly except: readonly string[];
  readonly version: string;
  readonly signal: AbortSignal;
}

export interface ExportedShield {
  readonly policy: PolicyExport;
  readonly folder: string;
  readonly run: string;
}

/** @throws FB_USAGE (no such shield, folder not empty, an exception that is no address), FB_NO_HOSTS, FB_STATE_* */
export async function exportShield(services: Services, wanted: ShieldExport): Promise<ExportedShield> {
  const advisory = await showAdvisory(wanted.advisory);
  const variant = wanted.cis ? 'cis' : 'base';
  const shield = advisory.shields.find((one) => one.method === 'ipsec' && (one.variant ?? 'base') === variant);
  if (shield?.method !== 'ipsec') {
    throw new FirebreakError('FB_USAGE', `${advisory.advisory} has no IPsec policy${wanted.cis ? ' for CIS' : ''}`, {
      remedy: `see its shields: firebreak advisory show ${advisory.advisory}`,
    });
  }
  const exempt = await exceptions(services, wanted);
  const folder = resolve(wanted.to);
  const there = await readdir(folder).catch(() => []);
  if (there.length > 0) {
    throw new FirebreakError('FB_USAGE', `the folder ${folder} is not empty`, {
      remedy: 'name a new folder with --to',
    });
  }
  const id = systemRandom.id(3);
  const { tcp = [], udp = [] } = shield;
  const policy: PolicyExport = {
    name: `Firebreak-gpo-${advisory.advisory}-${id}`,
    title: advisory.title,
    tcp,
    udp,
    exempt,
    sideEffects: shield.side_effects,
    isCis: wanted.cis,
    obligation: `gpo-${id}`,
  };
  // The ledger first: a policy that somebody links without an entry would be forgotten.
  const run = await owe(services, policy, advisory as unknown as JsonObject, wanted.version);
  try {
    await mkdir(folder, { recursive: true });
    for (const [name, text] of policyFiles(policy)) await writeFile(join(folder, name), text, { flag: 'wx' });
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown';
    throw new FirebreakError('FB_ENVIRONMENT', `the policy cannot be written to ${folder} (${code})`, {
      remedy: `nothing is distributed: firebreak shields discharge ${policy.obligation} --note "not written"; then name another folder`,
      cause,
    });
  }
  return { policy, folder, run };
}

/** This machine, the relays and partners of the hosts, and what was named. */
async function exceptions(services: Services, { hosts, except, signal }: ShieldExport): Promise<readonly string[]> {
  const own = Object.values(networkInterfaces())
    .flatMap((found) => found ?? [])
    .filter(({ internal, family }) => !internal && family === 'IPv4')
    .map(({ address }) => address);
  const access = { connector: services.connector, signal };
  const chosen =
    hosts === undefined
      ? []
      : await chooseHosts({ patterns: [hosts.pattern], inventory: hosts.inventory, connection: {} }, access);
  const theirs = chosen.flatMap((host: PlannedHost) => [
    ...host.partners,
    ...(host.via === undefined ? [] : [host.via.address]),
  ]);
  const all = [...new Set([...own, ...theirs, ...except])];
  const names = all.filter((address) => isIP(address) === 0);
  if (names.length === 0) return all;
  throw new FirebreakError('FB_USAGE', `a policy excepts addresses, not names: ${names.join(', ')}`, {
    remedy: 'write the address into the inventory (relay, partners) or with --except',
  });
}

/** A run of one entry that is no host: what it owes is in the ledger like every other shield. */
async function owe(services: Services, policy: PolicyExport, advisory: JsonObject, version: string): Promise<string> {
  const journal = await services.journal();
  const run = newRunId();
  const host = `gpo:${policy.name}`;
  const plan = planOf(host, policy, advisory);
  const prior: JsonObject = {
    method: 'ipsec',
    policy: policy.name,
    setting: { tcp: [...policy.tcp], udp: [...policy.udp], exempt: [...policy.exempt] },
  };
  await journal.create({ run, plan, parent: null, check: false });
  await journal.append(run, [
    { type: 'RunStarted', planHash: plan.hash, parent: null, check: false, by: whoAmI(), version },
    {
      type: 'ObligationOwed',
      host,
      obligation: policy.obligation,
      kind: 'undo',
      step: 'export',
      uses: DISTRIBUTED,
      args: {},
      prior,
    },
    {
      type: 'HostFinished',
      host,
      outcome: 'needs-operator',
      reason: 'a domain admin links it by LINK.PS1 and unlinks it by UNLINK.PS1; then firebreak shields discharge',
      error: null,
      standingShields: 1,
    },
    { type: 'RunFinished', how: 'completed', reason: '' },
  ]);
  await journal.disown(run);
  return run;
}

function planOf(host: string, policy: PolicyExport, advisory: JsonObject): Plan {
  const planned: PlannedHost = {
    name: host,
    address: '',
    transport: 'local',
    port: 0,
    useTls: false,
    auth: 'negotiate',
    allowUnencrypted: false,
    user: null,
    password: null,
    ports: {},
    vantages: [],
    partners: [],
    groups: [],
    vars: {},
    wave: 0,
    set: null,
  };
  const name = `Group Policy ${policy.name}`;
  const body: Omit<Plan, 'hash'> = {
    firebreak: 1,
    playbook: { name, file: `shields export ${policy.name}`, sha256: sha256Hex(name) },
    origin: { inventory: null, targetsFile: null, packages: null, connection: {} },
    advisory,
    inputs: {},
    hosts: [planned],
    waves: [{ name: 'all', hosts: [host] }],
    maxFailPercentage: 100,
    maxUnreachablePercentage: 100,
    forks: 1,
    steps: [],
    results: {},
  };
  return { ...body, hash: planHash(body) };
}

export function isDistributed({ uses }: Pick<StandingShield, 'uses'>): boolean {
  return uses === DISTRIBUTED;
}

/**
 * Records that a distributed policy was taken back, by whom and why.
 *
 * @throws FB_USAGE when nothing of that name is owed, or it stands on a host
 */
export async function dischargeShield(
  services: Services,
  given: { readonly obligation: string; readonly by: string | undefined; readonly note: string },
): Promise<StandingShield> {
  const shield = (await standingShields(services, [])).find(
    ({ obligation, host }) => obligation === given.obligation || host === given.obligation,
  );
  if (shield === undefined) {
    throw new FirebreakError('FB_USAGE', `nothing called ${given.obligation} is owed`, {
      remedy: 'see what is: firebreak shields list',
    });
  }
  if (!isDistributed(shield)) {
    throw new FirebreakError('FB_USAGE', `${given.obligation} stands on ${shield.host}, nobody's word takes it down`, {
      remedy: `firebreak shields revert ${shield.host}`,
    });
  }
  const { host, obligation, run } = shield;
  const by = given.by ?? whoAmI();
  const { note } = given;
  const journal = await services.journal();
  await journal.append(run, [{ type: 'ObligationDischarged', host, obligation, how: 'undone', by, note }]);
  return shield;
}
