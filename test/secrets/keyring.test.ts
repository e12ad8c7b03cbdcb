/** The keyring of the system: a Secret Service on a session bus of its own, where gnome-keyring is installed. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const root = resolve(import.meta.dirname, '..', '..');
const KEYRING = join(root, 'src', 'secrets', 'keyring.ts');
const NODE = join(root, 'node_modules', '.bin', 'node');

function has(program: string): boolean {
  try {
    execFileSync('which', [program], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

const hasService = process.platform === 'linux' && has('gnome-keyring-daemon') && has('dbus-run-session');
const withService = hasService ? it : it.skip;
if (!hasService) process.stderr.write('skipped: no Secret Service here (Debian: gnome-keyring, dbus-daemon)\n');

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'firebreak-keyring-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What `body` prints; it has `readKeyring` and, with the service, an unlocked keyring. */
function run(body: string, environment: Readonly<Record<string, string>>, before = ''): string {
  const file = join(folder, 'script.mjs');
  writeFileSync(file, `import { readKeyring } from ${JSON.stringify(KEYRING)};\n${body}\n`);
  const shell =
    before === '' ? [NODE, file] : ['dbus-run-session', '--', 'sh', '-c', `${before} exec "$0" "$1"`, NODE, file];
  const [program = '', ...args] = shell;
  const { stdout } = spawnSync(program, args, {
    encoding: 'utf8',
    timeout: 120_000,
    env: { ...process.env, ...environment, HOME: folder, XDG_DATA_HOME: folder },
  });
  return stdout.trim();
}

const READ = `try { console.log(await readKeyring({ service: 'firebreak', account: 'alice' })); }
catch (error) { console.log(error.code + ': ' + error.message); }`;

describe('the keyring', () => {
  (process.platform === 'linux' ? it : it.skip)('that does not run is a clear error', () => {
    const said = run(READ, { DBUS_SESSION_BUS_ADDRESS: `unix:path=${join(folder, 'nothing')}` });
    expect(said).toMatch(/^FB_CREDENTIAL_MISSING: the keyring of this machine cannot be read/);
  });

  withService('gives the password of an account, and says when it has none', () => {
    const unlock = 'printf login | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1;';
    const store = `const { Entry } = await import(${JSON.stringify(join(root, 'node_modules/@napi-rs/keyring/index.js'))});
new Entry('firebreak', 'alice', { linux: { store: 'secret-service' } }).setPassword('from the keyring');`;
    expect(run(`${READ}\n${store}\n${READ}`, {}, unlock).split('\n')).toEqual([
      'FB_CREDENTIAL_MISSING: the keyring holds no password of alice for firebreak',
      'from the keyring',
    ]);
  });
});
