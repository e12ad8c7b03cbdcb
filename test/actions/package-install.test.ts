import { beforeEach, describe, expect, it } from '@jest/globals';
import { createActions } from '../../src/actions/index.ts';
import { type ChangeAction, FirebreakError, type Json, type JsonObject } from '../../src/domain/index.ts';
import { advisory, evidence, FakeHost, facts, lost, PACKAGE_SHA256, START } from './support/fake-step.ts';

const install = createActions().get('package.install') as ChangeAction;
const stage = createActions().get('package.stage') as ChangeAction;

const at = (ms: number): string => new Date(START + ms).toISOString();
const noJob: { readonly [key: string]: Json } = {
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
const claimed = { ...noJob, Exists: true, Run: 'run-1', Step: 'the_step', Claimed: at(0) };
const running = { ...claimed, Started: at(1000), ProcessAlive: true };
const vanished = { ...running, ProcessAlive: false };
const endedWith = (code: number): JsonObject => ({ ...vanished, ExitCode: code, Ended: at(9000) });

let host: FakeHost;
beforeEach(() => {
  host = new FakeHost()
    .on('Get-FbFact', facts)
    .on('Get-FbPatchEvidence', evidence)
    .on('Get-FbPackageJob', noJob)
    .on('Get-FbFileHash', { Exists: true, Sha256: PACKAGE_SHA256, Length: 11 })
    .on('Start-FbPackageJob', { Changed: true, State: 'started', Reason: null });
});

const prior = {
  file: 'a.msu',
  path: 'C:\\Windows\\Firebreak\\packages\\a.msu',
  sha256: PACKAGE_SHA256,
  engine: 'wusa',
  switches: null,
  superseded: null,
  needsReboot: false,
  exitCodes: {},
};
const open = (receipt: string | null): { prior: JsonObject; since: string; receipt: string | null } => ({
  prior,
  since: at(0),
  receipt,
});

describe('package.install', () => {
  it('needs what the advisory names for the build and architecture', async () => {
    expect(await install.probe(host.step({ advisory }), {})).toEqual({ state: 'needed', prior });
  });

  it('refuses a package that is not on the host, but not in a check, which stages nothing', async () => {
    host.on('Get-FbFileHash', { Exists: false, Sha256: '', Length: 0 });
    const step = host.step({ advisory });
    expect(await install.probe(step, {})).toMatchObject({ state: 'refused', error: { code: 'FB_PACKAGE_HASH' } });
    expect(await install.probe({ ...step, check: true }, {})).toEqual({
      state: 'needed',
      prior,
      reason: 'once it is staged',
    });
  });

  it.each<[string, JsonObject, object]>([
    ['attaches to a job that an earlier run has started', { ...running, Run: 'run-0' }, { state: 'needed' }],
    ['claims anew what an earlier run has failed at', { ...endedWith(1603), Run: 'run-0' }, { state: 'needed' }],
    [
      'is satisfied by what this run has installed',
      endedWith(3010),
      { state: 'satisfied', result: { exit_code: 3010, reboot_required: true } },
    ],
    [
      'does not start again what this run has failed at',
      endedWith(1603),
      { state: 'refused', error: { code: 'FB_PACKAGE_EXIT' } },
    ],
    [
      'never starts again what went away without an exit code',
      vanished,
      { state: 'refused', error: { code: 'FB_PACKAGE_VANISHED' } },
    ],
    [
      'neither when an earlier run had started it',
      { ...vanished, Run: 'run-0' },
      { state: 'refused', error: { code: 'FB_PACKAGE_VANISHED' } },
    ],
    [
      'waits for other installers',
      { ...noJob, OtherInstallers: ['wusa.exe (7)'] },
      { state: 'refused', error: { code: 'FB_PACKAGE_BUSY', retryable: true } },
    ],
  ])('%s', async (_name, job, expected) => {
    host.on('Get-FbPackageJob', job);
    expect(await install.probe(host.step({ advisory }), {})).toMatchObject(expected);
    expect(host.count('Start-FbPackageJob')).toBe(0);
  });

  it.each<[string, Json]>([
    ['is missing', { Exists: false, Sha256: null, Length: 0 }],
    ['has another hash', { Exists: true, Sha256: '0'.repeat(64), Length: 11 }],
  ])('refuses when the staged file %s', async (_name, file) => {
    host.on('Get-FbFileHash', file);
    const probe = await install.probe(host.step({ advisory }), {});
    expect(probe).toMatchObject({ state: 'refused', error: { code: 'FB_PACKAGE_HASH' } });
  });

  it('refuses a system that the advisory has no package for', async () => {
    host.on('Get-FbFact', { ...facts, Architecture: 'arm64' });
    await expect(install.probe(host.step({ advisory }), {})).rejects.toMatchObject({ code: 'FB_STEP_REFUSED' });
  });

  it('detaches with the hash as its receipt', async () => {
    expect(await install.act(host.step({ advisory }), {}, prior)).toEqual({
      state: 'detached',
      receipt: PACKAGE_SHA256,
    });
    expect(host.parameters.at(-1)).toMatchObject({
      Sha256: PACKAGE_SHA256,
      Engine: 'wusa',
      Run: 'run-1',
      Step: 'the_step',
    });
  });

  it.each([
    ['busy', 'FB_PACKAGE_BUSY'],
    ['vanished', 'FB_PACKAGE_VANISHED'],
    ['failed', 'FB_STEP_REFUSED'],
  ])('fails when the host says %s', async (state, code) => {
    host.on('Start-FbPackageJob', { Changed: false, State: state, Reason: 'because' });
    await expect(install.act(host.step({ advisory }), {}, prior)).rejects.toMatchObject({ code });
  });

  it.each<[string, JsonObject, string | null, string]>([
    ['nothing was claimed', noJob, null, 'not-started'],
    ['the receipt has gone', noJob, PACKAGE_SHA256, 'unknown'],
    ['claimed by us, crashed before it was noted', claimed, null, 'not-started'],
    ['claimed, its task is about to begin', claimed, PACKAGE_SHA256, 'running'],
    ['at work', running, PACKAGE_SHA256, 'running'],
    ['at work, crashed before it was noted', running, null, 'running'],
    ['ended', endedWith(0), PACKAGE_SHA256, 'done'],
    ['gone without an exit code', vanished, PACKAGE_SHA256, 'done'],
  ])('recovers: %s', async (_name, job, receipt, state) => {
    host.on('Get-FbPackageJob', job);
    expect(await install.recover(host.step({ advisory }), {}, open(receipt))).toMatchObject({ state });
  });

  it.each<[string, string | null, string]>([
    ['crashed before it could claim: the job of before is not its own', null, 'not-started'],
    ['it has followed the job of another run', PACKAGE_SHA256, 'done'],
  ])('recovers over the job that an earlier run has ended: %s', async (_name, receipt, state) => {
    const earlier = { ...endedWith(1603), Run: 'run-0', Claimed: at(-9000) };
    host.on('Get-FbPackageJob', earlier);
    const found = await install.probe(host.step({ advisory }), {});
    expect(found).toEqual({ state: 'needed', prior: { ...prior, superseded: at(-9000) } });
    const begun = { ...open(receipt), prior: { ...prior, superseded: at(-9000) } };
    expect(await install.recover(host.step({ advisory }), {}, begun)).toMatchObject({ state });
    // Another run's that began later has been followed, whatever came of it.
    host.on('Get-FbPackageJob', { ...earlier, Claimed: at(500) });
    expect(await install.recover(host.step({ advisory }), {}, begun)).toMatchObject({ state: 'done' });
  });

  it('does not wait for ever for a task that never begins', async () => {
    host.on('Get-FbPackageJob', claimed);
    host.now = START + 200_000;
    expect(await install.recover(host.step({ advisory }), {}, open(PACKAGE_SHA256))).toMatchObject({
      state: 'unknown',
      // Or every later run would wait for it just as long.
      reason: expect.stringContaining(`%SystemRoot%\\Firebreak\\jobs\\${PACKAGE_SHA256.slice(0, 16)}`),
    });
  });

  it.each<[string, number, number, string]>([
    ['is behind: the claim is fresh', -600_000, 5000, 'running'],
    ['is ahead: the claim is old', 3_600_000, 130_000, 'unknown'],
  ])('tells the age of a claim by the clock of the host, which %s', async (_name, off, age, state) => {
    host.on('Get-FbPackageJob', { ...claimed, Claimed: at(off), Now: at(off + age) });
    host.now = START + age;
    expect(await install.recover(host.step({ advisory }), {}, open(PACKAGE_SHA256))).toMatchObject({ state });
  });

  it('leaves a lost connection to whoever waits, and is patient with a host that is slow', async () => {
    host.on('Get-FbPackageJob', () => {
      throw lost();
    });
    await expect(install.recover(host.step({ advisory }), {}, open(PACKAGE_SHA256))).rejects.toMatchObject({
      code: 'FB_CONNECT_LOST',
    });
    host.on('Get-FbPackageJob', () => {
      throw new FirebreakError('FB_DEADLINE', 'no answer in time');
    });
    expect(await install.recover(host.step({ advisory }), {}, open(PACKAGE_SHA256))).toEqual({ state: 'running' });
  });

  it.each<[number, boolean, object]>([
    [0, true, { meaning: 'installed', reboot_required: false }],
    [3010, true, { meaning: 'reboot-required', reboot_required: true }],
    [1641, true, { meaning: 'reboot-started', reboot_required: true }],
    [2359302, true, { meaning: 'already-installed' }],
    [2359301, true, { meaning: 'reboot-required', reboot_required: true }],
    [-2145124329, true, { meaning: 'not-applicable', exit_code: 0x80240017 }],
    [-2147021886, true, { meaning: 'reboot-required' }],
    [-2146498525, false, { meaning: 'prerequisite-missing' }],
    [1618, false, { meaning: 'busy' }],
    [1602, false, { meaning: 'cancelled' }],
    [1603, false, { meaning: 'failed' }],
    [1605, false, { meaning: 'not-installed' }],
    [1612, false, { meaning: 'source-missing' }],
    [1619, false, { meaning: 'source-missing' }],
    [1633, false, { meaning: 'not-applicable' }],
    [1638, false, { meaning: 'other-version' }],
    [1642, false, { meaning: 'not-applicable' }],
    [194, false, { meaning: 'failed', exit_code: 194 }],
    [-1, false, { meaning: 'failed', exit_code: 0xffffffff }],
  ])('exit code %d', async (code, proven, result) => {
    host.on('Get-FbPackageJob', endedWith(code));
    const proof = await install.prove(host.step({ advisory }), {}, prior);
    expect(proof).toMatchObject({ proven, result });
    expect(proof.error?.code).toBe(proven ? undefined : 'FB_PACKAGE_EXIT');
  });

  it('says why Windows did not even start the installer', async () => {
    const why = 'This command cannot be run due to the error: %1 is not a valid Win32 application.';
    host.on('Get-FbPackageJob', { ...endedWith(-1), Error: why });
    const proof = await install.prove(host.step({ advisory }), {}, prior);
    expect(proof.error?.message).toContain(`could not be started there: ${why}`);
    expect(proof.error?.message).not.toContain('unknown exit code');
  });

  it('goes by what the advisory says of the codes of an installer of its own', async () => {
    const exitCodes = {
      17: { meaning: 'there already', reboot: true, failed: false },
      0: { meaning: 'no', failed: true },
    };
    const ofMaker = { ...prior, engine: 'exe', exitCodes };
    host.on('Get-FbPackageJob', endedWith(17));
    expect(await install.prove(host.step({ advisory }), {}, ofMaker)).toMatchObject({
      proven: true,
      result: { meaning: 'declared', reboot_required: true },
    });
    host.on('Get-FbPackageJob', endedWith(0));
    expect(await install.prove(host.step({ advisory }), {}, ofMaker)).toMatchObject({
      proven: false,
      error: { code: 'FB_PACKAGE_EXIT' },
    });
  });

  it('wants the restart that the advisory demands, whatever the exit code says', async () => {
    host.on('Get-FbPackageJob', endedWith(0));
    const proof = await install.prove(host.step({ advisory }), {}, { ...prior, needsReboot: true });
    expect(proof).toMatchObject({ proven: true, result: { meaning: 'installed', reboot_required: true } });
  });

  it('tells what a code cut to 8 bits may have been', async () => {
    host.on('Get-FbPackageJob', endedWith(194));
    expect((await install.prove(host.step({ advisory }), {}, prior)).error?.message).toContain('3010 cut to 8 bits');
  });

  it.each<[string, JsonObject, boolean]>([
    ['nothing shows it installed', {}, false],
    [
      'the update awaits its reboot',
      { Rollups: [{ Build: 18362, Ubr: 720, State: 96 }], PendingReboot: ['servicing'] },
      true,
    ],
    ['the fix is in effect', { Ubr: 720 }, true],
  ])('lets evidence decide when there is no exit code: %s', async (_name, change, proven) => {
    host.on('Get-FbPackageJob', vanished).on('Get-FbPatchEvidence', { ...evidence, ...change });
    const proof = await install.prove(host.step({ advisory }), {}, prior);
    expect(proof.proven).toBe(proven);
    expect(proof.error?.code).toBe(proven ? undefined : 'FB_PACKAGE_VANISHED');
    // Where the receipt is (Get-FbDataFolder).
    if (!proven) expect(proof.error?.remedy).toContain('%SystemRoot%\\Firebreak');
  });
});

describe('which installer', () => {
  it.each<[string, string[], string, string[] | null]>([
    ['a.msu', [], 'wusa', null],
    ['a.cab', [], 'dism', null],
    ['a.MSI', [], 'msiexec', null],
    ['a.msp', ['/qn'], 'msiexec', ['/qn']],
    ['setup.exe', ['/S', '/norestart'], 'exe', ['/S', '/norestart']],
  ])('%s with %j', async (file, switches, engine, expected) => {
    const probe = await install.probe(host.step(), { package: file, switches });
    expect(probe).toMatchObject({ state: 'needed', prior: { engine, switches: expected } });
  });

  it('refuses a program whose switches nobody says', async () => {
    await expect(install.probe(host.step(), { package: 'setup.exe' })).rejects.toMatchObject({
      code: 'FB_STEP_REFUSED',
      remedy: expect.stringContaining('switches:'),
    });
  });

  it('takes engine, switches and exit codes of the advisory', async () => {
    const own = JSON.parse(JSON.stringify(advisory)) as JsonObject & { packages: JsonObject };
    const exit_codes = { 9: { meaning: 'was there', reboot: true } };
    own.packages = {
      'the-package': { file: 'setup.exe', engine: 'exe', args: ['/S'], exit_codes, source: 'test', confidence: 'H' },
    };
    expect(await install.probe(host.step({ advisory: own }), {})).toMatchObject({
      state: 'needed',
      prior: {
        engine: 'exe',
        switches: ['/S'],
        exitCodes: { 9: { meaning: 'was there', reboot: true, failed: false } },
      },
    });
  });
});

describe('who has signed it', () => {
  const signed: { readonly [name: string]: Json } = {
    Status: 'Valid',
    Message: 'Signature verified.',
    Subject: 'CN=Microsoft Windows, OU=MOPR, O=Microsoft Corporation, L=Redmond, S=Washington, C=US',
  };
  const args = { package: 'a.msu', signer: 'Microsoft Corporation' };

  it('is asked on the host, and installed is what is signed as it should be', async () => {
    host.on('Get-FbSignature', signed);
    expect(await install.probe(host.step(), args)).toMatchObject({ state: 'needed' });
    expect(host.parameters.at(-1)).toEqual({ Path: prior.path });
  });

  it.each<[string, JsonObject, string]>([
    ['unsigned', { Status: 'NotSigned', Subject: null }, 'is not signed'],
    ['tampered with', { Status: 'HashMismatch' }, 'changed after it had been signed'],
    ['not trusted', { Status: 'NotTrusted' }, 'does not trust'],
    ['not verifiable', { Status: 'UnknownError', Message: 'no such algorithm' }, 'no such algorithm'],
    ['of another', { Subject: 'CN="Microsoft Corporation, really", O=Contoso, C=US' }, 'is signed by CN='],
    ['of one who writes it elsewhere', { Subject: 'CN=Contoso, OU=Microsoft Corporation, C=US' }, 'not by Microsoft'],
    ['without a certificate', { Subject: null }, 'signed by'],
  ])('refuses one that is %s, unless told to skip', async (_name, change, says) => {
    host.on('Get-FbSignature', { ...signed, ...change });
    expect(await install.probe(host.step(), args)).toMatchObject({
      state: 'refused',
      error: { code: 'FB_PACKAGE_SIGNATURE', message: expect.stringContaining(says) },
    });
    expect(await install.probe(host.step(), { ...args, signature: 'skip' })).toMatchObject({ state: 'needed' });
  });

  it('is for the advisory to say, and not asked where it says nothing', async () => {
    const own = JSON.parse(JSON.stringify(advisory)) as JsonObject & { packages: { 'the-package': JsonObject } };
    expect(await install.probe(host.step({ advisory: own }), {})).toMatchObject({ state: 'needed' });
    own.packages = { 'the-package': { ...own.packages['the-package'], signer: 'Contoso "Ltd"' } };
    host.on('Get-FbSignature', { ...signed, Subject: 'O="Contoso ""Ltd""", C=US' });
    expect(await install.probe(host.step({ advisory: own }), {})).toMatchObject({ state: 'needed' });
    expect(host.count('Get-FbSignature')).toBe(1);
  });
});

describe('package.stage', () => {
  it('is satisfied by a file that has the hash already', async () => {
    expect(await stage.probe(host.step({ advisory }), {})).toMatchObject({
      state: 'satisfied',
      result: { sha256: PACKAGE_SHA256 },
    });
  });

  it('pushes the file and proves its hash on the host', async () => {
    host.on('Get-FbFileHash', { Exists: false, Sha256: null, Length: 0 });
    const step = host.step({ advisory });
    const probe = await stage.probe(step, {});
    if (probe.state !== 'needed') throw new Error(probe.state);
    await stage.act(step, {}, probe.prior);
    expect(host.pushed).toEqual([{ path: 'C:\\Windows\\Firebreak\\packages\\a.msu', bytes: 'the package' }]);
    expect(await stage.prove(step, {}, probe.prior)).toMatchObject({
      proven: false,
      error: { code: 'FB_TRANSFER_HASH' },
    });
    expect(await stage.recover(step, {}, { prior: probe.prior, since: at(0), receipt: null })).toEqual({
      state: 'not-started',
    });
    host.on('Get-FbFileHash', { Exists: true, Sha256: PACKAGE_SHA256, Length: 11 });
    expect(await stage.prove(step, {}, probe.prior)).toMatchObject({ proven: true });
  });

  it('takes the package that the playbook names', async () => {
    const probe = await stage.probe(host.step(), { package: 'other.cab' });
    expect(probe).toMatchObject({ state: 'satisfied', result: { file: 'other.cab' } });
    expect(await stage.probe(host.step(), { package: 'other.exe' })).toMatchObject({ state: 'satisfied' });
    await expect(stage.probe(host.step(), { package: 'other.zip' })).rejects.toMatchObject({ code: 'FB_STEP_REFUSED' });
  });
});
