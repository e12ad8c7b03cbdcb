import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ModuleLibrary } from '../../src/powershell/index.ts';

let root = '';

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'fb-modules-'));
  const files: Readonly<Record<string, string>> = {
    'Firebreak.Core/Public/Get-B.ps1': 'function Get-B { Get-Hidden }\r\n',
    'Firebreak.Core/Public/Get-A.ps1': '\ufefffunction Get-A { 1 }\n',
    'Firebreak.Core/Private/Get-Hidden.ps1': 'function Get-Hidden { 2 }\n',
    'Firebreak.Core/Public/notes.txt': 'not a script',
    'Firebreak.Two/Public/Get-Two.ps1': 'function Get-Two { 2 }\n',
    'Firebreak.Two/Firebreak.Two.psd1': "@{ RequiredModules = @('Firebreak.Three') }\n",
    'Firebreak.Three/Public/Get-Three.ps1': 'function Get-Three { 3 }\n',
    'Firebreak.Three/Firebreak.Three.psd1': "@{ RequiredModules = 'Firebreak.Core' }\n",
    'Firebreak.Loop/Public/Get-Loop.ps1': 'function Get-Loop { }\n',
    'Firebreak.Loop/Firebreak.Loop.psd1': "@{ RequiredModules = @('Firebreak.Loop') }\n",
  };
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
});

afterAll(() => rm(root, { recursive: true }));

describe('ModuleLibrary', () => {
  it('bundles private and public functions into one text that exports the public ones', async () => {
    const bundle = await new ModuleLibrary(root).bundle('Firebreak.Core');
    expect(bundle.text).toBe(
      [
        "$ErrorActionPreference = 'Stop'",
        'function Get-Hidden { 2 }',
        'function Get-A { 1 }',
        'function Get-B { Get-Hidden }',
        "Export-ModuleMember -Function @('Get-A', 'Get-B')",
      ].join('\n'),
    );
    expect(bundle.hash).toMatch(/^[0-9a-f]{64}$/);
    expect(bundle).toMatchObject({ requires: [], functions: ['Get-A', 'Get-B'] });
  });

  it('orders a module behind what it requires; every module requires Firebreak.Core', async () => {
    const order = await new ModuleLibrary(root).withRequired('Firebreak.Two');
    expect(order.map((bundle) => bundle.name)).toEqual(['Firebreak.Core', 'Firebreak.Three', 'Firebreak.Two']);
  });

  it.each(['Firebreak.Missing', '../etc', 'Firebreak.Loop'])('refuses %s', async (name) => {
    await expect(new ModuleLibrary(root).withRequired(name)).rejects.toMatchObject({ code: 'FB_ENVIRONMENT' });
  });

  it('finds the product’s own modules', async () => {
    const bundle = await new ModuleLibrary().bundle('Firebreak.Host');
    expect(bundle.functions).toEqual(expect.arrayContaining(['Add-FbFileChunk', 'Complete-FbFile', 'Get-FbFileHash']));
  });
});
