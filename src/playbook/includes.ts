/**
 * Files that `include:` brings into a playbook: read through a port, parsed once at each place, cycles refused. Must not know
 * what a step is.
 */
import type { Node } from 'yaml';
import type { IncludedFile } from '../domain/index.ts';
import { readYaml, type SourceProblem, sha256Hex, type YamlEntry, YamlReader } from '../util/index.ts';
import { isTemplate } from './expression/index.ts';
import { EXPRESSION_KEYS } from './vocabulary.ts';

/** The text of a file, or why it cannot be read. `name` counts from the folder of the file that names it. */
export type IncludeReader = (
  name: string,
  from: string,
) => { readonly file: string; readonly text: string } | { readonly problem: string };

/** An included file as far as it could be read. */
export interface Included {
  readonly name: string;
  readonly file: string;
  readonly reader: YamlReader;
}

/** Includes in all, files counted each time: bounds what a few files that include each other twice can unfold to. */
const MAX_INCLUDES = 500;
const MAX_NESTING = 20;

export function nothingToInclude(): { readonly problem: string } {
  return { problem: 'nothing can be included here' };
}

export class Includes {
  readonly #read: IncludeReader;
  readonly #opened = new Map<Node, Included | null>();
  readonly #files = new Map<string, string>();
  /** The files in which the walk is now, outermost first. */
  readonly #way: string[];
  #count = 0;

  constructor(read: IncludeReader, playbook: string) {
    this.#read = read;
    this.#way = [playbook];
  }

  get files(): readonly IncludedFile[] {
    return [...this.#files].map(([file, sha256]) => ({ file, sha256 }));
  }

  /** Of all included files, file by file. */
  get problems(): readonly SourceProblem[] {
    return [...this.#opened.values()].flatMap((included) => included?.reader.problems ?? []);
  }

  /** Walks through the file that the entry names; what is wrong with the entry itself is reported, once. */
  within<T>(reader: YamlReader, entry: YamlEntry, walk: (included: Included) => T): T | null {
    const included = this.#open(reader, entry);
    if (included === null) return null;
    this.#way.push(included.file);
    try {
      return walk(included);
    } finally {
      this.#way.pop();
    }
  }

  #open(reader: YamlReader, entry: YamlEntry): Included | null {
    const node = entry.value;
    const known = node === null ? undefined : this.#opened.get(node);
    if (known !== undefined) return known;
    const included = this.#load(reader, entry);
    if (node !== null) this.#opened.set(node, included);
    return included;
  }

  #load(reader: YamlReader, entry: YamlEntry): Included | null {
    const name = reader.string(entry);
    if (name === null) return null;
    if (isTemplate(name)) {
      return reader.report(
        entry.place,
        '"include" names a file, not an expression',
        'what is included is part of the plan, which is made before anything is known of hosts; include both files, each with its if:',
      );
    }
    const found = this.#read(name, this.#way.at(-1) ?? '');
    if ('problem' in found)
      return reader.report(entry.place, found.problem, 'the path counts from the file that includes');
    if (this.#way.includes(found.file)) {
      const way = [...this.#way.slice(this.#way.indexOf(found.file)), found.file].join(' → ');
      return reader.report(entry.place, `the file includes itself: ${way}`);
    }
    this.#count += 1;
    if (this.#way.length > MAX_NESTING || this.#count > MAX_INCLUDES) {
      const limit = this.#count > MAX_INCLUDES ? `more than ${MAX_INCLUDES} files` : `deeper than ${MAX_NESTING} files`;
      return reader.report(entry.place, `the playbook includes ${limit}`);
    }
    this.#files.set(found.file, sha256Hex(found.text));
    return { name, file: found.file, reader: new YamlReader(readYaml(found.text, found.file, EXPRESSION_KEYS)) };
  }
}
