/** Which package a system before Windows Vista gets: by product, language and machine; what is not known is asked for. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { createActions } from '../../src/actions/index.ts';
import { type Advisory, loadAdvisory } from '../../src/advisory/index.ts';
import type { ChangeAction, JsonObject, StepContext } from '../../src/domain/index.ts';
import { evidence, FakeHost, facts, PACKAGE_SHA256 } from './support/fake-step.ts';

const stage = createActions().get('package.stage') as ChangeAction;
const path = resolve(import.meta.dirname, '../../playbooks/advisories/ms03-039.yaml');
const ms03039 = loadAdvisory(readFileSync(path, 'utf8'), 'ms03-039.yaml');

let host: FakeHost;
beforeEach(() => {
  host = new FakeHost().on('Get-FbFileHash', { Exists: false, Length: 0, Sha256: null });
});

interface System {
  readonly build: number;
  readonly version: string;
  readonly sp: number;
  /** ProductType of WMI: 1 workstation, 3 server. */
  readonly product?: 1 | 3 | null;
  readonly arch?: string;
  readonly language?: string | null;
  readonly terminalServer?: boolean;
}

function on(system: System): void {
  const { build, version, sp, product = 3, arch = 'x86', language = '0409', terminalServer = false } = system;
  host.on('Get-FbFact', {
    ...facts,
    Build: build,
    Version: `${version}.${build}`,
    ServicePack: sp,
    ProductType: product,
    Architecture: arch,
    Language: language,
    Caption: null,
    DataFolder: 'C:\\WINNT\\Firebreak',
  });
  host.on('Get-FbPatchEvidence', {
    ...evidence,
    Build: build,
    Architecture: arch,
    System: {
      Version: version,
      ServicePack: sp,
      Product: product === null ? null : product === 1 ? 'workstation' : 'server',
      TerminalServer: terminalServer,
      Architecture: arch,
    },
  });
}

const probe = (args: JsonObject = {}, advisory: Advisory = ms03039, vars: JsonObject = {}) => {
  const step = host.step({ advisory: advisory as unknown as JsonObject });
  const context: StepContext = { ...step, host: { ...step.host, vars } };
  return stage.probe(context, args);
};

describe('package.stage', () => {
  it.each<[string, System, string]>([
    [
      '2000 SP4, Japanese',
      { build: 2195, version: '5.0', sp: 4, language: '0411' },
      'Windows2000-KB824146-x86-JPN.exe',
    ],
    [
      'XP SP1, German',
      { build: 2600, version: '5.1', sp: 1, product: 1, language: '0407' },
      'WindowsXP-KB824146-x86-DEU.exe',
    ],
    ['2003 Gold', { build: 3790, version: '5.2', sp: 0 }, 'WindowsServer2003-KB824146-x86-ENU.exe'],
    ['2003, 64-bit', { build: 3790, version: '5.2', sp: 0, arch: 'ia64' }, 'WindowsServer2003-KB824146-ia64-ENU.exe'],
    [
      'XP 64-bit v2003',
      { build: 3790, version: '5.2', sp: 0, product: 1, arch: 'ia64' },
      'WindowsServer2003-KB824146-ia64-ENU.exe',
    ],
    [
      'NT 4.0 Workstation',
      { build: 1381, version: '4.0', sp: 6, product: 1 },
      'WindowsNT4Workstation-KB824146-x86-ENU.exe',
    ],
    ['NT 4.0 Server', { build: 1381, version: '4.0', sp: 6 }, 'WindowsNT4Server-KB824146-x86-ENU.exe'],
    [
      'NT 4.0 Terminal Server Edition',
      { build: 1381, version: '4.0', sp: 6, terminalServer: true },
      'WindowsNT4TerminalServer-KB824146-x86-ENU.exe',
    ],
  ])('%s', async (_name, system, file) => {
    on(system);
    expect(await probe()).toMatchObject({
      state: 'needed',
      prior: { file, path: `C:\\WINNT\\Firebreak\\packages\\${file}` },
    });
  });

  it.each<[string, System, JsonObject, string]>([
    ['no package for XP SP2', { build: 2600, version: '5.1', sp: 2, product: 1 }, {}, 'names no package'],
    ['none for 2000 SP1', { build: 2195, version: '5.0', sp: 1 }, {}, 'names no package'],
    ['language unreadable', { build: 2195, version: '5.0', sp: 4, language: null }, {}, 'must match the language'],
    ['product unreadable', { build: 1381, version: '4.0', sp: 6, product: null }, {}, 'names no package'],
    ['PC-98', { build: 2195, version: '5.0', sp: 4 }, { machine: 'pc98' }, 'not established'],
  ])('refuses: %s', async (_name, system, vars, says) => {
    on(system);
    await expect(probe({}, ms03039, vars)).rejects.toMatchObject({
      code: 'FB_STEP_REFUSED',
      message: expect.stringContaining(says),
    });
  });

  it('takes the file that the playbook names for a PC-98', async () => {
    on({ build: 2195, version: '5.0', sp: 4 });
    const named = await probe({ package: 'nec98.exe' }, ms03039, { machine: 'pc98' });
    expect(named).toMatchObject({ state: 'needed', prior: { file: 'nec98.exe' } });
  });

  it('demands the checksum that the advisory gives', async () => {
    on({ build: 2195, version: '5.0', sp: 4 });
    const file = 'Windows2000-KB824146-x86-ENU.exe';
    const withSum = (sha256: string): Advisory => ({
      ...ms03039,
      packages: {
        ...ms03039.packages,
        'kb824146-2000': { ...ms03039.packages['kb824146-2000']!, sha256: { [file]: sha256 } },
      },
    });
    expect(await probe({}, withSum(PACKAGE_SHA256))).toMatchObject({
      state: 'needed',
      prior: { sha256: PACKAGE_SHA256 },
    });
    await expect(probe({}, withSum('0'.repeat(64)))).rejects.toMatchObject({ code: 'FB_PACKAGE_HASH' });
  });
});
