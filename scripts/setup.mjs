// Everything a fresh clone needs before the program or its tests can run; plain JavaScript for any Node from 18 on,
// nothing of node_modules. Does only what is missing, so it costs nothing the second time.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

function say(text) {
  process.stderr.write(`${text}\n`);
}

function fail(text) {
  say(`setup: ${text}`);
  process.exit(6);
}

/** Runs a program with its output hidden; shows the end of it when it fails. */
function run(label, file, args, remedy) {
  say(`setup: ${label} …`);
  const started = Date.now();
  const done = spawnSync(file, args, { cwd: root, encoding: 'utf8', maxBuffer: 1 << 28 });
  if (done.error !== undefined) fail(`${label}: cannot start ${file} (${done.error.code}); ${remedy}`);
  if (done.status !== 0) {
    const output = `${done.stdout}${done.stderr}`.trim().split('\n').slice(-25).join('\n');
    fail(`${label} failed (exit ${done.status}):\n${output}\n${remedy}`);
  }
  say(`setup: ${label}: done in ${Math.round((Date.now() - started) / 1000)} s`);
}

/** Names and contents of the files below the folders, without build output. */
function fingerprint(paths) {
  const hash = createHash('sha256');
  const visit = (path) => {
    if (!existsSync(path)) return;
    if (statSync(path).isDirectory()) {
      for (const name of readdirSync(path).sort()) {
        if (!['bin', 'obj', 'out', 'refs', 'TestResults'].includes(name)) visit(join(path, name));
      }
    } else {
      hash.update(path.slice(root.length)).update('\0').update(readFileSync(path)).update('\0');
    }
  };
  for (const path of paths) visit(join(root, path));
  return hash.digest('hex');
}

/** Runs `work` unless the stamp file says that it was done for the same fingerprint. */
function once(stamp, value, work) {
  const file = join(root, stamp);
  if (existsSync(file) && readFileSync(file, 'utf8') === value) return;
  work();
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, value);
}

once('node_modules/.firebreak-setup', fingerprint(['package.json', 'package-lock.json', '.npmrc']), () => {
  const npm = process.env.npm_execpath;
  const [file, args] = npm?.endsWith('.js')
    ? [process.execPath, [npm]]
    : [process.platform === 'win32' ? 'npm.cmd' : 'npm', []];
  run(
    'npm packages',
    file,
    [...args, 'ci', '--no-audit', '--no-fund'],
    'check that npm can reach its registry, then run the same command again',
  );
});

const sdk = spawnSync('dotnet', ['--version'], { encoding: 'utf8' });
if (sdk.error !== undefined || sdk.status !== 0 || Number.parseInt(sdk.stdout, 10) < 10) {
  fail(
    'the .NET SDK 10 is missing: the lab needs it; install it (Debian: dotnet-sdk-10.0, Windows: winget install Microsoft.DotNet.SDK.10) and run the same command again',
  );
}
once('lab/engine/out/.firebreak-setup', fingerprint(['lab/engine']), () => {
  run(
    'lab engine (.NET)',
    'dotnet',
    ['build', 'lab/engine/Engine', '-c', 'Release', '-o', 'lab/engine/out', '--nologo', '-v', 'quiet'],
    'check that NuGet can be reached, then run the same command again',
  );
});
