import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { startTestLab, type TestLab } from '../support/lab.ts';

const HOSTS = [
  { name: 'pc-01', profile: 'windows-10-1903-enu' },
  { name: 'off-01', profile: 'windows-10-1903-enu', variant: 'unreachable' },
];

async function untilGone(pid: number): Promise<void> {
  for (;;) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    await delay(20);
  }
}

describe('a lab from up to down', () => {
  let lab: TestLab | undefined;
  afterEach(async () => {
    await lab?.end();
    lab = undefined;
  });

  it('writes an inventory, a password that others cannot read and the packages with their sums', async () => {
    lab = await startTestLab({ engine: 'fake', hosts: HOSTS });
    const inventory = parse(readFileSync(join(lab.dir, 'inventory.yaml'), 'utf8'));
    expect(inventory.all.vars).toEqual({
      transport: 'winrm',
      auth: 'basic',
      allow_unencrypted: true,
      credential: { user: 'firebreak', password: { file: join(lab.dir, 'password') } },
      vantages: [lab.vantage],
    });
    expect(inventory.all.hosts['pc-01']).toEqual({ address: lab.host('pc-01').address, ports: { 445: 10445 } });
    expect(statSync(join(lab.dir, 'password')).mode & 0o777).toBe(0o600);
    const sums = readFileSync(join(lab.dir, 'packages', 'SHA256SUMS'), 'utf8');
    const lines = sums.split('\n');
    expect(lines.pop()).toBe('');
    for (const line of lines) expect(line).toMatch(/^[0-9a-f]{64} {2}[A-Za-z0-9.-]+$/);
    const names = lines.map((line) => line.slice(66)).sort();
    expect(names).toEqual(['lab-agent-1.0.1.msp', 'lab-agent-1.0.msi', 'windows10.0-kb4551762-x64.msu']);
  });

  it('tells the state, history and counters of each machine', async () => {
    lab = await startTestLab({ engine: 'fake', hosts: HOSTS });
    await lab.ask('trouble', { host: 'pc-01', kind: 'no-return' });
    const status = await lab.ask<{ hosts: object[] }>('status');
    expect(status).toMatchObject({
      pid: lab.pid,
      hosts: [
        { host: 'pc-01', variant: 'vulnerable', counters: { installs: 0, reboots: 1 } },
        { host: 'off-01', variant: 'unreachable', network: 'down', counters: { installs: 0, reboots: 0 } },
      ],
    });
    expect(await lab.ask('history', { host: 'pc-01' })).toMatchObject({
      host: 'pc-01',
      entries: [{ kind: 'boot' }, { kind: 'reboot' }],
    });
    await expect(lab.ask('history', { host: 'pc-99' })).rejects.toThrow('lab.no-host: the lab has no host "pc-99"');
    await expect(lab.ask('nonsense')).rejects.toThrow('lab.bad-request');
    await expect(lab.ask('clock', { seconds: -1 })).rejects.toThrow('lab.bad-request');
  });

  it('says why a machine cannot be made, and ends', async () => {
    const start = startTestLab({ engine: 'fake', hosts: [{ name: 'bad-01', profile: 'windows-10-1903-enu' }] });
    await expect(start).rejects.toThrow('such a machine cannot be [lab.fake]');
  });

  it('says which address is taken, and ends', async () => {
    lab = await startTestLab({ engine: 'fake', hosts: HOSTS });
    const other = startTestLab({ engine: 'fake', hosts: HOSTS, addresses: lab.vantage.replace(/\.254$/, '') });
    await expect(other).rejects.toThrow(`${lab.host('pc-01').address}:5985 cannot be used (EADDRINUSE) [lab.listen]`);
  });

  it('goes down when told, with its engine and its files', async () => {
    lab = await startTestLab({ engine: 'fake', hosts: HOSTS });
    await lab.ask('down');
    await untilGone(lab.pid);
    await untilGone(lab.enginePid);
    for (const file of ['lab.json', 'inventory.yaml', 'password', 'packages', 'control.sock']) {
      expect(existsSync(join(lab.dir, file))).toBe(false);
    }
  });

  it('leaves no engine behind when it is killed, and can be started again', async () => {
    lab = await startTestLab({ engine: 'fake', hosts: HOSTS });
    process.kill(lab.pid, 'SIGKILL');
    await untilGone(lab.pid);
    await untilGone(lab.enginePid);
    expect(existsSync(join(lab.dir, 'lab.json'))).toBe(true);

    lab = await startTestLab({ engine: 'fake', hosts: HOSTS, dir: lab.dir });
    expect(await lab.ask('status')).toMatchObject({ pid: lab.pid });
  });

  it('refuses to be started twice in one folder', async () => {
    lab = await startTestLab({ engine: 'fake', hosts: HOSTS });
    const second = startTestLab({ engine: 'fake', hosts: HOSTS, dir: lab.dir });
    await expect(second).rejects.toThrow('a lab is already up there');
    expect(await lab.ask('status')).toMatchObject({ pid: lab.pid });
  });

  it('ends when its engine dies', async () => {
    lab = await startTestLab({ engine: 'fake', hosts: HOSTS });
    process.kill(lab.enginePid, 'SIGKILL');
    await untilGone(lab.pid);
    expect(existsSync(join(lab.dir, 'lab.json'))).toBe(false);
  });
});
