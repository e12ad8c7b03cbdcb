/** Hosts without an inventory file: a comma list on the command line, or a file with a name in each line. */
import { type SourceProblem, SourceText } from '../util/index.ts';
import { invalidInventory } from './load.ts';
import type { ConnectionOverrides, Inventory } from './model.ts';
import { resolveHosts } from './resolve.ts';
import { isHostName } from './settings.ts';

/** True for `-i web01,web02` and `-i web01,`: the comma tells a list from a file, as in Ansible. */
export function isInlineList(text: string): boolean {
  return text.includes(',');
}

/** `web01,web02,` → the names. @throws FB_INVENTORY_INVALID */
export function parseInlineList(text: string): readonly string[] {
  const source = new SourceText('-i', text);
  return readNames(
    source,
    [...text.matchAll(/[^,]+/g)].map((match) => ({ text: match[0], at: match.index })),
  );
}

/** One name or IP address a line; empty lines and `#` comments are skipped. @throws FB_INVENTORY_INVALID, all lines at once */
export function parseTargetsFile(text: string, file: string): readonly string[] {
  const source = new SourceText(file, text.startsWith('\ufeff') ? text.slice(1) : text);
  const lines = [...source.text.matchAll(/[^\r\n]+/g)];
  return readNames(
    source,
    lines.map((match) => ({ text: match[0].replace(/(?:^|\s)#.*$/u, ''), at: match.index })),
  );
}

/** An inventory of nothing but names; settings come from the command line. */
export function inlineInventory(names: readonly string[], origin: string, overrides: ConnectionOverrides): Inventory {
  return resolveHosts(origin, { groups: new Map(), hosts: new Map(names.map((name) => [name, []])) }, overrides);
}

function readNames(
  source: SourceText,
  pieces: readonly { readonly text: string; readonly at: number }[],
): readonly string[] {
  const problems: SourceProblem[] = [];
  const names = new Set<string>();
  for (const { text, at } of pieces) {
    const name = text.trim();
    if (name === '') continue;
    const start = at + text.indexOf(name);
    if (isHostName(name)) names.add(name);
    else {
      const message = `"${name}" is not the name or IPv4 address of a host`;
      problems.push(
        source.problem(start, start + name.length, message, 'ports and the rest belong into an inventory file'),
      );
    }
  }
  if (names.size === 0 && problems.length === 0) problems.push(source.problem(0, 0, 'no hosts are named'));
  if (problems.length > 0) throw invalidInventory(source.file, problems);
  return [...names];
}
