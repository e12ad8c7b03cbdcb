import { join } from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { createActions } from '../../src/actions/index.ts';
import type { ChangeAction, ReadAction } from '../../src/domain/index.ts';
import { FirebreakError } from '../../src/domain/index.ts';
import { FakeHost, PACKAGE_SHA256 } from './support/fake-step.ts';

const actions = createActions();
const push = actions.get('file.push') as ChangeAction;
const fetch = actions.get('file.fetch') as ReadAction;
const given = { source: 'files/a.cfg', path: 'C:\\Temp\\a.cfg' };
const absent = { Exists: false, Sha256: null, Length: 0 };
const present = { Exists: true, Sha256: PACKAGE_SHA256, Length: 11 };

let host: FakeHost;
beforeEach(() => {
  host = new FakeHost();
});

async function priorOf(step: ReturnType<FakeHost['step']>) {
  const probe = await push.probe(step, given);
  if (probe.state !== 'needed') throw new Error(probe.state);
  return probe.prior;
}

describe('file.push', () => {
  it('leaves a host alone that has the file', async () => {
    host.on('Get-FbFileHash', present);
    expect(await push.probe(host.step(), given)).toMatchObject({ state: 'satisfied' });
  });

  it('pushes a file and proves its hash', async () => {
    host.on('Get-FbFileHash', absent);
    const step = host.step();
    const prior = await priorOf(step);
    await push.act(step, given, prior);
    expect(host.pushed).toEqual([{ path: given.path, bytes: 'the package' }]);
    expect(await push.prove(step, given, prior)).toMatchObject({ proven: false, error: { code: 'FB_TRANSFER_HASH' } });
    expect(await push.recover(step, given, { prior, since: '', receipt: null })).toEqual({ state: 'not-started' });
    host.on('Get-FbFileHash', present);
    expect(await push.prove(step, given, prior)).toMatchObject({ proven: true, result: { sha256: PACKAGE_SHA256 } });
    expect(await push.recover(step, given, { prior, since: '', receipt: null })).toEqual({ state: 'done' });
  });

  it('sends nothing of a file that changed after the probe', async () => {
    host.on('Get-FbFileHash', absent);
    const step = host.step();
    const prior = { ...(await priorOf(step)), sha256: 'f'.repeat(64) };
    await expect(push.act(step, given, prior)).rejects.toMatchObject({ code: 'FB_TRANSFER_HASH', retryable: false });
    expect(host.pushed).toEqual([]);
  });

  it('lets the host pull where the inventory names a source', async () => {
    host.on('Get-FbFileHash', absent);
    host.on('Save-FbWebFile', { Length: 11 });
    host.on('Complete-FbFile', { Sha256: PACKAGE_SHA256, Length: 11 });
    const step = host.step({ packageSource: 'http://site-7/patches/' });
    await push.act(step, given, await priorOf(step));
    expect(host.pushed).toEqual([]);
    const temporary = `${given.path}.${PACKAGE_SHA256.slice(0, 8)}.part`;
    expect(host.parameters.slice(1)).toEqual([
      { Uri: 'http://site-7/patches/files%2Fa.cfg', TemporaryPath: temporary },
      { TemporaryPath: temporary, Path: given.path, Sha256: PACKAGE_SHA256 },
    ]);
  });

  it('never falls back to pushing when the source fails', async () => {
    host.on('Get-FbFileHash', absent);
    host.on('Save-FbWebFile', () => {
      throw new FirebreakError('FB_TRANSFER_FAILED', 'http://site-7 cannot be read: 404');
    });
    const step = host.step({ packageSource: 'http://site-7' });
    await expect(push.act(step, given, await priorOf(step))).rejects.toMatchObject({
      code: 'FB_TRANSFER_FAILED',
      remedy: expect.stringContaining('package_source'),
    });
    expect(host.pushed).toEqual([]);
  });
});

describe('file.fetch', () => {
  it('copies into a folder of the host', async () => {
    const { result } = await fetch.read(host.step(), { path: 'C:\\Windows\\CBS.log', to: 'evidence' });
    const file = join('/playbooks/evidence', 'pc-1', 'CBS.log');
    expect(host.fetched).toEqual([{ path: 'C:\\Windows\\CBS.log', file }]);
    expect(result).toEqual({ path: 'C:\\Windows\\CBS.log', file, sha256: PACKAGE_SHA256, bytes: 11 });
  });

  it('only looks in check mode', async () => {
    host.on('Get-FbFileHash', present);
    const { result } = await fetch.read(host.step({ check: true }), { path: 'C:\\a.log', to: 'evidence' });
    expect(result).toMatchObject({ file: null, bytes: 11 });
    expect(host.fetched).toEqual([]);
  });

  it.each(['C:\\Windows\\', 'C:\\Windows\\..', '/'])('refuses a path without a file name: %s', async (path) => {
    await expect(fetch.read(host.step(), { path, to: 'x' })).rejects.toMatchObject({ code: 'FB_INPUT_INVALID' });
  });
});
