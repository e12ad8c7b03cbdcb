// Run after `npm install` changed package-lock.json. Tools such as biome, swc and oxlint name one optional package per
// platform; a registry mirror that lacks some of them makes `npm install` leave those out of the lock, and `npm ci`
// then refuses the lock on every machine. This adds the missing ones as optional entries, with the platform read from
// their names, so that `npm ci` works here and installs the right package elsewhere.
import { readFileSync, writeFileSync } from 'node:fs';

const OS = ['android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'openharmony', 'sunos', 'win32', 'aix'];
const CPU = ['arm64', 'arm', 'ia32', 'x64', 'ppc64', 's390x', 'riscv64', 'loong64', 'mips64el', 'wasm32'];

const lockFile = new URL('../package-lock.json', import.meta.url);
const lock = JSON.parse(readFileSync(lockFile, 'utf8'));
let added = 0;
for (const entry of Object.values(lock.packages)) {
  for (const [name, range] of Object.entries(entry.optionalDependencies ?? {})) {
    const key = `node_modules/${name}`;
    if (lock.packages[key] !== undefined) continue;
    const words = name.split(/[-/]/);
    const os = OS.filter((word) => words.includes(word));
    const cpu = CPU.filter((word) =>
      words.some((part) => part === word || (word === 'arm' && part.startsWith('arm-'))),
    );
    const isMusl = words.some((word) => word.startsWith('musl'));
    lock.packages[key] = {
      version: range.replace(/^[\^~]/, ''),
      optional: true,
      ...(entry.dev ? { dev: true } : {}),
      // A name without a known platform (another operating system's helper) is never installed where it is missing.
      os: os.length > 0 ? os : ['none'],
      ...(cpu.length > 0 ? { cpu } : {}),
      ...(isMusl ? { libc: ['musl'] } : {}),
    };
    added += 1;
  }
}
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
writeFileSync(lockFile, `${JSON.stringify(lock, null, 2)}\n`);
console.log(`${added} optional entries added`);
