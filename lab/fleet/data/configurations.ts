/** Session configurations as the engine takes them: the text of their modules instead of folders. */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { LabError, messageOf } from '../errors.ts';
import type { SessionConfigurations } from './schema.ts';

/** @throws LabError `lab.data` when a module cannot be read */
export function resolveConfigurations(configurations: SessionConfigurations): object {
  return Object.fromEntries(
    Object.entries(configurations).map(([name, { language, commands, modules }]) => [
      name,
      { language, ...(commands === undefined ? {} : { commands }), modules: modules.map(readModule) },
    ]),
  );
}

/** A folder with Private/*.ps1 and Public/*.ps1, of which the latter are exported; errors end a function. */
function readModule(folder: string): { readonly name: string; readonly text: string } {
  try {
    const files = readdirSync(join(folder, 'Public')).filter((file) => file.endsWith('.ps1'));
    const functions = files.map((file) => `'${basename(file, '.ps1')}'`).join(', ');
    const scripts = ['Private', 'Public'].flatMap((part) => scriptsOf(join(folder, part)));
    const text = ["$ErrorActionPreference = 'Stop'", ...scripts, `Export-ModuleMember -Function @(${functions})`];
    return { name: basename(folder), text: text.join('\n') };
  } catch (thrown) {
    throw new LabError('lab.data', `the module ${folder} cannot be read: ${messageOf(thrown)}`);
  }
}

function scriptsOf(folder: string): readonly string[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.ps1'))
    .sort()
    .map((file) => readFileSync(join(folder, file), 'utf8'));
}
