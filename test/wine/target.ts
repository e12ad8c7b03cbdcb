/**
 * A host without PowerShell, which our modules reach as a target: files by its shares, registry by its remote registry,
 * programs and installers by `.cmd` files. Here the target is the machine itself, and the files run in Wine's cmd.exe.
 *
 * Wine has no service manager for other computers (its sc.exe takes no `\\name`) and no Win32_Process.Create: what starts
 * a script is stood in for, by the same command line. Everything before and after is ours.
 */
import { appendFileSync, writeFileSync } from 'node:fs';
import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Json, ParameterValue } from '../../src/domain/index.ts';
import { sha256Hex } from '../../src/util/index.ts';
import type { WinePowerShell } from './support/wine-powershell.ts';

/** One pipeline, as a relay gets it. */
const ON_TARGET = `param($Address, $Script, $Parameters)
  Enter-FbTarget -Name old01 -Address $Address
  try { & ([scriptblock]::Create($Script)) @Parameters } finally { Exit-FbTarget }`;
/**
 * Starts scripts in place of Start-FbScript. In Wine 8's cmd.exe a command behind `||` or `&&` runs always, and `ren` tells
 * of no failure: such a line is said there in two.
 */
const START = `$start = {
    function script:Start-FbScript([string] $Path, [switch] $AsSystem, [switch] $WhatIf) {
      $shell = '{0}\\cmd.exe' -f (Get-FbSystemFolder)
      for ($files = @($Path); $files.Count -gt 0; ) {
        $file, $files = $files
        $files = @($files | Where-Object { $_ })
        $text = Get-FbText -Path $file -Encoding Oem
        $new = $text -replace '(?m)^(ren (".+?") .+) \\|\\| exit\\r$', "if not exist \`$2 exit\`r\`n\`$1\`r"
        $new = $new -replace '(?m)^(md .+) \\|\\| exit\\r$', "\`$1\`r\`nif errorlevel 1 exit\`r"
        if ($new -ne $text) { Set-FbText -Path $file -Text $new -Encoding Oem }
        foreach ($call in [regex]::Matches($text, '(?m)^call "([^"]+)"')) { $files += $call.Groups[1].Value }
      }
      # what the service runs
      $null = Start-Process -FilePath $shell -ArgumentList "/c start /b $shell /c $Path"
    }
  }
  foreach ($name in 'Firebreak.Core', 'Firebreak.Package') { & (Get-Module $name) $start }`;
const VERSION = 'HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion';

export function targetTests(wine: WinePowerShell): void {
  let address = '';
  const there = (script: string, parameters: Readonly<Record<string, ParameterValue>> = {}): Promise<readonly Json[]> =>
    wine.script(ON_TARGET, { Address: address, Script: script, Parameters: parameters });

  beforeAll(async () => {
    address = await wine.share();
    // both modules are in the session from here on
    await wine.call('Firebreak.Package\\Get-FbPackageLog', { Sha256: '0'.repeat(64) });
    await wine.call('Firebreak.Shield\\Get-FbRegistryShield', { Key: VERSION, Name: 'none', Id: 'none' });
    await wine.script(START);
    // a system that has no scheduler of its own for our tasks
    await wine.reg('add', VERSION, '/v', 'CurrentVersion', '/d', '5.0', '/f');
  });

  it('is known by its registry', async () => {
    await wine.reg('add', VERSION, '/v', 'CurrentBuildNumber', '/d', '2195', '/f');
    const [target] = await there('Get-FbTarget');
    const known = { Name: 'old01', RegistryBy: 'remote-registry', Version: '5.0', Build: 2195 };
    expect(target).toMatchObject({ ...known, SystemRoot: 'C:\\windows', Architecture: 'AMD64' });
  });

  it('cannot be entered where there is none', async () => {
    const enter = `try { Enter-FbTarget -Name old02 -Address nowhere } catch { $_.FullyQualifiedErrorId }; $null -eq (Get-FbTarget)`;
    expect(await wine.script(enter)).toEqual([expect.stringMatching(/^FB_CONNECT_/), true]);
  });

  it('has its registry written and read by .NET’s remote registry', async () => {
    const key = 'HKLM\\SOFTWARE\\FirebreakTest\\remote';
    const script = `param($Key)
      $values = @{ String = 'text'; ExpandString = '%windir%'; DWord = 4294967295; QWord = 5; MultiString = @('a', 'b') }
      foreach ($type in $values.Keys) {
        $one = Set-FbRegistryValue -Path $Key -Name $type -Type $type -Value $values[$type]
        $two = Set-FbRegistryValue -Path $Key -Name $type -Type $type -Value $values[$type]
        $read = Get-FbRegistryValue -Path $Key -Name $type
        '{0} {1} {2} {3}' -f $one.Changed, $two.Changed, $read.Type, (@($read.Value) -join ',')
      }
      (Get-FbRegistryName -Path 'HKLM\\SOFTWARE\\FirebreakTest').SubKeys -join ','`;
    const wanted = ['String text', 'ExpandString %windir%', 'DWord 4294967295', 'QWord 5', 'MultiString a,b'];
    const said = await there(script, { Key: key });
    expect([...said].sort()).toEqual([...wanted.map((each) => `True False ${each}`), 'remote'].sort());
    const shown = await wine.reg('query', key);
    expect(shown).toEqual(expect.arrayContaining([expect.stringMatching(/DWord {4}REG_DWORD {4}0xffffffff/)]));
    const gone = `param($Key) $null = Remove-FbRegistryValue -Path $Key -Name DWord
      (Get-FbRegistryValue -Path $Key -Name DWord).Present; (Remove-FbRegistryKey -Path $Key).Changed`;
    expect(await there(gone, { Key: key })).toEqual([false, true]);
    expect(await wine.reg('query', key)).toEqual(['exit code 1']);
  });

  it('has its files written, claimed, read, moved and removed by its shares', async () => {
    const script = `$folder = 'C:\\windows\\Firebreak\\a folder'
      New-FbFolder -Path $folder
      Set-FbText -Path "$folder\\a.txt" -Text 'mine' -Mode CreateNew
      try { Set-FbText -Path "$folder\\a.txt" -Text 'late' -Mode CreateNew } catch { 'refused' }
      Get-FbText -Path "$folder\\a.txt"
      Get-FbSha256 -Path "$folder\\a.txt"
      Move-FbFile -Path $folder -Destination 'C:\\windows\\Firebreak\\b'
      (Get-FbChildName -Path 'C:\\windows\\Firebreak\\b') -join ','
      Remove-FbFile -Path 'C:\\windows\\Firebreak\\b' -Recurse
      Test-FbFile -Path 'C:\\windows\\Firebreak\\b'
      Resolve-FbPath -Path '%SystemRoot%\\x'
      Resolve-FbPath -Path 'C:\\x'
      (Get-FbFileInfo -Path '%SystemRoot%\\System32\\kernel32.dll').Version`;
    const [kernel] = await wine.script('(Get-FbFileInfo -Path C:\\windows\\system32\\kernel32.dll).Version');
    const paths = [`\\\\${address}\\ADMIN$\\x`, `\\\\${address}\\C$\\x`];
    expect(await there(script)).toEqual(['refused', 'mine', sha256Hex('mine'), 'a.txt', false, ...paths, kernel]);
  });

  describe('a program, by a .cmd file', () => {
    const run = async (file: string, ...args: readonly string[]): Promise<Json | undefined> => {
      const script = 'param($File, $List) Invoke-FbProgram -FilePath $File -ArgumentList $List';
      const [done] = await there(script, { File: file, List: args });
      return done;
    };

    it.each([0, 194, 3010, -2145124329])('ends with %d, uncut', async (code) => {
      expect(await run('cmd.exe', '/c', 'exit', String(code))).toMatchObject({ ExitCode: code, Output: [] });
    });

    it('gets its arguments as they are, through the shell', async () => {
      const text = 'a "b" %windir% & c | d > e ^ f (g)\\';
      const done = await run('reg.exe', 'add', 'HKLM\\SOFTWARE\\FirebreakTest\\100% "&', '/v', 'v', '/d', text, '/f');
      expect(done).toMatchObject({ ExitCode: 0 });
      const read = { Path: 'HKLM\\SOFTWARE\\FirebreakTest\\100% "&', Name: 'v' };
      expect(await wine.one('Firebreak.Core\\Get-FbRegistryValue', read)).toMatchObject({ Value: text });
      await wine.reg('delete', 'HKLM\\SOFTWARE\\FirebreakTest', '/f');
    });

    it('gives what it wrote, and leaves none of our files', async () => {
      const done = await run('reg.exe', 'query', 'HKLM\\SOFTWARE\\none');
      expect(done).toMatchObject({ ExitCode: 1, Output: [expect.stringMatching(/unable to find/i)] });
      expect(await there(`Get-FbChildName -Path 'C:\\windows\\Firebreak\\run'`)).toEqual([]);
    });
  });

  describe('an installation', () => {
    const install = async (name: string, ...switches: readonly string[]) => {
      const path = `C:\\windows\\Firebreak\\packages\\${name}\\WindowsXP-KB824146-${name}.exe`;
      wine.putInstaller(path);
      // another package each time: it is known by its content
      appendFileSync(wine.machine.driveC(...path.slice('C:\\'.length).split('\\')), name);
      const script = `param($Path, $Switches)
        $sha = Get-FbSha256 -Path $Path
        $job = @{ Sha256 = $sha; Path = $Path; Engine = 'update'; Switches = $Switches; Run = 'r1'; Step = 's1' }
        $first = Start-FbPackageJob @job
        do { Start-Sleep -Milliseconds 100; $state = Get-FbPackageJob -Sha256 $sha } while ($null -eq $state.ExitCode -and -not $state.Error)
        $second = Start-FbPackageJob @job
        $folder = & (Get-Module Firebreak.Package) { Get-FbJobFolder -Sha256 $args[0] } $sha
        # the same script once more, as a job that fires twice would
        $again = Invoke-FbRelayProgram -FilePath cmd.exe -ArgumentList '/c', "$folder\\install.cmd"
        $log = Get-FbPackageLog -Sha256 $sha
        New-Object PSObject -Property @{
          First = $first.State; Second = $second.State; Reason = $first.Reason; Exit = $state.ExitCode; Started = $state.Started; Ended = $state.Ended
          After = (Get-FbPackageJob -Sha256 $sha).ExitCode; Log = $log.Log; Lines = $log.Lines; Files = (Get-FbChildName -Path $folder) -join ','
        }`;
      const [done] = await there(script, { Path: path, Switches: switches });
      return { done, key: `HKLM\\SOFTWARE\\Microsoft\\Updates\\Firebreak\\WindowsXP-KB824146-${name}` };
    };
    const time: unknown = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);

    it('runs once, with its switches, and 3010 stays 3010', async () => {
      const { done, key } = await install('exit3010');
      expect(done).toMatchObject({
        ...{ First: 'started', Reason: null, Second: 'finished', Exit: 3010, After: 3010, Started: time, Ended: time },
        Log: 'C:\\windows\\KB824146.log',
        Lines: ['WindowsXP-KB824146-exit3010: 3010', 'WindowsXP-KB824146-exit3010 ended with 3010'],
        Files: expect.stringMatching(/claim,exit\.txt,install\.cmd,install\.out,receipt\.txt,started\.txt/i),
      });
      expect(await wine.reg('query', key)).toEqual([
        expect.anything(),
        expect.stringMatching(/Installed {4}REG_DWORD {4}0x1$/),
        expect.stringMatching(/Runs {4}REG_DWORD {4}0x1$/),
        expect.stringMatching(/Switches {4}REG_MULTI_SZ {4}\/u\\0\/q\\0\/z$/),
      ]);
    });

    it('that fails leaves its code, its words and no key', async () => {
      const { done, key } = await install('exit-2145124329', '/q', '/norestart');
      expect(done).toMatchObject({ First: 'started', Second: 'finished', Exit: -2145124329 });
      expect(await wine.reg('query', key)).toEqual(['exit code 1']);
    });

    it('with a switch that the package does not know ends with 87', async () => {
      const { done } = await install('exit0', '/q', '/unknown');
      expect(done).toMatchObject({ Exit: 87, Lines: ['unknown switch /unknown', expect.anything()] });
    });
  });

  describe('the timer of a shield', () => {
    const CALLS = { Path: 'HKLM\\SOFTWARE\\FirebreakTest\\ipsecpol', Name: 'Calls' };
    const tool = 'C:\\windows\\Firebreak\\tools\\ipsecpol.exe';
    const calls = async () => wine.one('Firebreak.Core\\Get-FbRegistryValue', CALLS);
    /** Arms the timer as a shield does that goes up, and gives the names of the files. */
    const arm = (id: string, seconds: number, prior: string) =>
      there(
        `param($Id, $Seconds, $Tool, $Prior)
        $folder, $task = & (Get-Module Firebreak.Shield) {
          param($Id, $Seconds, $Tool, $Prior)
          $text = Get-FbRevertScript -Id $Id -Tool @{ Name = 'ipsecpol'; Path = $Tool } -PriorName $Prior
          Set-FbShieldTimer -Id $Id -ConfirmSeconds $Seconds -TargetScript $text
          Get-FbShieldFolder -Id $Id
          Get-FbShieldTask -Id $Id -Timer confirm
        } $Id $Seconds $Tool $Prior
        $folder
        $task
        Test-FbTask -Name $task`,
        { Id: id, Seconds: seconds, Tool: tool, Prior: prior },
      );
    const runHere = (file: string) => wine.machine.run(['cmd', '/c', file]);
    const scripts = async (id: string) => {
      const files = await there(`Get-FbChildName -Path 'C:\\windows\\Firebreak\\tasks'`);
      const found = files.map(String).filter((file) => new RegExp(`-${id}-confirm-0-[0-9a-f]{8}\\.cmd$`).test(file));
      expect(found).toHaveLength(1);
      return found.map((file) => `C:\\windows\\Firebreak\\tasks\\${file}`);
    };

    beforeAll(() => wine.putInstaller(tool));
    afterEach(() => wine.reg('delete', 'HKLM\\SOFTWARE\\FirebreakTest', '/f'));

    it('fires by itself: our policy goes, the one before comes back, once', async () => {
      const [folder, task, isArmed] = await arm('s1', 1, 'Branch 100% & "old"');
      expect(isArmed).toBe(true);
      const marks = `param($Folder, $Task) while (-not (Get-FbRegistryValue -Path '${CALLS.Path}' -Name Calls).Present -or
        (Get-FbRegistryValue -Path '${CALLS.Path}' -Name Calls).Value.Count -lt 2) { Start-Sleep -Milliseconds 100 }
        Test-FbFile -Path "$Folder\\reverted"; Test-FbTask -Name $Task`;
      expect(await there(marks, { Folder: folder ?? '', Task: task ?? '' })).toEqual([true, false]);
      const wanted = ['-w|REG|-p|Firebreak-s1|-y', '-w|REG|-p|Branch 100% & "old"|-x'];
      expect(await calls()).toMatchObject({ Value: wanted });
      for (const script of await scripts('s1')) await runHere(script);
      expect(await calls()).toMatchObject({ Value: wanted });
    });

    it('does nothing once the shield is confirmed, or the timer disarmed', async () => {
      const [folder, task] = await arm('s2', 3600, '');
      await there('param($Folder) Set-FbText -Path "$Folder\\confirmed" -Text yes', { Folder: folder ?? '' });
      await runHere(`${String(folder)}\\revert.cmd`);
      expect(await calls()).toMatchObject({ Present: false });
      await there('param($Folder, $Task) Remove-FbFile -Path "$Folder\\confirmed"; Unregister-FbTask -Name $Task', {
        Folder: folder ?? '',
        Task: task ?? '',
      });
      for (const script of await scripts('s2')) await runHere(script);
      expect(await calls()).toMatchObject({ Present: false });
      await runHere(`${String(folder)}\\revert.cmd`);
      expect(await calls()).toMatchObject({ Value: ['-w|REG|-p|Firebreak-s2|-y'] });
    });
  });

  it('needs the two lines for one only as long as Wine’s cmd.exe runs what is behind || always', async () => {
    const script = wine.machine.driveC('or.cmd');
    writeFileSync(script, '@echo off\r\nmd C:\\or || echo behind\r\n');
    expect((await wine.machine.run(['cmd', '/c', 'C:\\or.cmd'])).stdout.trim()).toBe('behind');
  });
}
