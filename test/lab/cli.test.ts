/** `firebreak lab …` as a user types it. Needs the built engine (npm test builds it). */
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { freeAddresses } from './support/lab.ts';

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const program = resolve(import.meta.dirname, '..', '..', 'bin', 'firebreak.js');

function firebreak(...args: readonly string[]): Promise<Ended> {
  return new Promise((done) => {
    execFile(process.execPath, [program, ...args], (error, stdout, stderr) => {
      done({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr });
    });
  });
}

describe('firebreak lab', () => {
  const dir = mkdtempSync(join(tmpdir(), 'fblab-'));
  const at = ['--dir', dir];
  afterAll(async () => {
    await firebreak('lab', 'down', ...at);
    rmSync(dir, { recursive: true, force: true });
  });

  it('names what is wrong in a fleet file and starts nothing', async () => {
    const fleet = join(dir, 'fleet.yaml');
    writeFileSync(fleet, 'hosts:\n  - { name: PC, profile: windows-10-1903-enu }\n  - { nam: x }\n');
    const { code, stderr } = await firebreak('lab', 'up', ...at, '--fleet', fleet);
    expect(code).toBe(2);
    expect(stderr).toContain(`${fleet}:2:13: hosts.0.name: expected a NetBIOS name`);
    expect(stderr).toContain(`${fleet}:3:7: unknown key "nam"`);
    expect(existsSync(join(dir, 'lab.json'))).toBe(false);
    expect((await firebreak('lab', 'up', '--hosts', '2', '--fleet', fleet)).code).toBe(2);
    const missing = await firebreak('lab', 'up', ...at, '--fleet', join(dir, 'none.yaml'));
    expect(missing).toMatchObject({ code: 2, stderr: expect.stringContaining('there is no fleet file') });
  });

  it('goes from up to down', async () => {
    const up = await firebreak('lab', 'up', ...at, '--hosts', '3', '--addresses', freeAddresses());
    expect(up.stderr).toContain('lab: 3 of 3 machines answer');
    expect(up).toMatchObject({ code: 0, stdout: expect.stringContaining(join(dir, 'inventory.yaml')) });

    const again = await firebreak('lab', 'up', ...at, '--hosts', '3');
    expect(again).toMatchObject({ code: 2, stderr: expect.stringContaining(`a lab is already up in ${dir}`) });

    const status = JSON.parse((await firebreak('lab', 'status', '--json', ...at)).stdout);
    expect(status.hosts).toMatchObject([
      { host: 'pc-0001', power: 'on', network: 'up', os: { ubr: 719 } },
      { host: 'srv-0002' },
      { host: 'pc-0003', profile: 'windows-10-1903-jpn' },
    ]);
    expect((await firebreak('lab', 'status', ...at)).stdout).toMatch(/^HOST .*\npc-0001 .* 10\.0\.18362\.719 /);

    expect((await firebreak('lab', 'trouble', 'pc-0001', 'network-loss', ...at)).code).toBe(0);
    for (const kind of ['none', 'power-on']) {
      expect((await firebreak('lab', 'trouble', 'pc-0001', kind, ...at)).stdout).toBe(`pc-0001: ${kind}\n`);
    }
    expect((await firebreak('lab', 'trouble', 'pc-0001', 'earthquake', ...at)).code).toBe(2);
    expect((await firebreak('lab', 'clock', '+2h', ...at)).code).toBe(0);
    expect((await firebreak('lab', 'clock', 'soon', ...at)).code).toBe(2);
    const history = JSON.parse((await firebreak('lab', 'history', 'pc-0001', '--json', ...at)).stdout);
    expect(history.host).toBe('pc-0001');
    expect(history.entries).toContainEqual(expect.objectContaining({ kind: 'network', op: 'down' }));
    const unknown = await firebreak('lab', 'history', 'pc-9999', ...at);
    expect(unknown).toMatchObject({ code: 2, stderr: expect.stringContaining('no host "pc-9999" (it has pc-0001,') });

    expect(await firebreak('lab', 'down', ...at)).toMatchObject({ code: 0, stdout: `the lab in ${dir} is down\n` });
    expect(() => process.kill(status.pid, 0)).toThrow('ESRCH');
    expect(await firebreak('lab', 'status', ...at)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(`no lab is up in ${dir}`),
    });
  });
});
