/** Firebreak.Package on targets: a .cmd file does the work, whatever happens to the relay. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, ModuleLab, type Relayed, type Result } from './support/module-lab.ts';

const CHUNK = 64 * 1024;

interface Case {
  readonly host: string;
  readonly file: string;
  readonly engine: string;
  /** Null: the lab's hotfix.exe keeps none. */
  readonly log: string | null;
}
const CASES: readonly Case[] = [
  { host: 'w2k', file: 'Windows2000-KB824146-x86-ENU.exe', engine: 'update', log: 'C:\\WINNT\\KB824146.log' },
  { host: 'xpjpn', file: 'WindowsXP-KB824146-x86-JPN.exe', engine: 'update', log: 'C:\\WINDOWS\\KB824146.log' },
  { host: 'nt4', file: 'WindowsNT4Server-KB824146-x86-ENU.exe', engine: 'hotfix', log: null },
];

describe('installing on targets', () => {
  let lab: ModuleLab;
  beforeAll(async () => {
    lab = await ModuleLab.start([
      { name: 'mgmt', profile: 'windows-server-2019', variant: 'management', relay: true },
      { name: 'w2k', profile: 'windows-2000-server-sp4', relay: 'mgmt' },
      { name: 'xpjpn', profile: 'windows-xp-sp1-jpn', relay: 'mgmt' },
      { name: 'nt4', profile: 'nt4-server-sp6a', relay: 'mgmt' },
      { name: 'w2k-patched', profile: 'windows-2000-server-sp4', variant: 'patched', relay: 'mgmt' },
      { name: 'nt4-patched', profile: 'nt4-server-sp6a', variant: 'patched', relay: 'mgmt' },
      { name: 'hangs', profile: 'windows-2000-server-sp4', variant: 'installer-hangs', relay: 'mgmt' },
      { name: 'fails', profile: 'nt4-server-sp6a', variant: 'installer-fails', relay: 'mgmt' },
    ]);
  });
  afterAll(() => lab.end());

  const pathOf = (file: string) => `%SystemRoot%\\Firebreak\\packages\\${file}`;
  async function stage(on: Relayed, file: string): Promise<{ readonly path: string; readonly hash: string }> {
    const bytes = readFileSync(join(lab.lab.dir, 'packages', file));
    const hash = createHash('sha256').update(bytes).digest('hex');
    const path = String(await on.call('Core\\Resolve-FbPath', { Path: pathOf(file), Own: true }));
    for (let at = 0; at < bytes.length; at += CHUNK) {
      const chunk = { Path: `${path}.part`, Offset: at, Bytes: new Uint8Array(bytes.subarray(at, at + CHUNK)) };
      await on.call('Host\\Add-FbFileChunk', chunk);
    }
    await on.call('Host\\Complete-FbFile', { TemporaryPath: `${path}.part`, Path: path, Sha256: hash });
    return { path, hash };
  }
  const starts = async (host: string): Promise<number> =>
    (await lab.history(host)).filter((entry) => entry.kind === 'package' && entry['phase'] === 'start').length;

  /** One package on one host. */
  async function work(host: string, file: string, engine: string) {
    const on = lab.relayed('mgmt', host);
    const { path, hash } = await stage(on, file);
    const job = (): Promise<Result> => on.call('Package\\Get-FbPackageJob', { Sha256: hash });
    const start = (run: string, more: object = {}): Promise<Result> =>
      on.call('Package\\Start-FbPackageJob', {
        Sha256: hash,
        Path: path,
        Engine: engine,
        Switches: [],
        Run: run,
        Step: 'install',
        ...more,
      });
    const ended = () => eventually(job, (state) => state['ExitCode'] !== null, 'the installer has ended');
    return { on, path, hash, job, start, ended };
  }

  it.each(CASES)('$host: runs as SYSTEM, once, and leaves its exit code', async ({ host, file, engine, log }) => {
    expect(readdirSync(join(lab.lab.dir, 'packages'))).toContain(file);
    const { on, hash, job, start, ended } = await work(host, file, engine);
    expect(await job()).toMatchObject({ Exists: false, ExitCode: null, OtherInstallers: [] });
    expect(await start('run-1', { WhatIf: true })).toMatchObject({ Changed: false });
    expect(await job()).toMatchObject({ Exists: false });
    expect(await start('run-1')).toEqual({ Changed: true, State: 'started', Reason: null });
    const running = await eventually(job, (state) => state['Started'] !== null, 'the job has begun');
    expect(running).toMatchObject({ Exists: true, Run: 'run-1', Step: 'install' });
    expect(await start('run-1')).toMatchObject({ Changed: false });
    expect(await start('run-2')).toMatchObject({ Changed: false });
    expect(await ended()).toMatchObject({ ProcessAlive: false, Run: 'run-1', Ended: expect.stringMatching(/Z$/) });
    expect(await start('run-1')).toMatchObject({ Changed: false, State: 'finished' });
    expect(await starts(host)).toBe(1);
    const programs = (await lab.history(host)).filter(
      (entry) => entry.kind === 'program' && String(entry['path']).endsWith(file),
    );
    expect(programs).toEqual([expect.objectContaining({ account: expect.stringMatching(/SYSTEM$/i) })]);
    expect(await on.call('Package\\Get-FbPackageLog', { Sha256: hash })).toMatchObject({ Log: log });
  });

  it.each([
    ['w2k-patched', 'spuninst', 'C:\\WINNT\\$NtUninstallKB824146$\\spuninst\\spuninst.exe', 3010],
    ['nt4-patched', 'hotfix-remove', 'C:\\WINNT\\$NtUninstallKB824146$\\hotfix.exe', 0],
  ])('%s: gives the old files back with %s', async (host, engine, subject, code) => {
    const on = lab.relayed('mgmt', host);
    const removal = () => on.call('Package\\Get-FbRemoval', { Kb: 'KB824146' });
    const none = { Installed: false, Pending: null, Engine: null, Subject: null, Reason: null };
    expect(await on.call('Package\\Get-FbRemoval', { Kb: 'KB999999' })).toEqual(none);
    expect(await removal()).toEqual({ ...none, Installed: true, Engine: engine, Subject: subject });
    const key = '6'.repeat(64);
    const job = { Sha256: key, Path: 'KB824146', Switches: [], Run: 'run-1', Step: 'remove' };
    const started = await on.call('Package\\Start-FbPackageJob', { ...job, Engine: engine, Subject: subject });
    expect(started).toMatchObject({ Changed: true, State: 'started' });
    const ended = await eventually(
      () => on.call('Package\\Get-FbPackageJob', { Sha256: key }),
      (state) => state['ExitCode'] !== null,
      'the removal has ended',
    );
    expect(ended).toMatchObject({ ExitCode: code });
    expect(await removal()).toEqual({ ...none, Pending: 'remove' });
  });

  it('is judged by the relay who has signed a package there', async () => {
    const { on, path } = await work('w2k', 'Windows2000-KB824146-x86-ENU.exe', 'update');
    const signature = () => on.call('Package\\Get-FbSignature', { Path: path });
    expect(await signature()).toMatchObject({ Status: 'Valid', Subject: expect.stringContaining('Microsoft') });
    await on.call('Host\\Add-FbFileChunk', { Path: path, Offset: 0, Bytes: new Uint8Array([1, 2]) });
    expect((await signature())['Status']).not.toBe('Valid');
  });

  it('tells that it failed by the code that the installer gave', async () => {
    const { start, ended } = await work('fails', 'WindowsNT4Server-KB824146-x86-ENU.exe', 'hotfix');
    await start('run-1');
    expect((await ended())['ExitCode']).not.toBe(0);
    expect(await start('run-1')).toMatchObject({ State: 'finished' });
    expect(await start('run-2')).toMatchObject({ Changed: true, State: 'started' });
    expect(await ended()).toMatchObject({ Run: 'run-2' });
  });

  it('that hangs keeps everybody else out; killed, it is never started again', async () => {
    const { on, job, start, path } = await work('hangs', 'Windows2000-KB824146-x86-ENU.exe', 'update');
    await start('run-1');
    await eventually(job, (state) => state['ProcessAlive'] === true, 'the installer runs');
    expect(await start('run-2')).toMatchObject({ Changed: false, State: 'running' });
    const other = { Sha256: '1'.repeat(64), Path: path, Engine: 'update', Switches: [], Run: 'run-2', Step: 'install' };
    expect(await on.call('Package\\Start-FbPackageJob', other)).toMatchObject({ State: 'busy' });
    expect((await on.call('Package\\Get-FbInstaller'))['Names']).not.toEqual([]);
    expect(await on.call('Package\\Get-FbInstaller')).toMatchObject({ Others: [] });
    await lab.lab.ask('trouble', { host: 'hangs', kind: 'power-loss' });
    const gone = await eventually<Result>(
      () => job().catch(() => ({ Exists: false })),
      (state) => state['Exists'] === true && state['ProcessAlive'] === false,
      'the target is back',
    );
    expect(gone).toMatchObject({ Run: 'run-1', ExitCode: null });
    expect(await start('run-1')).toMatchObject({ Changed: false, State: 'vanished' });
    expect(await start('run-2')).toMatchObject({ Changed: false, State: 'vanished' });
    expect(await starts('hangs')).toBe(1);
  });
});
