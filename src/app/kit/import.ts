/**
 * `firebreak kit import`: what a medium brought back becomes a run of its own. Outcomes come from evidence alone; what was
 * imported before changes nothing; results that cannot be used are named and left where they are.
 */
import { parseAdvisory } from '../../advisory/index.ts';
import {
  FINE_OUTCOMES,
  FirebreakError,
  type HostOutcome,
  type Journal,
  type JsonObject,
  type Plan,
  type RunEventBody,
} from '../../domain/index.ts';
import { addressKey, createPlan, foldRun } from '../../engine/index.ts';
import type { Inventory, InventoryHost } from '../../inventory/index.ts';
import { loadPlaybook } from '../../playbook/index.ts';
import { readInventory } from '../inventory/index.ts';
import { writeReport } from '../report.ts';
import { newRunId, whoAmI } from '../run.ts';
import type { Services } from '../wiring.ts';
import { judgeMachine, type MachineVerdict } from './judge.ts';
import type { KitManifest } from './model.ts';
import { dcomObligation, machineEvents } from './record.ts';
import { type MachineResults, readKit, readResults } from './results.ts';

export interface ImportOptions {
  readonly folder: string;
  readonly inventory: readonly string[];
  /** Who was at the console, where the machine does not say. */
  readonly by: string | undefined;
  readonly version: string;
}

export interface ImportedMachine {
  /** As Windows calls it. */
  readonly computer: string;
  /** Name in the inventory; null: it has none. */
  readonly host: string | null;
  /** known: imported before; unknown: no host of the inventory; unusable: half written, changed or ambiguous; leased: a run has it. */
  readonly state: 'imported' | 'known' | 'unknown' | 'unusable' | 'leased';
  /** Null unless imported now or before. */
  readonly outcome: HostOutcome | null;
  readonly reason: string;
}

export interface Import {
  readonly kit: string;
  /** Null: there was nothing new. */
  readonly run: string | null;
  readonly machines: readonly ImportedMachine[];
  readonly isFine: boolean;
}

interface Usable {
  readonly results: MachineResults;
  readonly host: InventoryHost;
  readonly verdict: MachineVerdict;
}

/** @throws FB_INPUT_INVALID (no kit, or changed since it was built), FB_INVENTORY_INVALID, FB_FILE_MISSING, FB_STATE_* */
export async function importKit(services: Services, options: ImportOptions): Promise<Import> {
  const manifest = await readKit(options.folder);
  const advisory = parseAdvisory(manifest.advisory as JsonObject);
  const inventory = await readInventory({ inventory: options.inventory, isCheckOnly: true });
  const results = await readResults(options.folder, manifest);
  if (results.length === 0) {
    throw new FirebreakError('FB_INPUT_INVALID', `the kit ${manifest.id} has no results yet`, {
      remedy: 'start INSTALL.CMD at the machines; from a CD the results are in %SystemRoot%\\Firebreak\\results there',
    });
  }
  const journal = await services.journal();
  const before = await importedBefore(journal, manifest);
  const machines = new Map<string, ImportedMachine>();
  const usable: Usable[] = [];
  for (const result of results) {
    const { computer, digest, problem } = result;
    const known = before.get(digest);
    const found = findHost(inventory, computer);
    const say = (state: ImportedMachine['state'], reason: string, host: string | null = null): void => {
      machines.set(computer, { computer, host, state, outcome: null, reason });
    };
    if (known !== undefined) {
      const { host, run, outcome } = known;
      machines.set(computer, { computer, host, state: 'known', outcome, reason: `imported before, by run ${run}` });
    } else if (problem !== null) say('unusable', problem);
    else if (found.length === 0) {
      say('unknown', 'no host of the inventory has that name: add it, or give its host `vars: { computer: NAME }`');
    } else if (found.length > 1) {
      say('unusable', `more than one host may be it: ${found.map(({ name }) => name).join(', ')}`);
    } else if (usable.some(({ host }) => host.name === found[0]!.name)) {
      say('unusable', `it is ${found[0]!.name}, of which another folder has results too`, found[0]!.name);
    } else {
      usable.push({ results: result, host: found[0]!, verdict: judgeMachine(advisory, manifest, result) });
    }
  }
  const run =
    usable.length === 0 ? null : await record(services, { journal, manifest, inventory, usable, options, machines });
  const listed = results.map(({ computer }) => machines.get(computer)!);
  const isFine = listed.every(({ outcome }) => outcome !== null && FINE_OUTCOMES.has(outcome));
  return { kit: manifest.id, run, machines: listed, isFine };
}

/** By its name in the inventory, whole or without the domain, by `vars.computer`, in any case. */
function findHost(inventory: Inventory, computer: string): readonly InventoryHost[] {
  const wanted = computer.toLowerCase();
  const isIt = (name: unknown): boolean => typeof name === 'string' && name.toLowerCase() === wanted;
  const said = inventory.hosts.filter(({ vars }) => isIt(vars['computer']));
  if (said.length > 0) return said;
  return inventory.hosts.filter(({ name, vars }) => {
    const isOther = typeof vars['computer'] === 'string';
    return !isOther && (isIt(name) || isIt(name.split('.')[0]));
  });
}

function runName(manifest: KitManifest): string {
  return `Kit ${manifest.id} (${String(manifest.advisory['advisory'])})`;
}

interface Earlier {
  readonly run: string;
  readonly host: string;
  readonly outcome: HostOutcome | null;
}

/** Digest of results → where they are in the journal. */
async function importedBefore(journal: Journal, manifest: KitManifest): Promise<ReadonlyMap<string, Earlier>> {
  const found = new Map<string, Earlier>();
  for (const { run, name } of await journal.runs()) {
    if (name !== runName(manifest)) continue;
    const view = foldRun(await journal.plan(run), await journal.events(run));
    for (const { name: host, outcome, steps } of view.hosts) {
      const digest = steps.map(({ result }) => result['kit_digest']).find((text) => typeof text === 'string');
      // Newest first: the first found counts.
      if (typeof digest === 'string' && !found.has(digest)) found.set(digest, { run, host, outcome });
    }
  }
  return found;
}

interface Recording {
  readonly journal: Journal;
  readonly manifest: KitManifest;
  readonly inventory: Inventory;
  readonly usable: readonly Usable[];
  readonly options: ImportOptions;
  readonly machines: Map<string, ImportedMachine>;
}

/** One append for the whole run: all of it is in the journal, or nothing. */
async function record(services: Services, recording: Recording): Promise<string | null> {
  const { journal, manifest, usable, options, machines } = recording;
  const run = newRunId();
  const plan = planOf(services, recording);
  await journal.create({ run, plan, parent: null, check: false });
  try {
    const free: Usable[] = [];
    for (const one of usable) {
      const planned = plan.hosts.find(({ name }) => name === one.host.name)!;
      const [conflict] = await journal.lease(run, [{ key: addressKey(planned), host: one.host.name }]);
      if (conflict === undefined) free.push(one);
      else {
        const reason = `run ${conflict.run} has it: import it when that has ended (firebreak status ${conflict.run})`;
        const { computer } = one.results;
        machines.set(computer, { computer, host: one.host.name, state: 'leased', outcome: null, reason });
      }
    }
    if (free.length === 0) return null;
    const own = free.length === usable.length ? plan : null;
    if (own === null) {
      // The plan names every host: those left out are told so.
      for (const { host } of usable) await journal.release(run, host.name);
      return await record(services, { ...recording, usable: free });
    }
    const owed = await journal.openObligations();
    const bodies: RunEventBody[] = [
      { type: 'RunStarted', planHash: plan.hash, parent: null, check: false, by: whoAmI(), version: options.version },
      { type: 'WaveStarted', wave: plan.waves[0]!.name, hosts: free.map(({ host }) => host.name) },
    ];
    for (const { host, results, verdict } of free) {
      const planned = plan.hosts.find(({ name }) => name === host.name)!;
      const obligation = dcomObligation(manifest, host.name);
      const open = owed.find(({ id }) => id === obligation);
      const events = machineEvents({
        manifest,
        results,
        verdict,
        host: host.name,
        key: addressKey(planned),
        by: options.by,
        owes: open !== undefined,
        clock: Date.now(),
      });
      bodies.push(...events);
      const { outcome, reason } = verdict;
      const { computer } = results;
      machines.set(computer, { computer, host: host.name, state: 'imported', outcome, reason });
    }
    bodies.push({ type: 'RunFinished', how: 'completed', reason: '' });
    await journal.append(run, bodies);
    for (const { host, verdict } of free) {
      const open = owed.find(({ id }) => id === dcomObligation(manifest, host.name));
      if (open === undefined) continue;
      const how = verdict.dcom === 'on' ? 'undone' : 'handed-over';
      await journal.append(open.run, [{ type: 'ObligationDischarged', host: open.host, obligation: open.id, how }]);
    }
    await writeReport(services, foldRun(plan, await journal.events(run)));
    return run;
  } finally {
    for (const { host } of usable) await journal.release(run, host.name);
    await journal.disown(run);
  }
}

function planOf(services: Services, { manifest, inventory, usable }: Recording): Plan {
  const id = String(manifest.advisory['advisory']);
  const text = `firebreak: 1
name: ${JSON.stringify(runName(manifest))}
advisory: ${JSON.stringify(id)}
hosts: all
max_fail_percentage: 100
max_unreachable_percentage: 100
steps:
  - { id: infection, uses: infection.check }
  - { id: verify, uses: patch.verify }
  - { id: shield, uses: shield.apply, with: { method: dcom } }
  - { id: install, uses: package.install }
  - { id: restart, uses: host.reboot }
  - { id: reverify, uses: patch.verify }
`;
  return createPlan({
    playbook: loadPlaybook(text, `kit ${manifest.id}`, services.actions),
    inventory,
    inputs: {},
    advisory: manifest.advisory as JsonObject,
    only: usable.map(({ host }) => host.name),
    catalog: services.actions,
  });
}
