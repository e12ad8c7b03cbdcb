/**
 * A CSV file with a header row → hosts. Columns are our settings (parts of one with a dot: `jump.address`), `name`,
 * `groups`; every other column is a variable. Pure.
 */
import { CsvError, parse } from 'csv-parse/sync';
import { Pair, Scalar, YAMLMap, YAMLSeq } from 'yaml';
import { type Place, type SourceProblem, SourceText, type YamlEntry, YamlReader } from '../util/index.ts';
import { isAnsibleSetting } from './ansible-names.ts';
import { isHostName, SETTING_KEYS } from './settings.ts';
import { emptyTree, groupOf, layersOf, misspeltSetting, readVars, type SourceRead } from './tree.ts';

interface Cell extends Place {
  readonly text: string;
}

/** Columns → the setting that they are part of. */
const SHORT: Readonly<Record<string, string>> = {
  user: 'credential.user',
  password_env: 'credential.password.env',
  password_file: 'credential.password.file',
  passphrase_env: 'passphrase.env',
  passphrase_file: 'passphrase.file',
};
const NAME_COLUMNS = ['name', 'host', 'hostname'];
const NUMBERS = new Set(['port', 'jump.port', 'relay_sessions']);
const BOOLEANS = new Set(['use_tls', 'allow_unencrypted', 'insecure', 'agent']);
const LISTS = new Set(['vantages', 'partners']);
const SECRETS = /^(?:password|passwd|pwd|passphrase|secret)$/i;

/** @param folder absolute; relative paths start there */
export function loadCsv(text: string, file: string, folder: string): SourceRead {
  const clean = text.startsWith('\ufeff') ? text.slice(1) : text;
  const source = new SourceText(file, clean);
  const tree = emptyTree();
  const rows = readRows(source);
  if ('problem' in rows) return { tree, problems: [rows.problem], further: [] };
  const yaml = {
    source,
    root: null,
    aliases: new Map(),
    problems: [],
    brokenAt: null,
    placeholders: new Map(),
  };
  const reader = new YamlReader(yaml);
  const [header, ...records] = rows.rows;
  const columns = header === undefined ? null : readHeader(reader, header);
  if (header === undefined) reader.report({ start: 0, end: 1 }, 'the file is empty', 'the first row names the columns');
  for (const record of columns === null ? [] : records) readRecord(record);
  return { tree, problems: reader.problems, further: [] };

  function readRecord(record: readonly Cell[]): void {
    const names = columns ?? [];
    const [first] = record;
    if (first === undefined) return;
    const surplus = record[names.length];
    if (surplus !== undefined) {
      reader.report(
        surplus,
        `the row has ${record.length} cells, the header ${names.length}`,
        'quote a cell that holds a comma',
      );
      return;
    }
    const nameAt = names.findIndex((column) => NAME_COLUMNS.includes(column));
    const name = record[nameAt] ?? first;
    if (!isHostName(name.text.trim())) {
      reader.report(
        name,
        name.text.trim() === '' ? 'the row names no host' : `"${name.text}" is not a name for a host`,
      );
      return;
    }
    const host = name.text.trim();
    if (tree.hosts.has(host)) {
      reader.report(name, `"${host}" has a row already`, 'keep one of the two');
      return;
    }
    const root = new YAMLMap();
    for (const [index, column] of names.entries()) {
      const cell = record[index];
      if (cell === undefined || cell.text.trim() === '' || index === nameAt) continue;
      if (column === 'groups') {
        for (const group of parts(cell)) {
          if (/^[\p{L}_][\p{L}\p{N}_-]*$/u.test(group.text)) {
            groupOf(tree, group.text).hosts.add(host);
            groupOf(tree, 'all').children.add(group.text);
          } else
            reader.report(
              group,
              `"${group.text}" is not a name for a group`,
              'letters, digits, _ and -; several with ;',
            );
        }
      } else put(root, column, cell);
    }
    root.range = [first.start, first.end, first.end];
    const entries: readonly YamlEntry[] = reader.entries(root, first, 'a row') ?? [];
    layersOf(tree, host).push(readVars(reader, entries, folder));
  }
}

function readHeader(reader: YamlReader, header: readonly Cell[]): readonly string[] | null {
  const columns = header.map((cell) => cell.text.trim()).map((name) => SHORT[name] ?? name);
  let isUsable = true;
  const refuse = (cell: Cell, message: string, hint = ''): void => {
    isUsable = false;
    reader.report(cell, message, hint);
  };
  for (const [index, cell] of header.entries()) {
    const column = columns[index] ?? '';
    const meant = misspeltSetting(column);
    if (column === '') refuse(cell, 'a column has no name');
    else if (meant !== null)
      refuse(cell, `"${column}" is too near to the setting "${meant}"`, `did you mean "${meant}"?`);
    else if (columns.indexOf(column) !== index) refuse(cell, `the column "${cell.text}" is there twice`);
    else if (SECRETS.test(column))
      refuse(cell, 'a password does not belong into the inventory', 'name where it is: password_env or password_file');
    else if (column === 'vars' || column === 'children' || column === 'hosts')
      refuse(cell, `"${column}" cannot be a column`, 'every other column is a variable already');
  }
  const first = header[0];
  if (first !== undefined && !columns.some((column) => NAME_COLUMNS.includes(column)))
    refuse(
      first,
      'no column "name"',
      `the first row names the columns: name, ${SETTING_KEYS.slice(0, 3).join(', ')}, groups, …`,
    );
  return isUsable ? columns : null;
}

/** The cell as a node at the place where the column's dots lead. */
function put(root: YAMLMap, column: string, cell: Cell): void {
  const [head = ''] = column.split('.');
  const path = SETTING_KEYS.includes(head) ? column.split('.') : [column];
  let map = root;
  for (const [index, key] of path.entries()) {
    const known = map.items.find((pair) => pair.key instanceof Scalar && pair.key.value === key);
    if (index < path.length - 1) {
      if (known?.value instanceof YAMLMap) {
        map = known.value;
        continue;
      }
      const inner = placed(new YAMLMap(), cell);
      map.items.push(new Pair(placed(new Scalar(key), cell), inner));
      map = inner;
    } else map.items.push(new Pair(placed(new Scalar(key), cell), nodeOf(column, cell)));
  }
}

function nodeOf(column: string, cell: Cell): Scalar | YAMLSeq | YAMLMap {
  if (LISTS.has(column)) {
    const list = placed(new YAMLSeq(), cell);
    list.items.push(...parts(cell).map((part) => placed(new Scalar(part.text), part)));
    return list;
  }
  if (column === 'ports') {
    const map = placed(new YAMLMap(), cell);
    for (const part of parts(cell)) {
      const [windows = '', real = ''] = part.text.split(/[:=]/).map((word) => word.trim());
      map.items.push(new Pair(placed(new Scalar(windows), part), placed(new Scalar(typed(real)), part)));
    }
    return map;
  }
  const text = cell.text.trim();
  const isVariable = !SETTING_KEYS.includes(column.split('.')[0] ?? '') && !isAnsibleSetting(column);
  const value = NUMBERS.has(column) || BOOLEANS.has(column) || isVariable ? typed(text) : text;
  return placed(new Scalar(value), cell);
}

/** Whole numbers and true/false; `007` stays text. */
function typed(text: string): string | number | boolean {
  if (/^(?:true|false)$/i.test(text)) return text.toLowerCase() === 'true';
  return /^(?:0|-?[1-9]\d{0,14})$/.test(text) ? Number(text) : text;
}

function placed<Node extends Scalar | YAMLMap | YAMLSeq>(node: Node, { start, end }: Place): Node {
  node.range = [start, Math.max(start + 1, end), Math.max(start + 1, end)];
  return node;
}

/** The pieces between semicolons. */
function parts(cell: Cell): readonly Cell[] {
  return cell.text
    .split(';')
    .map((text) => ({ text: text.trim(), start: cell.start, end: cell.end }))
    .filter(({ text }) => text !== '');
}

function readRows(
  source: SourceText,
): { readonly rows: readonly (readonly Cell[])[] } | { readonly problem: SourceProblem } {
  const bytes = Buffer.from(source.text, 'utf8');
  const offset = characterOffsets(bytes);
  let end = 0;
  try {
    const rows = parse(bytes, {
      skip_empty_lines: true,
      relax_column_count: true,
      cast: (text, context) => {
        // The parser tells the end of a cell; it starts behind the delimiter of the one before.
        let start = context.index === 0 ? end : end + 1;
        if (context.index === 0) while (bytes[start] === 10 || bytes[start] === 13) start++;
        end = context.bytes;
        return { text, start: offset(start), end: offset(end) };
      },
    }) as unknown as Cell[][];
    return { rows };
  } catch (thrown) {
    if (!(thrown instanceof CsvError)) throw thrown;
    const line = typeof thrown['lines'] === 'number' ? thrown['lines'] : 1;
    let at = 0;
    for (let passed = 1; passed < line; passed++) at = source.text.indexOf('\n', at) + 1;
    const hint = 'a quote begins and ends the whole cell; inside it is doubled';
    return { problem: source.problem(at, source.lineEnd(at), `not valid CSV: ${reason(thrown.code)}`, hint) };
  }
}

function reason(code: string): string {
  if (code === 'CSV_QUOTE_NOT_CLOSED') return 'a quote is never closed';
  if (code === 'INVALID_OPENING_QUOTE') return 'a quote stands in the middle of a cell';
  return code.toLowerCase().replaceAll('_', ' ').replace('csv ', '');
}

/** Byte offset → offset in the string. */
function characterOffsets(bytes: Buffer): (at: number) => number {
  if (bytes.every((byte) => byte < 0x80)) return (at) => at;
  const offsets = new Uint32Array(bytes.length + 1);
  let characters = 0;
  for (let at = 0; at < bytes.length; at++) {
    offsets[at] = characters;
    const byte = bytes[at] ?? 0;
    // A continuation byte adds nothing; four bytes make two units.
    if ((byte & 0xc0) !== 0x80) characters += byte >= 0xf0 ? 2 : 1;
  }
  offsets[bytes.length] = characters;
  return (at) => offsets[Math.min(at, bytes.length)] ?? characters;
}
