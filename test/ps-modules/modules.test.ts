/** What can be said of the modules by reading their files. Their syntax trees are judged in ast.test.ts. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const root = resolve(import.meta.dirname, '../../ps-modules');
const modules = readdirSync(root, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name);
const scripts = (module: string, folder: string): string[] =>
  readdirSync(join(root, module, folder))
    .filter((name) => name.endsWith('.ps1'))
    .sort();

describe('modules for hosts', () => {
  it('are these', () => {
    expect(modules.sort()).toEqual(
      ['Assess', 'Attack', 'Core', 'Host', 'Infection', 'Package', 'Patch', 'Shield'].map(
        (name) => `Firebreak.${name}`,
      ),
    );
  });

  it.each(modules)('%s lists exactly its public functions', (module) => {
    const manifest = readFileSync(join(root, module, `${module}.psd1`), 'utf8');
    const listed = /FunctionsToExport\s*=\s*@\(([^)]*)\)/.exec(manifest)?.[1] ?? '';
    const names = [...listed.matchAll(/'([^']+)'/g)].map((match) => `${match[1]}.ps1`).sort();
    expect(names).toEqual(scripts(module, 'Public'));
    expect(manifest).toMatch(/PowerShellVersion\s*=\s*'2\.0'/);
  });

  it.each(modules)('%s is ASCII', (module) => {
    const wrong = ['Public', 'Private']
      .filter((folder) => readdirSync(join(root, module)).includes(folder))
      .flatMap((folder) => scripts(module, folder).map((name) => join(root, module, folder, name)))
      .filter((path) => /[^\t\n\x20-\x7e]/.test(readFileSync(path, 'utf8')));
    expect(wrong).toEqual([]);
  });

  it('share no name of a function', () => {
    const all = modules.flatMap((module) =>
      ['Public', 'Private']
        .filter((folder) => readdirSync(join(root, module)).includes(folder))
        .flatMap((folder) => scripts(module, folder)),
    );
    expect(all.filter((name, index) => all.indexOf(name) !== index)).toEqual([]);
  });
});
