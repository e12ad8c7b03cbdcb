/**
 * Hosts without an inventory file: names or target URIs on the command line, or in a file with one in each line.
 */
import { FirebreakError } from '../domain/index.ts';
import { isTargetUri, type SourceProblem, SourceText } from '../util/index.ts';
import { isHostName } from './settings.ts';
import { parseTargetUri, uriLayer, uriName } from './target-uri.ts';
import { emptyTree, type GroupTree, layersOf } from './tree.ts';

export interface NamedTargets {
  /** Names of hosts and target URIs, as typed. */
  readonly names: readonly string[];
  readonly problems: readonly SourceProblem[];
}

/** True for `-i web01,web02`, `-i web01,` and a target URI: the comma tells a list from a file, as in Ansible. */
export function isInlineList(text: string): boolean {
  return text.includes(',') || isTargetUri(text);
}

/** True when every line is a host's name or a target URI. */
export function isNameList(text: string): boolean {
  const { names, problems } = readTargetLines(text, '');
  return problems.length === 0 && names.length > 0;
}

/** `web01,winrm://alice@web02` → the names. */
export function readInlineList(text: string): NamedTargets {
  const source = new SourceText('-i', text);
  const pieces = [...text.matchAll(/[^,]+/g)].map((match) => ({ text: match[0], at: match.index }));
  return readNames(source, pieces);
}

/** One name, IP address or target URI a line; empty lines and `#` comments are skipped. */
export function readTargetLines(text: string, file: string): NamedTargets {
  const source = new SourceText(file, text.startsWith('\ufeff') ? text.slice(1) : text);
  const lines = [...source.text.matchAll(/[^\r\n]+/g)];
  return readNames(
    source,
    lines.map((match) => ({ text: match[0].replace(/(?:^|\s)#.*$/u, ''), at: match.index })),
  );
}

/**
 * A tree of nothing but names and URIs; settings come from the URIs and the command line.
 * @param uris URI → name of its host; what is made here is added
 * @throws FB_USAGE (not a target URI)
 */
export function namedHosts(names: readonly string[], uris: Map<string, string>): GroupTree {
  const tree = emptyTree();
  for (const text of names) {
    if (!isTargetUri(text)) {
      layersOf(tree, text);
      continue;
    }
    if (uris.has(text)) continue;
    const uri = parseTargetUri(text);
    const short = uriName(uri);
    const rivals = [...uris].filter(([, name]) => name === short || name === `${uri.scheme}://${short}`);
    const name = rivals.length === 0 ? short : `${uri.scheme}://${short}`;
    if (rivals.some(([rival]) => parseTargetUri(rival).scheme === uri.scheme)) {
      throw new FirebreakError('FB_USAGE', `${name} is named twice, as different users or ports`, {
        remedy: 'name each host once',
      });
    }
    uris.set(text, name);
    layersOf(tree, name).push(uriLayer(uri));
  }
  return tree;
}

function readNames(
  source: SourceText,
  pieces: readonly { readonly text: string; readonly at: number }[],
): NamedTargets {
  const problems: SourceProblem[] = [];
  const names = new Set<string>();
  for (const { text, at } of pieces) {
    const name = text.trim();
    if (name === '') continue;
    const start = at + text.indexOf(name);
    const wrong = isTargetUri(name) ? mistakeIn(name) : null;
    if (wrong !== null) problems.push(source.problem(start, start + name.length, wrong.message, wrong.remedy));
    else if (isHostName(name) || isTargetUri(name)) names.add(name);
    else {
      const message = `"${name}" is not the name or IPv4 address of a host`;
      const hint = 'write a target URI (winrm://user@host:5985), or use an inventory file';
      problems.push(source.problem(start, start + name.length, message, hint));
    }
  }
  if (names.size === 0 && problems.length === 0) problems.push(source.problem(0, 0, 'no hosts are named'));
  return { names: [...names], problems };
}

function mistakeIn(uri: string): FirebreakError | null {
  try {
    parseTargetUri(uri);
    return null;
  } catch (thrown) {
    if (thrown instanceof FirebreakError) return thrown;
    throw thrown;
  }
}
