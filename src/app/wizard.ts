/** What the wizard needs to know before it can ask: playbooks with their inputs, hosts and their state, side effects. */
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type Advisory, loadAdvisory } from '../advisory/index.ts';
import { FirebreakError, type JsonObject, type Plan, type PlannedHost, toErrorRecord } from '../domain/index.ts';
import { parseTargetUri } from '../inventory/index.ts';
import { allSteps, type InputDeclaration, resolveInputs } from '../playbook/index.ts';
import { type CheckName, examineAll, type HostReport } from './doctor/index.ts';
import { findAdvisory, readText, shippedFolder } from './files.ts';
import { chooseHosts, type HostChoice } from './hosts.ts';
import { checkPlaybook } from './load-plan.ts';
import { ensurePackageFolder } from './package-store.ts';
import type { Services } from './wiring.ts';

export interface PlaybookChoice {
  /** What `firebreak run` takes: the bare name of a shipped one, or a path. */
  readonly playbook: string;
  readonly title: string;
  /** Id and title; null for a playbook without one. */
  readonly advisory: { readonly id: string; readonly title: string } | null;
  readonly inputs: readonly InputDeclaration[];
  /** A step needs the package folder. */
  readonly needsPackages: boolean;
}

/** The shipped playbooks, by name. @throws FB_PLAYBOOK_INVALID, FB_ADVISORY_INVALID */
export async function shippedPlaybooks(services: Services): Promise<readonly PlaybookChoice[]> {
  const folder = shippedFolder();
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.yaml')).sort();
  return Promise.all(
    names.map(async (name) => ({
      ...(await describePlaybook(services, join(folder, name))),
      playbook: basename(name, '.yaml'),
    })),
  );
}

/** @throws FB_FILE_MISSING, FB_PLAYBOOK_INVALID, FB_ADVISORY_INVALID */
export async function describePlaybook(services: Services, file: string): Promise<PlaybookChoice> {
  const playbook = await checkPlaybook(file, services.actions);
  const advisory = playbook.advisory === null ? null : await readAdvisory(playbook.advisory, file);
  return {
    playbook: file,
    title: playbook.name,
    advisory: advisory === null ? null : { id: advisory.advisory, title: advisory.title },
    inputs: playbook.inputs,
    needsPackages: [...allSteps(playbook.steps)].some(({ uses }) => /^package\.(stage|install)$/.test(uses)),
  };
}

async function readAdvisory(id: string, playbook: string): Promise<Advisory> {
  const file = findAdvisory(id, playbook);
  return loadAdvisory(await readText(file, 'advisory'), file);
}

/** What is wrong with an input's value as typed; null when nothing is. */
export function inputProblem(input: InputDeclaration, text: string): string | null {
  return problemOf(() => {
    resolveInputs({ inputs: [input], file: '' }, [{ kind: 'assignment', text: `${input.name}=${text}` }]);
  });
}

/** What is wrong with target URIs; null when nothing is. */
export function targetProblem(uris: readonly string[]): string | null {
  return problemOf(() => {
    for (const uri of uris) parseTargetUri(uri);
  });
}

/** What is wrong with a folder of packages; null when nothing is. */
export function packageFolderProblem(folder: string): Promise<string | null> {
  return ensurePackageFolder(folder).then(
    () => null,
    (thrown: unknown) => describe(thrown),
  );
}

function problemOf(work: () => void): string | null {
  try {
    work();
    return null;
  } catch (thrown) {
    return describe(thrown);
  }
}

function describe(thrown: unknown): string {
  if (!(thrown instanceof FirebreakError)) throw thrown;
  const { message, remedy } = toErrorRecord(thrown);
  return remedy === '' ? message : `${message}; ${remedy}`;
}

/** The hosts that a choice means. @throws FB_USAGE, FB_NO_HOSTS, FB_INVENTORY_INVALID, FB_FILE_MISSING */
export function hostsOf(services: Services, choice: HostChoice, signal: AbortSignal): Promise<readonly PlannedHost[]> {
  return chooseHosts(choice, { connector: services.connector, signal });
}

/** Examines the hosts over the connections that the run will use. @throws FB_CANCELLED, FB_CREDENTIAL_MISSING */
export async function examineHosts(
  services: Services,
  hosts: readonly PlannedHost[],
  options: {
    readonly forks: number;
    readonly timeoutMs: number;
    readonly signal: AbortSignal;
    readonly onCheck: (host: string, check: CheckName) => void;
    readonly onReport: (report: HostReport) => void;
  },
): Promise<readonly HostReport[]> {
  // Passwords are asked for before anything else is on the screen.
  await services.connector.prepare(hosts);
  return examineAll(services.connector, hosts, options);
}

export interface SideEffect {
  readonly method: string;
  readonly text: string;
}

/** What the shields cost that the plan may put up: of the method that its steps name, of all where they leave it open. */
export function sideEffects(plan: Plan): readonly SideEffect[] {
  const shields = ((plan.advisory as unknown as Advisory | null)?.shields ?? []) as Advisory['shields'];
  const asked = [...allSteps(plan.steps)].flatMap(({ uses, with: given }) =>
    uses === 'shield.apply' ? [methodOf(given, plan.inputs)] : [],
  );
  const isMeant = (method: string) => asked.some((one) => one === method || one === 'auto');
  const meant = shields.filter(({ method }) => isMeant(method));
  return [...new Map(meant.map(({ method, side_effects: text }) => [`${method} ${text}`, { method, text }])).values()];
}

function methodOf(given: JsonObject, inputs: JsonObject): string {
  const method = given['method'] ?? 'auto';
  const input = typeof method === 'string' ? /^\$\{\{\s*inputs\.(\w+)\s*\}\}$/.exec(method)?.[1] : undefined;
  const value = input === undefined ? method : inputs[input];
  return typeof value === 'string' && !value.includes('${{') ? value : 'auto';
}
