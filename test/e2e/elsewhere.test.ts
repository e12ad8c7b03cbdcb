/** Recipes of docs/playbook.md from the command line: a step on a monitoring host, once a wave, steps from a file, loops, tags. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { HostView, RunView } from '../../src/domain/index.ts';
import { cli, cliJson } from './support/cli.ts';
import { type Fleet, startFleet } from './support/fleet.ts';

const t = (expression: string): string => `"$\{{ ${expression} }}"`;

const site = `firebreak: 1
name: recipes
hosts: "web*"
vars: { monitor: mon1, names: [Spooler, NoSuchThing] }
steps:
  - { id: silence, uses: powershell.run, on: ${t('vars.monitor')}, run_once: true, tags: monitoring, with: { script: "$env:COMPUTERNAME", repeatable: true } }
  - include: parts/own.yaml
    if: steps.silence.outcome != "failed"
    vars: { greeting: ${t("'of ' + host.name")} }
  - { id: told, uses: notify, tags: never, with: { command: ['${process.execPath}', -e, "console.log(process.env.FIREBREAK_HOST)"] } }
`;
const own = `- { id: here, uses: powershell.run, with: { script: "$env:COMPUTERNAME", repeatable: true } }
- id: each
  uses: powershell.run
  loop: vars.names
  with: { script: "param($n) [string]$n", parameters: { n: ${t("item + ' ' + vars.greeting")} }, repeatable: true }
  if: item != "NoSuchThing"
`;

let fleet: Fleet;
let file: string;
beforeAll(async () => {
  fleet = await startFleet([
    { name: 'web1', profile: 'windows-10-1903-enu' },
    { name: 'web2', profile: 'windows-10-1903-enu' },
    { name: 'mon1', profile: 'windows-server-2019', variant: 'management' },
  ]);
  file = join(fleet.lab.dir, 'recipes.yaml');
  mkdirSync(join(fleet.lab.dir, 'parts'));
  writeFileSync(file, site);
  writeFileSync(join(fleet.lab.dir, 'parts', 'own.yaml'), own);
});
afterAll(() => fleet?.end());

const inventory = () => fleet.where.slice(0, 2);
const seen = (host: HostView | undefined, id: string) => host?.steps.find((step) => step.id === id);

describe('recipes', () => {
  it('are shown by plan, with the file that was included', async () => {
    const { stdout } = await cli(['plan', file, ...inventory()], fleet.options);
    expect(stdout).toContain('silence: powershell.run');
    expect(stdout).toMatch(/on \$\{\{ vars\.monitor \}\} {2}once a wave {2}\[monitoring\]/);
    expect(stdout).toMatch(/include_1 \(.*own\.yaml\): {2}if steps\.silence\.outcome/);
    expect(stdout).toContain('for each of vars.names');
    expect(stdout).not.toContain('told');
  });

  it('run: the monitoring host once, each host its own part, each item by itself', async () => {
    const { stderr } = await cli(['run', file, ...fleet.where, '--output', 'lines'], fleet.options);
    expect(stderr).toContain('completed');
    const { hosts } = await cliJson<RunView>(['status', 'last'], fleet.options);
    expect(hosts.map(({ name }) => name)).toEqual(['web1', 'web2']);
    const silenced = hosts.map((host) => seen(host, 'silence'));
    expect(silenced.map((step) => step?.outcome)).toEqual(['changed', 'changed']);
    expect(silenced.filter((step) => step?.reason.includes('once for the wave, by')).length).toBe(1);
    const monitor = silenced[0]?.result['output'];
    expect(silenced[1]?.result).toEqual(silenced[0]?.result);
    for (const host of hosts) {
      expect(seen(host, 'here')?.result['output']).not.toEqual(monitor);
      expect(seen(host, 'each[0]')).toMatchObject({
        outcome: 'changed',
        result: { output: [`Spooler of ${host.name}`] },
      });
      expect(seen(host, 'each[1]')).toMatchObject({ outcome: 'skipped' });
      expect(seen(host, 'told')).toBeUndefined();
    }
  });

  it('run in part, with --tags', async () => {
    const { stderr } = await cli(['run', file, ...fleet.where, '--tags', 'never', '--output', 'lines'], fleet.options);
    expect(stderr).toContain('completed');
    const { hosts } = await cliJson<RunView>(['status', 'last'], fleet.options);
    expect(hosts.map((host) => host.steps.map(({ id }) => id))).toEqual([['told'], ['told']]);
    expect(hosts.map((host) => seen(host, 'told')?.result)).toMatchObject([
      { sent: true, reply: 'web1\n' },
      { sent: true, reply: 'web2\n' },
    ]);
  });

  it('name a tag that is not there, and a host that the inventory does not have', async () => {
    const wrong = await cli(['plan', file, ...inventory(), '--tags', 'monitorin'], fleet.options);
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('did you mean "monitoring"?')]);
    writeFileSync(join(fleet.lab.dir, 'wrong.yaml'), site.replace('monitor: mon1', 'monitor: mon2'));
    const other = await cli(['plan', join(fleet.lab.dir, 'wrong.yaml'), ...inventory()], fleet.options);
    expect([other.code, other.stderr]).toEqual([
      2,
      expect.stringContaining('"on" gives mon2 for web1, which is not in the inventory'),
    ]);
  });
});
