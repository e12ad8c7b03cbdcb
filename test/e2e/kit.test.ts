/**
 * A kit from end to end: built by the command line, carried to emulated machines that have no network, started there in
 * their cmd, carried back, imported.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestLab, type TestLab } from '../lab/support/lab.ts';
import { cli } from './support/cli.ts';

const HOSTS = [
  { name: 'mgmt01', profile: 'windows-server-2019', variant: 'management', relay: true as const },
  { name: 'nt4', profile: 'nt4-server-sp6a' },
  { name: 'w2k', profile: 'windows-2000-server-sp4' },
  { name: 'xpj', profile: 'windows-xp-sp1-jpn' },
  { name: 'done', profile: 'windows-2000-professional-sp4', variant: 'patched' },
  { name: 'sick', profile: 'windows-2000-professional-sp4', variant: 'infected-blaster' },
  { name: 'liar', profile: 'windows-xp-sp1', variant: 'installer-fails' },
];
const MACHINES = HOSTS.slice(1).map(({ name }) => name);
const MEDIUM = 'C:\\KIT';

interface Imported {
  readonly run: string | null;
  readonly machines: readonly { readonly host: string; readonly outcome: string; readonly reason: string }[];
}
interface CarriedFile {
  readonly name: string;
  readonly data: string;
}
interface MachineStatus {
  readonly host: string;
  readonly power: string;
  readonly counters: { readonly installs: number };
}

let lab: TestLab;
let folder: string;
let kit: string;
let state: string[];

beforeAll(async () => {
  lab = await startTestLab({ hosts: HOSTS, engine: 'real' });
  folder = mkdtempSync(join(tmpdir(), 'fb-kit-e2e-'));
  kit = join(folder, 'kit');
  state = ['--state', `sqlite:${join(folder, 'state.db')}`];
});
afterAll(async () => {
  await lab.end();
  rmSync(folder, { recursive: true });
});

/** The same medium at every machine, one after the other. */
async function visit(name: string, words = ''): Promise<string> {
  const files = readdirSync(kit, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ name: relative(kit, path), data: readFileSync(path).toString('base64') }));
  await lab.ask('files.put', { host: name, folder: MEDIUM, files });
  const line = `set FB_NOPAUSE=1&& set FB_BY=A. Suzuki&& ${MEDIUM}\\INSTALL.CMD ${words}`.trim();
  const { stdout, stderr } = await lab.ask<{ stdout: string; stderr: string }>('console', { host: name, line });
  expect(stderr).toBe('');
  const taken = await lab.ask<{ files: readonly CarriedFile[] }>('files.take', {
    host: name,
    folder: `${MEDIUM}\\RESULTS`,
  });
  for (const file of taken.files) {
    const path = join(kit, 'RESULTS', file.name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, Buffer.from(file.data, 'base64'));
  }
  return stdout;
}

async function statusOf(name: string): Promise<MachineStatus> {
  const { hosts } = await lab.ask<{ hosts: readonly MachineStatus[] }>('status');
  return hosts.find(({ host }) => host === name)!;
}

async function restart(name: string): Promise<void> {
  await lab.ask('trouble', { host: name, kind: 'power-loss' });
  while ((await statusOf(name)).power !== 'on') await lab.ask('clock', { seconds: 5 });
}

async function bring(): Promise<{ readonly run: string | null; readonly said: ReadonlyMap<string, string> }> {
  const inventory = join(lab.dir, 'inventory.yaml');
  const { stdout, stderr } = await cli(['kit', 'import', kit, '-i', inventory, '--json', ...state]);
  expect(stderr).toBe('');
  const { run, machines } = JSON.parse(stdout) as Imported;
  return { run, said: new Map(machines.map(({ host, outcome, reason }) => [host, `${outcome}: ${reason}`])) };
}

async function dcom(name: string): Promise<unknown> {
  const found = await lab.ask('registry', { host: name, key: 'HKLM\\SOFTWARE\\Microsoft\\Ole' });
  return /"EnableDCOM":[^}]*?"([YN])"/.exec(JSON.stringify(found))?.[1];
}

async function shields(): Promise<string> {
  return (await cli(['shields', 'list', ...state])).stdout;
}

describe('a kit at machines without a network', () => {
  it('installs once where its package fits', async () => {
    const built = await cli([
      ...['kit', 'build', 'ms03-039', '--packages', join(lab.dir, 'packages'), '--to', kit, '--language', 'ENU'],
      ...['--for', 'nt4-server-sp6a,windows-2000-sp4,windows-xp-sp1'],
    ]);
    expect(built).toMatchObject({ code: 0, stderr: '' });
    for (const name of MACHINES) await lab.ask('trouble', { host: name, kind: 'network-loss' });
    expect(await visit('nt4')).toMatch(/ended with exit code 0\.[\s\S]*RESTART THE MACHINE NOW/);
    expect(await visit('w2k', 'dcom-off')).toContain('ended with exit code 3010.');
    expect(await visit('xpj')).toContain('no package in the language of this system');
    expect(await visit('done')).toContain('The registry says that the fix is in');
    expect(await visit('sick')).toMatch(/SIGNS OF AN INFECTION[\s\S]*Blaster\.A: C:\\WINNT\\System32\\msblast\.exe/);
    expect(await visit('liar')).toContain('ended with exit code 1603.');
    expect(await dcom('w2k')).toBe('N');
  });

  it('its results are a run: nothing is remediated by an exit code', async () => {
    const { run, said } = await bring();
    expect(said.get('nt4')).toMatch(/^needs-operator: the installer ended with 0, but nobody looked after the restart/);
    expect(said.get('w2k')).toMatch(/^needs-operator: the installer ended with 3010/);
    expect(said.get('xpj')).toMatch(
      /^failed: the kit has no package in the language of this system; .*older than the fix/,
    );
    expect(said.get('done')).toMatch(/^compliant: fixed files are in place/);
    expect(said.get('sick')).toMatch(/^compromised: signs of an infection: Blaster\.A/);
    expect(said.get('liar')).toMatch(/^needs-operator: the installer ended with 1603/);
    const status = await cli(['status', run!, ...state]);
    expect(status.stdout).toMatch(/w2k +needs-operator +1 +0 +1 standing/);
    expect(await shields()).toMatch(/w2k +dcom/);
    expect((await bring()).run).toBeNull();
  });

  it('a second visit before the restart proves nothing', async () => {
    expect(await visit('nt4')).toContain('was installed before; this visit only looked');
    expect((await bring()).said.get('nt4')).toMatch(/^(failed|needs-operator): .*(awaits a reboot|not restarted)/);
  });

  it('after the restart the files decide', async () => {
    for (const name of ['nt4', 'w2k', 'liar']) {
      await restart(name);
      await visit(name, name === 'w2k' ? 'dcom-on' : name === 'liar' ? 'again' : '');
    }
    const { said } = await bring();
    expect(said.get('nt4')).toMatch(/^remediated: fixed files are in place \(rpcrt4\.dll 4\.0\.1381\.7230/);
    expect(said.get('w2k')).toMatch(/^remediated: fixed files are in place/);
    expect(said.get('liar')).toMatch(/^needs-operator: the installer ended with 1603/);
    expect(await dcom('w2k')).toBe('Y');
    expect(await shields()).toBe('no shield stands\n');
    const installs = await Promise.all(MACHINES.map(async (name) => (await statusOf(name)).counters.installs));
    expect(Object.fromEntries(MACHINES.map((name, at) => [name, installs[at]]))).toEqual({
      ...{ nt4: 1, w2k: 1, xpj: 0, done: 0, sick: 0, liar: 2 },
    });
  });
});
