/** From what the user named to a frozen plan: reads the files, gathers every mistake of all of them, touches no host. */
import { dirname, resolve } from 'node:path';
import { loadAdvisory } from '../advisory/index.ts';
import { type ActionCatalog, FirebreakError, type JsonObject, type Plan, type PlanOrigin } from '../domain/index.ts';
import { createPlan } from '../engine/index.ts';
import {
  type ConnectionOverrides,
  type Inventory,
  inlineInventory,
  isInlineList,
  loadInventory,
  parseInlineList,
  parseTargetsFile,
} from '../inventory/index.ts';
import { type InputSource, loadPlaybook, type Playbook, resolveInputs } from '../playbook/index.ts';
import { findAdvisory, findPlaybook, readText } from './files.ts';

export interface PlanSource {
  /** Path or shipped name; or the text of a playbook that no file holds. */
  readonly playbook: string | { readonly text: string; readonly file: string };
  /** File, or `host1,host2`. */
  readonly inventory: string | undefined;
  readonly targetsFile?: string | undefined;
  readonly limit?: string | undefined;
  /** A rerun: no other hosts. */
  readonly only?: readonly string[] | undefined;
  /** `--input` values as typed: `name=value` or `@file`. */
  readonly inputs: readonly string[];
  readonly forks?: number | undefined;
  readonly connection?: ConnectionOverrides | undefined;
  /** Folder of the package files. */
  readonly packages?: string | undefined;
}

/** @throws FB_PLAYBOOK_INVALID and its kin with `details: SourceProblem[]`, FB_FILE_MISSING, FB_NO_HOSTS, FB_USAGE */
export async function loadPlan(source: PlanSource, catalog: ActionCatalog): Promise<Plan> {
  const mistakes = new Mistakes();
  const playbook = await mistakes.gather(() => readPlaybook(source.playbook, catalog));
  const advisory = playbook === undefined ? null : await mistakes.gather(() => readAdvisory(playbook));
  const inventory = await mistakes.gather(() => readInventory(source));
  const inputs =
    playbook === undefined
      ? undefined
      : await mistakes.gather(async () => resolveInputs(playbook, await readInputs(source.inputs)));
  const only = await mistakes.gather(async () => {
    const targets = await readTargets(source.targetsFile);
    return source.only === undefined ? targets : source.only.filter((host) => targets?.includes(host) ?? true);
  });
  mistakes.raise();
  // A rerun reads the same file again, wherever it is started.
  const file = typeof source.playbook === 'string' ? resolve(playbook!.file) : playbook!.file;
  return createPlan({
    playbook: { ...playbook!, file },
    inventory: inventory!,
    inputs: inputs!,
    advisory: advisory ?? null,
    catalog,
    origin: originOf(source),
    ...(source.limit === undefined ? {} : { limit: source.limit }),
    ...(only === undefined ? {} : { only }),
    ...(source.forks === undefined ? {} : { forks: source.forks }),
  });
}

function originOf({ inventory, targetsFile, packages, connection }: PlanSource): PlanOrigin {
  const path = (name: string | undefined): string | null => (name === undefined ? null : resolve(name));
  return {
    inventory: inventory !== undefined && isInlineList(inventory) ? inventory : path(inventory),
    targetsFile: path(targetsFile),
    packages: path(packages),
    connection: (connection ?? {}) as JsonObject,
  };
}

/** Playbook and advisory alone, without hosts. @throws as loadPlan */
export async function checkPlaybook(file: string, catalog: ActionCatalog): Promise<Playbook> {
  const playbook = await readPlaybook(file, catalog);
  await readAdvisory(playbook);
  return playbook;
}

/** @throws FB_INVENTORY_INVALID, FB_FILE_MISSING, FB_USAGE */
export async function readInventory(
  source: Pick<PlanSource, 'inventory' | 'targetsFile' | 'connection'>,
): Promise<Inventory> {
  const { inventory, targetsFile, connection = {} } = source;
  if (inventory !== undefined) {
    if (isInlineList(inventory)) return inlineInventory(parseInlineList(inventory), '-i', connection);
    return besideFile(loadInventory(await readText(inventory, 'inventory'), inventory, connection), inventory);
  }
  if (targetsFile !== undefined) {
    return inlineInventory(
      parseTargetsFile(await readText(targetsFile, 'targets file'), targetsFile),
      targetsFile,
      connection,
    );
  }
  throw new FirebreakError('FB_USAGE', 'no inventory is given', {
    remedy: 'name one with -i inventory.yaml (firebreak lab up makes one to try)',
  });
}

/** Password files are named from the inventory's folder, so that a resume elsewhere finds them too. */
function besideFile(inventory: Inventory, file: string): Inventory {
  const hosts = inventory.hosts.map((host) =>
    host.password !== null && 'file' in host.password
      ? { ...host, password: { file: resolve(dirname(file), host.password.file) } }
      : host,
  );
  return { ...inventory, hosts };
}

async function readPlaybook(source: PlanSource['playbook'], catalog: ActionCatalog): Promise<Playbook> {
  if (typeof source !== 'string') return loadPlaybook(source.text, source.file, catalog);
  const file = findPlaybook(source);
  return loadPlaybook(await readText(file, 'playbook'), file, catalog);
}

async function readAdvisory(playbook: Playbook): Promise<JsonObject | null> {
  if (playbook.advisory === null) return null;
  const file = findAdvisory(playbook.advisory, resolve(playbook.file));
  return loadAdvisory(await readText(file, 'advisory'), file) as unknown as JsonObject;
}

function readInputs(given: readonly string[]): Promise<readonly InputSource[]> {
  return Promise.all(
    given.map(async (text): Promise<InputSource> => {
      if (!text.startsWith('@')) return { kind: 'assignment', text };
      const file = text.slice(1);
      return { kind: 'file', file, text: await readText(file, 'input file') };
    }),
  );
}

async function readTargets(file: string | undefined): Promise<readonly string[] | undefined> {
  return file === undefined ? undefined : parseTargetsFile(await readText(file, 'targets file'), file);
}

/** Errors of several files, raised together. */
class Mistakes {
  readonly #errors: FirebreakError[] = [];

  /** The result, or undefined after a mistake of the user. */
  async gather<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (thrown) {
      if (!(thrown instanceof FirebreakError)) throw thrown;
      this.#errors.push(thrown);
      return undefined;
    }
  }

  raise(): void {
    const [first, ...others] = this.#errors;
    if (first === undefined) return;
    if (others.length === 0) throw first;
    throw new FirebreakError(first.code, this.#errors.map((error) => error.message).join('\n'), {
      remedy: this.#errors.map((error) => error.remedy).find((remedy) => remedy !== '') ?? '',
      details: this.#errors.map((error) => (Array.isArray(error.details) ? (error.details as unknown) : error)),
    });
  }
}
