/** The scripts of `shields export`, read by the real parser; nobody here has a domain to run them on. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { policyFiles } from '../../src/app/shield-export-files.ts';
import { ModuleLab } from './support/module-lab.ts';

const files = policyFiles({
  name: 'Firebreak-gpo-ms03-039-abc123',
  title: 'Buffer overruns – “RPCSS”',
  tcp: [135],
  udp: [137],
  exempt: ['10.0.0.1'],
  sideEffects: 'x',
  isCis: false,
  obligation: 'gpo-abc123',
});

describe('scripts for a domain admin', () => {
  let lab: ModuleLab;
  beforeAll(async () => {
    lab = await ModuleLab.start([{ name: 'pc-1', profile: 'windows-10-1903-enu' }]);
  });
  afterAll(() => lab.end());

  it.each(['LINK.PS1', 'UNLINK.PS1'])('%s has no syntax error and only documented cmdlets', async (name) => {
    const script = `param($Text)
      $errors = $null
      $tree = [System.Management.Automation.Language.Parser]::ParseInput($Text, [ref] $null, [ref] $errors)
      $errors | ForEach-Object { $_.Message }
      $tree.FindAll({ $args[0] -is [System.Management.Automation.Language.CommandAst] }, $true) |
        ForEach-Object { $_.GetCommandName() } | Where-Object { $_ -match 'GP' } | Sort-Object -Unique`;
    const expected = name === 'LINK.PS1' ? ['New-GPLink', 'New-GPO'] : ['Remove-GPLink', 'Remove-GPO'];
    expect(await lab.script('pc-1', script, { Text: files.get(name)! })).toEqual(expected);
    expect(files.get(name)).not.toMatch(/[^\r\n\x20-\x7e]/);
  });
});
