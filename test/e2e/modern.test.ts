/**
 * The modern holes on lab/fleets/modern.yaml, each by its shipped playbook: every machine must end as support/modern.ts
 * demands, as the machines themselves counted it, and with what a shield had touched as it was.
 */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import type { RunView } from '../../src/domain/index.ts';
import type { TestLabOptions } from '../lab/support/lab.ts';
import { cli, cliJson } from './support/cli.ts';
import { type Fleet, type HistoryEntry, startFleet } from './support/fleet.ts';
import { MODERN, SHIELD_VALUES, SMB1 } from './support/modern.ts';

type Host = TestLabOptions['hosts'][number];

const root = resolve(import.meta.dirname, '..', '..');
const hosts = (parse(readFileSync(resolve(root, 'lab/fleets/modern.yaml'), 'utf8')) as { hosts: readonly Host[] })
  .hosts;
const INPUTS = ['max_fail_percentage=100', 'install_timeout=90s', 'reboot_timeout=90s'];
const relays = hosts.filter(({ relay }) => relay === true);

let fleet: Fleet | undefined;
afterEach(async () => {
  await fleet?.end();
  fleet = undefined;
});

async function run(running: Fleet, more: readonly string[] = [], limit = 'all'): Promise<RunView> {
  const inputs = [...INPUTS, ...more].flatMap((input) => ['--input', input]);
  const { code, stderr } = await cli(
    ['run', running.playbook, ...running.where, '--limit', limit, ...inputs, '--output', 'lines'],
    running.options,
  );
  if (code !== 0 && code !== 3) throw new Error(`run ended with ${code}: ${stderr}`);
  return cliJson<RunView>(['status', 'last'], running.options);
}

/** A value by key and name, null when it is not there; a service by state and start mode as its machine has them. */
async function now(running: Fleet, host: string, name: string): Promise<string | number | null> {
  const at = name.lastIndexOf('\\');
  const values = async (key: string): Promise<{ readonly [name: string]: { readonly value?: unknown } }> =>
    (await running.lab.ask<{ values?: Record<string, { value?: unknown }> }>('registry', { host, key })).values ?? {};
  if (at >= 0) return ((await values(name.slice(0, at)))[name.slice(at + 1)]?.value as number | undefined) ?? null;
  const modes = ['boot', 'system', 'automatic', 'manual', 'disabled'];
  const start = (await values(`HKLM\\SYSTEM\\CurrentControlSet\\Services\\${name}`))['Start']?.value as number;
  return `${await stateOf(running, host, name)} ${modes[start] ?? 'unknown'}`;
}

async function stateOf(running: Fleet, host: string, service: string): Promise<string> {
  const { stdout } = await cli(
    ['exec', host, ...running.where.slice(0, 2), '--json', '--', `(Get-Service ${service}).Status`],
    running.options,
  );
  const [status] = (JSON.parse(stdout) as { output: readonly unknown[] }).output;
  return String(status).toLowerCase();
}

/** What stood before the installer began, by what the machine saw. */
function shieldOf(entries: readonly HistoryEntry[]): string | null {
  const start = entries.findIndex((entry) => entry.kind === 'package' && entry['phase'] === 'start');
  const before = entries.slice(0, Math.max(start, 0));
  if (before.some(({ kind, op }) => kind === 'ipsec' && op === 'assign')) return 'ipsec';
  if (before.some(({ kind, name }) => kind === 'registry' && SHIELD_VALUES.includes(String(name)))) return 'registry';
  const isOff = (entry: HistoryEntry) =>
    entry.kind === 'service' && entry['op'] === 'config' && entry['start'] === 'disabled';
  return before.some(isOff) ? 'service' : null;
}

describe.each(Object.entries(MODERN))('%s', (playbook, machines) => {
  const group = hosts.filter((host) => host.groups?.includes(playbook.replace('-', '_')));

  it('has a case for every machine of its group', () => {
    expect(group.map(({ name }) => name).sort()).toEqual(Object.keys(machines).sort());
  });

  it('ends on every machine as its case demands', async () => {
    const isRelayed = group.some(({ relay }) => relay !== undefined);
    const running = await startFleet([...(isRelayed ? relays : []), ...group], playbook);
    fleet = running;
    const policies = async () => Promise.all(group.map(({ name }) => running.policies(name)));
    const before = await policies();
    const view = await run(running, [], isRelayed ? 'all:!relays' : 'all');
    const after = await policies();
    const found = await Promise.all(
      group.map(async ({ name }, index) => {
        const host = view.hosts.find((candidate) => candidate.name === name);
        const left = Object.keys(machines[name]?.left ?? {}).map(
          async (what) => [what, await now(running, name, what)] as const,
        );
        const failed = host?.steps.filter(({ outcome }) => outcome === 'failed' || outcome === 'refused');
        const ending = {
          outcome: host?.outcome,
          ...(await running.account(name)),
          shields: host?.standingShields,
          by: shieldOf(await running.history(name)),
          left: Object.fromEntries(await Promise.all(left)),
          isAsBefore: JSON.stringify(after[index]) === JSON.stringify(before[index]),
        };
        return [name, ending, failed?.map(({ id, error }) => `${id}: ${error?.message}`)] as const;
      }),
    );
    const expected = group.map(({ name }) => {
      const { why: _why, left = {}, by = null, ...ending } = machines[name]!;
      // Where a port shield is left its policy is.
      return [name, { ...ending, by, left, isAsBefore: ending.shields === 0 || Object.keys(left).length > 0 }];
    });
    const said = Object.fromEntries(found.map(([name, , errors]) => [name, errors]));
    const endings = found.map(([name, ending]) => [name, ending]);
    expect({ endings, ...(JSON.stringify(endings) === JSON.stringify(expected) ? {} : { said }) }).toEqual({
      endings: expected,
    });
  }, 600_000);
});

describe('the shields that are asked for by name', () => {
  it('SMB 1 off: after a restart on Windows 7, after one of the service on Server 2016', async () => {
    const running = await startFleet(
      [
        { name: 'w7', profile: 'windows-7-sp1' },
        { name: 's16', profile: 'windows-server-2016' },
      ],
      'ms17-010',
    );
    fleet = running;
    const view = await run(running, ['protection=registry']);
    expect(Object.fromEntries(view.hosts.map(({ name, outcome }) => [name, outcome]))).toEqual({
      w7: 'remediated',
      s16: 'remediated',
    });
    expect(await running.account('w7')).toEqual({ installs: 1, reboots: 2 });
    expect(await running.account('s16')).toEqual({ installs: 1, reboots: 1 });
    for (const host of ['w7', 's16']) {
      expect(await now(running, host, SMB1)).toBeNull();
      const entries = await running.history(host);
      const at = (wanted: (entry: (typeof entries)[number]) => boolean): number => entries.findIndex(wanted);
      const written = at(({ kind, name }) => kind === 'registry' && name === 'SMB1');
      const effective = at(
        host === 'w7'
          ? ({ kind }) => kind === 'reboot'
          : ({ kind, op, service }) => kind === 'service' && op === 'start' && service === 'LanmanServer',
      );
      const installed = at(({ kind, phase }) => kind === 'package' && phase === 'start');
      expect([written >= 0, written < effective, effective < installed]).toEqual([true, true, true]);
    }
  }, 600_000);

  it('Remote Desktop behind the firewall of Windows 7 and of Server 2008 R2', async () => {
    const running = await startFleet(
      [
        { name: 'w7', profile: 'windows-7-sp1' },
        { name: 'r2', profile: 'windows-server-2008-r2' },
      ],
      'bluekeep',
    );
    fleet = running;
    const view = await run(running, ['protection=firewall']);
    for (const { name, outcome, standingShields, steps } of view.hosts) {
      const blocked = steps.find(({ id }) => id === 'blocked');
      expect({ name, outcome, standingShields, blocked: blocked?.outcome }).toEqual({
        name,
        outcome: 'remediated',
        standingShields: 0,
        blocked: 'ok',
      });
    }
  }, 600_000);

  it('Point and Print is restricted when that is asked for, patched or not, and nowhere else', async () => {
    const running = await startFleet(
      [
        { name: 'open', profile: 'windows-10-2004', variant: 'point-and-print' },
        { name: 'unpatched', profile: 'windows-10-2004', variant: 'point-and-print-unpatched' },
        { name: 'plain', profile: 'windows-10-2004' },
        { name: 'unclear', profile: 'windows-10-2004', variant: 'listed-not-installed' },
      ],
      'printnightmare',
    );
    fleet = running;
    const view = await run(running, ['point_and_print=restrict']);
    const outcomes = ({ hosts: all }: RunView) => Object.fromEntries(all.map(({ name, outcome }) => [name, outcome]));
    const others = { open: 'remediated', unpatched: 'remediated', plain: 'remediated' };
    expect(outcomes(view)).toEqual({ ...others, unclear: 'needs-operator' });

    // Unclear evidence: with the answer it goes on where it stood.
    expect(await cli(['answer', 'last', 'yes', '--host', 'unclear'], running.options)).toMatchObject({ code: 0 });
    await cli(['resume', 'last', '--output', 'lines'], running.options);
    expect(outcomes(await cliJson<RunView>(['status', 'last'], running.options))).toEqual({
      ...others,
      unclear: 'remediated',
    });
    expect(await running.account('unclear')).toEqual({ installs: 1, reboots: 1 });
    const restrict =
      'HKLM\\SOFTWARE\\Policies\\Microsoft\\Windows NT\\Printers\\PointAndPrint\\RestrictDriverInstallationToAdministrators';
    expect(await Promise.all(['open', 'unpatched'].map((host) => now(running, host, restrict)))).toEqual([1, 1]);
    expect(await running.account('open')).toEqual({ installs: 0, reboots: 0 });
    const written = (await running.history('plain')).some(
      ({ kind, key }) => kind === 'registry' && /PointAndPrint/.test(String(key)),
    );
    expect(written).toBe(false);
  }, 600_000);
});

describe('docs/coverage.md', () => {
  it('has the table', () => {
    const text = readFileSync(resolve(root, 'docs/coverage.md'), 'utf8');
    const profiles = new Map(
      hosts.map(({ name, profile, variant }) => [name, [profile, variant ?? 'as it comes'] as const]),
    );
    for (const [playbook, machines] of Object.entries(MODERN)) {
      for (const [name, { outcome, installs, reboots, shields, why }] of Object.entries(machines)) {
        const [profile, variant] = profiles.get(name) ?? [];
        expect(text).toContain(
          `| ${playbook} | ${profile} | ${variant} | ${outcome} | ${installs} | ${reboots} | ${shields} | ${why} |`,
        );
      }
    }
  });
});
