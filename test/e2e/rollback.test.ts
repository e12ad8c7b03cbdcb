/** A bad update pulled back: removed once by a job of the host, gone after the restart, and held so that it stays out. */
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { HostView, RunView } from '../../src/domain/index.ts';
import { cli, cliJson } from './support/cli.ts';
import { type Fleet, startFleet } from './support/fleet.ts';

const ADVISORIES = resolve(import.meta.dirname, '..', '..', 'playbooks', 'advisories');

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet([
    { name: 'bad', profile: 'windows-10-1903-enu', variant: 'patched' },
    { name: 'clean', profile: 'windows-10-1903-enu' },
    { name: 'mgmt', profile: 'windows-server-2019', variant: 'management', relay: true },
    { name: 'old', profile: 'windows-2000-server-sp4', variant: 'patched', relay: 'mgmt' },
  ]);
  copyFileSync(resolve(ADVISORIES, '..', 'rollback.yaml'), join(fleet.lab.dir, 'rollback.yaml'));
});
afterAll(() => fleet?.end());

async function run(file: string, limit: string, inputs: readonly string[]): Promise<RunView> {
  const chosen = inputs.flatMap((input) => ['--input', input]);
  const line = ['run', join(fleet.lab.dir, file), ...fleet.where, '--limit', limit, ...chosen, '--output', 'lines'];
  const { stderr } = await cli(line, fleet.options);
  expect(stderr).toContain('completed');
  return cliJson<RunView>(['status', 'last'], fleet.options);
}

function hostOf(view: RunView, name: string): HostView {
  const found = view.hosts.find((host) => host.name === name);
  if (found === undefined) throw new Error(`${name} is not part of the run`);
  return found;
}
const stepOf = (view: RunView, host: string, id: string) => hostOf(view, host).steps.find((step) => step.id === id);

const PRODUCT = '{5A1C0DE0-83F0-4B5E-9B4C-2F6A1D7E9001}';
const KEY = 'HKLM\\SOFTWARE\\Policies\\Lab';
const agent = `firebreak: 1
name: agent
hosts: all
max_fail_percentage: 100
steps:
  - { id: number, uses: registry.set, with: { key: '${KEY}', name: Level, value: 4294967295 } }
  - { id: same, uses: registry.set, with: { key: '${KEY}', name: Level, value: 4294967295 } }
  - { id: list, uses: registry.set, with: { key: '${KEY}', name: Names, value: [one] } }
  - { id: none, uses: registry.set, with: { key: '${KEY}', name: Level, state: absent } }
  - { id: service, uses: service.set, with: { service: Spooler, state: stopped, start: disabled } }
  - { uses: package.stage, with: { package: lab-agent-1.0.msi } }
  - { id: product, uses: package.install, with: { package: lab-agent-1.0.msi, signer: Firebreak Lab } }
  - { id: out, uses: package.uninstall, with: { product: '${PRODUCT}' } }
  - { uses: package.stage, with: { package: lab-agent-1.0.1.msp } }
  - { id: patch, uses: package.install, with: { package: lab-agent-1.0.1.msp, signer: Firebreak Lab } }
`;

describe('a product of the Windows Installer', () => {
  it('is installed when it is signed as it should be, and removed; values and services are set once', async () => {
    writeFileSync(join(fleet.lab.dir, 'agent.yaml'), agent);
    const view = await run('agent.yaml', 'clean', []);
    const seen = (id: string) => stepOf(view, 'clean', id);
    expect(seen('number')).toMatchObject({ outcome: 'changed', result: { type: 'DWord', before: { present: false } } });
    expect(seen('same')).toMatchObject({ outcome: 'ok', result: { value: 4294967295 } });
    expect(seen('list')).toMatchObject({ outcome: 'changed', result: { type: 'MultiString' } });
    expect(seen('none')).toMatchObject({
      outcome: 'changed',
      result: { present: false, before: { value: 4294967295 } },
    });
    expect(seen('service')).toMatchObject({
      outcome: 'changed',
      result: { state: 'Stopped', start: 'Disabled', before: { state: 'Running', start: 'Auto' } },
    });
    expect(seen('product')).toMatchObject({ outcome: 'changed', result: { exit_code: 0 } });
    expect(seen('patch')).toMatchObject({
      outcome: 'refused',
      error: { code: 'FB_PACKAGE_SIGNATURE', message: expect.stringContaining('is not signed') },
    });
    expect(seen('out')).toMatchObject({ outcome: 'changed', result: { installed: false, reboot_required: false } });
    expect(await fleet.account('clean')).toEqual({ installs: 2, reboots: 0 });
  });
});

describe('rollback', () => {
  it('removes an update, restarts and proves that it is gone; hosts without it are left alone', async () => {
    const view = await run('rollback.yaml', 'bad,clean', ['kb=KB4551762']);
    expect(stepOf(view, 'bad', 'remove')).toMatchObject({
      outcome: 'changed',
      result: { installed: false, exit_code: 3010, reboot_required: true, engine: 'dism-remove' },
    });
    expect(stepOf(view, 'bad', 'gone')).toMatchObject({
      outcome: 'ok',
      result: { installed: false, reboot_required: false, meaning: 'removed' },
    });
    expect(hostOf(view, 'bad').outcome).toBe('remediated');
    expect(hostOf(view, 'clean').outcome).toBe('not-applicable');
    expect(await fleet.account('bad')).toEqual({ installs: 1, reboots: 1 });
    expect(stepOf(view, 'clean', 'remove')).toMatchObject({ outcome: 'ok', result: { exit_code: null } });
    const removals = (await fleet.history('bad')).filter(
      ({ kind, arguments: line }) => kind === 'program-start' && String(line).includes('/remove-package'),
    );
    expect(removals.map(({ account }) => account)).toEqual(['NT AUTHORITY\\SYSTEM']);
  });

  it('gives a host without PowerShell its old files back', async () => {
    const view = await run('rollback.yaml', 'old', ['kb=KB824146']);
    expect(stepOf(view, 'old', 'remove')).toMatchObject({ outcome: 'changed', result: { engine: 'spuninst' } });
    expect(stepOf(view, 'old', 'gone')).toMatchObject({ result: { installed: false, reboot_required: false } });
    expect(hostOf(view, 'old').outcome).toBe('remediated');
    expect(await fleet.account('old')).toEqual({ installs: 1, reboots: 1 });
  });

  it('a held advisory is shielded and not installed', async () => {
    const before = await fleet.account('clean');
    mkdirSync(join(fleet.lab.dir, 'advisories'));
    const text = readFileSync(join(ADVISORIES, 'cve-2020-0796.yaml'), 'utf8');
    const held = text.replace(/^title:/m, 'hold: { reason: breaks printing }\ntitle:');
    writeFileSync(join(fleet.lab.dir, 'advisories', 'cve-2020-0796.yaml'), held);
    const plan = await cli(['plan', fleet.playbook, ...fleet.where.slice(0, 2), '--limit', 'clean'], fleet.options);
    expect(plan.stdout).toContain('breaks printing');

    const view = await run('smbghost.yaml', 'clean', ['protection=registry', 'max_fail_percentage=100']);
    expect(stepOf(view, 'clean', 'verify')).toMatchObject({ result: { verdict: 'vulnerable', held: true } });
    for (const id of ['stage', 'install']) {
      expect(stepOf(view, 'clean', id)).toMatchObject({
        outcome: 'skipped',
        reason: expect.stringContaining('breaks printing'),
      });
    }
    expect(hostOf(view, 'clean').outcome).toBe('shielded');
    expect(await fleet.account('clean')).toEqual(before);
  });
});
