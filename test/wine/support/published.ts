/**
 * The programs of lab/wine, published for Windows: PowerShell's own engine and a package to install. Kept with the other
 * build caches as long as their sources stay the same; the runtime for Windows comes from NuGet.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..', '..', '..');
/** What the projects compile. */
const SOURCES = [
  'lab/wine',
  'lab/engine/Engine/Cmdlets',
  'lab/engine/Engine/Access.cs',
  'lab/engine/Engine/GlobalUsings.cs',
  'lab/engine/Machine/LabRefusalException.cs',
  'lab/engine/Publicize',
];
const PUBLISH_TIMEOUT_MS = 600_000;

export interface Published {
  readonly engine: string;
  readonly installer: string;
}

/** Paths on this system. */
export function publishForWindows(): Published {
  const cache = join(root, 'node_modules', '.cache', 'firebreak-wine');
  const folder = join(cache, fingerprint());
  if (!existsSync(folder)) {
    const part = `${folder}.${process.pid}.part`;
    const older = existsSync(cache) ? readdirSync(cache).filter((name) => !name.endsWith('.part')) : [];
    try {
      for (const project of ['Engine', 'Installer']) publish(project, part);
      rmSync(join(part, 'build'), { recursive: true, force: true });
      renameSync(part, folder);
    } catch (error) {
      // another run may have been faster
      if (!existsSync(folder)) throw error;
    } finally {
      rmSync(part, { recursive: true, force: true });
    }
    for (const name of older) rmSync(join(cache, name), { recursive: true, force: true });
  }
  return {
    engine: join(folder, 'Engine', 'firebreak-wine.exe'),
    installer: join(folder, 'Installer', 'fake-update.exe'),
  };
}

function publish(project: string, part: string): void {
  mkdirSync(part, { recursive: true });
  const folders = ['--artifacts-path', join(part, 'build'), '-o', join(part, project)];
  const args = ['publish', `lab/wine/${project}`, '-c', 'Release', ...folders, '--nologo', '-v', 'quiet'];
  const done = spawnSync('dotnet', args, { cwd: root, encoding: 'utf8', timeout: PUBLISH_TIMEOUT_MS });
  if (done.status !== 0) throw new Error(`dotnet ${args.join(' ')}: ${done.stderr}${done.stdout}`);
}

function fingerprint(): string {
  const hash = createHash('sha256');
  const add = (path: string): void => {
    hash.update(path.slice(root.length)).update('\0').update(readFileSync(path)).update('\0');
  };
  for (const source of SOURCES.map((each) => join(root, each))) {
    if (source.endsWith('.cs')) {
      add(source);
      continue;
    }
    for (const entry of readdirSync(source, { recursive: true, withFileTypes: true }).sort(byPath)) {
      const path = join(entry.parentPath, entry.name);
      if (/\.cs(proj)?$/.test(path) && !/[\\/](bin|obj)[\\/]/.test(path)) add(path);
    }
  }
  return hash.digest('hex').slice(0, 16);
}

function byPath(a: { parentPath: string; name: string }, b: { parentPath: string; name: string }): number {
  return join(a.parentPath, a.name) < join(b.parentPath, b.name) ? -1 : 1;
}
