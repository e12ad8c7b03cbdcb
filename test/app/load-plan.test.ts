import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createActions } from '../../src/actions/index.ts';
import { loadPlan, verifyPlaybook } from '../../src/app/index.ts';

let folder: string;
let inventory: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'firebreak-plan-'));
  inventory = join(folder, 'inventory.yaml');
  writeFileSync(inventory, 'all:\n  vars: { auth: basic }\n  hosts: { a: , b: , c: }\n');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function planned(more: {
  readonly only?: readonly string[];
  readonly targets?: string;
}): Promise<readonly string[]> {
  const targetsFile = more.targets === undefined ? undefined : join(folder, 'targets');
  if (targetsFile !== undefined) writeFileSync(targetsFile, more.targets ?? '');
  const source = { playbook: verifyPlaybook('cve-2020-0796'), inventory, inputs: [], only: more.only, targetsFile };
  const plan = await loadPlan(source, createActions());
  return plan.hosts.map((host) => host.name);
}

describe('loadPlan', () => {
  it('takes the hosts that were chosen and those that a targets file names, and with both only those in both', async () => {
    expect(await planned({})).toEqual(['a', 'b', 'c']);
    expect(await planned({ only: ['a', 'b'] })).toEqual(['a', 'b']);
    expect(await planned({ targets: 'b\nc\n' })).toEqual(['b', 'c']);
    expect(await planned({ only: ['a', 'b'], targets: 'b\nc\n' })).toEqual(['b']);
    await expect(planned({ only: ['a'], targets: 'c\n' })).rejects.toMatchObject({ code: 'FB_NO_HOSTS' });
  });
});
