import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createPackageStore, ensurePackageFolder } from '../../src/app/package-store.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'firebreak-packages-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

describe('the package store', () => {
  it('finds a file whose content has the listed sum, whatever the case of its name in the list', async () => {
    writeFileSync(join(folder, 'kb1.msu'), 'content');
    writeFileSync(join(folder, 'SHA256SUMS'), `${sha256('content').toUpperCase()} *KB1.MSU\n`);
    const found = await createPackageStore(folder).find('kb1.msu');
    expect({ ...found, open: undefined }).toEqual({
      name: 'kb1.msu',
      bytes: 7,
      sha256: sha256('content'),
      open: undefined,
    });
    const chunks: Buffer[] = [];
    for await (const chunk of found.open()) chunks.push(chunk as Buffer);
    expect(Buffer.concat(chunks).toString()).toBe('content');
  });

  it('refuses a file with another content', async () => {
    writeFileSync(join(folder, 'kb1.msu'), 'tampered');
    writeFileSync(join(folder, 'SHA256SUMS'), `${sha256('content')}  kb1.msu\n`);
    await expect(createPackageStore(folder).find('kb1.msu')).rejects.toMatchObject({ code: 'FB_PACKAGE_HASH' });
  });

  it('refuses a file that no sum is listed for, and says how to list it', async () => {
    writeFileSync(join(folder, 'kb1.msu'), 'content');
    await expect(createPackageStore(folder).find('kb1.msu')).rejects.toMatchObject({
      code: 'FB_PACKAGE_HASH',
      remedy: expect.stringContaining('sha256sum kb1.msu >> SHA256SUMS'),
    });
  });

  it.each(['kb2.msu', '../kb1.msu', 'a/b.msu'])('has no %s', async (name) => {
    await expect(createPackageStore(folder).find(name)).rejects.toMatchObject({ code: 'FB_PACKAGE_MISSING' });
  });
});

describe('a package folder', () => {
  it('is refused before a run when it is not there or has no list of sums', async () => {
    await expect(ensurePackageFolder(join(folder, 'no'))).rejects.toMatchObject({ code: 'FB_PACKAGE_MISSING' });
    await expect(ensurePackageFolder(folder)).rejects.toMatchObject({ code: 'FB_PACKAGE_HASH' });
    writeFileSync(join(folder, 'SHA256SUMS'), '');
    await expect(ensurePackageFolder(folder)).resolves.toBeUndefined();
  });
});
