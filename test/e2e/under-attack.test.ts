/**
 * The shipped playbook under-attack on hosts whose RpcSs dies: restarts held off, the people's steps at the console answered from the
 * command line while the hosts are off the network, then patched from here again. What the machines themselves went through is the truth.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { HostView, RunView } from '../../src/domain/index.ts';
import { cli, cliJson } from './support/cli.ts';
import { type Fleet, startFleet } from './support/fleet.ts';

const ATTACKED = ['xp', 'w2k', 'nt4', 'w2k3'] as const;
const PROTECTION = { xp: 'ipsec', w2k: 'dcom', nt4: 'media', w2k3: 'icf' } as const;
const PACKAGES = {
  nt4: 'WindowsNT4Server-KB824146-x86-ENU.exe',
  w2k3: 'WindowsServer2003-KB824146-x86-ENU.exe',
} as const;
const packages = (root: string) => `${root}\\Firebreak\\packages`;
const at = (step: string) => Object.fromEntries(ATTACKED.map((name) => [name, step]));

describe('hosts under attack', () => {
  let fleet: Fleet;
  beforeAll(async () => {
    fleet = await startFleet(
      [
        { name: 'mgmt01', profile: 'windows-server-2019', variant: 'management', relay: true, groups: ['relays'] },
        { name: 'xp', profile: 'windows-xp-sp1', variant: 'under-attack', relay: 'mgmt01' },
        { name: 'w2k', profile: 'windows-2000-professional-sp4', variant: 'under-attack', relay: 'mgmt01' },
        { name: 'nt4', profile: 'nt4-server-sp6a', variant: 'under-attack', relay: 'mgmt01' },
        { name: 'w2k3', profile: 'windows-2003-gold', variant: 'under-attack', relay: 'mgmt01' },
        { name: 'calm', profile: 'windows-2003-gold', relay: 'mgmt01' },
        { name: 'ill', profile: 'windows-xp-sp1', variant: 'infected-blaster', relay: 'mgmt01' },
      ],
      'under-attack',
    );
  });
  afterAll(() => fleet.end());

  const trouble = (host: string, kind: string) => fleet.lab.ask('trouble', { host, kind, options: {} });
  const atConsole = (host: string, line: string) =>
    fleet.lab.ask<{ exitCode: number; stdout: string }>('console', { host, line });
  const machines = async () =>
    (await fleet.lab.ask<{ hosts: { host: string; power: string; bootTime: string }[] }>('status', {})).hosts;
  /** Does what makes these machines start again, and waits until they have. */
  async function restarted(names: readonly string[], act: () => Promise<unknown>): Promise<void> {
    const before = await machines();
    await act();
    const hasStarted = ({ host, power, bootTime }: (typeof before)[number]): boolean =>
      power === 'on' && before.find((machine) => machine.host === host)?.bootTime !== bootTime;
    for (;;) {
      const started = (await machines()).filter(hasStarted).map(({ host }) => host);
      if (names.every((name) => started.includes(name))) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  const recovery = async (host: string) => (await atConsole(host, 'sc qfailure RpcSs')).stdout;
  const view = () => cliJson<RunView>(['status', 'last'], fleet.options);
  const hosts = async (): Promise<Readonly<Record<string, HostView>>> =>
    Object.fromEntries((await view()).hosts.map((host) => [host.name, host]));
  const waitingAt = async () =>
    Object.fromEntries(
      (await view()).hosts.flatMap(({ name, outcome, questions }) =>
        outcome === 'needs-operator' ? [[name, questions.find(({ state }) => state === 'open')?.step]] : [],
      ),
    );
  /** The open questions of these hosts, then the run goes on. */
  async function answer(value: string, names: readonly string[] = ATTACKED): Promise<void> {
    const { code, stderr } = await cli(
      ['answer', 'last', value, ...names.flatMap((name) => ['--host', name])],
      fleet.options,
    );
    expect({ names, code, ...(code === 0 ? {} : { stderr }) }).toEqual({ names, code: 0 });
  }
  async function done(): Promise<number | null> {
    await answer('done');
    return (await cli(['resume', 'last', '--output', 'lines'], fleet.options)).code;
  }

  it('are held off their restarts, unplugged, protected, plugged in and patched; who did what by hand is on record', async () => {
    // Long enough for any machine that the tests run on.
    expect((await atConsole('xp', 'sc failure RpcSs reset= 0 actions= reboot/3600000')).exitCode).toBe(0);
    const before = await recovery('xp');
    await trouble('xp', 'rpc-crash');
    const hasDied = async () =>
      (await fleet.history('xp')).some((entry) => entry.kind === 'service' && entry['op'] === 'died');
    while (!(await hasDied())) await new Promise((resolve) => setTimeout(resolve, 50));

    const input = ['--input', 'protection=ask'];
    const first = await cli(['run', fleet.playbook, ...fleet.where, ...input, '--output', 'lines'], fleet.options);
    const found = await hosts();
    expect(Object.fromEntries(Object.values(found).map(({ name, outcome }) => [name, outcome]))).toEqual({
      xp: 'needs-operator',
      w2k: 'needs-operator',
      nt4: 'needs-operator',
      w2k3: 'needs-operator',
      calm: 'skipped',
      ill: 'compromised',
    });
    expect(first.code).toBe(3);
    const attack = (name: string) => found[name]?.steps.find(({ id }) => id === 'attack')?.result;
    expect(attack('xp')).toMatchObject({
      attacked: true,
      terminations: 3,
      restarts: 3,
      state: 'Stopped',
      read_by: 'event-log',
    });
    expect(attack('w2k')).toMatchObject({ attacked: true, terminations: 2, restarts: 2, read_by: 'wmi' });
    expect(attack('nt4')).toMatchObject({ attacked: true, terminations: 0, restarts: 3, read_by: 'event-log' });
    expect(attack('calm')).toMatchObject({ attacked: false });
    expect(found['calm']?.reason).toMatch(
      /not under attack, ms03-039 is enough: RpcSs runs, has not died in the last 3d/,
    );
    // Its restart is called off, and the next end of RpcSs does not bring another.
    const power = (await fleet.history('xp')).filter(({ kind }) => kind === 'power').map(({ op }) => op);
    expect(power).toEqual(['shutdown-scheduled', 'shutdown-aborted']);
    expect(await recovery('xp')).toMatch(/RESTART/);
    // It keeps nobody out: without a barrier it is no shielded host.
    expect(found['xp']).toMatchObject({ standingShields: 1 });
    const listed = await cli(['shields', 'list'], fleet.options);
    expect(listed.stdout).toMatch(/xp +crash-hold, RpcSs dies = restart\/1000 /);

    for (const name of ATTACKED) await answer(PROTECTION[name], [name]);
    expect((await cli(['resume', 'last', '--output', 'lines'], fleet.options)).code).toBe(3);
    expect(await waitingAt()).toEqual(at('unplug'));
    for (const name of ATTACKED) await trouble(name, 'network-loss');
    expect(await done()).toBe(3);
    expect(await waitingAt()).toEqual(at('restart'));
    await restarted(ATTACKED, async () => {
      for (const name of ATTACKED) await trouble(name, 'power-loss');
    });
    expect(await done()).toBe(3);
    expect(await waitingAt()).toEqual(at('log_on'));
    expect(await done()).toBe(3);
    expect(await waitingAt()).toEqual(
      Object.fromEntries(ATTACKED.map((name) => [name, `protect_${PROTECTION[name]}`])),
    );
    expect((await atConsole('nt4', `${packages('C:\\WINNT')}\\${PACKAGES.nt4} /q /z`)).exitCode).toBe(0);
    await restarted(['nt4'], () => trouble('nt4', 'power-loss'));
    expect(await done()).toBe(3);
    expect(await waitingAt()).toEqual(at('plug'));
    // Behind the firewall of w2k3 nobody gets in.
    for (const name of ['xp', 'w2k', 'nt4']) await trouble(name, 'none');
    expect(await done()).toBe(3);
    expect(await waitingAt()).toEqual({ w2k3: 'by_hand' });
    expect((await atConsole('w2k3', `${packages('C:\\WINDOWS')}\\${PACKAGES.w2k3} /u /n /z /q`)).exitCode).toBe(3010);
    await restarted(['w2k3'], async () => {
      expect((await atConsole('w2k3', 'shutdown -r -t 0')).exitCode).toBe(0);
    });
    await trouble('w2k3', 'none');
    await answer('done', ['w2k3']);
    const last = await cli(['resume', 'last', '--output', 'lines'], fleet.options);

    const ended = await hosts();
    const outcomes = ATTACKED.map((name) => [name, ended[name]?.outcome, ended[name]?.standingShields]);
    expect(outcomes).toEqual(ATTACKED.map((name) => [name, 'remediated', 0]));
    expect(last.code).toBe(3); // calm was left out, ill is compromised
    for (const name of ATTACKED) {
      const answered = ended[name]?.questions.map(({ step, answer: given, by, via, answeredAt }) => {
        expect(by).toMatch(/@/);
        expect(answeredAt).toMatch(/^\d{4}-.*Z$/);
        return `${step} ${given} ${via}`;
      });
      const last = name === 'w2k3' ? ['by_hand'] : [];
      const steps = ['unplug', 'restart', 'log_on', `protect_${PROTECTION[name]}`, 'plug', ...last];
      expect(answered).toEqual([`choose ${PROTECTION[name]} command`, ...steps.map((step) => `${step} done command`)]);
    }
    expect((await fleet.account('xp')).installs).toBe(1);
    expect((await fleet.account('w2k')).installs).toBe(1);
    expect(await recovery('xp')).toBe(before);
    expect(await cliJson(['shields', 'list'], fleet.options)).toEqual([]);
    const dcom = (await fleet.history('w2k')).filter(({ name }) => name === 'EnableDCOM');
    expect(dcom.map(({ value }) => (value as { value: string }).value)).toEqual(['N', 'Y']);
  }, 600_000);
});
