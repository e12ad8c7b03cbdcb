/** `update.install` on lab machines: the Windows Update Agent as a SYSTEM task, once, proved by patch.verify after the restart. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { RunView } from '../../src/domain/index.ts';
import { cli, cliJson } from './support/cli.ts';
import { type Fleet, startFleet } from './support/fleet.ts';

const playbook = (update: string): string => `firebreak: 1
name: through the agent
advisory: cve-2020-0796
hosts: all
max_fail_percentage: 100
defaults: { timeout: 5m }
steps:
  - { id: verify, uses: patch.verify }
  - id: update
    uses: update.install
    with: ${update}
    if: steps.verify.fixed == false
  - { id: reboot, uses: host.reboot, if: steps.update.reboot_required == true }
  - { id: reverify, uses: patch.verify }
`;

let fleet: Fleet | undefined;
afterEach(async () => {
  await fleet?.end();
  fleet = undefined;
});

async function run(running: Fleet, update: string, more: readonly string[] = []): Promise<RunView> {
  const file = join(running.lab.dir, 'update.yaml');
  writeFileSync(file, playbook(update));
  await cli(['run', file, ...running.where, ...more, '--output', 'lines'], running.options);
  return cliJson<RunView>(['status', 'last'], running.options);
}

const stepOf = (view: RunView, host: string) =>
  view.hosts.find(({ name }) => name === host)?.steps.find(({ id }) => id === 'update');

describe('update.install', () => {
  it('installs what the agent offers, under SYSTEM and once, and a second run has nothing to do', async () => {
    fleet = await startFleet([
      { name: 'by-kb', profile: 'windows-10-1903-enu' },
      { name: 'off', profile: 'windows-10-1903-enu' },
    ]);
    const disable = 'Set-Service -Name wuauserv -StartupType Disabled';
    await cli(['exec', ...fleet.where.slice(0, 2), 'off', '--', disable], fleet.options);
    const view = await run(fleet, '{ kbs: [KB4551762, KB9999999] }');
    expect(stepOf(view, 'by-kb')).toMatchObject({
      outcome: 'changed',
      result: {
        exit_code: 3010,
        reboot_required: true,
        installed: ['KB4551762'],
        not_offered: ['KB9999999'],
        updates: [
          { kb: 'KB9999999', state: 'not-offered' },
          { kb: 'KB4551762', state: 'installed', hresult: '0', reboot: true },
        ],
      },
    });
    expect(view.hosts.find(({ name }) => name === 'by-kb')).toMatchObject({
      outcome: 'remediated',
      verdict: { fixed: true },
    });
    expect(await fleet.account('by-kb')).toEqual({ installs: 1, reboots: 1 });
    // The machine's own word that it was no remote session.
    const tasks = (await fleet.history('by-kb')).filter(
      (entry) => entry.kind === 'program-start' && /updates/.test(String(entry['arguments'])),
    );
    expect(tasks.map(({ account }) => account)).toEqual(['NT AUTHORITY\\SYSTEM']);

    expect(stepOf(view, 'off')).toMatchObject({
      outcome: 'failed',
      error: { code: 'FB_PACKAGE_EXIT', message: expect.stringContaining('0x80070422') },
    });
    expect(await fleet.account('off')).toEqual({ installs: 0, reboots: 0 });

    const again = await run(fleet, '{ kbs: [KB4551762] }', ['--limit', 'by-kb']);
    expect(again.hosts.find(({ name }) => name === 'by-kb')?.outcome).toBe('compliant');
    expect(await fleet.account('by-kb')).toEqual({ installs: 1, reboots: 1 });
  }, 600_000);

  it('takes all of a category; says that a host does not fit; is refused where there is no PowerShell', async () => {
    fleet = await startFleet([
      { name: 'by-category', profile: 'windows-10-1903-enu' },
      { name: 'mgmt', profile: 'windows-server-2019', variant: 'management', relay: true },
      { name: 'old', profile: 'windows-2000-server-sp4', variant: 'vulnerable', relay: 'mgmt' },
    ]);
    const file = join(fleet.lab.dir, 'bare.yaml');
    writeFileSync(
      file,
      `firebreak: 1\nname: bare\nhosts: all\nwaves: [{ name: relays, hosts: mgmt }, { name: rest, size: rest }]\nmax_fail_percentage: 100\nsteps:\n  - { id: update, uses: update.install, with: { categories: [security] } }\n`,
    );
    const { stderr } = await cli(['run', file, ...fleet.where, '--output', 'lines'], fleet.options);
    expect(stderr).toContain('completed');
    const view = await cliJson<RunView>(['status', 'last'], fleet.options);
    expect(stepOf(view, 'by-category')).toMatchObject({ outcome: 'changed', result: { installed: ['KB4551762'] } });
    expect(stepOf(view, 'mgmt')).toMatchObject({
      outcome: 'changed',
      result: { meaning: 'already-installed', reboot_required: false, updates: [] },
    });
    expect(stepOf(view, 'old')).toMatchObject({
      outcome: 'refused',
      error: { message: expect.stringContaining('no PowerShell') },
    });
    expect(await fleet.account('old')).toEqual({ installs: 0, reboots: 0 });
  }, 600_000);
});
