import { beforeEach, describe, expect, it } from '@jest/globals';
import { createActions } from '../../src/actions/index.ts';
import type { ChangeAction, JsonObject } from '../../src/domain/index.ts';
import { advisory, evidence, FakeHost, PACKAGE_SHA256, START } from './support/fake-step.ts';

const update = createActions().get('update.install') as ChangeAction;
const at = (ms: number): string => new Date(START + ms).toISOString();
const SECURITY = '0fa1201d-4330-4fa8-8ae9-b877473b6441';
const request: JsonObject = {
  Path: 'C:\\Windows\\Firebreak\\updates\\a.ps1',
  Sha256: PACKAGE_SHA256,
  ResultPath: 'C:\\Windows\\Firebreak\\updates\\a.txt',
  Relayed: false,
};
const noJob: JsonObject = {
  Exists: false,
  Run: null,
  Step: null,
  Claimed: null,
  Started: null,
  ProcessAlive: false,
  ExitCode: null,
  Ended: null,
  Log: null,
  OtherInstallers: [],
};
const vanished: JsonObject = { ...noJob, Exists: true, Run: 'run-1', Claimed: at(0), Started: at(1) };
const endedWith = (code: number): JsonObject => ({ ...vanished, ExitCode: code, Ended: at(9) });
const line = (Kb: string, State: string, HResult = 0, Title = 'an update'): JsonObject => ({
  Kb,
  State,
  HResult,
  Reboot: false,
  Title,
});
const given = { kbs: ['KB4551762'] };
const prior = {
  file: 'KB4551762',
  path: request['Path'] as string,
  sha256: PACKAGE_SHA256,
  result: request['ResultPath'] as string,
  superseded: null,
};

let host: FakeHost;
beforeEach(() => {
  host = new FakeHost()
    .on('New-FbUpdateRequest', request)
    .on('Get-FbUpdateResult', { Updates: [line('KB4551762', 'installed')] })
    .on('Get-FbPackageJob', noJob)
    .on('Get-FbPatchEvidence', evidence)
    .on('Start-FbPackageJob', { Changed: true, State: 'started', Reason: null });
});

describe('update.install', () => {
  it('writes nothing when it only looks; the same updates in another order are the same request', async () => {
    expect(await update.probe(host.step(), given)).toEqual({ state: 'needed', prior });
    expect(host.parameters[0]).toMatchObject({ Kb: ['4551762'], Category: [], Server: 0, Save: false });
    const names: unknown[] = [];
    for (const kbs of [['KB4551762', 'KB890830'], ['KB890830', 'KB4551762', 'KB890830'], ['KB890830']]) {
      host.parameters.length = 0;
      await update.probe(host.step(), { kbs, categories: ['security'], source: 'wsus' });
      expect(host.parameters[0]).toMatchObject({ Category: [SECURITY], Server: 1 });
      names.push(host.parameters[0]?.['Name']);
    }
    expect(names[0]).toBe(names[1]);
    expect(names[2]).not.toBe(names[0]);
  });

  it('starts the request as a job and detaches with its receipt', async () => {
    expect(await update.act(host.step(), given, prior)).toEqual({ state: 'detached', receipt: PACKAGE_SHA256 });
    expect(host.parameters[0]).toMatchObject({ Save: true });
    expect(host.parameters.at(-1)).toMatchObject({ Engine: 'wua', Switches: [], Path: prior.path });
  });

  it('starts no request but the one that was begun', async () => {
    host.on('New-FbUpdateRequest', { ...request, Sha256: '0'.repeat(64) });
    await expect(update.act(host.step(), given, prior)).rejects.toMatchObject({ code: 'FB_STEP_REFUSED' });
    expect(host.count('Start-FbPackageJob')).toBe(0);
  });

  it.each<[string, JsonObject, object]>([
    [
      'attaches to what an earlier run has started',
      { ...vanished, Run: 'run-0', ProcessAlive: true },
      { state: 'needed' },
    ],
    ['asks again what an earlier run has ended', { ...endedWith(3010), Run: 'run-0' }, { state: 'needed' }],
    [
      'is satisfied by what this run has done',
      endedWith(3010),
      { state: 'satisfied', result: { reboot_required: true } },
    ],
    [
      'does not start again what this run has failed at',
      endedWith(-2147024891),
      { state: 'refused', error: { code: 'FB_PACKAGE_EXIT' } },
    ],
    ['never starts again what went away', vanished, { state: 'refused', error: { code: 'FB_PACKAGE_VANISHED' } }],
    [
      'waits for other installers',
      { ...noJob, OtherInstallers: ['wusa.exe (7)'] },
      { state: 'refused', error: { code: 'FB_PACKAGE_BUSY' } },
    ],
  ])('%s', async (_name, job, expected) => {
    host.on('Get-FbPackageJob', job);
    expect(await update.probe(host.step(), given)).toMatchObject(expected);
    expect(host.count('Start-FbPackageJob')).toBe(0);
  });

  it('is refused where the host has no PowerShell', async () => {
    host.on('New-FbUpdateRequest', { ...request, Relayed: true });
    expect(await update.probe(host.step(), given)).toMatchObject({
      state: 'refused',
      error: { code: 'FB_STEP_REFUSED' },
    });
  });

  it.each<[number, boolean, string, boolean]>([
    [0, true, 'installed', false],
    [3010, true, 'reboot-required', true],
    [2359302, true, 'already-installed', false],
    [-2145124329, true, 'not-applicable', false],
    [-2145124330, false, 'busy', false],
    [-2147023838, false, 'failed', false],
    [-2147024891, false, 'access-denied', false],
    [-1, false, 'failed', false],
  ])('exit code %d', async (code, proven, meaning, reboot) => {
    host.on('Get-FbPackageJob', endedWith(code));
    const proof = await update.prove(host.step(), given, prior);
    expect(proof).toMatchObject({ proven, result: { meaning, reboot_required: reboot, exit_code: code >>> 0 } });
    expect(proof.error?.code).toBe(proven ? undefined : 'FB_PACKAGE_EXIT');
  });

  it('says of each update what became of it, and of a failure which one it was', async () => {
    host.on('Get-FbPackageJob', endedWith(-2146498525)).on('Get-FbUpdateResult', {
      Updates: [line('KB1', 'installed'), line('KB2', 'failed', -2146498525, 'the second'), line('KB3', 'not-offered')],
    });
    const proof = await update.prove(host.step(), given, prior);
    expect(proof.result).toMatchObject({
      installed: ['KB1'],
      not_offered: ['KB3'],
      updates: [{ kb: 'KB1' }, { kb: 'KB2', hresult: '0x800F0823' }, { kb: 'KB3' }],
    });
    expect(proof.error?.message).toContain('KB2 0x800F0823 the second');
  });

  it('an update that was left out hides neither the restart nor the failure of another', async () => {
    const leftOut = line('KB1', 'needs-user');
    host.on('Get-FbPackageJob', endedWith(-2145124329)).on('Get-FbUpdateResult', {
      Updates: [leftOut, { ...line('KB2', 'installed'), Reboot: true }],
    });
    expect(await update.prove(host.step(), given, prior)).toMatchObject({
      proven: true,
      result: { installed: ['KB2'], reboot_required: true },
    });
    host.on('Get-FbUpdateResult', { Updates: [leftOut, line('KB2', 'failed', -2145124318, 'the second')] });
    const proof = await update.prove(host.step(), given, prior);
    expect(proof).toMatchObject({ proven: false, error: { code: 'FB_PACKAGE_EXIT' } });
    expect(proof.error?.message).toContain('KB2 0x80240022 the second');
  });

  it.each<[string, JsonObject, boolean]>([
    ['nothing shows it installed', {}, false],
    ['the fix is in effect', { Ubr: 720 }, true],
  ])('lets evidence decide when there is no exit code: %s', async (_name, change, proven) => {
    host.on('Get-FbPackageJob', vanished).on('Get-FbPatchEvidence', { ...evidence, ...change });
    expect((await update.prove(host.step({ advisory }), given, prior)).proven).toBe(proven);
  });

  it.each<[string, JsonObject]>([
    ['no update', {}],
    ['a number without KB', { kbs: ['4551762'] }],
    ['an unknown category', { categories: ['drivers'] }],
  ])('refuses %s', async (_name, wrong) => {
    await expect(update.probe(host.step(), wrong)).rejects.toMatchObject({ code: 'FB_INPUT_INVALID' });
    expect(host.calls).toEqual([]);
  });
});
