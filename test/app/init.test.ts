import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createServices, initFolder, loadPlan } from '../../src/app/index.ts';

const shipped = resolve(import.meta.dirname, '../../playbooks');
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fb-init-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('init', () => {
  it('without an advisory writes the playbook of a minimum build; inventory and playbook make a plan', async () => {
    const services = createServices({ state: undefined });
    const { playbook, inventory } = await initFolder({ folder: join(folder, 'new'), advisory: undefined });
    const inputs = ['build=17763.1098'];
    const plan = await loadPlan({ playbook, inventory, inputs, connector: services.connector }, services.actions);
    expect(plan.hosts.map(({ name, groups, set }) => [name, groups, set])).toEqual([
      ['web01', ['pilot'], null],
      ['web02', ['servers'], null],
      ['dc01', ['servers'], 'domain-controllers'],
    ]);
    await services.close();
  });

  it('says which folder cannot be written', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    await expect(initFolder({ folder: file, advisory: undefined })).rejects.toMatchObject({
      code: 'FB_ENVIRONMENT',
      message: `the folder ${file} cannot be written (ENOTDIR)`,
    });
  });

  it('of an advisory that names a playbook copies that', async () => {
    const { playbook } = await initFolder({ folder, advisory: 'cve-2020-0796' });
    expect(playbook).toBe(join(folder, 'smbghost.yaml'));
    expect(readFileSync(playbook, 'utf8')).toBe(readFileSync(join(shipped, 'smbghost.yaml'), 'utf8'));
  });

  it('of an advisory of your own writes one from the template, which is valid', async () => {
    const services = createServices({ state: undefined });
    const own = join(folder, 'own.yaml');
    const text = readFileSync(join(shipped, 'advisories', 'cve-2020-0796.yaml'), 'utf8');
    writeFileSync(own, text.replace(/^playbook: .*\n/m, '').replace('advisory: cve-2020-0796', 'advisory: own-1'));
    const { playbook, inventory } = await initFolder({ folder: join(folder, 'new'), advisory: own });
    expect(playbook).toBe(join(folder, 'new', 'own-1.yaml'));
    const plan = await loadPlan({ playbook, inventory, inputs: [], connector: services.connector }, services.actions);
    expect(plan).toMatchObject({ advisory: { advisory: 'own-1' }, playbook: { name: 'Remedy of own-1' } });
    await services.close();
  });

  it('overwrites nothing', async () => {
    writeFileSync(join(folder, 'inventory.yaml'), 'mine');
    await expect(initFolder({ folder, advisory: undefined })).rejects.toMatchObject({
      code: 'FB_USAGE',
      message: expect.stringContaining('inventory.yaml: already there'),
    });
    expect(readFileSync(join(folder, 'inventory.yaml'), 'utf8')).toBe('mine');
  });
});
