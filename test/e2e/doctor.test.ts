/** firebreak doctor, exec and inventory on machines of the lab. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type CliResult, cli, startCli } from './support/cli.ts';
import { type Fleet, startFleet } from './support/fleet.ts';

interface Report {
  readonly host: string;
  readonly ok: boolean;
  readonly state: string;
  readonly checks: readonly {
    readonly check: string;
    readonly state: string;
    readonly finding: string;
    readonly remedy: string;
  }[];
}

let fleet: Fleet;
let inventory: string;
let address: string;
beforeAll(async () => {
  fleet = await startFleet([
    { name: 'fine', profile: 'windows-10-1903-enu' },
    { name: 'pending', profile: 'windows-10-1903-jpn', variant: 'patched-not-rebooted' },
    { name: 'secure', profile: 'windows-server-2019', https: true },
    { name: 'silent', profile: 'windows-10-1903-enu', variant: 'unreachable' },
  ]);
  inventory = join(fleet.lab.dir, 'inventory.yaml');
  address = fleet.lab.host('fine').address;
});
afterAll(() => fleet.end());

const run = (...args: readonly string[]): Promise<CliResult> =>
  cli(args, { env: { ...fleet.options.env, PW: fleet.lab.password, BAD: 'not-it' } });
const reportsOf = ({ stdout }: CliResult): readonly Report[] =>
  stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Report);
const findingOf = (report: Report | undefined, check: string) => report?.checks.find((each) => each.check === check);

describe('firebreak doctor', () => {
  it('finds healthy hosts healthy, and tells a pending reboot', async () => {
    const result = await run('doctor', '-i', inventory, 'fine', 'pending', '--json');
    const reports = reportsOf(result);
    const fine = reports.find(({ host }) => host === 'fine');
    expect(fine).toMatchObject({ ok: true, state: 'ok' });
    for (const check of ['name', 'port', 'auth', 'shell', 'language', 'module', 'rights', 'disk', 'clock', 'reboot'])
      expect([check, findingOf(fine, check)?.state]).toEqual([check, 'ok']);
    const pending = reports.find(({ host }) => host === 'pending');
    expect(findingOf(pending, 'reboot')).toMatchObject({
      state: 'warning',
      finding: expect.stringContaining('servicing'),
    });
    expect(result.code).toBe(0);
  });

  it('looks at the certificate where there is one', async () => {
    const [report] = reportsOf(await run('doctor', '-i', inventory, 'secure', '--json'));
    expect(findingOf(report, 'tls')).toMatchObject({ state: 'ok', finding: expect.stringContaining('valid until') });
    const untrusted = await run(
      'doctor',
      `winrms://firebreak@${fleet.lab.host('secure').address}`,
      '--password-env',
      'PW',
    );
    expect(untrusted.code).toBe(3);
    expect(untrusted.stdout).toMatch(/tls FAIL: the certificate is not trusted/);
    expect(untrusted.stdout).toMatch(/fingerprint: [0-9a-f]{64}/);
  });

  it('says of each broken one what is broken', async () => {
    const uris = [`winrm://firebreak@${address}:1`, 'winrm://x@no-such-host.invalid'];
    const result = await run('doctor', '-i', inventory, ...uris, 'silent', '--password-env', 'PW', '--json');
    const reports = reportsOf(result);
    const failed = Object.fromEntries(
      reports.map((report) => [
        report.host,
        report.checks.filter(({ state }) => state === 'failed').map(({ check }) => check),
      ]),
    );
    expect(failed).toEqual({ [`${address}:1`]: ['port'], 'no-such-host.invalid': ['name'], silent: ['port'] });
    expect(
      findingOf(
        reports.find(({ host }) => host === 'silent'),
        'port',
      )?.remedy,
    ).toContain('Set-NetFirewallRule');
    expect(result.code).toBe(3);
  });

  it('shows a table, the cause and the remedy of a wrong password, and no password', async () => {
    const { code, stdout, stderr } = await run('doctor', `winrm://firebreak@${address}`, '--password-env', 'BAD');
    expect(code).toBe(3);
    expect(stdout).toMatch(/^HOST +NAME +PORT +TLS +AUTH/);
    expect(stdout).toMatch(/auth FAIL: user or password was refused/);
    expect(stdout).toContain('because: wrong user or password');
    expect(stdout).toContain('→ ');
    expect(stdout + stderr).not.toContain('not-it');
  });
});

describe('target URIs', () => {
  it('stand wherever a pattern does', async () => {
    const uri = `winrm://firebreak@${address}`;
    const flags = ['--password-env', 'PW', '--json'];
    const listed = await run('inventory', '-i', inventory, 'pending', uri, ...flags);
    expect((JSON.parse(listed.stdout) as { name: string }[]).map(({ name }) => name)).toEqual(['pending', address]);
    const verified = await run('verify', 'cve-2020-0796', uri, ...flags);
    expect(JSON.parse(verified.stdout)).toMatchObject({ host: address, verdict: 'vulnerable' });
    const again = await run('rerun', 'last', '--all', '--output', 'lines');
    expect(again.stderr).toContain(`${address}: verify: ok`);
  });

  it('with a password inside are refused without showing it', async () => {
    const { code, stderr } = await run('exec', 'winrm://firebreak:hunter22@x', '--', '1');
    expect(code).toBe(2);
    expect(stderr).toContain('argument lists are public');
    expect(stderr).not.toContain('hunter22');
  });
});

describe('firebreak exec', () => {
  it('ends cleanly on Ctrl-C', async () => {
    const script = ['--', '"begun"; Start-Sleep 300'];
    const { child, ended, lines } = startCli(['exec', '-i', inventory, 'fine', ...script], fleet.options);
    await lines(/^begun$/);
    child.kill('SIGINT');
    const { code, stderr } = await ended;
    expect(code).toBe(130);
    expect(stderr).toContain('SIGINT: stopping');
    expect(stderr).toContain('[FB_CANCELLED]');
  });

  it('takes its script from a file', async () => {
    const file = join(fleet.lab.dir, 'script.ps1');
    writeFileSync(file, '\ufeff$env:COMPUTERNAME', 'utf16le');
    expect((await run('exec', '-i', inventory, 'fine', '-f', file)).stdout).toBe('FINE\n');
  });

  it('prefixes lines with the host only when there are several', async () => {
    const script = ['--', 'Write-Warning careful; $env:COMPUTERNAME'];
    const one = await run('exec', '-i', inventory, 'fine', ...script);
    expect([one.code, one.stdout, one.stderr]).toEqual([0, 'FINE\n', 'warning: careful\n']);
    const two = await run('exec', '-i', inventory, 'fine,pending', ...script);
    expect(two.stdout.trim().split('\n').sort()).toEqual(['fine: FINE', 'pending: PENDING']);
  });

  it('refuses what a script asks when nobody can answer', async () => {
    const { code, stdout } = await run('exec', '-i', inventory, 'fine', '--json', '--', '$Host.UI.ReadLine()');
    expect(code).toBe(0);
    const result = JSON.parse(stdout) as { ok: boolean; output: unknown[]; streams: { error: { message: string }[] } };
    expect(result).toMatchObject({ ok: true, output: [] });
    expect(result.streams.error[0]?.message).toContain('does not support user interaction');
  });
});
