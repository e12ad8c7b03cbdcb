/** The evidence of systems before Windows Vista, read through a relay on the real engine, and what patch.verify says of it. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createActions } from '../../src/actions/index.ts';
import { loadAdvisory } from '../../src/advisory/index.ts';
import type { JsonObject, ReadAction } from '../../src/domain/index.ts';
import { FakeHost } from '../actions/support/fake-step.ts';
import { ModuleLab } from './support/module-lab.ts';

const PROFILES = [
  'nt4-server-sp6a',
  'nt4-workstation-sp6a',
  'nt4-tse-sp6',
  'windows-2000-professional-sp2',
  'windows-2000-server-sp3',
  'windows-2000-server-sp4-jpn',
  'windows-xp-gold',
  'windows-xp-sp1-jpn',
  'windows-xp-64-2003',
  'windows-2003-gold',
  'windows-2003-64',
] as const;

/** Variant → verdict on ms03-039, whether in effect, and verdict on ms03-026. */
const VARIANTS = {
  vulnerable: ['vulnerable', false, 'vulnerable'],
  patched: ['patched', true, 'superseded'],
  slipstreamed: ['patched', true, 'superseded'],
  'key-without-files': ['conflict', false, 'conflict'],
  'only-823980': ['vulnerable', false, 'patched'],
  'superseded-828741': ['superseded', true, 'superseded'],
  'installed-not-rebooted': ['patched', false, 'patched'],
} as const;
type Variant = keyof typeof VARIANTS;

/** Two variants of each profile, all variants over all profiles; of two profiles all. */
const HOSTS = PROFILES.flatMap((profile, index) => {
  const all = Object.keys(VARIANTS) as Variant[];
  const isWhole = profile === 'windows-2000-server-sp4-jpn' || profile === 'nt4-server-sp6a';
  const chosen = isWhole ? all : [all[index % all.length]!, all[(index + 3) % all.length]!];
  return chosen.map((variant, at) => ({ name: `host-${index}-${at}`, profile, variant }));
});

const load = (id: string): JsonObject => {
  const path = resolve(import.meta.dirname, `../../playbooks/advisories/${id}.yaml`);
  return loadAdvisory(readFileSync(path, 'utf8'), id) as unknown as JsonObject;
};
const newer = load('ms03-039');
const older = load('ms03-026');

describe('through a relay', () => {
  let lab: ModuleLab;
  beforeAll(async () => {
    lab = await ModuleLab.start([
      { name: 'mgmt', profile: 'windows-server-2019', variant: 'management', relay: true },
      ...HOSTS.map((host) => ({ ...host, relay: 'mgmt' })),
    ]);
  });
  afterAll(() => lab.end());

  const judge = async (host: string, advisory: JsonObject): Promise<JsonObject> => {
    const verify = createActions().get('patch.verify') as ReadAction;
    // Which questions patch.verify asks, then the same of the machine.
    const asked = new FakeHost().on('Get-FbPatchEvidence', () => ({}));
    await verify.read(asked.step({ advisory }), {}).catch(() => undefined);
    const answer = await lab
      .relayed('mgmt', host)
      .call('Patch\\Get-FbPatchEvidence', asked.parameters[0] as { [name: string]: string[] });
    return (await verify.read(new FakeHost().on('Get-FbPatchEvidence', answer).step({ advisory }), {})).result;
  };

  it.each(HOSTS)('$profile, $variant', async ({ name, profile, variant }) => {
    const [verdict, fixed, earlier] = VARIANTS[variant];
    const result = await judge(name, newer);
    const says = JSON.stringify(result['reason']);
    // Of Terminal Server Edition KB828741 is known by its key alone; that shows it as well.
    expect([profile, says, result['verdict'], result['fixed']]).toEqual([profile, says, verdict, fixed]);
    expect(result['out_of_support']).toBe(true);
    expect(result['os']).not.toBeNull();
    // No version of KB823980 is established for Itanium: below KB824146 nothing can be told from it.
    const unknowable = profile.includes('64') && !fixed;
    const before = await judge(name, older);
    if (unknowable) expect([before['verdict'], before['fixed']]).toEqual(['unknown', false]);
    else expect([JSON.stringify(before['reason']), before['verdict']]).toEqual([expect.any(String), earlier]);
  });
});
