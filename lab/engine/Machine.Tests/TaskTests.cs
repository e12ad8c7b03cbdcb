namespace Firebreak.Lab.Machines.Tests;

public sealed class TaskTests : IDisposable
{
    private readonly TestMachine _test = new();

    private Machine Machine => _test.Machine;

    private int Create(params string[] more) =>
        _test.Run("schtasks", ["/create", "/tn", @"\Firebreak\job", "/tr", @"reg add HKLM\SOFTWARE\Ran /f", "/ru", "SYSTEM", "/rl", "highest", "/f", .. more]).ExitCode;

    private void Ran(int times) => _test.Until(() => _test.Count("task", "op", "end") == times, advance: false);

    [Fact]
    public void A_task_runs_once_at_its_time_as_SYSTEM()
    {
        Assert.Equal(0, Create("/sc", "once", "/st", "12:30"));
        Assert.Equal(TaskTable.NeverRun, Machine.Tasks.Get(@"Firebreak\job")!.LastResult);
        Assert.Equal(TestMachine.Noon.AddMinutes(30), Machine.Tasks.Get(@"Firebreak\job")!.NextRunTime);

        _test.Clock.AdvanceBy(TimeSpan.FromMinutes(29));
        Assert.Equal(0, _test.Count("task", "op", "start"));
        _test.Clock.AdvanceBy(TimeSpan.FromHours(48));
        Ran(1);

        ScheduledTask task = Machine.Tasks.Get(@"\firebreak\JOB")!;
        Assert.Equal(("Ready", 0), (task.State, task.LastResult));
        Assert.Equal(TestMachine.Noon.AddMinutes(30), task.LastRunTime);
        Assert.Null(task.NextRunTime);
        Assert.True(Machine.Registry.KeyExists(@"HKLM\SOFTWARE\Ran"));
        Assert.Equal(@"NT AUTHORITY\SYSTEM", Machine.History.Entries.First(e => e.Kind == "program-start" && e["arguments"]!.Contains("Ran", StringComparison.Ordinal))["account"]);
    }

    [Fact]
    public void A_task_in_the_past_does_not_run_by_itself_but_on_demand()
    {
        Assert.Equal(0, Create("/sc", "once", "/st", "00:00"));
        _test.Clock.AdvanceBy(TimeSpan.FromHours(30));
        Assert.Equal(0, _test.Count("task", "op", "start"));

        Assert.Equal(0, _test.Run("schtasks", "/run", "/tn", @"\Firebreak\job").ExitCode);
        Ran(1);
    }

    [Fact]
    public void Tasks_survive_a_reboot_and_boot_tasks_run_after_it()
    {
        Assert.Equal(0, Create("/sc", "onstart"));
        _test.Clock.AdvanceBy(TimeSpan.FromHours(1));
        Assert.Equal(0, _test.Count("task", "op", "start"));

        _test.Reboot();
        Ran(1);
        Assert.Equal(1, _test.Count("task", "by", "boot"));
    }

    [Fact]
    public void A_time_that_passes_while_the_machine_is_off_is_missed()
    {
        Create("/sc", "once", "/st", "12:01");
        _test.Clock.AdvanceBy(TimeSpan.FromSeconds(57));
        _test.Reboot();
        _test.Clock.AdvanceBy(TimeSpan.FromHours(1));

        Assert.Equal(0, _test.Count("task", "op", "start"));
    }

    [Theory]
    [InlineData("en-US", "03/21/2020", 0)]
    [InlineData("en-US", "2020/03/21", 1)]
    [InlineData("ja-JP", "2020/03/21", 0)]
    [InlineData("ja-JP", "03/21/2020", 1)]
    public void The_date_is_read_in_the_language_of_the_system(string culture, string date, int exitCode)
    {
        using TestMachine test = new(p =>
        {
            p["os"]!["culture"] = culture;
            p["os"]!["utcOffsetMinutes"] = 540;
        });
        ProgramResult result = test.Run("schtasks", "/create", "/tn", "t", "/tr", "reg query HKLM", "/sc", "once", "/sd", date, "/st", "08:00");

        Assert.Equal(exitCode, result.ExitCode);
        if (exitCode == 0)
        {
            Assert.Equal(new DateTimeOffset(2020, 3, 20, 23, 0, 0, TimeSpan.Zero), test.Machine.Tasks.Get("t")!.NextRunTime);
        }
    }

    [Theory]
    [InlineData("/create", "/tn", "t", "/tr", "reg", "/sc", "once")]
    [InlineData("/create", "/tn", "t", "/tr", "reg", "/sc", "once", "/st", "25:00")]
    [InlineData("/create", "/tn", "t", "/tr", "reg", "/sc", "sometimes")]
    [InlineData("/create", "/tn", "t", "/tr", "reg", "/sc", "onstart", "/zz")]
    [InlineData("/create", "/tn", "t", "/sc", "onstart")]
    [InlineData("/create", "/tn", "t", "/tr", "reg", "/sc", "onstart", "/ru", "nobody")]
    [InlineData("/run", "/tn", "none")]
    [InlineData("/query", "/tn", "none")]
    [InlineData("/delete", "/tn", "none", "/f")]
    [InlineData("/end", "/tn", "none")]
    [InlineData("/run")]
    [InlineData("/dance")]
    public void Schtasks_says_no_with_exit_code_1(params string[] arguments)
    {
        Assert.Equal(1, _test.Run("schtasks", arguments).ExitCode);
    }

    [Theory]
    [InlineData("/create", "/tn", "t", "/tr", "reg", "/sc", "daily")]
    [InlineData("/create", "/s", "other", "/tn", "t", "/tr", "reg", "/sc", "onstart")]
    [InlineData("/delete", "/tn", "t")]
    public void Schtasks_refuses_what_the_lab_has_not(params string[] arguments)
    {
        Assert.Equal(LabRefusalException.ExitCode, _test.Run("schtasks", arguments).ExitCode);
    }

    [Fact]
    public void A_command_longer_than_261_characters_is_refused_as_in_reality()
    {
        Assert.Equal(1, _test.Run("schtasks", "/create", "/tn", "t", "/tr", new string('x', 262), "/sc", "onstart").ExitCode);
    }

    [Fact]
    public void Only_administrators_make_tasks()
    {
        Assert.Equal(1, Machine.Programs.Run("schtasks", ["/create", "/tn", "t", "/tr", "reg", "/sc", "onstart"], _test.Remote with { IsAdmin = false }).ExitCode);
        Assert.Empty(Machine.Tasks.All);
    }

    [Fact]
    public void A_running_task_is_not_started_twice_and_can_be_ended()
    {
        using ManualResetEventSlim running = new();
        Machine.PowerShellRunner = (_, _, context) =>
        {
            running.Set();
            context.Cancellation.WaitHandle.WaitOne();
            context.Cancellation.ThrowIfCancellationRequested();
            return new(0);
        };
        _test.Run("schtasks", "/create", "/tn", "ps", "/tr", "powershell.exe -NoProfile -File C:\\x.ps1", "/sc", "once", "/st", "00:00", "/ru", "SYSTEM");
        Assert.Equal(0, _test.Run("schtasks", "/run", "/tn", "ps").ExitCode);
        Assert.True(running.Wait(10_000));
        _test.Run("schtasks", "/run", "/tn", "ps");

        Assert.Equal(("Running", TaskTable.RunningNow), (Machine.Tasks.Get("ps")!.State, Machine.Tasks.Get("ps")!.LastResult));
        Assert.Equal(1, _test.Count("task", "op", "start"));
        Assert.Equal(0, _test.Run("schtasks", "/end", "/tn", "ps").ExitCode);
        Ran(1);
        Assert.Equal(("Ready", TaskTable.Terminated), (Machine.Tasks.Get("ps")!.State, Machine.Tasks.Get("ps")!.LastResult));
    }

    [Theory]
    [InlineData(true, TaskTable.EndedByShutdown)]
    [InlineData(false, TaskTable.RunningNow)]
    public void A_boot_task_that_a_restart_cuts_off_runs_again_after_it(bool orderly, int result)
    {
        using SemaphoreSlim started = new(0);
        using ManualResetEventSlim late = new();
        Machine.PowerShellRunner = (_, _, _) =>
        {
            started.Release();
            late.Wait();
            return new(0);
        };
        _test.Run("schtasks", "/create", "/tn", "ps", "/tr", "powershell.exe -Command x", "/sc", "onstart", "/ru", "SYSTEM");
        _test.Run("schtasks", "/run", "/tn", "ps");
        Assert.True(started.Wait(10_000));
        if (orderly)
        {
            Machine.Power.Reboot("test");
            _test.Clock.AdvanceBy(TimeSpan.FromSeconds(1));
        }
        else
        {
            Machine.Power.Lose();
        }

        Assert.Equal(result, Machine.Tasks.Get("ps")!.LastResult);
        _test.Until(() => _test.Count("task", "by", "boot") == 1);
        Assert.True(started.Wait(10_000));

        // The program of the last boot ends late: that is no end of the one that runs now.
        Assert.Equal("Running", Machine.Tasks.Get("ps")!.State);
        late.Set();
        _test.Until(() => Machine.Tasks.Get("ps")!.State == "Ready");
        Assert.Equal(0, Machine.Tasks.Get("ps")!.LastResult);
    }

    [Fact]
    public void Powershell_without_an_engine_fails_loudly()
    {
        ProgramResult result = _test.Run("powershell", "-Command", "1");

        Assert.Equal((LabRefusalException.ExitCode, true), (result.ExitCode, result.Error.StartsWith("the lab has no PowerShell", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_task_installs_what_a_remote_session_may_not()
    {
        Machine.Files.WriteBytes(TestMachine.Msu, TestMachine.PackageContent);
        Machine.Programs.Run("schtasks", ["/create", "/tn", "i", "/tr", $"wusa.exe {TestMachine.Msu} /quiet /norestart", "/sc", "once", "/st", "00:00", "/ru", "SYSTEM", "/f"], _test.Remote);
        Machine.Programs.Run("schtasks", ["/run", "/tn", "i"], _test.Remote);
        _test.Until(() => _test.Count("task", "op", "end") == 1);

        Assert.Equal(3010, Machine.Tasks.Get("i")!.LastResult);
        Assert.Equal(1, _test.Count("package", "phase", "start"));
    }

    [Fact]
    public void A_program_that_is_not_there_is_the_tasks_result()
    {
        Create("/sc", "once", "/st", "00:00");
        Machine.Tasks.Register(new TaskDefinition { Name = "bad", Execute = @"C:\none.exe" }, force: false);
        Machine.Tasks.Run("bad");

        Assert.Equal(unchecked((int)0x80070002), Machine.Tasks.Get("bad")!.LastResult);
    }

    [Fact]
    public void Query_speaks_the_language_of_the_system()
    {
        using TestMachine japanese = new(p =>
        {
            p["os"]!["language"] = "JPN";
            p["os"]!["culture"] = "ja-JP";
        });
        foreach (TestMachine test in new[] { _test, japanese })
        {
            test.Run("schtasks", "/create", "/tn", "t", "/tr", "reg", "/sc", "onstart");
        }

        Assert.Contains("\"\\t\",\"N/A\",\"Ready\"", _test.Run("schtasks", "/query", "/tn", "t", "/fo", "csv", "/nh").Output, StringComparison.Ordinal);
        Assert.Contains("準備完了", japanese.Run("schtasks", "/query", "/tn", "t", "/fo", "csv").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Xml_goes_out_and_in()
    {
        _test.Run("schtasks", "/create", "/tn", "t", "/tr", "reg query HKLM", "/sc", "onstart", "/ru", "SYSTEM", "/rl", "highest");
        string xml = _test.Run("schtasks", "/query", "/tn", "t", "/xml").Output;
        Machine.Files.WriteText(@"C:\ProgramData\t.xml", xml.Replace("UTF-16", "UTF-8", StringComparison.Ordinal));

        Assert.Equal(0, _test.Run("schtasks", "/create", "/tn", "copy", "/xml", @"C:\ProgramData\t.xml").ExitCode);
        TaskDefinition copy = Machine.Tasks.Get("copy")!.Definition;
        Assert.Equal(("reg", "query HKLM", true, true), (copy.Execute, copy.Arguments, copy.OnStart, copy.Highest));
        Machine.Files.WriteText(@"C:\ProgramData\bad.xml", "<Task>");
        Assert.Equal(1, _test.Run("schtasks", "/create", "/tn", "bad", "/xml", @"C:\ProgramData\bad.xml").ExitCode);
    }

    public void Dispose() => _test.Dispose();
}
