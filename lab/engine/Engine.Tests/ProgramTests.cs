using System.Management.Automation;
using Xunit;

namespace Firebreak.Lab.Engine.Tests;

/// <summary>Programs of the machine from a session, and powershell.exe.</summary>
public sealed class ProgramTests(LabFixture lab) : IClassFixture<LabFixture>
{
    [Theory]
    [InlineData("reg query HKLM\\SOFTWARE\\X /v Name")]
    [InlineData("reg.exe query HKLM\\SOFTWARE\\X /v Name")]
    [InlineData("& \"$env:SystemRoot\\System32\\reg.exe\" @('query', 'HKLM\\SOFTWARE\\X', '/v', 'Name')")]
    public void A_program_runs_by_name_and_by_path(string script)
    {
        string[] lines = LabFixture.Text(lab.First, script + "; \"$LASTEXITCODE $?\"");
        Assert.Contains(lines, l => l.Contains("REG_SZ", StringComparison.Ordinal) && l.EndsWith("text", StringComparison.Ordinal));
        Assert.Equal("0 True", lines[^1]);
    }

    [Fact]
    public void A_failed_program_sets_its_code_and_writes_native_errors()
    {
        (PSObject[] output, ErrorRecord[] errors) = LabFixture.Run(lab.First, "$ErrorActionPreference = 'Stop'; reg query HKLM\\SOFTWARE\\Nope; $failed = $?; $LASTEXITCODE; $failed");
        Assert.Equal(["1", "False"], output.Select(o => o.ToString()));
        Assert.Equal("NativeCommandError", errors[0].FullyQualifiedErrorId);
    }

    [Fact]
    public void Errors_of_a_program_can_be_merged_into_its_output() =>
        Assert.Equal(["True"], LabFixture.Text(lab.First, "$all = @(reg query HKLM\\SOFTWARE\\Nope 2>&1); $all[0] -is [System.Management.Automation.ErrorRecord]"));

    [Fact]
    public void Start_Process_gives_the_exit_code() =>
        Assert.Equal(["7", "True"], LabFixture.Text(lab.First, "$p = Start-Process cmd.exe -ArgumentList '/c', 'exit 7' -PassThru -Wait -WindowStyle Hidden; $p.ExitCode; $p.HasExited"));

    [Fact]
    public void A_script_of_the_machine_runs_in_the_session() => Assert.Equal(
        [@"hello C:\s.ps1", "4", "after"],
        LabFixture.Text(lab.First, @"Set-Content C:\s.ps1 'param($a) ""$a $($MyInvocation.MyCommand.Path)""; exit 4'; & C:\s.ps1 -a hello; $LASTEXITCODE; 'after'"));

    [Theory]
    [InlineData("exit 6", 6)]
    [InlineData("1", 0)]
    [InlineData("throw 'x'", 1)]
    [InlineData("cmd /c exit 9", 0)]
    [InlineData("cmd /c exit 9; exit $LASTEXITCODE", 9)]
    public void Powershell_file_ends_with_the_code_of_its_script(string script, int code)
    {
        string quoted = script.Replace("'", "''", StringComparison.Ordinal);
        (PSObject[] output, _) = LabFixture.Run(lab.First, $@"Set-Content C:\p.ps1 '{quoted}'; $null = powershell.exe -NoProfile -NonInteractive -ExecutionPolicy Bypass -File C:\p.ps1 2>&1; $LASTEXITCODE");
        Assert.Equal(code, output[0].BaseObject);
    }

    [Theory]
    [InlineData("1", 0)]
    [InlineData("exit 5", 5)]
    [InlineData("throw 'x'", 1)]
    [InlineData("Get-Item C:\\nope", 1)]
    public void Powershell_command_ends_with_its_code(string script, int code)
    {
        string encoded = Convert.ToBase64String(System.Text.Encoding.Unicode.GetBytes(script));
        (PSObject[] output, _) = LabFixture.Run(lab.First, $"$null = powershell -NoProfile -EncodedCommand {encoded} 2>&1; $LASTEXITCODE");
        Assert.Equal(code, output[0].BaseObject);
    }

    [Fact]
    public void A_task_runs_powershell_as_system()
    {
        LabFixture.Text(lab.First,
            """
            Set-Content C:\task.ps1 '[IO.File]::WriteAllText("C:\task.txt", [Environment]::UserName + " " + $env:COMPUTERNAME + " " + [Environment]::UserInteractive)'
            $null = schtasks /create /tn T /sc once /st 23:59 /ru SYSTEM /tr 'powershell.exe -NoProfile -File C:\task.ps1' /f
            $null = schtasks /run /tn T
            """);
        string[] found = [];
        Assert.True(SpinWait.SpinUntil(
            () =>
            {
                found = LabFixture.Text(lab.First, @"if (Test-Path C:\task.txt) { Get-Content C:\task.txt }");
                return found.Length > 0;
            },
            TimeSpan.FromSeconds(30)));
        Assert.Equal(["SYSTEM WS01 True"], found);
    }

    [Fact]
    public void A_killed_powershell_ends() =>
        Assert.Equal(["True", "1"], LabFixture.Text(lab.First, "$p = Start-Process powershell -ArgumentList '-Command', 'while ($true) { Start-Sleep 1 }' -PassThru; Stop-Process -Id $p.Id; $p.WaitForExit(20000); $p.ExitCode"));
}
