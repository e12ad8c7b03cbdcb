/** From what the user named to a frozen plan: reads the files, gathers every mistake of all of them, touches no host. */
import { resolve } from 'node:path';
import { loadAdvisory } from '../advisory/index.ts';
import { type ActionCatalog, FirebreakError, type JsonObject, type Plan, type PlanOrigin } from '../domain/index.ts';
import { createPlan } from '../engine/index.ts';
import { type InputSource, loadPlaybook, type Playbook, resolveInputs, type TagChoice } from '../playbook/index.ts';
import { readExceptions } from './exceptions.ts';
import { findAdvisory, findPlaybook, readInclude, readText } from './files.ts';
import { type InventorySource, inventoryOrigin, readInventory, readTargets } from './inventory/index.ts';

export interface PlanSource extends InventorySource {
  /** Path or shipped name; or the text of a playbook that no file holds. */
  readonly playbook: string | { readonly text: string; readonly file: string };
  /** A rerun: no other hosts. */
  readonly only?: readonly string[] | undefined;
  /** `--input` values as typed: `name=value` or `@file`. */
  readonly inputs: readonly string[];
  readonly forks?: number | undefined;
  /** `--tags` and `--skip-tags`; absent: all steps but those tagged `never`. */
  readonly tags?: TagChoice | undefined;
  /** Folder of the package files. */
  readonly packages?: string | undefined;
  /** `--exceptions`: file of hosts that are left as they are. */
  readonly exceptions?: string | undefined;
  /** Told what the user should know of the files although nothing is wrong, one line each. */
  readonly warn?: ((text: string) => void) | undefined;
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
    if (inventory === undefined) return undefined;
    const targets = source.targetsFile === undefined ? undefined : await readTargets(source.targetsFile, inventory);
    return source.only === undefined ? targets : source.only.filter((host) => targets?.includes(host) ?? true);
  });
  const exceptions = await mistakes.gather(async () => {
    if (source.exceptions === undefined || inventory === undefined) return [];
    const { held, warnings } = await readExceptions(source.exceptions, {
      inventory,
      advisory: advisory ?? null,
      now: Date.now(),
    });
    for (const warning of warnings) source.warn?.(warning);
    return held;
  });
  mistakes.raise();
  // A rerun reads the same file again, wherever it is started.
  const file = typeof source.playbook === 'string' ? resolve(playbook!.file) : playbook!.file;
  const includes = playbook!.includes.map((included) => ({ ...included, file: resolve(included.file) }));
  return createPlan({
    playbook: { ...playbook!, file, includes },
    inventory: inventory!,
    inputs: inputs!,
    advisory: advisory ?? null,
    catalog,
    exceptions: exceptions ?? [],
    origin: originOf(source),
    ...(source.limit === undefined ? {} : { limit: source.limit }),
    ...(only === undefined ? {} : { only }),
    ...(source.forks === undefined ? {} : { forks: source.forks }),
  });
}

function originOf(source: PlanSource): PlanOrigin {
  const { targetsFile, packages, connection, tags, exceptions } = source;
  const path = (name: string | undefined): string | null => (name === undefined ? null : resolve(name));
  return {
    inventory: inventoryOrigin(source),
    targetsFile: path(targetsFile),
    packages: path(packages),
    connection: (connection ?? {}) as JsonObject,
    ...(tags === undefined ? {} : { tags }),
    ...(exceptions === undefined ? {} : { exceptions: resolve(exceptions) }),
  };
}

/** Playbook and advisory alone, without hosts. @throws as loadPlan */
export async function checkPlaybook(file: string, catalog: ActionCatalog): Promise<Playbook> {
  const playbook = await readPlaybook(file, catalog);
  await readAdvisory(playbook);
  return playbook;
}

async function readPlaybook(source: PlanSource['playbook'], catalog: ActionCatalog): Promise<Playbook> {
  if (typeof source !== 'string') return loadPlaybook(source.text, source.file, catalog, readInclude);
  const file = findPlaybook(source);
  return loadPlaybook(await readText(file, 'playbook'), file, catalog, readInclude);
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
