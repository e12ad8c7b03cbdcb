/** Plans that must be read again later, from another folder. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createActions } from '../../src/actions/index.ts';
import { type AssessOptions, assessPlaybook } from '../../src/app/assess.ts';
import { loadPlan } from '../../src/app/load-plan.ts';
import { playbookAgain, verifyPlaybook } from '../../src/app/verify.ts';

let folder: string;
let three: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'firebreak-plan-'));
  mkdirSync(join(folder, 'fleet'));
  writeFileSync(join(folder, 'p.yaml'), 'firebreak: 1\nname: P\nhosts: all\nsteps:\n  - { uses: host.facts }\n');
  writeFileSync(
    join(folder, 'fleet', 'inventory.yaml'),
    'all:\n  vars: { auth: basic, allow_unencrypted: true, credential: { user: a, password: { file: pw } } }\n  hosts: { web01: }\n',
  );
  three = join(folder, 'three.yaml');
  writeFileSync(three, 'all:\n  vars: { auth: basic }\n  hosts: { a: , b: , c: }\n');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function planned(more: {
  readonly only?: readonly string[];
  readonly targets?: string;
}): Promise<readonly string[]> {
  const targetsFile = more.targets === undefined ? undefined : join(folder, 'targets');
  if (targetsFile !== undefined) writeFileSync(targetsFile, more.targets ?? '');
  const source = {
    playbook: verifyPlaybook('cve-2020-0796'),
    inventory: three,
    inputs: [],
    only: more.only,
    targetsFile,
  };
  const plan = await loadPlan(source, createActions());
  return plan.hosts.map((host) => host.name);
}

describe('a plan', () => {
  it('names its files so that they are found from any folder', async () => {
    const here = relative(process.cwd(), folder);
    const source = { playbook: join(here, 'p.yaml'), inventory: join(here, 'fleet', 'inventory.yaml'), inputs: [] };
    const plan = await loadPlan(source, createActions());
    expect(plan.playbook.file).toBe(join(folder, 'p.yaml'));
    expect(plan.origin.inventory).toBe(join(folder, 'fleet', 'inventory.yaml'));
    expect(plan.hosts[0]?.password).toEqual({ file: join(folder, 'fleet', 'pw') });
  });

  it('of a verify is made again without a file', async () => {
    const { file } = verifyPlaybook('cve-2020-0796') as { readonly file: string };
    expect(await playbookAgain(file)).toEqual(verifyPlaybook('cve-2020-0796'));
    expect(await playbookAgain('/p.yaml')).toBe('/p.yaml');
  });

  it('finds a scanned verify again as one', async () => {
    const playbook = verifyPlaybook('ms03-039', true) as { readonly file: string; readonly text: string };
    expect(playbook.text).toContain('with: { scan: true }');
    expect(await playbookAgain(playbook.file)).toEqual(playbook);
  });

  it.each<[string, AssessOptions]>([
    ['as it is shipped', {}],
    ['with passwords', { triesPasswords: true }],
    ['scanned, with passwords', { triesPasswords: true, isScanned: true }],
    ['of checks of its own', { checks: 'own checks.yaml', isScanned: true }],
  ])('finds an assessment again as it was: %s', async (_name, { checks, ...options }) => {
    writeFileSync(
      join(folder, 'own checks.yaml'),
      'checks:\n  - { id: t, kind: service, name: TlntSvr, title: t, severity: low, advice: a, source: s, confidence: H }\n',
    );
    const given = { ...options, ...(checks === undefined ? {} : { checks: join(folder, checks) }) };
    const playbook = (await assessPlaybook(given)) as { readonly file: string; readonly text: string };
    expect(JSON.parse(playbook.text).steps[0].with).toMatchObject({
      passwords: options.triesPasswords === true ? 'try' : 'policy',
      scan: options.isScanned === true,
    });
    expect(await playbookAgain(playbook.file)).toEqual(playbook);
  });

  it('takes the hosts that were chosen and those that a targets file names, and with both only those in both', async () => {
    expect(await planned({})).toEqual(['a', 'b', 'c']);
    expect(await planned({ only: ['a', 'b'] })).toEqual(['a', 'b']);
    expect(await planned({ targets: 'b\nc\n' })).toEqual(['b', 'c']);
    expect(await planned({ only: ['a', 'b'], targets: 'b\nc\n' })).toEqual(['b']);
    await expect(planned({ only: ['a'], targets: 'c\n' })).rejects.toMatchObject({ code: 'FB_NO_HOSTS' });
  });
});
