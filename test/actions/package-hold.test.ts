/** An advisory's hold: nothing installs its fix, and everything says why. */
import { describe, expect, it } from '@jest/globals';
import { createActions } from '../../src/actions/index.ts';
import type { ChangeAction, JsonObject, ReadAction } from '../../src/domain/index.ts';
import { advisory, evidence, FakeHost, facts, PACKAGE_SHA256 } from './support/fake-step.ts';

const actions = createActions();
const host = () =>
  new FakeHost()
    .on('Get-FbFact', facts)
    .on('Get-FbPatchEvidence', evidence)
    .on('Get-FbFileHash', { Exists: false, Sha256: null, Length: 0 })
    .on('Get-FbRemoval', { Installed: true, Pending: null, Engine: 'dism-remove', Subject: 'P', Reason: null })
    .on('Get-FbPackageJob', {
      ...{ Exists: false, Run: null, Step: null, Claimed: null, Started: null, ProcessAlive: false },
      ...{ ExitCode: null, Ended: null, Log: null, OtherInstallers: [] },
    });
const held: JsonObject = { ...advisory, hold: { reason: 'breaks printing', until: '2026-04-01' } };
const over: JsonObject = { ...advisory, hold: { reason: 'breaks printing', until: '2026-03-01' } };

describe('a hold', () => {
  it.each<[string, JsonObject]>([
    ['package.stage', {}],
    ['package.install', {}],
    ['package.install', { package: 'other.msu', signature: 'skip' }],
    ['update.install', { kbs: ['KB4551762'] }],
  ])('%s %j is skipped with the reason, without a look at the host', async (uses, args) => {
    const on = host();
    expect(await (actions.get(uses) as ChangeAction).probe(on.step({ advisory: held }), args)).toEqual({
      state: 'not-applicable',
      reason: 'cve-2020-0796 is held until 2026-04-01: breaks printing',
    });
    expect(on.calls).toEqual([]);
  });

  it('is no reason to leave the update where it is', async () => {
    const uninstall = actions.get('package.uninstall') as ChangeAction;
    expect(await uninstall.probe(host().step({ advisory: held }), {})).toMatchObject({ state: 'needed' });
  });

  it.each<[string, JsonObject, JsonObject, boolean, string]>([
    ['holds', held, {}, true, 'is held until 2026-04-01: breaks printing'],
    ['is over', over, {}, false, ''],
    ['holds what is there already', held, { Ubr: 720 }, true, ''],
  ])('patch.verify says so: it %s', async (_name, data, change, isHeld, says) => {
    const on = host().on('Get-FbPatchEvidence', { ...evidence, ...change });
    const { result } = await (actions.get('patch.verify') as ReadAction).read(on.step({ advisory: data }), {});
    expect(result).toMatchObject({ held: isHeld, reason: expect.stringContaining(says) });
    expect(String(result['reason']).includes('held')).toBe(says !== '');
  });

  it('that is over holds nothing', async () => {
    const stage = actions.get('package.stage') as ChangeAction;
    expect(await stage.probe(host().step({ advisory: over }), {})).toMatchObject({
      state: 'needed',
      prior: { sha256: PACKAGE_SHA256 },
    });
  });
});
