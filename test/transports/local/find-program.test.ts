import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createLocalTransport } from '../../../src/transports/local/index.ts';
import { isPathHere } from '../../../src/transports/local/local-files.ts';
import { localTarget } from './support/lab-powershell.ts';

const options = { signal: new AbortController().signal, timeoutMs: 120_000 };

describe('a machine whose PowerShell cannot be used', () => {
  let folder: string;
  const path = process.env['PATH'];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'fbfind-'));
    process.env['PATH'] = `relative:${folder}`;
  });

  afterEach(() => {
    process.env['PATH'] = path;
    rmSync(folder, { recursive: true, force: true });
  });

  it('says that there is none, and what to install', async () => {
    const opened = createLocalTransport().open(localTarget({}), options);
    await expect(opened).rejects.toMatchObject({
      code: 'FB_ENVIRONMENT',
      message: expect.stringContaining('pwsh is not on the PATH'),
      remedy: expect.stringContaining('install PowerShell 7'),
    });
  });

  it('says which program was named and is not there', async () => {
    const missing = join(folder, 'my-pwsh');
    const opened = createLocalTransport().open(localTarget({ shell: missing }), options);
    await expect(opened).rejects.toMatchObject({
      code: 'FB_ENVIRONMENT',
      message: expect.stringContaining(missing),
    });
  });

  it('does not take a file that cannot be run', async () => {
    writeFileSync(join(folder, 'pwsh'), '');
    chmodSync(join(folder, 'pwsh'), 0o644);
    const opened = createLocalTransport().open(localTarget({}), options);
    await expect(opened).rejects.toMatchObject({ code: 'FB_ENVIRONMENT' });
  });

  it('tells what a program said that is no PowerShell, with its exit code', async () => {
    writeFileSync(join(folder, 'pwsh'), '#!/bin/sh\necho "I am no PowerShell" >&2\nexit 3\n', { mode: 0o755 });
    const opened = createLocalTransport().open(localTarget({}), options);
    await expect(opened).rejects.toMatchObject({
      code: 'FB_PROTOCOL_PSRP',
      message: expect.stringMatching(/pwsh ended with exit code 3.*I am no PowerShell/s),
    });
  });

  it('tells why a program cannot be started', async () => {
    writeFileSync(join(folder, 'pwsh'), '#!/nowhere/interpreter\n', { mode: 0o755 });
    const opened = createLocalTransport().open(localTarget({}), options);
    await expect(opened).rejects.toMatchObject({
      code: 'FB_ENVIRONMENT',
      message: expect.stringContaining('ENOENT'),
    });
  });

  it('does not wait past its deadline for a program that says nothing', async () => {
    writeFileSync(join(folder, 'pwsh'), '#!/bin/sh\nexec /bin/sleep 600\n', { mode: 0o755 });
    const opened = createLocalTransport().open(localTarget({}), { ...options, timeoutMs: 100 });
    await expect(opened).rejects.toMatchObject({ code: 'FB_DEADLINE' });
  });
});

describe('a path is one of this system', () => {
  it.each([
    ['linux', '/tmp/file', true],
    ['linux', 'C:\\Temp\\file', false],
    ['linux', 'file', false],
    ['win32', 'C:\\Temp\\file', true],
    ['win32', '\\\\server\\share\\file', true],
    ['win32', '\\Temp\\file', false],
    ['win32', 'C:file', false],
  ] as const)('on %s: %s is %s', (platform, path, isHere) => {
    expect(isPathHere(path, platform)).toBe(isHere);
  });
});
