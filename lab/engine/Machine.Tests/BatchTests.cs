namespace Firebreak.Lab.Machines.Tests;

/// <summary>Batch files: what the jobs of hosts without PowerShell are written in.</summary>
public sealed class BatchTests : IDisposable
{
    private readonly TestMachine _test = new(Era.Windows2000);

    public void Dispose() => _test.Dispose();

    private ProgramResult Run(string arguments, params string[] lines)
    {
        _test.Machine.Files.CreateFolder(@"C:\j");
        _test.Machine.Files.WriteText(@"C:\j\a.cmd", string.Join("\r\n", lines));
        return _test.Machine.Programs.StartCommandLine(@"C:\j\a.cmd " + arguments, ProgramContext.System).Completion.Result;
    }

    [Fact]
    public void Labels_conditions_and_arguments()
    {
        ProgramResult result = Run(
            "one \"two words\"",
            "@echo off",
            "if \"%1\"==\"one\" goto right",
            "echo wrong",
            ":right",
            "if not \"%1\"==\"two\" echo not two",
            "if /i %1==ONE echo same",
            "echo %~2 %~dp0 %~nx0 100%%",
            "if not defined NOPE echo undefined",
            "goto :eof",
            "echo never");
        Assert.Equal("not two\r\nsame\r\ntwo words C:\\j\\ a.cmd 100%\r\nundefined\r\n", result.Output);
    }

    [Fact]
    public void A_folder_is_made_once_and_so_claims()
    {
        string[] lines = ["md C:\\j\\claim 2>nul || exit /b 5", "echo mine"];
        Assert.Equal((0, "mine\r\n"), (Run("", lines) is var first ? first.ExitCode : -1, first.Output));
        Assert.Equal((5, ""), (Run("", lines) is var second ? second.ExitCode : -1, second.Output));
    }

    [Fact]
    public void Programs_are_waited_for_or_not()
    {
        ProgramResult result = Run("", "start /wait cmd /c exit 7", "echo %errorlevel%", "start \"t\" /b /min cmd /c echo x > C:\\j\\later.txt", "start nothing.exe", "if errorlevel 9059 echo gone");
        Assert.Equal("7\r\ngone\r\n", result.Output);
        _test.Until(() => _test.Machine.Files.FileExists(@"C:\j\later.txt"), advance: false);
    }

    [Fact]
    public void Files_are_moved_copied_and_deleted()
    {
        Run("", "echo a> C:\\j\\x.tmp", "echo b>> C:\\j\\x.tmp", "md C:\\j\\d", "copy /y C:\\j\\x.tmp C:\\j\\d >nul", "move /y C:\\j\\x.tmp C:\\j\\y.tmp >nul", "del /q C:\\j\\nothing", "rd /s /q C:\\j\\e", "if exist C:\\j\\d\\x.tmp if not exist C:\\j\\x.tmp echo ok> C:\\j\\ok");
        Assert.True(_test.Machine.Files.FileExists(@"C:\j\ok"));
        Assert.Equal("a\r\nb\r\n", _test.Machine.Files.ReadText(@"C:\j\y.tmp"));
    }

    [Fact]
    public void A_label_that_is_not_there_ends_the_file() => Assert.Equal(1, Run("", "goto nowhere", "echo never").ExitCode);

    [Theory]
    [InlineData("for %%i in (1 2) do echo %%i")]
    [InlineData("if exist C:\\ (echo x)")]
    [InlineData("call :sub")]
    [InlineData("set /a x=1")]
    public void What_is_not_emulated_is_refused(string line) => Assert.Equal(LabRefusalException.ExitCode, Run("", line).ExitCode);

    [Fact]
    public void A_loop_waits_in_lab_time()
    {
        _test.Machine.Files.CreateFolder(@"C:\j");
        _test.Machine.Files.WriteText(@"C:\j\w.cmd", ":again\r\nif exist C:\\j\\go exit /b 3\r\nping -n 10 127.0.0.1 >nul\r\ngoto again\r\n");
        RunningProgram running = _test.Machine.Programs.StartCommandLine(@"cmd /c C:\j\w.cmd", ProgramContext.System);
        _test.Clock.AdvanceBy(TimeSpan.FromMinutes(5));
        Assert.False(running.Completion.IsCompleted);
        _test.Machine.Files.WriteText(@"C:\j\go", "");
        Assert.Equal(3, _test.ExitOf(running));
    }

    [Fact]
    public void Killing_cmd_leaves_its_program_running()
    {
        RunningProgram running = _test.Machine.Programs.StartCommandLine("cmd /c ping -n 100 127.0.0.1", ProgramContext.System);
        _test.Until(() => _test.Machine.Processes.All.Any(p => p.Name == "ping.exe"), advance: false);
        _test.Machine.Processes.Kill(running.Process.Id);
        Assert.Equal(1, _test.ExitOf(running));
        Assert.Contains(_test.Machine.Processes.All, p => p.Name == "ping.exe");
        _test.Until(() => _test.Machine.Processes.All.All(p => p.Name != "ping.exe"));
    }
}
