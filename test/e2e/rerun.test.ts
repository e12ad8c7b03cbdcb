/**
 * `firebreak rerun RUN --failed` after the machines were mended: it touches the failed hosts alone, begins at the top,
 * does nothing twice and settles what the first run owes.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { RunView } from '../../src/domain/index.ts';
import { type CliResult, cli, cliJson } from './support/cli.ts';
import { type Fleet, type HistoryEntry, startFleet } from './support/fleet.ts';

const FINE = ['pc-vulnerable', 'pc-patched'];
const BROKEN = ['srv-fails', 'pc-away'];

interface Account {
  readonly view: RunView;
  readonly histories: ReadonlyMap<string, readonly HistoryEntry[]>;
  readonly standing: readonly string[];
}

describe('rerun --failed', () => {
  let fleet: Fleet;
  let policies: ReadonlyMap<string, unknown>;
  let before: Account;
  let after: Account;
  let first: CliResult;
  let second: CliResult;

  async function account(): Promise<Account> {
    const names = [...FINE, ...BROKEN];
    const standing = await cliJson<{ host: string }[]>(['shields', 'list'], fleet.options);
    return {
      view: await cliJson<RunView>(['status', 'last'], fleet.options),
      histories: new Map(await Promise.all(names.map(async (name) => [name, await fleet.history(name)] as const))),
      standing: standing.map(({ host }) => host).toSorted(),
    };
  }

  async function readPolicies(): Promise<ReadonlyMap<string, unknown>> {
    return new Map(await Promise.all(BROKEN.map(async (name) => [name, await fleet.policies(name)] as const)));
  }

  async function mend(host: string, kind: string): Promise<void> {
    const { code, stderr } = await cli(['lab', 'trouble', host, kind, '--dir', fleet.lab.dir]);
    expect(`${code} ${stderr}`).toBe('0 ');
  }

  async function untilOn(name: string): Promise<void> {
    for (;;) {
      const { hosts } = await fleet.lab.ask<{ hosts: { host: string; power: string }[] }>('status');
      if (hosts.find(({ host }) => host === name)?.power === 'on') return;
      await delay(200);
    }
  }

  beforeAll(async () => {
    fleet = await startFleet([
      { name: 'pc-vulnerable', profile: 'windows-10-1903-enu' },
      { name: 'pc-patched', profile: 'windows-10-1903-jpn', variant: 'patched' },
      { name: 'srv-fails', profile: 'windows-server-1903', variant: 'prior-ipsec' },
      { name: 'pc-away', profile: 'windows-10-1903-jpn', variant: 'no-return' },
    ]);
    await fleet.lab.ask('trouble', { host: 'srv-fails', kind: 'installer-fails', options: { exitCode: 1603 } });
    policies = await readPolicies();
    const inputs = ['max_fail_percentage=100', 'reboot_timeout=45s'].flatMap((input) => ['--input', input]);
    first = await cli(['run', fleet.playbook, ...fleet.where, ...inputs, '--output', 'lines'], fleet.options);
    before = await account();
    await mend('srv-fails', 'none');
    await mend('pc-away', 'power-on');
    await untilOn('pc-away');
    second = await cli(['rerun', 'last', '--failed', '--output', 'lines'], fleet.options);
    after = await account();
  }, 600_000);
  afterAll(() => fleet?.end());

  const outcomes = ({ view }: Account) =>
    Object.fromEntries(view.hosts.map(({ name, outcome, standingShields }) => [name, `${outcome} ${standingShields}`]));

  it('follows a run that left two hosts shielded and not fine', () => {
    expect({ ...outcomes(before), said: first.code }).toEqual({
      'pc-vulnerable': 'remediated 0',
      'pc-patched': 'compliant 0',
      'srv-fails': 'failed 1',
      'pc-away': 'unreachable 1',
      said: 3,
    });
    expect(before.standing).toEqual(['pc-away', 'srv-fails']);
  });

  it('touches the failed hosts alone', () => {
    expect(after.view.hosts.map(({ name }) => name).toSorted()).toEqual(BROKEN.toSorted());
    for (const name of FINE) expect(after.histories.get(name)).toEqual(before.histories.get(name));
  });

  it('begins at the top and ends fine', () => {
    expect({ ...outcomes(after), code: second.code, said: second.code === 0 ? '' : second.stderr }).toEqual({
      'srv-fails': 'remediated 0',
      // Its restart, which the first run asked for, has come to pass.
      'pc-away': 'compliant 0',
      code: 0,
      said: '',
    });
    expect(after.view.parent).toBe(before.view.run);
    for (const host of after.view.hosts) expect(host.steps[0]).toMatchObject({ id: 'verify', outcome: 'ok' });
  });

  it('does nothing twice', async () => {
    // The installer that had failed was started once more; nothing else was.
    expect(await fleet.account('srv-fails')).toEqual({ installs: 2, reboots: 1 });
    expect(await fleet.account('pc-away')).toEqual({ installs: 1, reboots: 1 });
    const staged = (name: string) =>
      after.histories
        .get(name)
        ?.slice(before.histories.get(name)?.length)
        .filter(({ kind, path }) => kind === 'file' && String(path).endsWith('.msu'));
    expect(staged('srv-fails')).toEqual([]);
    expect(staged('pc-away')).toEqual([]);
  });

  it('settles what the first run owes: no shield stands, every policy is as it was', async () => {
    expect(after.standing).toEqual([]);
    expect(await readPolicies()).toEqual(policies);
    const earlier = await cliJson<RunView>(['status', before.view.run], fleet.options);
    expect(earlier.hosts.filter(({ owesAlways }) => owesAlways)).toEqual([]);
  });

  it('says so when no host is left to do again', async () => {
    const { code, stderr } = await cli(['rerun', 'last', '--failed'], fleet.options);
    expect(code).toBe(2);
    expect(stderr).toContain('has no failed hosts');
  });
});
