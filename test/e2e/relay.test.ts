/**
 * Hosts of the years before PowerShell through a real relay: pushed to, restarted, judged; the relay restarted under them, cut
 * off for good. The machines' own history is the truth.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { cli, cliJson, startCli } from './support/cli.ts';
import { type Fleet, startFleet } from './support/fleet.ts';

const OLD = ['w2k', 'nt4', 'xp'];
const STEPS = `firebreak: 1
name: boot
hosts: all
steps:
  - { id: facts, uses: host.facts }
  - { id: push, uses: file.push, with: { source: payload.bin, path: 'C:\\payload.bin' } }
  - { id: reboot, uses: host.reboot }
`;

interface View {
  readonly hosts: readonly { readonly name: string; readonly outcome: string; readonly reason: string }[];
}

describe('hosts behind a relay', () => {
  let fleet: Fleet;
  let playbook: string;

  beforeAll(async () => {
    fleet = await startFleet([
      { name: 'mgmt01', profile: 'windows-server-2019', variant: 'management', relay: true },
      { name: 'w2k', profile: 'windows-2000-server-sp4', relay: 'mgmt01' },
      { name: 'nt4', profile: 'nt4-server-sp6a', relay: 'mgmt01' },
      { name: 'xp', profile: 'windows-xp-sp1', relay: 'mgmt01' },
    ]);
    playbook = join(fleet.lab.dir, 'boot.yaml');
    writeFileSync(playbook, STEPS);
    writeFileSync(join(fleet.lab.dir, 'payload.bin'), Buffer.alloc(700_000, 'firebreak'));
  });

  afterAll(() => fleet.end());

  const inventory = (): string => join(fleet.lab.dir, 'inventory.yaml');

  async function outcomes(): Promise<Record<string, string>> {
    const view = await cliJson<View>(['status', 'last', '--json'], fleet.options);
    return Object.fromEntries(view.hosts.map(({ name, outcome }) => [name, outcome]));
  }

  async function boots(): Promise<readonly number[]> {
    return Promise.all(OLD.map(async (host) => (await fleet.account(host)).reboots));
  }

  it('can be worked on: the doctor sees the whole way', async () => {
    const { stdout, code } = await cli(['doctor', '-i', inventory(), '--json'], fleet.options);
    expect(code).toBe(0);
    const reports = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { host: string; checks: { check: string; state: string }[] });
    for (const { checks } of reports.filter(({ host }) => host !== 'mgmt01')) {
      const states = Object.fromEntries(checks.map(({ check, state }) => [check, state]));
      expect(states).toMatchObject({ relay: 'ok', auth: 'ok', share: 'ok', registry: 'ok', module: 'ok' });
    }
  });

  it('are refused a run that could restart their relay under them', async () => {
    const { code, stderr } = await cli(['run', playbook, '-i', inventory()], fleet.options);
    expect(code).toBe(2);
    expect(stderr).toMatch(/boot\.yaml:3:1: mgmt01 is the relay of w2k and in the same wave \(all\)/);
  });

  it('get through a restart of their relay: everything is done once', async () => {
    const before = await boots();
    const run = startCli(
      ['run', playbook, '-i', inventory(), '--limit', 'all:!mgmt01', '--output', 'lines'],
      fleet.options,
    );
    await run.lines(/reboot: begins/, 1);
    await fleet.lab.ask('trouble', { host: 'mgmt01', kind: 'power-loss', options: { for: 8 } });
    const { code, stdout, stderr } = await run.ended;
    expect(`${stdout}${stderr}`).toMatch(/waits for relay mgmt01: /);
    expect({ code, outcomes: await outcomes() }).toEqual({
      code: 0,
      outcomes: { w2k: 'remediated', nt4: 'remediated', xp: 'remediated' },
    });
    expect(await boots()).toEqual(before.map((count) => count + 1));
  });

  it('are unreachable, by the name of their relay, when it stays away', async () => {
    const short = join(fleet.lab.dir, 'short.yaml');
    const text = readFileSync(inventory(), 'utf8');
    writeFileSync(short, text.replace(/^( +)mgmt01:\n/m, '$1mgmt01:\n$1  relay_grace: 5s\n'));
    const before = await boots();
    const run = startCli(['run', playbook, '-i', short, '--limit', 'all:!mgmt01', '--output', 'lines'], fleet.options);
    await run.lines(/facts: ok/, 3);
    await fleet.lab.ask('trouble', { host: 'mgmt01', kind: 'power-loss', options: { for: 3600 } });
    const { code } = await run.ended;
    const view = await cliJson<View>(['status', 'last', '--json'], fleet.options);
    expect(code).toBe(3);
    for (const host of view.hosts) {
      expect(host).toMatchObject({
        outcome: 'unreachable',
        reason: expect.stringMatching(/^relay mgmt01: not back after 5s: /),
      });
    }
    const after = await boots();
    for (const [index, count] of after.entries()) expect(count - (before[index] ?? 0)).toBeLessThanOrEqual(1);
  });
});
