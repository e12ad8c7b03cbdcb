/** Firebreak.Package on machines of the lab: one installer a package, whatever happens to whoever started it. */
import { createHash } from 'node:crypto';
import { createReadStream, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, ModuleLab, type Result } from './support/module-lab.ts';

const PATH = 'C:\\Windows\\Firebreak\\packages\\update.msu';

describe('installing on lab machines', () => {
  let lab: ModuleLab;
  let sha256: string;
  beforeAll(async () => {
    lab = await ModuleLab.start([
      { name: 'good', profile: 'windows-10-1903-enu' },
      { name: 'fails', profile: 'windows-10-1903-enu', variant: 'installer-fails' },
      { name: 'hangs', profile: 'windows-10-1903-jpn', variant: 'installer-hangs' },
    ]);
    const folder = join(lab.lab.dir, 'packages');
    const file = join(folder, readdirSync(folder).find((name) => name.endsWith('.msu')) ?? '');
    sha256 = createHash('sha256').update(readFileSync(file)).digest('hex');
    for (const host of ['good', 'fails', 'hangs']) {
      const session = await lab.session(host);
      const options = { signal: new AbortController().signal, timeoutMs: 60_000, sha256 };
      await session.push(() => createReadStream(file), PATH, options);
    }
  });
  afterAll(() => lab.end());

  const start = (host: string, run: string, more: object = {}): Promise<Result> =>
    lab.call(host, 'Package\\Start-FbPackageJob', {
      Sha256: sha256,
      Path: PATH,
      Engine: 'wusa',
      Switches: [],
      Run: run,
      Step: 'install',
      ...more,
    });
  const job = (host: string): Promise<Result> => lab.call(host, 'Package\\Get-FbPackageJob', { Sha256: sha256 });
  const starts = async (host: string): Promise<number> =>
    (await lab.history(host)).filter((entry) => entry.kind === 'package' && entry['phase'] === 'start').length;
  const ended = (host: string): Promise<Result> =>
    eventually(
      () => job(host),
      (state) => state['ExitCode'] !== null,
      'the installer has ended',
    );

  it('runs as a detached job and tells its exit code', async () => {
    expect(await job('good')).toMatchObject({ Exists: false, ExitCode: null, OtherInstallers: [] });
    expect(await start('good', 'run-1', { WhatIf: true })).toMatchObject({ Changed: false });
    expect(await job('good')).toMatchObject({ Exists: false });
    expect(await start('good', 'run-1')).toEqual({ Changed: true, State: 'started', Reason: null });
    const running = await eventually(
      () => job('good'),
      (state) => state['ProcessAlive'] === true,
      'the installer is at work',
    );
    expect(running).toMatchObject({ Exists: true, Run: 'run-1', Step: 'install', ExitCode: null, OtherInstallers: [] });
    expect(await lab.call('good', 'Package\\Get-FbInstaller')).toMatchObject({
      Names: [expect.stringContaining('wusa.exe')],
      Others: [],
    });
    expect(await start('good', 'run-1')).toMatchObject({ Changed: false, State: 'running' });
    expect(await start('good', 'run-2')).toMatchObject({ Changed: false, State: 'running' });
    expect(await ended('good')).toMatchObject({ ExitCode: 3010, ProcessAlive: false, Run: 'run-1' });
    expect(await start('good', 'run-1')).toMatchObject({ Changed: false, State: 'finished' });
    expect(await lab.call('good', 'Package\\Get-FbInstaller')).toMatchObject({ Names: [], Others: [] });
    expect(await starts('good')).toBe(1);
  });

  it('is never repeated by the same run, and claimed anew by a later one', async () => {
    await start('fails', 'run-1');
    const code = Number((await ended('fails'))['ExitCode']) >>> 0;
    expect(code.toString(16)).toBe('800f0922');
    expect(await start('fails', 'run-1')).toMatchObject({ State: 'finished' });
    expect(await starts('fails')).toBe(1);
    expect(await start('fails', 'run-2')).toMatchObject({ Changed: true, State: 'started' });
    expect(await ended('fails')).toMatchObject({ Run: 'run-2' });
    expect(await starts('fails')).toBe(2);
  });

  it('that hangs keeps everybody else out; killed, it is never started again', async () => {
    await start('hangs', 'run-1');
    await eventually(
      () => job('hangs'),
      (state) => state['ProcessAlive'] === true,
      'wusa runs',
    );
    expect(await start('hangs', 'run-2')).toMatchObject({ State: 'running' });
    const other = { Sha256: '1'.repeat(64), Path: PATH, Engine: 'wusa', Switches: [], Run: 'run-2', Step: 'install' };
    expect(await lab.call('hangs', 'Package\\Start-FbPackageJob', other)).toMatchObject({ State: 'busy' });
    await lab.lab.ask('trouble', { host: 'hangs', kind: 'power-loss' });
    lab.forget('hangs');
    const reach = () => job('hangs').catch(() => ({ Exists: false }));
    const gone = await eventually<Result>(
      reach,
      (state) => state['Exists'] === true && state['ProcessAlive'] === false,
      'the host is back',
    );
    expect(gone).toMatchObject({ Run: 'run-1', ExitCode: null });
    expect(await start('hangs', 'run-1')).toMatchObject({ Changed: false, State: 'vanished' });
    expect(await start('hangs', 'run-2')).toMatchObject({ Changed: false, State: 'vanished' });
    expect(await starts('hangs')).toBe(1);
  });

  it.each([
    ['an engine that is not there yet', { Engine: 'update.exe', Sha256: '2'.repeat(64) }, 'not there yet'],
    ['a file that is not there', { Path: 'C:\\nothing.msu', Sha256: '2'.repeat(64) }, 'does not exist'],
    ['another file', { Sha256: '2'.repeat(64) }, 'another SHA-256'],
  ])('refuses %s', async (_name, more, reason) => {
    expect(await start('good', 'run-3', more)).toMatchObject({
      Changed: false,
      State: 'failed',
      Reason: expect.stringContaining(reason),
    });
  });
});
