/**
 * The state on PostgreSQL, as a user runs it: the controller is killed in mid-run and resumed, a second one reads
 * meanwhile, and the password of the database is nowhere to be found afterwards.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { installed, startServer, type TestServer } from '../journal/support/postgres.ts';
import { cli, cliJson, startCli } from './support/cli.ts';
import { type Fleet, startFleet } from './support/fleet.ts';
import { killed } from './support/kills.ts';

const HOSTS = [{ name: 'srv-prior', profile: 'windows-server-1903', variant: 'prior-ipsec' }];
const OF_WORKERS = [
  { name: 'pc-one', profile: 'windows-10-1903-enu' },
  { name: 'pc-two', profile: 'windows-10-1903-jpn' },
];

/** Everything below a folder, as one text. */
function everythingIn(folder: string): string {
  return readdirSync(folder)
    .map((name) => join(folder, name))
    .map((path) => (statSync(path).isDirectory() ? everythingIn(path) : readFileSync(path, 'latin1')))
    .join('\n');
}

const whenInstalled = installed === null ? describe.skip : describe;

whenInstalled('a run whose state is on PostgreSQL', () => {
  let server: TestServer;
  let fleet: Fleet;
  let home = '';
  beforeAll(async () => {
    server = await startServer();
    const lab = await startFleet([...HOSTS, ...OF_WORKERS]);
    home = join(lab.lab.dir, 'home');
    fleet = {
      ...lab,
      options: { env: { FIREBREAK_STATE: await server.database(), XDG_STATE_HOME: home } },
    };
  });
  afterAll(async () => {
    await fleet?.end();
    await server?.dispose();
  });

  it('is killed in mid-run, resumed, and ends as an undisturbed one; its password is seen nowhere', async () => {
    const before = new Map(
      await Promise.all(HOSTS.map(async ({ name }) => [name, await fleet.policies(name)] as const)),
    );
    const start = ['run', fleet.playbook, ...fleet.where, '--limit', 'srv-prior', '--output', 'lines'];

    const { code, kills, said } = await killed(fleet, start, [
      { line: /shield: begins/, count: 1, ms: 100 },
      { line: /install: begins|install: goes on|install: changed/, count: 1, ms: 50 },
    ]);

    expect(kills).toBeGreaterThan(0);
    expect([0, null]).toContain(code);
    const view = await cliJson<{ run: string; hosts: { name: string; outcome: string; standingShields: number }[] }>(
      ['status', 'last'],
      fleet.options,
    );
    for (const { name } of HOSTS) {
      const host = view.hosts.find((one) => one.name === name);
      expect([name, host?.outcome, host?.standingShields]).toEqual([name, 'remediated', 0]);
      expect(await fleet.account(name)).toEqual({ installs: 1, reboots: 1 });
      expect(await fleet.policies(name)).toEqual(before.get(name));
    }
    const report = await cli(['report', 'last'], fleet.options);
    expect(report.code).toBe(0);
    expect(said + report.stdout + report.stderr + everythingIn(home)).not.toContain(server.password);
    expect(everythingIn(home)).toContain(view.run);
  });

  it('leases its hosts for everybody who uses the same database, and is read while it goes on', async () => {
    const again = ['run', fleet.playbook, ...fleet.where, '--limit', 'srv-prior', '--output', 'lines'];
    const busy = startCli(again, fleet.options);
    await busy.lines(/run \S+ started/);
    const [run] = await cliJson<{ run: string; state: string }[]>(['runs'], fleet.options);
    const second = await cli(again, fleet.options);
    const first = await busy.ended;
    // The first may have ended before the second began to lease; then both went through.
    if (second.code === 5) expect(second.stderr).toContain(`leased by run ${run?.run}`);
    else expect(second.code).toBe(0);
    expect(first.code).toBe(0);
  });

  it('is worked on by workers: one is killed, one is frozen and wakes, and every host is done exactly once', async () => {
    const address = fleet.options.env?.['FIREBREAK_STATE'] ?? '';
    const before = new Map(
      await Promise.all(OF_WORKERS.map(async ({ name }) => [name, await fleet.policies(name)] as const)),
    );
    const worker = () => startCli(['worker', '--forks', '1'], fleet.options);
    const doomed = worker();
    const frozen = worker();
    const lead = startCli(
      ['run', fleet.playbook, ...fleet.where, '--limit', 'pc-one:pc-two', '--workers', '--output', 'lines'],
      fleet.options,
    );
    const others: ReturnType<typeof worker>[] = [];
    try {
      await Promise.all([doomed.lines(/: begins$/), frozen.lines(/: begins$/)]);
      await lead.lines(/install: begins/);
      doomed.child.kill('SIGKILL');
      frozen.child.kill('SIGSTOP');
      await doomed.ended;
      // As if both had been silent for a minute.
      await server.query('update firebreak.claims set seen = seen - 60000', address);
      others.push(worker(), worker());
      const { code, stderr } = await lead.ended;
      frozen.child.kill('SIGCONT');
      await frozen.lines(/FB_RUN_STATE|left to others/);
      expect([code, code === 0 ? '' : stderr]).toEqual([0, '']);
    } finally {
      lead.child.kill('SIGKILL');
      for (const { child, ended } of [...others, frozen, doomed]) {
        child.kill('SIGKILL');
        await ended;
      }
    }
    const view = await cliJson<{ hosts: { name: string; outcome: string; standingShields: number }[] }>(
      ['status', 'last'],
      fleet.options,
    );
    for (const { name } of OF_WORKERS) {
      const host = view.hosts.find((one) => one.name === name);
      expect([name, host?.outcome, host?.standingShields]).toEqual([name, 'remediated', 0]);
      expect(await fleet.account(name)).toEqual({ installs: 1, reboots: 1 });
      expect(await fleet.policies(name)).toEqual(before.get(name));
    }
  });
});
