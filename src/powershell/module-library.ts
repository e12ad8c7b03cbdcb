/**
 * The PowerShell modules that run on the hosts, bundled from their folders: one script text and one hash a module.
 * Must not know sessions.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FirebreakError } from '../domain/index.ts';
import { sha256Hex } from '../util/index.ts';

export interface ModuleBundle {
  readonly name: string;
  /** The body of the module: errors stop, all functions, the export of the public ones. */
  readonly text: string;
  /** SHA-256 of the text, lower-case hex. */
  readonly hash: string;
  /** Modules that must be loaded before, in this order. */
  readonly requires: readonly string[];
  /** Names of the exported functions. */
  readonly functions: readonly string[];
}

/** Every other module uses it. */
const CORE = 'Firebreak.Core';
/** A function that went on after an error would report half a truth; it says itself where an error is expected. */
const STOP_AT_ERRORS = "$ErrorActionPreference = 'Stop'";
const REQUIRED_MODULES = /RequiredModules\s*=\s*(?:@\(([^)]*)\)|('[^']*'))/i;

/** Reads each module once and keeps it; safe to share between sessions. */
export class ModuleLibrary {
  readonly #root: string;
  readonly #bundles = new Map<string, Promise<ModuleBundle>>();

  /** `root` holds a folder for each module; the product's own `ps-modules/` when absent. */
  constructor(root: string = fileURLToPath(new URL('../../ps-modules/', import.meta.url))) {
    this.#root = root;
  }

  /** @throws FB_ENVIRONMENT when the module's files cannot be read */
  bundle(name: string): Promise<ModuleBundle> {
    const known = this.#bundles.get(name);
    if (known !== undefined) return known;
    const bundle = readBundle(this.#root, name);
    this.#bundles.set(name, bundle);
    bundle.catch(() => this.#bundles.delete(name));
    return bundle;
  }

  /** The module and everything that it needs, in the order of loading. */
  async withRequired(name: string): Promise<readonly ModuleBundle[]> {
    const ordered = new Map<string, ModuleBundle>();
    const visit = async (each: string, path: readonly string[]): Promise<void> => {
      if (ordered.has(each)) return;
      if (path.includes(each)) throw unreadable(each, `it requires itself (${[...path, each].join(' → ')})`);
      const bundle = await this.bundle(each);
      for (const required of bundle.requires) await visit(required, [...path, each]);
      ordered.set(each, bundle);
    };
    await visit(name, []);
    return [...ordered.values()];
  }
}

async function readBundle(root: string, name: string): Promise<ModuleBundle> {
  if (!/^[A-Za-z][A-Za-z0-9.]*$/.test(name)) throw unreadable(name, 'not a module name');
  const folder = join(root, name);
  const [publicFiles, privateFiles, manifest] = await Promise.all([
    readScripts(join(folder, 'Public'), name),
    readScripts(join(folder, 'Private'), name),
    readFile(join(folder, `${name}.psd1`), 'utf8').catch(() => ''),
  ]);
  const functions = publicFiles.map((file) => file.name);
  if (functions.length === 0) throw unreadable(name, `${join(folder, 'Public')} has no functions`);
  const exported = functions.map((each) => `'${each}'`).join(', ');
  const scripts = [...privateFiles, ...publicFiles].map((file) => file.text);
  const text = [STOP_AT_ERRORS, ...scripts, `Export-ModuleMember -Function @(${exported})`].join('\n');
  const requires = requiredModules(manifest);
  if (name !== CORE && !requires.includes(CORE)) requires.unshift(CORE);
  return { name, text, hash: sha256Hex(text), requires, functions };
}

async function readScripts(folder: string, module: string): Promise<readonly { name: string; text: string }[]> {
  const files = await readdir(folder).catch(() => []);
  const scripts = files.filter((file) => file.endsWith('.ps1')).sort();
  return Promise.all(
    scripts.map(async (file) => {
      const text = await readFile(join(folder, file), 'utf8').catch((error: unknown) => {
        throw unreadable(module, `${join(folder, file)} cannot be read`, error);
      });
      return {
        name: file.slice(0, -'.ps1'.length),
        text: text
          .replace(/^\ufeff/, '')
          .replaceAll('\r\n', '\n')
          .trimEnd(),
      };
    }),
  );
}

function requiredModules(manifest: string): string[] {
  const match = REQUIRED_MODULES.exec(manifest);
  const list = match?.[1] ?? match?.[2] ?? '';
  return [...list.matchAll(/'([^']+)'/g)].map((each) => each[1] ?? '').filter((each) => each.startsWith('Firebreak.'));
}

function unreadable(module: string, why: string, cause?: unknown): FirebreakError {
  return new FirebreakError('FB_ENVIRONMENT', `the PowerShell module ${module} cannot be used: ${why}`, {
    remedy: 'reinstall Firebreak: its ps-modules folder is incomplete',
    cause,
  });
}
