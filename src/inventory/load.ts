/** Texts of inventories, in whatever form → one inventory, or every mistake in them at once. Pure. */
import { dirname, resolve } from 'node:path';
import { FirebreakError } from '../domain/index.ts';
import type { SourceProblem } from '../util/index.ts';
import { isAnsibleList, loadAnsibleList } from './load-ansible.ts';
import { loadCsv } from './load-csv.ts';
import { loadYaml } from './load-yaml.ts';
import type { ConnectionOverrides, Inventory } from './model.ts';
import { resolveHosts } from './resolve.ts';
import { isNameList, type NamedTargets, namedHosts, readTargetLines } from './targets.ts';
import { type GroupTree, groupsInsideThemselves, mergeTrees, type SourceRead } from './tree.ts';

/** What of an inventory is known so far; further sources that it names are still to be asked. */
export type InventoryPart = SourceRead;

/**
 * One inventory of YAML.
 * @param overrides settings from the command line, which win over the file
 * @throws FB_INVENTORY_INVALID with `details: SourceProblem[]`, sorted by place
 */
export function loadInventory(text: string, file: string, overrides: ConnectionOverrides = {}): Inventory {
  return combineInventory(file, [loadYaml(text, file, dirname(resolve(file)))], overrides);
}

/**
 * YAML, CSV (by the file's name), Ansible's JSON, or names one a line.
 * @param folder absolute; relative paths in the text start there
 */
export function readInventoryText(
  text: string,
  file: string,
  folder: string,
  uris: Map<string, string>,
): InventoryPart {
  if (/\.csv$/i.test(file)) return loadCsv(text, file, folder);
  if (isAnsibleList(text)) return loadAnsibleList(text, file, folder);
  if (isNameList(text)) return namedPart(readTargetLines(text, file), uris);
  return loadYaml(text, file, folder);
}

/**
 * Names and target URIs as hosts.
 * @param uris URI → name of its host; what is made here is added
 */
export function namedPart({ names, problems }: NamedTargets, uris: Map<string, string>): InventoryPart {
  return { tree: namedHosts(names, uris), problems, further: [] };
}

/**
 * All parts as one inventory; later ones win.
 * @param label what it is called in messages
 * @throws FB_INVENTORY_INVALID with `details: SourceProblem[]`
 */
export function combineInventory(
  label: string,
  parts: readonly InventoryPart[],
  overrides: ConnectionOverrides,
  uris: ReadonlyMap<string, string> = new Map(),
): Inventory {
  const problems = parts.flatMap((part) => part.problems);
  if (problems.length > 0) throw invalidInventory(label, problems);
  const tree = mergeTrees(parts.map((part) => part.tree));
  checkAcross(label, tree, parts.length);
  const resolved = resolveHosts(label, tree, overrides);
  if (resolved.problems.length > 0) throw invalidInventory(label, resolved.problems);
  return uris.size === 0 ? resolved.inventory : { ...resolved.inventory, uris };
}

/** What only shows when several sources are put together. */
function checkAcross(label: string, tree: GroupTree, parts: number): void {
  const [loop] = groupsInsideThemselves(tree);
  const clash = [...tree.hosts.keys()].find((host) => tree.groups.has(host));
  const message =
    loop !== undefined
      ? `the group "${loop}" is inside itself`
      : clash === undefined
        ? null
        : `"${clash}" is both a host and a group`;
  if (message === null) return;
  const where = parts > 1 ? `${label}, taken together` : label;
  throw new FirebreakError('FB_INVENTORY_INVALID', `${where}: ${message}`, { remedy: 'correct one of the sources' });
}

export function invalidInventory(file: string, problems: readonly SourceProblem[]): FirebreakError {
  const [first] = problems;
  const where = first === undefined ? file : `${first.file}:${first.line}:${first.column}: ${first.message}`;
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
  return new FirebreakError('FB_INVENTORY_INVALID', `${where}${more}`, {
    remedy: `correct the inventory ${file}`,
    details: problems,
  });
}
