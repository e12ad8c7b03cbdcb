/**
 * One run from the outside: what `--check` leaves alone, what others see while it goes on, who may not come in between,
 * Ctrl-C, what is written where. The parts follow each other on one lab.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { HostView, RunEvent, RunView } from '../../src/domain/index.ts';
import { cli, cliJson, startCli } from './support/cli.ts';
import { type Fleet, type HistoryEntry, startFleet } from './support/fleet.ts';

const HOSTS = ['pc-enu', 'srv-prior', 'pc-patched'];
/** What reading a host leaves behind: logons, and programs that only tell. */
const READS = /^(logon|program|program-start)$/;

type Status = RunView & { readonly process: { readonly state: string } };

/** Every text in which a password might travel. */
function formsOf(password: string): readonly string[] {
  const encoded = [password, `firebreak:${password}`].map((text) => Buffer.from(text).toString('base64'));
  return [password, encodeURIComponent(password), ...encoded, Buffer.from(password, 'utf16le').toString('base64')];
}

/** Command lines of all processes of this machine; none where the system does not show them as files. */
function commandLines(): readonly string[] {
  if (!existsSync('/proc/self/cmdline')) return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        return [readFileSync(join('/proc', pid, 'cmdline'), 'utf8')];
      } catch {
        // It has ended meanwhile.
        return [];
      }
    });
}

function parseLines(text: string): readonly unknown[] {
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as unknown);
}

describe('a run', () => {
  let fleet: Fleet;
  let run: readonly string[];
  beforeAll(async () => {
    fleet = await startFleet([
      { name: 'pc-enu', profile: 'windows-10-1903-enu' },
      { name: 'srv-prior', profile: 'windows-server-1903', variant: 'prior-ipsec' },
      { name: 'pc-patched', profile: 'windows-10-1903-jpn', variant: 'patched' },
    ]);
    run = ['run', fleet.playbook, ...fleet.where];
  });
  afterAll(() => fleet?.end());

  const status = (): Promise<Status> => cliJson<Status>(['status', 'last'], fleet.options);
  const outcomes = (hosts: readonly HostView[]) =>
    Object.fromEntries(hosts.map(({ name, outcome }) => [name, outcome]));
  const changes = async (host: string): Promise<readonly HistoryEntry[]> =>
    (await fleet.history(host)).filter(({ kind }) => !READS.test(kind));

  it('with --check changes nothing and says what it would do', async () => {
    const { code, stdout, stderr } = await cli([...run, '--check', '--output', 'json'], fleet.options);
    expect(`${code} ${stderr}`).toBe('0 ');
    const view = JSON.parse(stdout) as RunView;
    expect(outcomes(view.hosts)).toEqual({ 'pc-enu': 'skipped', 'srv-prior': 'skipped', 'pc-patched': 'compliant' });
    for (const host of ['pc-enu', 'srv-prior']) {
      const steps = view.hosts.find(({ name }) => name === host)?.steps ?? [];
      expect(steps.find(({ id }) => id === 'stage')?.reason).toMatch(/^check: would run/);
      expect(await changes(host)).toEqual([]);
    }
  });

  it('that is interrupted keeps others out until it is given up', async () => {
    const { child, ended, lines } = startCli([...run, '--output', 'ndjson'], fleet.options);
    await lines(/"type":"StepFinished"/);
    child.kill('SIGINT');
    expect(await ended).toMatchObject({ code: 130, stderr: expect.stringContaining('SIGINT: stopping') });
    const { run: id, state, process } = await status();
    expect({ state, process: process.state }).toEqual({ state: 'paused', process: 'interrupted' });

    const second = await cli([...run, '--output', 'json'], fleet.options);
    expect(second).toMatchObject({ code: 5, stdout: '' });
    expect(second.stderr).toContain(`firebreak resume ${id}`);
    expect(second.stderr).toContain(`firebreak abort ${id}`);

    expect(await cli(['abort', id], fleet.options)).toMatchObject({ code: 0 });
    expect((await status()).state).toBe('aborted');
    expect(await cli(['resume', id], fleet.options)).toMatchObject({ code: 2 });
  });

  it('is seen from outside, stops at Ctrl-C and goes on from there', async () => {
    const { child, ended, lines } = startCli([...run, '--output', 'ndjson'], fleet.options);
    await lines(/"type":"StepDetached"/);

    const seen = await status();
    expect(seen.process.state).toBe('running');
    expect(seen.hosts.find(({ name }) => name === 'pc-patched')?.outcome).toBe('compliant');
    expect(seen.hosts.some(({ steps }) => steps.some(({ intended }) => intended))).toBe(true);
    const second = await cli([...run, '--output', 'ndjson'], fleet.options);
    expect(second).toMatchObject({ code: 5, stdout: '' });
    expect(second.stderr).toContain(`firebreak abort ${seen.run}`);
    expect(await cli(['resume', seen.run], fleet.options)).toMatchObject({ code: 2 });
    // The refused ones have left no run behind.
    expect((await status()).run).toBe(seen.run);
    const [form] = formsOf(fleet.lab.password);
    expect(commandLines().filter((line) => line.includes(form ?? ''))).toEqual([]);

    child.kill('SIGINT');
    const { code, stdout } = await ended;
    expect(code).toBe(130);
    const events = parseLines(stdout) as RunEvent[];
    expect(events[0]?.type).toBe('RunStarted');
    expect(events.at(-1)?.type).toBe('RunPaused');

    const resumed = await cli(['resume', 'last', '--output', 'json'], fleet.options);
    expect(resumed.code).toBe(0);
    const view = JSON.parse(resumed.stdout) as RunView;
    expect({ run: view.run, resumes: view.resumes, ...outcomes(view.hosts) }).toEqual({
      run: seen.run,
      resumes: 1,
      'pc-enu': 'remediated',
      'srv-prior': 'remediated',
      'pc-patched': 'compliant',
    });
    for (const host of ['pc-enu', 'srv-prior']) expect(await fleet.account(host)).toEqual({ installs: 1, reboots: 1 });
  });

  it('does not touch a host that is patched', async () => {
    expect(await changes('pc-patched')).toEqual([]);
  });

  it('leaves no sign of itself on the others', async () => {
    for (const host of HOSTS) {
      const entries = await fleet.history(host);
      const marker = entries.filter(({ kind, key }) => kind === 'registry' && String(key).endsWith('Firebreak\\Lease'));
      expect(marker.at(-1)?.['op']).toBe(host === 'pc-patched' ? undefined : 'delete-key');
    }
  });

  it('writes JSON lines as its log, and the password nowhere', async () => {
    const { run: id } = await status();
    const log = readFileSync(join(dirname(fleet.state), 'logs', `${id}.jsonl`), 'utf8');
    const entries = parseLines(log) as { level: string; message: string; timestamp: string }[];
    expect(entries.length).toBeGreaterThan(50);
    for (const entry of entries)
      expect(entry).toMatchObject({ level: expect.any(String), timestamp: expect.any(String) });

    const folder = dirname(fleet.state);
    const files = ['logs', 'reports']
      .flatMap((name) => readdirSync(join(folder, name)).map((file) => join(folder, name, file)))
      .concat(
        readdirSync(folder)
          .filter((name) => name.startsWith('state.db'))
          .map((name) => join(folder, name)),
      );
    expect(files.length).toBeGreaterThanOrEqual(3);
    for (const file of files) {
      const bytes = readFileSync(file);
      for (const form of formsOf(fleet.lab.password))
        expect({ file, holds: bytes.includes(form) }).toEqual({ file, holds: false });
    }
  });

  it('needs no playbook to be named: the advisory does that', async () => {
    const where = ['-i', join(fleet.lab.dir, 'inventory.yaml'), '--packages', join(fleet.lab.dir, 'packages')];
    const { code, stdout, stderr } = await cli(
      ['patch', 'pc-patched', 'pc-enu', '--advisory', 'cve-2020-0796', ...where, '--output', 'lines'],
      fleet.options,
    );
    expect(`${stdout}${stderr}`).toMatch(/^[^\n]*pc-patched: COMPLIANT/m);
    expect({ code, hosts: (await status()).hosts.map(({ name, outcome }) => [name, outcome]) }).toEqual({
      code: 0,
      hosts: [
        ['pc-enu', 'compliant'],
        ['pc-patched', 'compliant'],
      ],
    });
    const none = await cli(['patch', 'pc-patched', ...where], fleet.options);
    expect([none.code, none.stderr]).toEqual([2, expect.stringContaining('--advisory')]);
  });
});
