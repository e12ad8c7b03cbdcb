/**
 * kill -9 of the controller at random moments of real runs on real lab machines, then `firebreak resume`: the outcomes
 * are those of an undisturbed run, the machines count one installer start and one reboot at most, and every prior state is
 * restored exactly.
 */

import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { startTestLab, type TestLab } from '../lab/support/lab.ts';
import { type CliResult, cli, startCli } from './support/cli.ts';

const HOSTS = [
  { name: 'pc-enu', profile: 'windows-10-1903-enu', outcome: 'remediated', installs: 1, reboots: 1 },
  { name: 'pc-jpn', profile: 'windows-10-1903-jpn', outcome: 'remediated', installs: 1, reboots: 1 },
  {
    name: 'pc-patched',
    profile: 'windows-10-1903-enu',
    variant: 'patched',
    outcome: 'compliant',
    installs: 0,
    reboots: 0,
  },
  {
    name: 'pc-pending',
    profile: 'windows-10-1903-jpn',
    variant: 'patched-not-rebooted',
    outcome: 'remediated',
    installs: 0,
    reboots: 1,
  },
  {
    name: 'pc-lossy',
    profile: 'windows-10-1903-enu',
    variant: 'network-loss',
    outcome: 'remediated',
    installs: 1,
    reboots: 1,
  },
  {
    name: 'srv-prior',
    profile: 'windows-server-1903',
    variant: 'prior-ipsec',
    outcome: 'remediated',
    installs: 1,
    reboots: 1,
  },
  {
    name: 'srv-dc',
    profile: 'windows-server-1903',
    variant: 'domain-controller',
    outcome: 'remediated',
    installs: 1,
    reboots: 1,
  },
] as const;

/** Two labs, ten kills each: the moments are random, the number is not. */
const LABS = 2;
const KILLS_EACH = 10;

let lab: TestLab | undefined;
afterEach(async () => {
  await lab?.end();
  lab = undefined;
});

interface Entry {
  readonly kind: string;
  readonly phase?: string;
}

describe('kill -9 of the controller', () => {
  it.each(Array.from({ length: LABS }, (_, index) => [index + 1]))(
    'at random moments changes nothing in the end (lab %i)',
    async () => {
      const running = await startTestLab({
        hosts: HOSTS.map(({ outcome: _, installs: __, reboots: ___, ...host }) => host),
        engine: 'real',
      });
      lab = running;
      const policies = (host: string): Promise<unknown> => running.ask('registry', { host });
      const before = new Map(await Promise.all(HOSTS.map(async ({ name }) => [name, await policies(name)] as const)));
      const env = { FIREBREAK_STATE: join(running.dir, 'state.db') };
      const start = [
        'run',
        'smbghost',
        '-i',
        join(running.dir, 'inventory.yaml'),
        '--packages',
        join(running.dir, 'packages'),
        '--input',
        'max_fail_percentage=100',
        '--output',
        'lines',
      ];

      let command: readonly string[] = start;
      const moments: number[] = [];
      let last: CliResult | undefined;
      for (let kill = 0; kill < KILLS_EACH; kill += 1) {
        const { child, ended } = startCli(command, { env });
        // Start-up takes most of the first second; what counts lies after it.
        const moment = 900 + Math.round(Math.random() * 2600);
        moments.push(moment);
        await Promise.race([delay(moment), ended]);
        child.kill('SIGKILL');
        last = await ended;
        if (last.signal === null) break;
        // Killed before its first event: there is no run to resume yet.
        const { stdout } = await cli(['runs', '--json'], { env });
        command = (JSON.parse(stdout) as unknown[]).length === 0 ? start : ['resume', 'last', '--output', 'lines'];
      }
      const final = last?.signal === null ? last : await cli(command, { env });

      const said = `killed after ${moments.join(', ')} ms\n${final.stderr}`;
      const status = JSON.parse((await cli(['status', 'last', '--json'], { env })).stdout) as {
        hosts: { name: string; outcome: string; reason: string; standingShields: number }[];
      };
      const found = await Promise.all(
        HOSTS.map(async ({ name }) => {
          const { entries } = await running.ask<{ entries: Entry[] }>('history', { host: name });
          const host = status.hosts.find((candidate) => candidate.name === name);
          return {
            name,
            outcome: host?.outcome,
            why: host?.outcome === 'remediated' || host?.outcome === 'compliant' ? '' : `${host?.reason}\n${said}`,
            shields: host?.standingShields,
            installs: entries.filter((entry) => entry.kind === 'package' && entry.phase === 'start').length,
            reboots: entries.filter((entry) => entry.kind === 'reboot').length,
            policies: await policies(name),
          };
        }),
      );
      expect(found).toEqual(
        HOSTS.map(({ name, outcome, installs, reboots }) => ({
          name,
          outcome,
          why: '',
          shields: 0,
          installs,
          reboots,
          policies: before.get(name),
        })),
      );
      expect(JSON.parse((await cli(['shields', 'list', '--json'], { env })).stdout)).toEqual([]);
      expect(final.code).toBe(0);
    },
    300_000,
  );
});
