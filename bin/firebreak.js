#!/usr/bin/env node
// Plain JavaScript that any Node can read: finds a supported Node (the running one, or the one installed
// beside the package) and starts the program with it. It must not import anything of the program itself.
import { spawn } from 'node:child_process';
import { mkdirSync, statSync } from 'node:fs';
import module, { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** The same range as `engines.node` in package.json. */
function isSupported(version) {
  const [major, minor, patch] = version.split('.').map(Number);
  if (major === 22) return minor > 22 || (minor === 22 && patch >= 2);
  if (major === 24) return minor >= 15;
  return major >= 26;
}

function bundledNode() {
  const os = process.platform === 'win32' ? 'win' : process.platform;
  const file = process.platform === 'win32' ? 'bin/node.exe' : 'bin/node';
  try {
    return createRequire(import.meta.url).resolve(`node-${os}-${process.arch}/${file}`);
  } catch {
    return undefined;
  }
}

/** Compiled code is kept between starts, which makes them several times as quick; without a place for it nothing is lost. */
function keepCompiled() {
  const { HOME, LOCALAPPDATA, XDG_CACHE_HOME } = process.env;
  const isWindows = process.platform === 'win32';
  const own = isWindows ? LOCALAPPDATA : XDG_CACHE_HOME || HOME;
  if (!own) return;
  try {
    // Whoever can write there (the caller of sudo, say) could run code as this user.
    const { mode, uid } = statSync(own);
    if (!isWindows && (uid !== process.getuid() || (mode & 0o002) !== 0)) return;
    const folder = join(own, isWindows || XDG_CACHE_HOME ? '' : '.cache', 'firebreak', 'compiled');
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    module.enableCompileCache(folder);
  } catch {
    // Then it is compiled again each time.
  }
}

// Set for the Node that this file starts in its place.
const STARTED_BY = 'FIREBREAK_STARTED_BY';

if (isSupported(process.versions.node)) {
  if (process.env[STARTED_BY] !== undefined && process.channel !== undefined) {
    delete process.env[STARTED_BY];
    // Whoever kills the process that was started means the program: it must not go on behind their back.
    process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
    // A listener holds the channel, and the channel the process.
    process.channel.unref();
  }
  keepCompiled();
  const { main } = await import('../src/cli/main.ts');
  await main(process.argv.slice(2));
} else {
  const node = bundledNode();
  if (node === undefined) {
    process.stderr.write(
      `firebreak: Node ${process.versions.node} is too old; install Node 24 (24.15 or newer), or run "npm ci" in ${root}, which brings one along\n`,
    );
    process.exitCode = 2;
  } else {
    const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
      stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
      env: { ...process.env, [STARTED_BY]: String(process.pid) },
    });
    // The terminal sends Ctrl-C to both; the child decides how to end, this process only waits for it.
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
      process.on(signal, () => {
        if (signal !== 'SIGINT') child.kill(signal);
      });
    }
    child.on('exit', (code, signal) => {
      process.exitCode = signal === null ? code : 1;
    });
  }
}
