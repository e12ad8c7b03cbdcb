/** The PowerShell 2.0 floor and the house rules, judged by the real parser. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ModuleLab } from './support/module-lab.ts';

const root = resolve(import.meta.dirname, '../../ps-modules');
const rules = readFileSync(join(import.meta.dirname, 'ast-rules.ps1'), 'utf8');

interface Script {
  readonly module: string;
  readonly name: string;
  readonly isPublic: boolean;
  readonly text: string;
}

const scripts: Script[] = readdirSync(root).flatMap((module) =>
  ['Public', 'Private'].flatMap((folder) => {
    const path = join(root, module, folder);
    if (!existsSync(path)) return [];
    return readdirSync(path).map((file) => ({
      module,
      name: file.slice(0, -'.ps1'.length),
      isPublic: folder === 'Public',
      text: readFileSync(join(path, file), 'utf8'),
    }));
  }),
);

describe('syntax trees of the modules', () => {
  let lab: ModuleLab;
  beforeAll(async () => {
    lab = await ModuleLab.start([{ name: 'pc-1', profile: 'windows-10-1903-enu' }]);
  });
  afterAll(() => lab.end());

  const judge = async (script: Omit<Script, 'module'>, known: readonly string[]): Promise<readonly unknown[]> =>
    lab.script('pc-1', rules, { Name: script.name, Text: script.text, IsPublic: script.isPublic, Known: known });

  it.each([...new Set(scripts.map(({ module }) => module))])(
    'of %s keep to Windows PowerShell 2.0 and to the shims',
    async (module) => {
      const found: unknown[] = [];
      for (const script of scripts.filter((each) => each.module === module)) {
        const known = scripts
          .filter((other) => other.module === script.module || (other.module === 'Firebreak.Core' && other.isPublic))
          .map((other) => other.name);
        found.push(...(await judge(script, known)));
      }
      expect(found).toEqual([]);
    },
  );

  it.each<[string, string]>([
    ['$x = [ordered]@{ a = 1 }', '[ordered]'],
    ['$x = [pscustomobject]@{ a = 1 }', '[pscustomobject]'],
    ['1 -in 1, 2', 'operator'],
    ['[System.IO.File]::Delete("x")', 'reaches past the shims'],
    ['[Microsoft.Win32.Registry]::LocalMachine', 'reaches past the shims'],
    ['Get-FileHash x', 'uses Get-FileHash'],
    ['netsh.exe show', 'uses netsh.exe'],
    ['1 | Where-Object Length -gt 1', 'takes only a script block'],
    ['(1, 2).Where({ $_ })', 'PowerShell 4'],
    ['[Guid]::new()', '::new()'],
    ['& $x', 'only Invoke-FbProgram'],
    ['Get-Item x -ErrorAction Ignore', 'Ignore'],
    ['$PSScriptRoot', '$PSScriptRoot'],
    ['Test-Path -LiteralPath $x', 'uses Test-Path'],
    ['$env:SystemRoot', 'not of the target'],
    ['Get-Item x > y', 'past the shims'],
    ["$x.ToString('yyyyMMdd')", 'calendar'],
    ['if (', ''],
  ])('refuse %s', async (statement, finding) => {
    const text = `function Get-FbThing {\n<#\n.SYNOPSIS\nX.\n#>\n[CmdletBinding()]\nparam()\n${statement}\n}\n`;
    const found = await judge({ name: 'Get-FbThing', isPublic: true, text }, []);
    expect(found.join('\n')).toContain(finding);
    expect(found.length).toBeGreaterThan(0);
  });

  it('refuse a change without ShouldProcess', async () => {
    const text = 'function Set-FbThing {\n<#\n.SYNOPSIS\nX.\n#>\n[CmdletBinding()]\nparam()\n}\n';
    expect(await judge({ name: 'Set-FbThing', isPublic: true, text }, [])).toEqual([
      expect.stringContaining('ShouldProcess'),
    ]);
  });
});
