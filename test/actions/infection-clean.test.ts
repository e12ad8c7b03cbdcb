import { beforeEach, describe, expect, it } from '@jest/globals';
import { createActions } from '../../src/actions/index.ts';
import type { ChangeAction, Json, JsonObject } from '../../src/domain/index.ts';
import { advisory, FakeHost, facts, PACKAGE_SHA256, START } from './support/fake-step.ts';

const clean = createActions().get('infection.clean') as ChangeAction;
const MSBLAST = '%SystemRoot%\\System32\\msblast.exe';
const FULL = 'C:\\Windows\\System32\\msblast.exe';
const TOOL = 'Windows-KB890830-V1.0.exe';
const sign = { source: 'test', confidence: 'H' };
const worms: JsonObject = {
  ...advisory,
  infection: {
    advice: 'Rebuild it.',
    tools: [
      {
        kb: 'KB890830',
        title: 'removal tool',
        file: { input: 'name it' },
        args: ['/Q', '/N:0'],
        exit_codes: {
          4: { meaning: 'no scanner', failed: true },
          6: { meaning: 'removed' },
          8: { meaning: 'left to do', manual: true },
          10: { meaning: 'after a restart', reboot: true },
        },
        ...sign,
      },
      { kb: 'KB1', title: 'for people', ...sign },
    ],
    families: [
      {
        name: 'Blaster.A',
        leaves_no_back_door: true,
        indicators: [{ kind: 'file', path: MSBLAST, ...sign }],
      },
      { name: 'Nachi', indicators: [{ kind: 'service', name: 'RpcPatch', ...sign }] },
    ],
  },
};

interface Signs {
  readonly file?: boolean | null;
  readonly service?: boolean;
  readonly record?: JsonObject | null;
}
const signs = ({ file = false, service = false, record = null }: Signs): JsonObject => ({
  Files: [{ Path: MSBLAST, Present: file, Found: file === true ? [FULL] : [], Running: false, Error: '' }],
  Values: [],
  Services: [{ Name: 'RpcPatch', Present: service, Image: 'wins\\dllhost.exe' }],
  Ports: null,
  Record: record,
});
const record = (more: JsonObject = {}): JsonObject => ({
  Families: ['Blaster.A'],
  At: '2026-03-01T00:00:00Z',
  Run: 'run-0',
  Judgement: '',
  By: '',
  ...more,
});
const found: JsonObject = {
  At: '2026-03-13T00:00:00Z',
  Files: [{ Path: FULL, Length: 11, Created: null, Modified: null, Version: null, Sha256: PACKAGE_SHA256, Error: '' }],
  Values: [],
  Services: [],
  Processes: [],
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
const at = (ms: number): string => new Date(START + ms).toISOString();
const vanished: JsonObject = { ...noJob, Exists: true, Run: 'run-1', Claimed: at(0), Started: at(1) };
const endedWith = (code: number): JsonObject => ({ ...vanished, ExitCode: code, Ended: at(9), Log: 'mrt.log' });
const judgement = { judgement: 'nothing else was there', by: 'A. Sato' };

let host: FakeHost;
beforeEach(() => {
  host = new FakeHost()
    .on('Get-FbFact', facts)
    .on('Get-FbInfection', signs({ file: true }))
    .on('Get-FbInfectionEvidence', found)
    .on('Set-FbInfectionRecord', record())
    .on('Get-FbPackageJob', noJob)
    .on('Get-FbFileHash', { Exists: false, Sha256: null, Length: 0 })
    .on('Start-FbPackageJob', { Changed: true, State: 'started', Reason: null });
});
const step = () => host.step({ advisory: worms });

/** The prior of a host that has Blaster. */
async function needed(given: JsonObject = { package: TOOL }): Promise<JsonObject> {
  const probe = await clean.probe(step(), given);
  if (probe.state !== 'needed') throw new Error(JSON.stringify(probe));
  return probe.prior;
}

/** Proof after the tool has ended so, with these signs left. */
async function proof(code: number | null, left: Signs, given: JsonObject = {}, seen: Signs = { file: true }) {
  host.on('Get-FbInfection', signs(seen));
  const prior = await needed();
  host.on('Get-FbPackageJob', code === null ? vanished : endedWith(code));
  host.on('Get-FbInfection', signs({ record: record(), ...left }));
  return clean.prove(step(), { package: TOOL, ...given }, prior);
}

describe('infection.clean', () => {
  it('has what a cleaning destroys in its prior, which the journal holds before anything is removed', async () => {
    const prior = await needed();
    expect(prior).toMatchObject({
      names: ['Blaster.A'],
      findings: [{ family: 'Blaster.A', kind: 'file', confidence: 'H' }],
      evidence: { files: [{ path: FULL, bytes: 11, sha256: PACKAGE_SHA256 }] },
      tool: { kb: 'KB890830', file: TOOL, sha256: PACKAGE_SHA256, switches: ['/Q', '/N:0'] },
    });
    expect(host.calls).not.toContain('Set-FbInfectionRecord');
  });

  it('marks the host before the tool is started, brings the tool and detaches', async () => {
    const prior = await needed();
    host.calls.length = 0;
    expect(await clean.act(step(), { package: TOOL }, prior)).toEqual({ state: 'detached', receipt: PACKAGE_SHA256 });
    expect(host.calls).toEqual(['Set-FbInfectionRecord', 'Get-FbFileHash', 'Start-FbPackageJob']);
    expect(host.pushed).toEqual([{ path: `C:\\Windows\\Firebreak\\packages\\${TOOL}`, bytes: 'the package' }]);
    expect(host.parameters.at(-1)).toMatchObject({ Engine: 'removal', Switches: ['/Q', '/N:0'] });
    expect(host.fetched).toEqual([]);
  });

  it('copies the files first where asked, under a name that nobody starts; removes nothing when one has changed', async () => {
    const given = { package: TOOL, collect: 'evidence' };
    const prior = await needed(given);
    await clean.act(step(), given, prior);
    const file = `/playbooks/evidence/pc-1/${PACKAGE_SHA256.slice(0, 12)}-msblast.exe.sample`;
    expect(host.fetched).toEqual([{ path: FULL, file }]);
    host.on('Get-FbPackageJob', endedWith(6)).on('Get-FbInfection', signs({ record: record() }));
    const { result } = await clean.prove(step(), given, prior);
    expect(result['collected']).toEqual([{ path: FULL, file, sha256: PACKAGE_SHA256, bytes: 11 }]);

    const evidence = { ...(prior['evidence'] as JsonObject) };
    const other = {
      ...prior,
      evidence: { ...evidence, files: [{ ...(evidence['files'] as JsonObject[])[0], sha256: '0'.repeat(64) }] },
    };
    host.calls.length = 0;
    await expect(clean.act(step(), given, other)).rejects.toMatchObject({ code: 'FB_TRANSFER_HASH' });
    expect(host.calls).not.toContain('Start-FbPackageJob');
  });

  it.each<[string, JsonObject, string | null, string]>([
    ['nothing was claimed', noJob, null, 'not-started'],
    ['the receipt has gone', noJob, PACKAGE_SHA256, 'unknown'],
    ['at work', { ...vanished, ProcessAlive: true }, PACKAGE_SHA256, 'running'],
    ['ended', endedWith(6), PACKAGE_SHA256, 'done'],
    ['ended, crashed before it was noted', endedWith(6), null, 'done'],
    ['gone without an exit code', vanished, PACKAGE_SHA256, 'done'],
  ])('recovers: %s', async (_name, job, receipt, state) => {
    const prior = await needed();
    host.on('Get-FbPackageJob', job);
    expect(await clean.recover(step(), {}, { prior, since: at(0), receipt })).toMatchObject({ state });
  });

  it.each<[string, number | null, Signs, object, string | undefined]>([
    ['gone', 6, {}, { cleaned: true, compromised: true, meaning: 'removed', remaining: [] }, undefined],
    [
      'gone, whatever the exit code says',
      99,
      {},
      { cleaned: true, compromised: true, meaning: 'exit code 99' },
      undefined,
    ],
    ['gone without an exit code', null, {}, { cleaned: true, compromised: true, exit_code: null }, undefined],
    [
      'still there, whatever the exit code says',
      6,
      { file: true },
      { cleaned: false, compromised: true },
      'FB_STEP_NOT_PROVEN',
    ],
    ['another is there', 6, { service: true }, { cleaned: false }, 'FB_STEP_NOT_PROVEN'],
    ['unreadable now', 6, { file: null }, { cleaned: false, compromised: true }, 'FB_STEP_NOT_PROVEN'],
    ['still there, the tool did not run', 4, { file: true }, { cleaned: false }, 'FB_STEP_NOT_PROVEN'],
    ['still there, no exit code', null, { file: true }, { cleaned: false }, 'FB_PACKAGE_VANISHED'],
    [
      'there until the restart',
      10,
      { file: true },
      { cleaned: false, reboot_required: true, compromised: true },
      undefined,
    ],
    ['gone, something is left to do', 8, {}, { cleaned: true, manual_steps: true, compromised: true }, undefined],
  ])('signs %s', async (_name, code, left, result, error) => {
    const proved = await proof(code, left);
    expect(proved).toMatchObject({ proven: error === undefined, result });
    expect(proved.error?.code).toBe(error);
    expect(host.count('Set-FbInfectionRecord')).toBe(0);
  });

  it.each<[string, number, Signs, Signs, boolean, string]>([
    ['all signs of a worm without a back door are gone', 6, {}, { file: true }, true, ''],
    ['another worm was there too', 6, {}, { file: true, service: true }, false, 'Nachi'],
    ['something is left', 10, { file: true }, { file: true }, false, 'something is left'],
    ['something is left to do by hand', 8, {}, { file: true }, false, 'something is left'],
  ])('a judgement is weighed: %s', async (_name, code, left, seen, accepted, why) => {
    const { result } = await proof(code, left, judgement, seen);
    expect(result).toMatchObject({
      compromised: !accepted,
      judgement: {
        text: judgement.judgement,
        by: 'A. Sato',
        at: at(0),
        accepted,
        why_not: expect.stringContaining(why),
      },
    });
    // Only what is accepted stays on the host.
    const kept = host.count('Set-FbInfectionRecord') === 0 ? undefined : host.parameters.at(-1);
    expect(kept).toEqual(
      accepted ? { Family: ['Blaster.A'], Run: 'run-1', Judgement: judgement.judgement, By: 'A. Sato' } : undefined,
    );
  });

  it('does not write a judgement in a check', async () => {
    const prior = await needed();
    host.on('Get-FbPackageJob', endedWith(6)).on('Get-FbInfection', signs({ record: record() }));
    await clean.prove(host.step({ advisory: worms, check: true }), { package: TOOL, ...judgement }, prior);
    expect(host.count('Set-FbInfectionRecord')).toBe(0);
  });

  it.each<[string, JsonObject]>([
    ['a judgement without a name', { judgement: 'x' }],
    ['a name without a judgement', { by: 'x', judgement: ' ' }],
  ])('refuses %s', async (_name, given) => {
    await expect(clean.probe(step(), given)).rejects.toMatchObject({ code: 'FB_INPUT_INVALID' });
  });

  it('leaves a host without signs alone', async () => {
    host.on('Get-FbInfection', signs({}));
    expect(await clean.probe(step(), { package: TOOL, ...judgement })).toMatchObject({
      state: 'satisfied',
      result: { cleaned: false, compromised: false, judgement: null, names: [] },
    });
  });

  it('knows a host that was cleaned before: compromised, until somebody judges', async () => {
    host.on('Get-FbInfection', signs({ record: record() }));
    expect(await clean.probe(step(), { package: TOOL })).toMatchObject({
      state: 'satisfied',
      result: { compromised: true, names: ['Blaster.A'] },
    });
    const probe = await clean.probe(step(), judgement);
    if (probe.state !== 'needed') throw new Error(probe.state);
    expect(probe.prior['tool']).toBeNull();
    expect(await clean.act(step(), judgement, probe.prior)).toEqual({ state: 'done' });
    expect(await clean.recover(step(), judgement, { prior: probe.prior, since: at(0), receipt: null })).toEqual({
      state: 'not-started',
    });
    const proved = await clean.prove(step(), judgement, probe.prior);
    expect(proved).toMatchObject({ proven: true, result: { compromised: false, judgement: { accepted: true } } });
    expect(host.count('Start-FbPackageJob')).toBe(0);
    host.on('Get-FbInfection', signs({ record: record({ Judgement: 'x', By: 'y' }) }));
    expect(await clean.probe(step(), { package: TOOL })).toMatchObject({
      state: 'satisfied',
      result: { compromised: false },
    });
  });

  it.each<[string, JsonObject, Signs, Json, string]>([
    ['cannot tell whether it is infected', { package: TOOL }, { file: null }, noJob, 'FB_STEP_REFUSED'],
    [
      'found a tool that went away without an exit code',
      { package: TOOL },
      { file: true },
      vanished,
      'FB_PACKAGE_VANISHED',
    ],
  ])('refuses when it %s', async (_name, given, seen, job, code) => {
    host.on('Get-FbInfection', signs(seen)).on('Get-FbPackageJob', job);
    expect(await clean.probe(step(), given)).toMatchObject({ state: 'refused', error: { code } });
  });

  it.each<[string, JsonObject]>([
    ['no file is named', {}],
    ['the file is none of the tools', { package: 'Windows-KB8908301.exe' }],
    ['the file is a tool for people', { package: 'KB1.exe' }],
  ])('names the tools that it knows when %s', async (_name, given) => {
    await expect(clean.probe(step(), given)).rejects.toMatchObject({
      code: 'FB_STEP_REFUSED',
      remedy: expect.stringContaining('KB890830 (removal tool)'),
    });
  });
});
