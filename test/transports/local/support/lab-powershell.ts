/**
 * A `pwsh` for the tests: the lab engine as PowerShell of one machine, behind a script of that name in a folder for the
 * PATH. node-powershell starts it as it would start the real one.
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { readCatalog, resolveMachine } from '../../../../lab/fleet/data/index.ts';
import { Secret, type Target } from '../../../../src/domain/index.ts';
import { freeAddresses } from '../../../lab/support/lab.ts';

const lab = resolve(import.meta.dirname, '..', '..', '..', '..', 'lab');
const ENGINE = process.env['FIREBREAK_TEST_ENGINE'] ?? join(lab, 'engine', 'out', 'firebreak-lab-engine.dll');

export interface LabPowerShell {
  /** The folder with `pwsh` in it. */
  readonly folder: string;
  readonly program: string;
  /** Everything that was started with it, a command line each. */
  readonly log: string;
  /** Process ids of those that still run, in the order of their start. */
  running(): readonly number[];
  remove(): void;
}

export function createLabPowerShell(profileName = 'windows-server-2019'): LabPowerShell {
  if (!existsSync(ENGINE)) throw new Error(`${ENGINE} is missing: npm run setup builds it`);
  const folder = mkdtempSync(join(tmpdir(), 'fblocal-'));
  const catalog = readCatalog(lab);
  const profile = catalog.profiles.get(profileName);
  const [variant] = Object.keys(profile?.variants ?? {});
  if (profile === undefined || variant === undefined) throw new Error(`no profile ${profileName}`);
  const machine = resolveMachine(catalog, { name: 'ctl01', profile, variant, user: 'admin', password: 'not-asked' });
  const file = join(folder, 'machine.json');
  writeFileSync(file, JSON.stringify(machine));
  const program = join(folder, 'pwsh');
  const log = join(folder, 'started.txt');
  const starts = join(folder, 'starts');
  mkdirSync(starts);
  // several of them may run at once: each start counts up, and has an address that only the 250th after it has again
  writeFileSync(
    program,
    `#!/bin/sh
echo "$$ $*" >>'${log}'
n=$(ls '${starts}' | wc -l)
while ! mkdir "${starts}/$n" 2>/dev/null; do n=$((n + 1)); done
exec dotnet '${ENGINE}' --console '${file}' "${freeAddresses()}.$((n % 250 + 1))" "$@"
`,
    { mode: 0o755 },
  );
  return {
    folder,
    program,
    log,
    running: () =>
      (existsSync(log) ? readFileSync(log, 'utf8') : '').split('\n').map(Number.parseFloat).filter(isAlive),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function isAlive(pid: number): boolean {
  try {
    // a process that has ended but was not waited for is gone too
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

export function localTarget(settings: Target['settings']): Target {
  return {
    host: 'here',
    transport: 'local',
    address: 'localhost',
    port: 0,
    useTls: false,
    auth: 'negotiate',
    user: '',
    password: new Secret(''),
    allowUnencrypted: false,
    settings,
  };
}
