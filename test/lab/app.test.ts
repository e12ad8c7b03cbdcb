import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  findLab,
  labClock,
  labHistory,
  labRegistry,
  labStatus,
  labTrouble,
  startLab,
  stopLab,
} from '../../src/app/lab/index.ts';
import { startTestLab, type TestLab } from './support/lab.ts';

describe('talking to a lab', () => {
  let lab: TestLab;
  beforeEach(async () => {
    lab = await startTestLab({ engine: 'fake', hosts: [{ name: 'pc-01', profile: 'windows-10-1903-enu' }] });
  });
  afterEach(() => lab.end());

  it('reads status, history and registry', async () => {
    expect(await labStatus(lab.dir)).toMatchObject({ dir: lab.dir, hosts: [{ host: 'pc-01', network: 'up' }] });
    expect(await labHistory(lab.dir, 'pc-01')).toMatchObject({ host: 'pc-01', entries: [{ kind: 'boot' }] });
    expect(await labRegistry(lab.dir, 'pc-01', 'HKLM\\X')).toEqual({ key: 'HKLM\\X' });
  });

  it('makes trouble and lets time pass', async () => {
    await labTrouble(lab.dir, { host: 'pc-01', kind: 'network-loss', forSeconds: 3 });
    expect((await labStatus(lab.dir)).hosts[0]?.network).toBe('down');
    await labClock(lab.dir, 3600);
    expect((await labStatus(lab.dir)).hosts[0]?.network).toBe('up');
  });

  it('says which host is unknown', async () => {
    await expect(labHistory(lab.dir, 'pc-99')).rejects.toMatchObject({
      code: 'FB_USAGE',
      message: expect.stringContaining('no host "pc-99" (it has pc-01)'),
    });
  });

  it('refuses a second lab in the same folder and touches nothing', async () => {
    const start = { dir: lab.dir, hosts: { count: 1 }, onProgress: () => undefined };
    await expect(startLab(start)).rejects.toMatchObject({
      code: 'FB_USAGE',
      message: `a lab is already up in ${lab.dir}`,
    });
    expect((await labStatus(lab.dir)).pid).toBe(lab.pid);
  });

  it('ends it, once', async () => {
    expect(await stopLab(lab.dir)).toBe(true);
    expect(await findLab(lab.dir)).toBeNull();
    expect(await stopLab(lab.dir)).toBe(false);
    await expect(labStatus(lab.dir)).rejects.toMatchObject({ code: 'FB_USAGE', remedy: 'firebreak lab up' });
  });

  it('does not take the remains of a killed lab for a lab', async () => {
    process.kill(lab.pid, 'SIGKILL');
    while ((await findLab(lab.dir)) !== null);
    expect(await stopLab(lab.dir)).toBe(false);
  });
});

describe('a folder that is no lab', () => {
  it('that cannot be written is named', async () => {
    const dir = join(import.meta.filename, 'lab');
    const start = { dir, hosts: { count: 1 }, onProgress: () => undefined };
    await expect(startLab(start)).rejects.toMatchObject({
      code: 'FB_ENVIRONMENT',
      message: `the lab's folder ${dir} cannot be written (ENOTDIR)`,
    });
  });

  it('has none', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'fblab-'));
    try {
      expect(await findLab(dir)).toBeNull();
      writeFileSync(join(dir, 'lab.json'), '{"broken');
      expect(await findLab(dir)).toBeNull();
    } finally {
      rmSync(dir, { recursive: true });
    }
  });
});
