/** shield.apply with `method: dcom`: written, in effect after a restart, in no timer's hands. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import { createActions } from '../../../src/actions/index.ts';
import {
  type ChangeAction,
  FirebreakError,
  type JsonObject,
  type OpenUndo,
  type Probe,
} from '../../../src/domain/index.ts';
import { advisory, FakeHost, facts } from '../support/fake-step.ts';

const apply = createActions().get('shield.apply') as ChangeAction;
const revert = createActions().get('shield.revert') as ChangeAction;

const source = { source: 'test', confidence: 'H' };
const paper: JsonObject = {
  ...advisory,
  shields: [
    { method: 'dcom', reboot: true, min_sp: { '2195': 3 }, side_effects: 'no remote WMI', ...source },
    { method: 'rpc-http', tcp: [593], side_effects: 'no DCOM over HTTP', ...source },
  ],
};
const on = { Present: true, Type: 'String', Value: 'Y', IsOff: false, InEffect: false };
const off = { Present: true, Type: 'String', Value: 'N', IsOff: true, InEffect: false };
const around = { Other: '', OnlyByDcom: false, Relayed: true, Readable: true };
const restored = {
  Changed: true,
  Restored: true,
  Conflict: false,
  Current: 'EnableDCOM = Y (String)',
  RebootRequired: true,
  Errors: [],
};

let host: FakeHost;
beforeEach(() => {
  host = new FakeHost()
    .on('Get-FbFact', { ...facts, Build: 2195, ServicePack: 4 })
    .on('Get-FbDcomShield', { ...around, ...on })
    .on('Set-FbDcomShield', { Changed: true, Applied: true, Errors: [] })
    .on('Restore-FbDcomShield', restored);
});

const probe = (args: JsonObject = { method: 'dcom' }): Promise<Probe> =>
  apply.probe(host.step({ advisory: paper }), args);
async function needed(): Promise<JsonObject> {
  const found = await probe();
  if (found.state !== 'needed') throw new Error(JSON.stringify(found));
  return found.prior;
}
const undoOf = (prior: JsonObject): OpenUndo => ({
  id: 'o-1',
  run: 'run-0',
  step: 'shield',
  uses: 'shield.apply',
  args: {},
  prior,
  owedAt: '2026-03-13T00:00:00Z',
});

describe('shield.apply by DCOM', () => {
  it('tells its side effects before, and keeps what was there', async () => {
    expect(await probe()).toMatchObject({
      state: 'needed',
      reason: expect.stringMatching(/^no remote WMI; .*after another restart; no timer takes it back/),
      prior: {
        method: 'dcom',
        setting: { name: 'EnableDCOM', type: 'String', value: 'N' },
        found: { present: true, type: 'String', value: 'Y' },
        confirm_s: 0,
        reboot: true,
      },
    });
  });

  it('keeps the absence of the value, too', async () => {
    host.on('Get-FbDcomShield', { ...around, Present: false, Type: null, Value: null, IsOff: false, InEffect: false });
    const prior = await needed();
    expect(prior['found']).toEqual({ present: false, type: null, value: null });
    await apply.act(host.step({ advisory: paper }), {}, prior);
    expect(host.parameters.at(-1)).toMatchObject({ PriorPresent: false, PriorType: '' });
  });

  it.each<[string, object, object, string]>([
    ['Windows 2000 before SP3', { ServicePack: 2 }, {}, 'it needs service pack 3, the host has 2'],
    ['a host whose registry is reached by DCOM alone', {}, { OnlyByDcom: true }, 'Start its service Remote Registry'],
    ['a value that could not be restored', {}, { Type: 'Binary', Value: null }, 'could not be restored'],
    ['a value that cannot be read', {}, { Readable: false }, 'could not be read'],
    ['the shield of another run', {}, { ...off, Other: 'beef' }, 'another run'],
    ['a domain controller', { Roles: ['domain-controller'] }, {}, 'role guard'],
  ])('is refused on %s', async (_name, fact, state, why) => {
    host.on('Get-FbFact', { ...facts, Build: 2195, ServicePack: 4, ...fact });
    host.on('Get-FbDcomShield', { ...around, ...on, ...state });
    expect(await probe()).toMatchObject({
      state: 'refused',
      error: { code: 'FB_SHIELD_REFUSED', message: expect.stringContaining(why) },
    });
    expect(host.count('Set-FbDcomShield')).toBe(0);
  });

  it('is never the choice of auto, because it needs a restart of its own', async () => {
    expect(await probe({ method: 'auto' })).toMatchObject({
      state: 'not-applicable',
      reason: expect.stringMatching(/dcom: it needs a restart of its own.*rpc-http: it protects only together/),
    });
  });

  it('marks where somebody else has switched it off, nobody knows when, so that a restart proves it', async () => {
    host.on('Get-FbDcomShield', { ...around, ...off, InEffect: null });
    expect(await probe()).toMatchObject({
      state: 'needed',
      prior: { found: { present: true, type: 'String', value: 'N' }, reboot: true },
      reason: expect.stringContaining('since when cannot be told'),
    });
  });

  it.each<[string, boolean | null, boolean]>([
    ['not in effect before the restart', false, false],
    ['in effect after it', true, true],
    ['not in effect when nobody can tell', null, false],
  ])('stands, %s; confirms nothing, because no timer runs', async (_name, inEffect, expected) => {
    const prior = await needed();
    host.on('Get-FbDcomShield', { ...around, ...off, InEffect: inEffect });
    const proof = await apply.prove(host.step({ advisory: paper }), {}, prior);
    expect(proof).toMatchObject({
      proven: true,
      result: { stands: true, in_effect: expected, reboot_required: !expected, blocks_ports: false },
    });
    expect(proof.confirmed).toBeUndefined();
    expect(host.calls).not.toContain('Confirm-FbShield');
  });

  it('says in a look at the ledger what became of it', async () => {
    const prior = await needed();
    const codeOf = async (state: object) => {
      host.on('Get-FbDcomShield', { ...around, ...state });
      return (await apply.prove(host.step({ advisory: paper, check: true }), {}, prior)).error?.code;
    };
    expect(await codeOf(off)).toBeUndefined();
    expect(await codeOf(on)).toBe('FB_STEP_NOT_PROVEN');
    expect(await codeOf({ ...on, Value: 'Maybe' })).toBe('FB_SHIELD_CONFLICT');
    expect(await codeOf({ ...off, Readable: false })).toBe('FB_RESULT_INVALID');
  });

  it('recovers by looking at the value, whether the host has restarted meanwhile or not', async () => {
    const open = { prior: await needed(), since: '', receipt: null };
    expect(await apply.recover(host.step({ advisory: paper }), {}, open)).toEqual({ state: 'not-started' });
    host.on('Get-FbDcomShield', { ...around, ...off });
    expect(await apply.recover(host.step({ advisory: paper }), {}, open)).toEqual({ state: 'done' });
    host.on('Get-FbDcomShield', { ...around, ...off, InEffect: true });
    expect(await apply.recover(host.step({ advisory: paper }), {}, open)).toEqual({ state: 'done' });
  });

  it('keeps the shield of an earlier run with its prior, and asks for the restart that is still missing', async () => {
    const prior = await needed();
    host.undos = [undoOf(prior)];
    host.on('Get-FbDcomShield', { ...around, ...off });
    expect(await probe()).toMatchObject({
      state: 'satisfied',
      result: { id: prior['id'], in_effect: false, reboot_required: true, prior: { value: 'Y' } },
    });
    host.on('Get-FbDcomShield', { ...around, ...off, InEffect: true });
    expect(await probe()).toMatchObject({ state: 'satisfied', result: { in_effect: true, reboot_required: false } });
  });

  it('counts for auto once it is in effect, not before', async () => {
    host.undos = [undoOf(await needed())];
    host.on('Get-FbDcomShield', { ...around, ...off });
    expect((await probe({})).state).toBe('not-applicable');
    host.on('Get-FbDcomShield', { ...around, ...off, InEffect: true });
    expect(await probe({})).toMatchObject({ state: 'satisfied', result: { method: 'dcom' } });
  });

  it('is no answer to another method that is asked for by name', async () => {
    const prior = await needed();
    host.undos = [undoOf(prior)];
    host.on('Get-FbDcomShield', { ...around, ...off, InEffect: true });
    expect((await probe({ method: 'ipsec' })).state).toBe('refused');
    expect(apply.isSameChange?.({ method: 'ipsec' }, prior)).toBe(false);
    expect(apply.isSameChange?.({ method: 'dcom' }, prior)).toBe(true);
  });

  it('fails with the reason of the host, and promises no revert that nobody makes', async () => {
    host.on('Set-FbDcomShield', { Changed: false, Applied: false, Errors: ['access denied'] });
    const act = apply.act(host.step({ advisory: paper }), {}, await needed());
    await expect(act).rejects.toMatchObject({
      code: 'FB_SHIELD_REFUSED',
      message: expect.stringContaining('access denied'),
      remedy: expect.not.stringContaining('reverted by the host itself'),
    });
  });
});

describe('shield.revert of DCOM', () => {
  async function run(): Promise<{ readonly acted: Promise<unknown>; readonly proof: () => Promise<unknown> }> {
    host.undos = [undoOf(await needed())];
    const step = host.step({ advisory: paper });
    const found = await revert.probe(step, {});
    if (found.state !== 'needed') throw new Error(JSON.stringify(found));
    return { acted: revert.act(step, {}, found.prior), proof: () => revert.prove(step, {}, found.prior) };
  }

  it('gives the prior value back and says that DCOM wants another restart', async () => {
    const { acted, proof } = await run();
    await acted;
    expect(await proof()).toMatchObject({
      proven: true,
      discharged: ['o-1'],
      result: {
        reverted: 1,
        reboot_required: true,
        notes: ['dcom: EnableDCOM = Y (String), in effect after the next restart'],
        shields: [{ method: 'dcom', reboot_required: true }],
      },
    });
    expect(host.parameters.at(-1)).toMatchObject({ PriorPresent: true, PriorType: 'String', PriorValue: 'Y' });
  });

  it('wants none where the host was never restarted with it', async () => {
    host.on('Restore-FbDcomShield', { ...restored, RebootRequired: false });
    const { acted, proof } = await run();
    await acted;
    expect(await proof()).toMatchObject({ proven: true, result: { reboot_required: false } });
  });

  it('is refused with the reason where DCOM was the only way in', async () => {
    host.on('Restore-FbDcomShield', () => {
      throw new FirebreakError('FB_CONNECT_REFUSED', 'neither the Remote Registry service nor WMI does');
    });
    const { acted } = await run();
    await expect(acted).rejects.toMatchObject({
      code: 'FB_STEP_REFUSED',
      message: expect.stringContaining('cannot be switched on over DCOM'),
      remedy: expect.stringContaining('start RemoteRegistry'),
    });
  });

  it('touches nothing that somebody has changed since', async () => {
    host.on('Restore-FbDcomShield', { ...restored, Restored: false, Conflict: true, Current: 'EnableDCOM = Maybe' });
    const { acted, proof } = await run();
    await acted;
    expect(await proof()).toMatchObject({ proven: false, discharged: [], error: { code: 'FB_SHIELD_CONFLICT' } });
  });
});
