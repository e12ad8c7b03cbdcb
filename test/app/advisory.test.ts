import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { hashPackages, listAdvisories, playbookOf, showAdvisory } from '../../src/app/index.ts';
import { advisoryText } from '../../src/cli/commands/advisory-text.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fb-advisory-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('advisories', () => {
  it('are listed by id', async () => {
    expect((await listAdvisories()).map(({ advisory }) => advisory)).toEqual([
      'cve-2019-0708',
      'cve-2020-0796',
      'cve-2020-1350',
      'cve-2021-34527',
      'ms03-026',
      'ms03-039',
      'ms17-010',
    ]);
  });

  it.each(['ms03-039', 'ms03-026', 'cve-2020-0796', 'ms17-010', 'cve-2020-1350', 'cve-2021-34527'])(
    '%s is shown whole',
    async (id) => {
      const advisory = await showAdvisory(id);
      const text = advisoryText(advisory);
      for (const { os } of advisory.affects) expect(text).toContain(os);
      for (const name of Object.keys(advisory.packages)) expect(text).toContain(name);
      if (advisory.if_service !== undefined) expect(text).toContain(`service ${advisory.if_service}`);
      for (const { remedy } of advisory.conditions) expect(text).toContain(remedy);
      for (const { side_effects } of advisory.shields) expect(text).toContain(side_effects.slice(0, 30));
    },
  );

  it('by a path, too; a missing one is said', async () => {
    const path = resolve(import.meta.dirname, '../../playbooks/advisories/ms03-039.yaml');
    expect((await showAdvisory(path)).advisory).toBe('ms03-039');
    await expect(showAdvisory('no-such')).rejects.toMatchObject({ code: 'FB_FILE_MISSING' });
  });

  it('name the playbook that remedies them, or what replaces them', async () => {
    for (const { advisory, replaced_by: newer = [] } of await listAdvisories()) {
      const text = readFileSync(await playbookOf(advisory), 'utf8');
      const subject = /^advisory: (.+)$/m.exec(text)?.[1];
      expect([advisory, ...newer]).toContain(subject);
      expect(text).toContain('uses: package.install');
    }
  });

  it('of others name one beside themselves, or none, which is said', async () => {
    const shipped = resolve(import.meta.dirname, '../../playbooks/advisories/cve-2020-0796.yaml');
    const own = join(folder, 'own.yaml');
    writeFileSync(own, readFileSync(shipped, 'utf8').replace(/^playbook: .*$/m, 'playbook: own-playbook.yaml'));
    writeFileSync(join(folder, 'own-playbook.yaml'), '');
    expect(await playbookOf(own)).toBe(join(folder, 'own-playbook.yaml'));
    writeFileSync(own, readFileSync(shipped, 'utf8').replace(/^playbook: .*\n/m, ''));
    const remedy = expect.stringContaining('firebreak init --advisory');
    await expect(playbookOf(own)).rejects.toMatchObject({ code: 'FB_USAGE', remedy });
  });

  it('replace one another in both directions', async () => {
    const [newer, older] = [await showAdvisory('ms03-039'), await showAdvisory('ms03-026')];
    expect(newer.replaces).toEqual(['ms03-026']);
    expect(older.replaced_by).toEqual(['ms03-039']);
  });
});

describe('checksums of packages', () => {
  beforeEach(() => {
    for (const name of [
      'WindowsXP-KB824146-x86-JPN.exe',
      'windows2000-kb824146-x86-enu.exe',
      'other.exe',
      'SHA256SUMS',
    ]) {
      writeFileSync(join(folder, name), name);
    }
  });
  const line = (file: string, id: string | null) => ({ file, sha256: sha256(file), package: id });

  it('of an advisory: its files in any language and case, and no others', async () => {
    expect(await hashPackages(['ms03-039'], folder)).toEqual([
      line('WindowsXP-KB824146-x86-JPN.exe', 'kb824146-xp'),
      line('windows2000-kb824146-x86-enu.exe', 'kb824146-2000'),
    ]);
  });

  it('of a folder: every file but the list itself; of single files', async () => {
    expect((await hashPackages([folder], '.')).map(({ file }) => file)).toEqual([
      'WindowsXP-KB824146-x86-JPN.exe',
      'other.exe',
      'windows2000-kb824146-x86-enu.exe',
    ]);
    expect(await hashPackages([join(folder, 'other.exe')], '.')).toEqual([line('other.exe', null)]);
  });

  it('says what it looked for, and what is not there', async () => {
    await expect(hashPackages(['cve-2020-0796'], folder)).rejects.toMatchObject({
      code: 'FB_PACKAGE_MISSING',
      remedy: expect.stringContaining('windows10.0-kb4551762-x64.msu'),
    });
    await expect(hashPackages(['ms03-039'], join(folder, 'no'))).rejects.toMatchObject({ code: 'FB_FILE_MISSING' });
    await expect(hashPackages([join(folder, 'No.exe')], '.')).rejects.toMatchObject({ code: 'FB_FILE_MISSING' });
  });
});
