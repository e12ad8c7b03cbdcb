/**
 * The command line on Windows: the real program on the Windows build of Node under Wine, against a lab host over TCP.
 * Left out, with a line that says so, where Wine is not installed (Debian: wine, wine64); CI installs it.
 */
import assert from 'node:assert';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { RunView } from '../../src/domain/index.ts';
import { startTestLab, type TestLab } from '../lab/support/lab.ts';
import { hasWine, WineMachine, windowsPath } from './support/wine.ts';

jest.setTimeout(600_000);

const PLAYBOOK = `firebreak: 1
name: Windows controller
hosts: all
steps:
  - { id: facts, uses: host.facts }
  - id: mark
    uses: powershell.run
    with:
      test: "Test-Path 'C:\\\\Temp\\\\marked.txt'"
      script: |
        param($Text)
        $null = New-Item -ItemType Directory -Force -Path 'C:\\Temp'
        Set-Content -Path 'C:\\Temp\\marked.txt' -Value $Text
      parameters: { Text: "\${{ host.name }}" }
`;

const isThere = hasWine();
if (!isThere) process.stdout.write('test/windows: left out, Wine is not installed (Debian: wine, wine64)\n');

(isThere ? describe : describe.skip)('a Windows controller', () => {
  const wine = new WineMachine();
  let lab: TestLab;
  let env: Record<string, string>;
  let playbook: string;
  let where: readonly string[];

  beforeAll(async () => {
    [lab] = await Promise.all([
      startTestLab({ hosts: [{ name: 'pc01', profile: 'windows-10-1903-enu' }], engine: 'real' }),
      wine.start(),
    ]);
    env = { FB_WINDOWS_TEST: lab.password };
    playbook = join(wine.folder, 'playbook.yaml');
    // as an editor on Windows saves it
    writeFileSync(playbook, PLAYBOOK.replaceAll('\n', '\r\n'));
    const inventory = join(wine.folder, 'inventory.yaml');
    const host = { address: lab.host('pc01').address };
    const credential = { user: lab.user, password: { env: 'FB_WINDOWS_TEST' } };
    // as Windows PowerShell's > writes it
    writeFileSync(
      inventory,
      `\ufeff${JSON.stringify({ all: { vars: { credential }, hosts: { pc01: host } } })}`,
      'utf16le',
    );
    where = ['-i', windowsPath(inventory)];
  });

  afterAll(async () => {
    wine.end();
    await lab?.end();
  });

  it('is Windows', async () => {
    const { stdout } = await wine.node(['-p', 'process.platform']);
    expect(stdout.trim()).toBe('win32');
  });

  it('prints its version', async () => {
    const { version } = JSON.parse(readFileSync(resolve('package.json'), 'utf8')) as { version: string };
    await expect(wine.firebreak(['--version'])).resolves.toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  });

  it('validates a playbook, and shows where one is wrong', async () => {
    const broken = join(wine.folder, 'broken.yaml');
    writeFileSync(broken, PLAYBOOK.replace('uses: host.facts', 'uses: host.fact').replaceAll('\n', '\r\n'));
    const files = [playbook, broken].map(windowsPath);
    const [good, bad] = await Promise.all(files.map((file) => wine.firebreak(['validate', file])));
    expect(good).toMatchObject({ code: 0, stderr: '' });
    assert(bad !== undefined);
    expect(bad.code).toBe(2);
    expect(bad.stderr).toContain('broken.yaml:5:');
    expect(bad.stderr).toContain('host.facts');
  });

  it('plans', async () => {
    const { code, stdout } = await wine.firebreak(['plan', windowsPath(playbook), ...where], { env });
    expect(code).toBe(0);
    expect(stdout).toContain('pc01');
    expect(stdout).toContain('powershell.run');
  });

  it('runs against a host', async () => {
    const first = await wine.firebreak(['run', windowsPath(playbook), ...where], { env });
    expect(first).toMatchObject({ code: 0, stderr: expect.not.stringMatching(/warning|error/i) });
    const entries = await lab.ask<{ entries: readonly { kind: string; path?: string }[] }>('history', { host: 'pc01' });
    expect(JSON.stringify(entries)).toContain('marked.txt');
  });

  it('keeps its state where Windows keeps it, and reads it again', async () => {
    const folder = wine.driveC('ProgramData', 'Firebreak');
    expect(existsSync(join(folder, 'state.db'))).toBe(true);
    expect(readdirSync(join(folder, 'logs'))).not.toHaveLength(0);
    const { code, stdout } = await wine.firebreak(['status', 'last', '--json']);
    expect(code).toBe(0);
    const view = JSON.parse(stdout) as RunView;
    expect(view.hosts).toMatchObject([{ name: 'pc01', outcome: 'remediated' }]);
  });

  it('writes the report', async () => {
    const file = join(wine.folder, 'report.html');
    const { code, stdout } = await wine.firebreak(['report', 'last', '--file', windowsPath(file)]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: `${windowsPath(file)}\n` });
    expect(readFileSync(file, 'utf8')).toContain('pc01');
  });

  it('runs a script on a host by its address', async () => {
    const target = `winrm://${lab.user}@${lab.host('pc01').address}:5985`;
    const args = ['exec', target, '--password-env', 'FB_WINDOWS_TEST', '--json', '--', '$env:COMPUTERNAME'];
    const { code, stdout } = await wine.firebreak(args, { env });
    expect({ code, ...(JSON.parse(stdout) as object) }).toMatchObject({ code: 0, ok: true, output: ['PC01'] });
  });
});
