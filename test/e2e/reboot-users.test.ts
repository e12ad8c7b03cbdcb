/** `host.reboot` where users are logged on: they are waited for, warned in their language, or the host is left alone. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { RunView } from '../../src/domain/index.ts';
import { cliJson, startCli } from './support/cli.ts';
import { type Fleet, startFleet } from './support/fleet.ts';

const LIMIT_MS = 120_000;

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet([
    { name: 'mgmt01', profile: 'windows-server-2019', variant: 'management', relay: true },
    { name: 'warn', profile: 'windows-10-1903-jpn', variant: 'users' },
    { name: 'wait', profile: 'windows-10-1903-enu', variant: 'user-for-an-hour' },
    { name: 'skip', profile: 'windows-10-1903-enu', variant: 'users' },
    { name: 'nobody', profile: 'windows-xp-sp1', relay: 'mgmt01' },
  ]);
});
afterAll(() => fleet.end());

async function until(holds: () => Promise<boolean>, said: () => string | null): Promise<void> {
  const end = Date.now() + LIMIT_MS;
  while (!(await holds())) {
    if (said() !== null || Date.now() > end) throw new Error(`it never came: ${said()}`);
    await new Promise((done) => setTimeout(done, 200));
  }
}

it('heeds users who are logged on', async () => {
  const playbook = join(fleet.lab.dir, 'reboot.yaml');
  const step = (users: string, host: string): string =>
    `  - { id: ${users}_${host}, uses: host.reboot, timeout: 30m, with: { users: ${users} }, if: 'host.name == "${host}"' }\n`;
  writeFileSync(
    playbook,
    `firebreak: 1\nname: Restart\nhosts: "all:!mgmt01"\nsteps:\n${step('warn', 'warn')}${step('wait', 'wait')}${step('skip', 'skip')}${step('skip', 'nobody')}`,
  );
  const running = startCli(['run', playbook, ...fleet.where.slice(0, 2), '--output', 'lines'], fleet.options);
  let ended: string | null = null;
  void running.ended.then((result) => {
    ended = result.stdout + result.stderr;
  });
  const has = async (host: string, wanted: { readonly [field: string]: unknown }): Promise<boolean> =>
    (await fleet.history(host)).some((entry) => Object.entries(wanted).every(([name, value]) => entry[name] === value));
  await until(
    async () => (await has('warn', { op: 'shutdown-scheduled' })) && (await has('wait', { kind: 'logon' })),
    () => ended,
  );
  // An hour later the one has logged off, and the other had its warning.
  expect(await has('warn', { kind: 'reboot' })).toBe(false);
  expect(await has('wait', { kind: 'reboot' })).toBe(false);
  await fleet.lab.ask('clock', { seconds: 3600 });
  const { code, stderr, stdout } = await running.ended;
  const said = `${stdout}${stderr}`;
  const view = await cliJson<RunView>(['status', 'last'], fleet.options);
  const steps = Object.fromEntries(
    view.hosts.map(({ name, steps: all }) => {
      const own = all.find(({ id }) => id.endsWith(`_${name}`));
      return [name, [own?.outcome, own?.result?.['users']]];
    }),
  );
  expect({ code, steps, said }).toEqual({
    code: 0,
    steps: {
      warn: ['changed', ['alice', 'bob']],
      wait: ['changed', []],
      skip: ['skipped', ['alice', 'bob']],
      nobody: ['changed', []],
    },
    said,
  });
  const scheduled = (await fleet.history('warn')).find(({ op }) => op === 'shutdown-scheduled');
  expect(scheduled).toMatchObject({ seconds: 300, message: expect.stringMatching(/5 分後に再起動します/) });
  const kinds = (await fleet.history('wait')).map(({ kind, op }) => op ?? kind);
  expect(kinds.indexOf('log-off')).toBeGreaterThan(-1);
  expect(kinds.indexOf('log-off')).toBeLessThan(kinds.indexOf('reboot'));
  expect(await has('skip', { kind: 'reboot' })).toBe(false);
});
