/** The command line over PowerShell on this machine. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type CliOptions, cli, startCli } from '../../e2e/support/cli.ts';
import { createLabPowerShell, type LabPowerShell } from './support/lab-powershell.ts';

describe('firebreak on the machine itself', () => {
  let shell: LabPowerShell;
  let options: CliOptions;

  beforeAll(() => {
    shell = createLabPowerShell();
    const env = {
      PATH: `${shell.folder}:${process.env['PATH']}`,
      FIREBREAK_STATE: join(shell.folder, 'state.db'),
      // node-powershell would take this program before the one that was found
      NODE_POWERSHELL: '/nowhere/pwsh',
    };
    options = { env };
  });

  afterAll(() => shell?.remove());

  it('runs a script without login or address', async () => {
    const args = ['exec', 'local://', '--json', '--', '$env:COMPUTERNAME; Write-Warning w; "日本"'];
    const { code, stdout, stderr } = await cli(args, options);
    expect({ code, stderr, result: JSON.parse(stdout) as unknown }).toMatchObject({
      code: 0,
      stderr: '',
      result: { host: 'localhost', ok: true, output: ['CTL01', '日本'], streams: { warning: ['w'] } },
    });
    expect(shell.running()).toEqual([]);
  });

  it('runs a playbook', async () => {
    const playbook = join(shell.folder, 'playbook.yaml');
    writeFileSync(playbook, 'firebreak: 1\nname: here\nhosts: all\nsteps:\n  - uses: host.facts\n');
    const inventory = join(shell.folder, 'inventory.yaml');
    writeFileSync(inventory, 'all: { hosts: { here: { vars: { transport: local } } } }\n');
    const { code, stderr } = await cli(['run', playbook, '-i', inventory], options);
    expect({ code, stderr }).toMatchObject({ code: 0 });
  });

  it('outlives a PowerShell that dies', async () => {
    const started = startCli(['exec', 'local://', '--json', '--', 'Start-Sleep -Seconds 600'], options);
    while (shell.running().length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    for (const pid of shell.running()) process.kill(pid, 'SIGKILL');
    const { code, stdout } = await started.ended;
    expect({ code, result: JSON.parse(stdout) as unknown }).toMatchObject({
      code: 3,
      result: { ok: false, error: { message: expect.stringContaining('SIGKILL') } },
    });
  });
});
