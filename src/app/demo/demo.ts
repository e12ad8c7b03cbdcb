/** `firebreak demo`: lab fleets, one run of a shipped playbook on each, and the lab's own account of what happened. */
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { FirebreakError, type HostView } from '../../domain/index.ts';
import {
  fleetFile,
  ipsecPolicies,
  type LabFile,
  type MachineAccount,
  machineAccount,
  runLab,
  startLab,
  stopLab,
} from '../lab/index.ts';
import { stateFolder } from '../paths.ts';
import { type FinishedRun, type RunWatcher, startRun } from '../run.ts';
import { createServices } from '../wiring.ts';
import { type Expectation, expectationOf } from './expectations.ts';

interface Part {
  /** Name of the playbook and of the fleet. */
  readonly playbook: string;
  /** Of the lab, below the demo's. */
  readonly folder: string;
  /** First number of the addresses' second byte: both labs may stay up. */
  readonly network: number;
}

const PARTS: readonly Part[] = [
  { playbook: 'smbghost', folder: 'lab', network: 100 },
  { playbook: 'ms03-039', folder: 'lab-ms03-039', network: 156 },
];
/** A machine of the lab through which others are reached: no host of the run. */
const RELAY_VARIANT = 'management';
/** Inputs that shorten what a person would otherwise wait for; a user can give the same with --input. */
const INPUTS = [
  'install_timeout=20s',
  'reboot_timeout=30s',
  'max_fail_percentage=100',
  'max_unreachable_percentage=100',
] as const;

export interface DemoHost {
  readonly host: string;
  readonly profile: string;
  readonly variant: string;
  readonly playbook: string;
  readonly expected: string;
  readonly outcome: string;
  /** Counted by the machine itself. */
  readonly installs: number;
  readonly reboots: number;
  /** Shields still standing. */
  readonly shields: number;
  /** What is not as the case demands; empty = right. */
  readonly wrong: readonly string[];
}

export interface DemoResult {
  readonly ok: boolean;
  readonly runs: readonly string[];
  readonly hosts: readonly DemoHost[];
  readonly reports: readonly string[];
  /** Set when the labs were kept. */
  readonly kept: { readonly state: string; readonly labs: readonly LabFile[] } | null;
}

export interface DemoOptions {
  /** Leave the lab up and the state where it is. */
  readonly keep: boolean;
  readonly version: string;
  readonly signal: AbortSignal;
  readonly watcher: RunWatcher;
  readonly onProgress: (text: string) => void;
  /** After each run, before the next one begins. */
  readonly onRun: (run: FinishedRun) => Promise<void>;
}

interface PartResult {
  readonly lab: LabFile;
  readonly run: FinishedRun;
  readonly hosts: readonly DemoHost[];
}

/** Whoever ran it may still want its report until then. */
const REPORTS_KEPT_MS = 7 * 24 * 3_600_000;

/** @throws FB_ENVIRONMENT (.NET SDK missing), FB_LAB, FB_USAGE (a kept demo is still up) */
export async function demo(options: DemoOptions): Promise<DemoResult> {
  const folder = options.keep ? join(stateFolder(), 'demo') : join(stateFolder(), `demo-${process.pid}`);
  if (options.keep) await endKeptDemo(folder, options);
  await forgetOldDemos();
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const state = join(folder, 'state.db');
  const results: PartResult[] = [];
  for (const part of PARTS) results.push(await runPart(part, folder, state, options));
  const hosts = results.flatMap((result) => result.hosts);
  return {
    ok:
      results.every(({ run }) => run.how === 'completed' || run.how === 'waiting') &&
      hosts.every((host) => host.wrong.length === 0),
    runs: results.map(({ run }) => run.run),
    hosts,
    reports: results.map(({ run }) => run.reportFile),
    kept: options.keep ? { state: `sqlite:${state}`, labs: results.map(({ lab }) => lab) } : null,
  };
}

async function runPart(part: Part, folder: string, state: string, options: DemoOptions): Promise<PartResult> {
  const start = {
    dir: join(folder, part.folder),
    hosts: { fleet: fleetFile(part.playbook) },
    addresses: `127.${part.network + (process.pid % 50)}`,
    onProgress: options.onProgress,
  };
  const running = options.keep ? { lab: await startLab(start), end: async () => {} } : await runLab(start);
  try {
    const { run, hosts } = await remediate(part.playbook, start.dir, running.lab, state, options);
    await options.onRun(run);
    return { lab: running.lab, run, hosts };
  } finally {
    await running.end();
    if (!options.keep) await rm(start.dir, { recursive: true, force: true });
  }
}

async function endKeptDemo(folder: string, { onProgress }: DemoOptions): Promise<void> {
  for (const part of PARTS)
    if (await stopLab(join(folder, part.folder))) onProgress('ended the lab of an earlier demo');
  await rm(folder, { recursive: true, force: true });
}

/** The journals and reports of demos long past. */
async function forgetOldDemos(): Promise<void> {
  const names = (await readdir(stateFolder()).catch(() => [])).filter((name) => /^demo-\d+$/.test(name));
  for (const folder of names.map((name) => join(stateFolder(), name))) {
    const info = await stat(folder).catch(() => undefined);
    if (info !== undefined && Date.now() - info.mtimeMs > REPORTS_KEPT_MS)
      await rm(folder, { recursive: true, force: true });
  }
}

async function remediate(
  playbook: string,
  dir: string,
  lab: LabFile,
  state: string,
  options: DemoOptions,
): Promise<{ readonly run: FinishedRun; readonly hosts: readonly DemoHost[] }> {
  const machines = lab.hosts.filter(({ variant }) => variant !== RELAY_VARIANT);
  const before = new Map(
    await Promise.all(machines.map(async ({ host }) => [host, await ipsecPolicies(dir, host)] as const)),
  );
  const services = createServices({ state });
  try {
    const run = await startRun(services, {
      playbook,
      inventory: lab.inventory,
      packages: lab.packages,
      inputs: INPUTS,
      check: false,
      skipLeased: false,
      version: options.version,
      signal: options.signal,
      watcher: options.watcher,
    });
    if (run.how === 'paused')
      throw new FirebreakError('FB_CANCELLED', 'the demo was interrupted', { remedy: 'npm run demo' });
    const hosts = await Promise.all(
      machines.map(async (machine) => {
        const view = run.view.hosts.find(({ name }) => name === machine.host)!;
        const after = await ipsecPolicies(dir, machine.host);
        const facts = {
          ...(await machineAccount(dir, machine.host)),
          policiesChanged: before.get(machine.host) !== after,
        };
        return compare(playbook, machine, view, facts);
      }),
    );
    return { run, hosts };
  } finally {
    await services.close();
  }
}

function compare(
  playbook: string,
  machine: LabFile['hosts'][number],
  view: HostView,
  facts: MachineAccount & { readonly policiesChanged: boolean },
): DemoHost {
  const expected: Expectation | undefined = expectationOf(playbook, machine.profile, machine.variant);
  const found = {
    outcome: view.outcome ?? view.state,
    installs: facts.installs,
    reboots: facts.reboots,
    shields: view.standingShields,
  };
  const differences = (['outcome', 'installs', 'reboots', 'shields'] as const).flatMap((what) =>
    expected === undefined || expected[what] === found[what]
      ? []
      : [`${what}: ${found[what]} instead of ${expected[what]}`],
  );
  const isLeftAlone = found.shields === 0;
  return {
    host: machine.host,
    profile: machine.profile,
    variant: machine.variant,
    playbook,
    expected: expected?.outcome ?? 'unknown',
    ...found,
    wrong: [
      ...differences,
      ...(expected === undefined ? [`no expectation for ${machine.profile}/${machine.variant}`] : []),
      ...(isLeftAlone === facts.policiesChanged
        ? [isLeftAlone ? 'the IPsec policies are not what they were' : 'the shield that should stand does not']
        : []),
    ],
  };
}
