/**
 * `firebreak rehearse`: a playbook on emulated machines that stand for the hosts of an inventory, with the inventory's names,
 * groups and variables. No host of the inventory is connected to. Must not know what the playbook does, nor how the lab works.
 */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { FirebreakError, type HostView, type Plan, type PlannedHost } from '../domain/index.ts';
import { type Inventory, matchHosts } from '../inventory/index.ts';
import { readInventory } from './inventory/index.ts';
import { ipsecPolicies, type LabFile, machineAccount, runLab } from './lab/index.ts';
import { loadPlan, type PlanSource } from './load-plan.ts';
import { stateFolder } from './paths.ts';
import { type FinishedRun, type StartOptions, startRun } from './run.ts';
import { createServices, type Services } from './wiring.ts';

/** More machines than this are more than a lab on one computer is good for. */
const MOST_MACHINES = 150;
const RELAY_PROFILE = 'windows-server-2019/management';
/** First number of the second byte of the addresses; the demo has 100 to 205. */
const NETWORK = 206;

/** A host and the machine that stands for it. */
interface Machine {
  /** As the inventory has it. */
  readonly host: string;
  /** A NetBIOS name. */
  readonly name: string;
  readonly profile: string;
  readonly variant: string | undefined;
  readonly isRelay: boolean;
  /** Another machine's `name`. */
  readonly relay: string | undefined;
}

export interface RehearsedHost {
  readonly host: string;
  readonly profile: string;
  readonly variant: string;
  readonly outcome: string;
  /** Counted by the machine itself. */
  readonly installs: number;
  readonly reboots: number;
  readonly standingShields: number;
  /** The machine's IPsec policies are what they were. */
  readonly samePolicies: boolean;
}

export interface Rehearsal {
  readonly run: FinishedRun;
  readonly hosts: readonly RehearsedHost[];
  /** Folder of the journal and the report; null when it is gone. */
  readonly kept: string | null;
}

export interface RehearseOptions
  extends Omit<PlanSource, 'packages' | 'connector' | 'signal'>,
    Pick<StartOptions, 'version' | 'signal' | 'watcher' | 'operator'> {
  /** `PATTERN=PROFILE` or `PATTERN=PROFILE/VARIANT`; the last that fits a host wins, then its variable `os`. */
  readonly as: readonly string[];
  /** Keep the journal and the report. */
  readonly keep: boolean;
  readonly onProgress: (text: string) => void;
}

/** @throws those of loadPlan, FB_USAGE (no machine for a host, too many, no such profile), FB_ENVIRONMENT, FB_LAB */
export async function rehearse(services: Services, options: RehearseOptions): Promise<Rehearsal> {
  if ([options.inventory].flat().includes('-')) {
    throw new FirebreakError(
      'FB_USAGE',
      'the inventory of a rehearsal is read twice, standard input can be read once',
      {
        remedy: 'write it to a file',
      },
    );
  }
  const source = { ...options, connector: services.connector };
  const plan = await loadPlan(source, services.actions);
  const inventory = await readInventory(source);
  const machines = machinesOf(plan, inventory, options.as);
  const folder = join(stateFolder(), `rehearsal-${process.pid}`);
  const dir = join(folder, 'lab');
  const fleet = join(folder, 'fleet.yaml');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  let isKept = options.keep;
  try {
    await writeFile(fleet, stringify({ title: 'Rehearsal', hosts: machines.map(fleetHost) }));
    const addresses = `127.${NETWORK + (process.pid % 48)}`;
    const { lab, end } = await runLab({ dir, hosts: { fleet }, addresses, onProgress: options.onProgress });
    try {
      const stand = join(folder, 'inventory.yaml');
      await writeFile(stand, stringify(await standIns(lab, inventory, plan, machines)));
      const result = await perform(options, plan, { dir, lab, inventory: stand, folder, machines });
      return { ...result, kept: options.keep ? folder : null };
    } finally {
      await end();
      if (!options.keep) await rm(dir, { recursive: true, force: true });
    }
  } catch (thrown) {
    // what went wrong in the lab stands in its log
    isKept ||= thrown instanceof FirebreakError && thrown.code === 'FB_LAB';
    throw thrown;
  } finally {
    if (!isKept) await rm(folder, { recursive: true, force: true });
  }
}

interface Stage {
  readonly dir: string;
  readonly lab: LabFile;
  readonly inventory: string;
  readonly folder: string;
  readonly machines: readonly Machine[];
}

async function perform(
  options: RehearseOptions,
  plan: Plan,
  { dir, lab, inventory, folder, machines }: Stage,
): Promise<Omit<Rehearsal, 'kept'>> {
  const acting = machines.filter(({ host }) => plan.hosts.some(({ name }) => name === host));
  const before = await policiesOf(dir, acting);
  const services = createServices({ state: join(folder, 'state.db') });
  try {
    const { playbook, inputs, forks, version, signal, watcher, operator } = options;
    const run = await startRun(services, {
      playbook,
      inputs,
      forks,
      inventory,
      only: acting.map(({ host }) => host),
      packages: lab.packages,
      check: false,
      skipLeased: false,
      version,
      signal,
      watcher,
      operator,
    });
    const after = await policiesOf(dir, acting);
    const hosts = await Promise.all(
      acting.map(async (machine): Promise<RehearsedHost> => {
        const view: HostView = run.view.hosts.find(({ name }) => name === machine.host)!;
        const made = lab.hosts.find(({ host }) => host === machine.name);
        return {
          host: machine.host,
          profile: machine.profile,
          variant: made?.variant ?? machine.variant ?? '',
          outcome: view.outcome ?? view.state,
          ...(await machineAccount(dir, machine.name)),
          standingShields: view.standingShields,
          samePolicies: before.get(machine.name) === after.get(machine.name),
        };
      }),
    );
    return { run, hosts };
  } finally {
    await services.close();
  }
}

async function policiesOf(dir: string, machines: readonly Machine[]): Promise<ReadonlyMap<string, string>> {
  return new Map(await Promise.all(machines.map(async ({ name }) => [name, await ipsecPolicies(dir, name)] as const)));
}

/** One machine a host, and one for each relay. @throws FB_USAGE */
function machinesOf(plan: Plan, inventory: Inventory, as: readonly string[]): readonly Machine[] {
  const choices = as.map((text) => readChoice(text, inventory));
  const relays = [...new Set(plan.hosts.flatMap(({ via }) => (via === undefined ? [] : [via.name])))];
  const others = relays.filter((relay) => !plan.hosts.some(({ name }) => name === relay));
  const all = [...others, ...plan.hosts.map(({ name }) => name)];
  if (all.length > MOST_MACHINES) {
    throw new FirebreakError(
      'FB_USAGE',
      `${all.length} machines are too many to emulate, ${MOST_MACHINES} is the most`,
      {
        remedy: 'rehearse some hosts of each kind: --limit',
      },
    );
  }
  const names = new Map<string, string>();
  for (const host of all) names.set(host, netbiosName(host, new Set(names.values())));
  const without: string[] = [];
  const machines = all.map((host): Machine => {
    const planned = plan.hosts.find(({ name }) => name === host);
    const chosen = choices.findLast(({ hosts }) => hosts.has(host))?.machine;
    const machine = chosen ?? osOf(planned) ?? (planned === undefined ? RELAY_PROFILE : undefined);
    if (machine === undefined) without.push(host);
    const [profile = '', variant] = (machine ?? '').split('/');
    const via = planned?.via?.name;
    return {
      host,
      name: names.get(host)!,
      profile,
      variant,
      isRelay: relays.includes(host),
      relay: via === undefined ? undefined : names.get(via),
    };
  });
  if (without.length > 0) {
    const some = without.slice(0, 5).join(', ');
    throw new FirebreakError(
      'FB_USAGE',
      `which machine stands for ${some}${without.length > 5 ? ' …' : ''}? Nothing says`,
      {
        remedy: `--as '${without[0]}=windows-server-2019', or a variable os in the inventory; profiles: lab/README.md`,
      },
    );
  }
  return machines;
}

function readChoice(
  text: string,
  inventory: Inventory,
): { readonly hosts: ReadonlySet<string>; readonly machine: string } {
  const parts = /^(.+)=([a-z0-9-]+(?:\/[a-z0-9-]+)?)$/.exec(text);
  if (parts === null) {
    throw new FirebreakError('FB_USAGE', `--as ${text}: that is no host pattern and profile`, {
      remedy: "--as 'web*=windows-server-2019', or PATTERN=PROFILE/VARIANT",
    });
  }
  return { hosts: matchHosts(inventory, parts[1]!), machine: parts[2]! };
}

function osOf(host: PlannedHost | undefined): string | undefined {
  const os = host?.vars['os'];
  return typeof os === 'string' ? os : undefined;
}

/** The lab's machines have NetBIOS names: 15 characters, small letters, digits and hyphens. */
function netbiosName(host: string, taken: ReadonlySet<string>): string {
  const first = host.replace(/^\w+:\/\/(?:[^@/]*@)?/, '').toLowerCase();
  const plain = (/^[\d.:[\]]+$/.test(first) ? `host-${first}` : first.replace(/[.:/].*$/s, ''))
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  for (let number = 1; ; number++) {
    const suffix = number === 1 ? '' : `-${number}`;
    const name = `${(plain || 'host').slice(0, 15 - suffix.length).replace(/-+$/, '')}${suffix}`;
    if (!taken.has(name)) return name;
  }
}

function fleetHost({ name, profile, variant, isRelay, relay }: Machine): object {
  return {
    name,
    profile,
    ...(variant === undefined ? {} : { variant }),
    ...(isRelay ? { relay: true } : {}),
    ...(relay === undefined ? {} : { relay }),
  };
}

const labInventory = z.object({
  all: z.object({ vars: z.record(z.string(), z.unknown()), hosts: z.record(z.string(), z.looseObject({})) }),
});

/** The inventory's hosts by their names, groups and variables, at the addresses of the machines; all others are names only. */
async function standIns(lab: LabFile, inventory: Inventory, plan: Plan, machines: readonly Machine[]): Promise<object> {
  const { all } = labInventory.parse(parse(await readFile(lab.inventory, 'utf8')));
  const hosts: { [host: string]: object } = {};
  for (const { name, vars } of inventory.hosts) {
    const machine = machines.find(({ host }) => host === name);
    // one that takes no part is never connected to, but patterns may name it
    if (machine === undefined) hosts[name] = { address: '127.0.0.1', vars };
    else
      hosts[name] = {
        ...standIn(all.hosts, machine, machines),
        vars: plan.hosts.find((host) => host.name === name)?.vars ?? vars,
      };
  }
  for (const machine of machines) hosts[machine.host] ??= standIn(all.hosts, machine, machines);
  const groups = [...inventory.groups].map(([group, members]) => [
    group,
    { hosts: Object.fromEntries(members.map((member) => [member, null])) },
  ]);
  return { all: { vars: all.vars, hosts, children: Object.fromEntries(groups) } };
}

function standIn(made: { readonly [name: string]: object }, machine: Machine, machines: readonly Machine[]): object {
  const relay = machines.find(({ name }) => name === machine.relay)?.host;
  return { ...made[machine.name], ...(relay === undefined ? {} : { relay }) };
}
