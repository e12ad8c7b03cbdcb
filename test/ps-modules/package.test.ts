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
      { name: 'patched', profile: 'windows-10-1903-enu', variant: 'patched' },
    ]);
    const folder = join(lab.lab.dir, 'packages');
    const file = join(folder, readdirSync(folder).find((name) => name.endsWith('.msu')) ?? '');
    sha256 = createHash('sha256').update(readFileSync(file)).digest('hex');
    for (const host of ['good', 'fails', 'hangs']) {
      const session = await lab.session(host);
      const options = { signal: new AbortController().signal, timeoutMs: 120_000, sha256 };
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
    expect(Date.parse(String(running['Now']))).toBeGreaterThanOrEqual(Date.parse(String(running['Claimed'])));
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

  const PRODUCT = '{5A1C0DE0-83F0-4B5E-9B4C-2F6A1D7E9001}';
  const PATCH = '{5A1C0DE0-83F0-4B5E-9B4C-2F6A1D7E9002}';
  const removal = (host: string, parameters: { readonly [name: string]: string | boolean }): Promise<Result> =>
    lab.call(host, 'Package\\Get-FbRemoval', parameters);
  async function put(host: string, file: string): Promise<{ readonly path: string; readonly hash: string }> {
    const from = join(lab.lab.dir, 'packages', file);
    const hash = createHash('sha256').update(readFileSync(from)).digest('hex');
    const path = `C:\\Windows\\Firebreak\\packages\\${file}`;
    const options = { signal: new AbortController().signal, timeoutMs: 120_000, sha256: hash };
    await (await lab.session(host)).push(() => createReadStream(from), path, options);
    return { path, hash };
  }
  /** To its end; its exit code. */
  async function work(host: string, key: string, path: string, more: object): Promise<Result> {
    const call = { Sha256: key, Path: path, Switches: [], Run: 'run-9', Step: 'work', ...more };
    expect(await lab.call(host, 'Package\\Start-FbPackageJob', call)).toEqual({
      ...{ Changed: true, State: 'started', Reason: null },
    });
    return eventually(
      () => lab.call(host, 'Package\\Get-FbPackageJob', { Sha256: key }),
      (state) => state['ExitCode'] !== null,
      'it has ended',
    );
  }

  it('knows an update of the component store by its manifest, and has it removed', async () => {
    const kb = { Kb: 'KB4551762' };
    const store = 'Package_for_RollupFix~31bf3856ad364e35~amd64~~18362.720.1.3';
    const none = { Installed: false, Pending: null, Engine: null, Subject: null, Reason: null };
    expect(await removal('patched', { Kb: 'KB999999' })).toEqual(none);
    expect(await removal('fails', kb)).toEqual(none);
    expect(await removal('patched', kb)).toEqual({
      ...{ Installed: true, Pending: null, Engine: 'dism-remove', Subject: store, Reason: null },
    });
    expect(await removal('patched', { ...kb, Wusa: true })).toMatchObject({
      Engine: 'wusa-remove',
      Subject: '4551762',
    });
    const key = '3'.repeat(64);
    const ended = await work('patched', key, 'KB4551762', { Engine: 'dism-remove', Subject: store });
    expect(ended).toMatchObject({ ExitCode: 3010, Log: expect.stringContaining('install.log') });
    expect(await removal('patched', kb)).toEqual({ ...none, Pending: 'remove' });
  });

  it('installs and removes products and patches of the Windows Installer', async () => {
    const msi = await put('good', 'lab-agent-1.0.msi');
    const msp = await put('good', 'lab-agent-1.0.1.msp');
    const product = { Product: PRODUCT };
    const patch = { Product: PRODUCT, Patch: PATCH };
    expect(await removal('good', product)).toMatchObject({ Installed: false });
    expect(await work('good', msi.hash, msi.path, { Engine: 'msiexec' })).toMatchObject({ ExitCode: 0 });
    expect(await lab.call('good', 'Package\\Get-FbPackageLog', { Sha256: msi.hash })).toMatchObject({
      Lines: expect.arrayContaining([expect.stringContaining('returning 0')]),
    });
    expect(await removal('good', product)).toMatchObject({ Installed: true, Engine: 'msi-remove', Subject: PRODUCT });
    expect(await removal('good', patch)).toMatchObject({ Installed: false });
    expect(await work('good', msp.hash, msp.path, { Engine: 'msiexec' })).toMatchObject({ ExitCode: 3010 });
    const found = await removal('good', patch);
    expect(found).toMatchObject({ Installed: true, Engine: 'msp-remove' });
    const patchKey = '4'.repeat(64);
    const out = { Engine: 'msp-remove', Subject: String(found['Subject']) };
    expect(await work('good', patchKey, PATCH, out)).toMatchObject({ ExitCode: 3010 });
    expect(await removal('good', patch)).toMatchObject({ Installed: false });
    const key = '5'.repeat(64);
    expect(await work('good', key, PRODUCT, { Engine: 'msi-remove', Subject: PRODUCT })).toMatchObject({ ExitCode: 0 });
    expect(await removal('good', product)).toMatchObject({ Installed: false });
  });

  it('tells who has signed a package', async () => {
    const signature = (Path: string) => lab.call('good', 'Package\\Get-FbSignature', { Path });
    expect(await signature(PATH)).toMatchObject({
      ...{ Status: 'Valid', Subject: expect.stringContaining('O=Microsoft Corporation') },
    });
    const other = await put('good', 'lab-agent-1.0.msi');
    expect(await signature(other.path)).toMatchObject({
      Status: 'Valid',
      Subject: expect.stringContaining('Firebreak'),
    });
    expect(await signature((await put('good', 'lab-agent-1.0.1.msp')).path)).toMatchObject({
      ...{ Status: 'NotSigned', Subject: null },
    });
    await lab.script('good', 'param($Path) Add-Content -LiteralPath $Path -Value "x"', { Path: PATH });
    expect(await signature(PATH)).toMatchObject({ Status: 'HashMismatch' });
    expect(await signature('C:\\nothing.msu')).toMatchObject({ Status: 'UnknownError', Subject: null });
  });
});
