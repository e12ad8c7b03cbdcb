/** Machines of the white paper behind relays, and what a run of ms03-039 made of them as they themselves saw it. */
import { PAPER_CASES, paperCaseOf } from '../../../src/app/demo/index.ts';
import type { RunView } from '../../../src/domain/index.ts';
import { cliJson } from './cli.ts';
import { type Fleet, startFleet } from './fleet.ts';

/** Where shields write besides the IPsec policies. */
const KEYS = {
  exempt: 'HKLM\\SYSTEM\\CurrentControlSet\\Services\\IPSEC',
  dcom: 'HKLM\\SOFTWARE\\Microsoft\\OLE',
  proxy: 'HKLM\\SOFTWARE\\Microsoft\\Rpc\\RpcProxy',
};

export interface PaperHost {
  readonly name: string;
  readonly profile: string;
  readonly variant: string;
}

/** `profile/variant` each; half of them behind each of two relays. */
export function paperHosts(cases: readonly string[]): readonly PaperHost[] {
  return cases.map((each, index) => {
    const [profile = '', variant = ''] = each.split('/');
    return { name: `old-${String(index + 1).padStart(2, '0')}`, profile, variant };
  });
}

export function startPaperFleet(hosts: readonly PaperHost[], relays = 2): Promise<Fleet> {
  const managers = Array.from({ length: relays }, (_, index) => ({
    name: `mgmt0${index + 1}`,
    profile: 'windows-server-2019',
    variant: 'management',
    relay: true as const,
    groups: ['relays'],
  }));
  const machines = hosts.map((host, index) => ({ ...host, relay: managers[index % relays]?.name ?? 'mgmt01' }));
  return startFleet([...managers, ...machines], 'ms03-039');
}

/** Everything that a shield may change of each machine: policies, NoDefaultExempt, EnableDCOM, the RPC proxy. */
export async function shieldStates(
  fleet: Fleet,
  hosts: readonly PaperHost[],
): Promise<{ readonly [host: string]: unknown }> {
  const states = hosts.map(async ({ name }) => {
    const values = Object.entries(KEYS).map(async ([what, key]) => {
      const found = await fleet.lab.ask<{ values?: object }>('registry', { host: name, key });
      // Windows has the key always, the lab only once something is in it.
      return [what, found.values ?? {}];
    });
    return [name, { policies: await fleet.policies(name), ...Object.fromEntries(await Promise.all(values)) }];
  });
  return Object.fromEntries(await Promise.all(states)) as { readonly [host: string]: unknown };
}

export interface Ending {
  readonly outcome: string | null;
  readonly installs: number;
  readonly reboots: number;
  readonly shields: number;
  /** Nothing of `always` is left to do. */
  readonly settled: boolean;
  /** Whatever a shield may change as before; false where one stands. */
  readonly isAsBefore: boolean;
}

type Endings = { readonly [label: string]: Ending };

/** By `name profile/variant`. */
export async function endings(
  fleet: Fleet,
  hosts: readonly PaperHost[],
  before: { readonly [host: string]: unknown },
): Promise<Endings> {
  const view = await cliJson<RunView>(['status', 'last'], fleet.options);
  const after = await shieldStates(fleet, hosts);
  const found = hosts.map(async ({ name, profile, variant }) => {
    const host = view.hosts.find((candidate) => candidate.name === name);
    const ending = {
      outcome: host?.outcome ?? null,
      ...(await fleet.account(name)),
      shields: host?.standingShields ?? -1,
      settled: host?.owesAlways === false,
      isAsBefore: JSON.stringify(after[name]) === JSON.stringify(before[name]),
    };
    return [`${name} ${profile}/${variant}`, ending];
  });
  return Object.fromEntries(await Promise.all(found)) as Endings;
}

/** What the table demands of them. @throws when it does not know one */
export function expectedEndings(hosts: readonly PaperHost[], cases = PAPER_CASES): Endings {
  return Object.fromEntries(
    hosts.map(({ name, profile, variant }) => {
      const expected = paperCaseOf(profile, variant, cases)?.expected;
      if (expected === undefined) throw new Error(`the table has no case ${profile}/${variant}`);
      const { shields, outcome } = expected;
      // A host that is away with its shield cannot be asked what is left to do there.
      const settled = outcome !== 'unreachable' || shields === 0;
      return [`${name} ${profile}/${variant}`, { ...expected, settled, isAsBefore: shields === 0 }];
    }),
  );
}
