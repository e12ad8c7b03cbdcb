/**
 * The import table of docs/architecture.md as a test: an import that it does not list fails, and so does a folder
 * entered by anything but its index.ts. (Cycles between files are found by biome's noImportCycles.)
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const root = resolve(import.meta.dirname, '..');

const MAY_IMPORT: { readonly [folder: string]: readonly string[] } = {
  domain: ['util'],
  util: [],
  playbook: ['domain', 'util'],
  advisory: ['domain', 'util'],
  inventory: ['domain', 'util'],
  engine: ['domain', 'playbook', 'inventory', 'util'],
  actions: ['domain', 'advisory', 'powershell', 'scan', 'util'],
  journal: ['domain', 'util'],
  dispatch: ['domain', 'util'],
  powershell: ['protocol', 'domain', 'util'],
  transports: ['protocol', 'powershell', 'domain', 'util'],
  protocol: ['util'],
  scan: ['protocol', 'domain', 'util'],
  report: ['domain', 'util'],
  secrets: ['domain', 'util'],
  app: [
    'domain',
    'util',
    'playbook',
    'advisory',
    'inventory',
    'engine',
    'actions',
    'journal',
    'dispatch',
    'powershell',
    'transports',
    'scan',
    'report',
    'secrets',
  ],
  cli: ['app', 'domain', 'util'],
  'lab/fleet': ['protocol'],
};

/** Node modules that do I/O or keep time: the sans-I/O folders must not use them. */
const SANS_IO = ['domain', 'playbook', 'advisory', 'inventory', 'engine', 'protocol', 'report'];
const IO_MODULES = /^node:(fs|net|http|https|http2|child_process|dgram|tls|timers|dns|os|process|worker_threads)/;

function filesBelow(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) return filesBelow(path);
    return path.endsWith('.ts') ? [path] : [];
  });
}

interface Import {
  readonly file: string;
  readonly specifier: string;
}

function importsOf(file: string): Import[] {
  const text = readFileSync(file, 'utf8');
  const found = [
    ...text.matchAll(
      /(?:^|\n)\s*(?:import|export)\b[^;'"]*?from\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)|(?:^|\n)import\s*['"]([^'"]+)['"]/g,
    ),
  ];
  return found.map((match) => ({ file, specifier: (match[1] ?? match[2] ?? match[3])! }));
}

/** `src/engine/plan/x.ts` → `engine`; `lab/fleet/x.ts` → `lab/fleet`. */
function folderOf(path: string): string {
  const parts = relative(root, path).split(sep);
  if (parts[0] === 'src') return parts[1]!;
  return parts.slice(0, 2).join('/');
}

const imports = ['src', 'lab/fleet'].flatMap((folder) => filesBelow(join(root, folder))).flatMap(importsOf);

describe('architecture', () => {
  it('imports only what the table lists', () => {
    const wrong = imports
      .filter(({ specifier }) => specifier.startsWith('.'))
      .map(({ file, specifier }) => ({
        file,
        from: folderOf(file),
        to: folderOf(resolve(dirname(file), specifier)),
        specifier,
      }))
      .filter(({ from, to }) => from !== to && !MAY_IMPORT[from]?.includes(to))
      .map(({ file, specifier }) => `${relative(root, file)} imports ${specifier}`);
    expect(wrong).toEqual([]);
  });

  it('enters a folder only through its index.ts', () => {
    const wrong = imports
      .filter(({ specifier }) => specifier.startsWith('.'))
      .map(({ file, specifier }) => ({ file, specifier, target: resolve(dirname(file), specifier) }))
      .filter(({ file, target }) => folderOf(file) !== folderOf(target))
      .filter(
        ({ target, file }) =>
          !target.endsWith(`${sep}index.ts`) && folderOf(target) !== 'util' && folderOf(file) !== 'lab/fleet',
      )
      .map(({ file, specifier }) => `${relative(root, file)} imports ${specifier}`);
    expect(wrong).toEqual([]);
  });

  it('keeps I/O out of the pure folders', () => {
    const wrong = imports
      .filter(({ file, specifier }) => SANS_IO.includes(folderOf(file)) && IO_MODULES.test(specifier))
      .map(({ file, specifier }) => `${relative(root, file)} imports ${specifier}`);
    expect(wrong).toEqual([]);
  });

  it('never lets the product know the lab', () => {
    const wrong = filesBelow(join(root, 'src'))
      .filter((file) => !['app', 'cli'].includes(folderOf(file)))
      .filter((file) => /\b(lab|firebreak-lab)\b/i.test(readFileSync(file, 'utf8')))
      .map((file) => relative(root, file));
    // domain/errors.ts names the error code of the `lab` command; nothing else may mention it.
    expect(wrong.filter((file) => file !== join('src', 'domain', 'errors.ts'))).toEqual([]);
  });

  it('uses process, console and exit only in the command line and the wiring', () => {
    const wrong = filesBelow(join(root, 'src'))
      .filter((file) => !['app', 'cli'].includes(folderOf(file)))
      .filter((file) => /\bconsole\.|\bprocess\.(exit|stdout|stderr|argv)/.test(readFileSync(file, 'utf8')))
      .map((file) => relative(root, file));
    expect(wrong).toEqual([]);
  });
});
