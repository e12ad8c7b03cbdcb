import { beforeEach, describe, expect, it } from '@jest/globals';
import { createActions } from '../../src/actions/index.ts';
import type { ChangeAction, Json, JsonObject } from '../../src/domain/index.ts';
import { advisory, FakeHost, facts, START } from './support/fake-step.ts';

const uninstall = createActions().get('package.uninstall') as ChangeAction;
const at = (ms: number): string => new Date(START + ms).toISOString();
const CODE = '{01234567-89AB-CDEF-0123-456789ABCDEF}';

const noJob: { readonly [key: string]: Json } = {
  ...{ Exists: false, Run: null, Step: null, Claimed: null, Started: null, ProcessAlive: false },
  ...{ ExitCode: null, Ended: null, Log: null, OtherInstallers: [] },
};
const running = {
  ...noJob,
  ...{ Exists: true, Run: 'run-1', Step: 'the_step', Claimed: at(0), Started: at(1000), ProcessAlive: true },
};
const ended = (code: number, run = 'run-1'): JsonObject => ({
  ...running,
  ...{ ProcessAlive: false, ExitCode: code, Ended: at(9000), Run: run },
});
const there = {
  ...{ Installed: true, Pending: null, Engine: 'dism-remove', Subject: 'Package_for_KB4551762~31~amd64~~1.0' },
  Reason: null,
};
const gone = { Installed: false, Pending: null, Engine: null, Subject: null, Reason: null };
const leaving = { ...gone, Pending: 'remove' };

let host: FakeHost;
beforeEach(() => {
  host = new FakeHost()
    .on('Get-FbFact', facts)
    .on('Get-FbRemoval', there)
    .on('Get-FbPackageJob', noJob)
    .on('Start-FbPackageJob', { Changed: true, State: 'started', Reason: null });
});
const probe = (args: JsonObject = { kb: 'KB4551762' }) => uninstall.probe(host.step({ advisory }), args);
async function priorOf(args?: JsonObject): Promise<JsonObject> {
  const found = await probe(args);
  if (found.state !== 'needed') throw new Error(JSON.stringify(found));
  return found.prior;
}

describe('what is removed', () => {
  it.each<[string, JsonObject, JsonObject]>([
    ['the advisory’s package', {}, { Kb: 'KB4551762', Product: '', Patch: '', Wusa: false }],
    [
      'the same, for inputs that were not given',
      { kb: '', product: '', patch: '' },
      { Kb: 'KB4551762', Product: '', Patch: '', Wusa: false },
    ],
    ['an update', { kb: 'KB824146', method: 'wusa' }, { Kb: 'KB824146', Product: '', Patch: '', Wusa: true }],
    ['a product', { product: CODE }, { Kb: '', Product: CODE, Patch: '', Wusa: false }],
    ['a patch', { product: CODE, patch: CODE }, { Kb: '', Product: CODE, Patch: CODE, Wusa: false }],
  ])('%s', async (_name, args, asked) => {
    await priorOf(args);
    expect(host.parameters[host.calls.indexOf('Get-FbRemoval')]).toEqual(asked);
  });

  it.each<[JsonObject]>([
    [{ kb: '4551762' }],
    [{ product: 'agent' }],
    [{ kb: 'KB4551762', product: CODE }],
    [{ patch: CODE }],
  ])('is refused when it is %j', async (args) => {
    await expect(probe(args)).rejects.toMatchObject({ code: 'FB_INPUT_INVALID' });
  });

  it('is for somebody to say', async () => {
    await expect(uninstall.probe(host.step(), {})).rejects.toMatchObject({ code: 'FB_USAGE' });
  });

  it('has a receipt of its own for each', async () => {
    const keys = [await priorOf({ kb: 'KB824146' }), await priorOf({ product: CODE }), await priorOf({})].map(
      ({ sha256 }) => sha256,
    );
    expect(new Set(keys).size).toBe(3);
    expect((await priorOf({ kb: 'KB824146' }))['sha256']).toBe(keys[0]);
  });
});

describe('package.uninstall', () => {
  it.each<[string, JsonObject, JsonObject, object]>([
    [
      'nothing is there',
      gone,
      noJob,
      { state: 'satisfied', result: { installed: false, meaning: 'not-installed', reboot_required: false } },
    ],
    [
      'it was removed by this run, and the restart is over',
      gone,
      ended(3010),
      { state: 'satisfied', result: { installed: false, meaning: 'removed', reboot_required: false, exit_code: 3010 } },
    ],
    [
      'its removal waits for a restart',
      leaving,
      noJob,
      { state: 'satisfied', result: { installed: false, reboot_required: true } },
    ],
    ['it is there', there, noJob, { state: 'needed', prior: { engine: 'dism-remove', superseded: null } }],
    ['another run is removing it', there, { ...running, Run: 'run-0' }, { state: 'needed' }],
    [
      'it was installed again since an earlier run',
      there,
      ended(3010, 'run-0'),
      { state: 'needed', prior: { superseded: at(0) } },
    ],
    [
      'it is there again after this run has removed it',
      there,
      ended(3010),
      { state: 'refused', error: { code: 'FB_STEP_NOT_PROVEN' } },
    ],
    [
      'its installation waits for a restart',
      { ...there, Pending: 'install' },
      noJob,
      { state: 'refused', error: { code: 'FB_STEP_REFUSED', message: expect.stringContaining('waits for a restart') } },
    ],
    [
      'nothing can remove it',
      { ...there, Engine: null, Subject: null, Reason: 'no files were kept' },
      noJob,
      { state: 'refused', error: { message: expect.stringContaining('no files were kept') } },
    ],
    [
      'nobody knows',
      { ...gone, Installed: null, Reason: 'denied' },
      noJob,
      { state: 'refused', error: { message: expect.stringContaining('denied') } },
    ],
    [
      'somebody else installs',
      there,
      { ...noJob, OtherInstallers: ['msiexec.exe (4)'] },
      { state: 'refused', error: { code: 'FB_PACKAGE_BUSY' } },
    ],
    [
      'a removal went away without an exit code',
      there,
      { ...running, ProcessAlive: false },
      { state: 'refused', error: { code: 'FB_PACKAGE_VANISHED' } },
    ],
  ])('%s', async (_name, removal, job, expected) => {
    host.on('Get-FbRemoval', removal).on('Get-FbPackageJob', job);
    expect(await probe()).toMatchObject(expected);
    expect(host.count('Start-FbPackageJob')).toBe(0);
  });

  it('says why nothing is to be removed', async () => {
    host.on('Get-FbRemoval', { ...gone, Reason: 'a later update has superseded it' });
    const found = await probe();
    expect(found).toMatchObject({
      state: 'satisfied',
      result: { reason: 'KB4551762 is not installed on pc-1 (a later update has superseded it)' },
    });
    if (found.state !== 'satisfied') throw new Error(found.state);
    expect(Object.keys(found.result).sort()).toEqual([...uninstall.results].sort());
  });

  it('starts the job with what the host has named', async () => {
    const prior = await priorOf();
    expect(await uninstall.act(host.step({ advisory }), {}, prior)).toEqual({
      state: 'detached',
      receipt: prior['sha256'],
    });
    expect(host.parameters.at(-1)).toMatchObject({
      ...{ Engine: 'dism-remove', Subject: there.Subject, Sha256: prior['sha256'], Switches: [], Run: 'run-1' },
    });
  });

  it.each<[string, JsonObject, string | null, string]>([
    ['nothing was claimed', noJob, null, 'not-started'],
    ['it is at work', running, null, 'running'],
    ['it has ended', ended(3010), 'key', 'done'],
    ['the receipt has gone', noJob, 'key', 'unknown'],
  ])('recovers: %s', async (_name, job, receipt, state) => {
    const prior = await priorOf();
    host.on('Get-FbPackageJob', job);
    const open = { prior, since: at(0), receipt };
    expect(await uninstall.recover(host.step(), {}, open)).toMatchObject({ state });
    expect(host.count('Start-FbPackageJob')).toBe(0);
  });

  it.each<[number, JsonObject, boolean, object]>([
    [0, gone, true, { meaning: 'removed', installed: false, reboot_required: false }],
    [3010, leaving, true, { meaning: 'reboot-required', installed: false, reboot_required: true }],
    [3010, there, true, { meaning: 'reboot-required', installed: true, reboot_required: true }],
    [1641, leaving, true, { meaning: 'reboot-started', reboot_required: true }],
    [0, there, false, { installed: true, meaning: 'removed' }],
    [1605, gone, true, { meaning: 'not-installed', reboot_required: false }],
    [2359303, gone, true, { meaning: 'not-installed' }],
    [2359303, there, false, { meaning: 'not-installed', installed: true }],
    [-2146498523, there, false, { meaning: 'permanent', exit_code: 0x800f0825 }],
    [1603, there, false, { meaning: 'failed' }],
    [1618, there, false, { meaning: 'busy' }],
    [1646, there, false, { meaning: 'permanent' }],
  ])('exit code %d', async (code, removal, proven, result) => {
    const prior = await priorOf();
    host.on('Get-FbPackageJob', ended(code)).on('Get-FbRemoval', removal);
    const proof = await uninstall.prove(host.step(), {}, prior);
    expect(proof).toMatchObject({ proven, result });
    expect(proof.error?.code).toBe(proven ? undefined : 'FB_PACKAGE_EXIT');
    expect(Object.keys(proof.result).sort()).toEqual([...uninstall.results].sort());
  });

  it.each<[string, JsonObject, boolean]>([
    ['it is gone', leaving, true],
    ['it is there', there, false],
  ])('lets what is installed decide when there is no exit code: %s', async (_name, removal, proven) => {
    const prior = await priorOf();
    host.on('Get-FbPackageJob', { ...running, ProcessAlive: false }).on('Get-FbRemoval', removal);
    const proof = await uninstall.prove(host.step(), {}, prior);
    expect(proof.proven).toBe(proven);
    expect(proof.error?.code).toBe(proven ? undefined : 'FB_PACKAGE_VANISHED');
  });
});
