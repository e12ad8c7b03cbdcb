/** Programs and the job of an installation on a host that has PowerShell, with a package that is a real Windows program. */
import { afterEach, describe, expect, it } from '@jest/globals';
import type { WinePowerShell } from './support/wine-powershell.ts';

const FOLDER = 'C:\\windows\\Firebreak\\jobs\\here';

export function programTests(wine: WinePowerShell): void {
  const run = (file: string, ...args: readonly string[]) =>
    wine.one('Firebreak.Core\\Invoke-FbProgram', { FilePath: file, ArgumentList: args });
  const put = (name: string): string => {
    const path = `${FOLDER}\\KB824146 x86-${name}.exe`;
    wine.putInstaller(path);
    return path;
  };

  afterEach(() => wine.reg('delete', 'HKLM\\SOFTWARE\\Microsoft\\Updates\\Firebreak', '/f'));

  it.each([
    ['exit0', 0],
    ['exit1603', 1603],
    ['exit3010', 3010],
    ['exit-2145124329', -2145124329],
  ])('a package %s ends with %d', async (name, code) => {
    const done = await run(put(name), '/u', '/q', '/z');
    expect(done).toMatchObject({ ExitCode: code, Output: [`KB824146 x86-${name}: ${code}`] });
    const shown = await wine.reg('query', `HKLM\\SOFTWARE\\Microsoft\\Updates\\Firebreak\\KB824146 x86-${name}`);
    const isInstalled = shown.some((line) => / {4}Installed {4}REG_DWORD {4}0x1$/.test(line));
    expect(isInstalled).toBe(code === 0 || code === 3010);
  });

  it('a program that refuses its switches says so in its own words', async () => {
    const done = await run(put('exit0'), '/q', '/unknown');
    expect(done).toMatchObject({ ExitCode: 87, Output: ['unknown switch /unknown'] });
  });

  it('a name alone is one of the system folder', async () => {
    const done = await run('reg.exe', 'query', 'HKLM\\SOFTWARE\\none');
    expect(done).toMatchObject({ ExitCode: 1 });
    wine.putInstaller('C:\\windows\\only-here.exe');
    // not the exit code of the program before
    for (const before of ['exit0', 'exit1603']) {
      await run(put(before));
      expect(await run('only-here.exe')).toMatchObject({
        ExitCode: 9009,
        Output: [expect.stringMatching(/only-here/)],
      });
    }
  });

  describe('the job of an installation', () => {
    /** Writes the receipt as Start-FbPackageJob does and runs the job twice, as a task that fires twice would. */
    const JOB = `param($Folder, $Program)
      $module = Get-Module Firebreak.Package
      $command = & $module { Get-FbEngineCommand -Engine update -Path $args[0] -Switches @() -LogPath x } $Program
      foreach ($name in 'started', 'process', 'exit') { Remove-FbFile -Path "$Folder\\$name.txt" }
      Set-FbText -Path "$Folder\\receipt.txt" -Text ("program={0}\`r\`narguments={1}\`r\`n" -f $command.Program, $command.Arguments)
      & $module { Invoke-FbJob -Folder $args[0] } $Folder
      try { & $module { Invoke-FbJob -Folder $args[0] } $Folder } catch { 'second: refused' }
      $state = & $module { ConvertFrom-FbState -Text (Get-FbText -Path $args[0]) } "$Folder\\exit.txt"
      '{0} {1}' -f $state.code, $state.error`;

    const job = async (program: string) => {
      // the module is in the session from here on
      await wine.call('Firebreak.Package\\Get-FbPackageLog', { Sha256: '0'.repeat(64) });
      return wine.script(JOB, { Folder: FOLDER, Program: program });
    };

    it('starts the installer once, and 3010 stays 3010', async () => {
      expect(await job(put('exit3010'))).toEqual(['second: refused', '3010 ']);
      const key = 'HKLM\\SOFTWARE\\Microsoft\\Updates\\Firebreak\\KB824146 x86-exit3010';
      expect(await wine.reg('query', key, '/v', 'Runs')).toContainEqual(expect.stringMatching(/REG_DWORD {4}0x1$/));
    });

    it('says why an installer could not be started', async () => {
      expect(await job(`${FOLDER}\\none.exe`)).toEqual(['second: refused', expect.stringMatching(/^-1 ./)]);
    });
  });
}
