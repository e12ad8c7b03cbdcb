using System.Text.Json;
using System.Text.Json.Nodes;

namespace Firebreak.Lab.Machines.Tests;

public sealed class MachineTests : IDisposable
{
    private readonly TestMachine _test = new();

    private Machine Machine => _test.Machine;

    [Fact]
    public void Bad_passwords_lock_the_account_for_a_while()
    {
        Assert.Equal((true, true, @"WS01\Administrator"), Deconstruct(Machine.Accounts.Logon(@".\administrator", "Secret-1")));
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal("bad-password", Machine.Accounts.Logon("Administrator", "wrong").Reason);
        }

        Assert.Equal("locked-out", Machine.Accounts.Logon("Administrator", "Secret-1").Reason);
        Assert.True(Machine.Accounts.Find("Administrator")!.LockedOut);
        _test.Clock.AdvanceBy(TimeSpan.FromMinutes(16));
        Assert.True(Machine.Accounts.Logon(@"WS01\Administrator", "Secret-1").Granted);
        Assert.Equal("unknown-user", Machine.Accounts.Logon(@"OTHER\Administrator", "Secret-1").Reason);
        Assert.Equal("disabled", Machine.Accounts.Logon("guest", "g").Reason);
        Assert.Equal(8, _test.Count("logon"));
        Assert.Equal(2, _test.Count("logon", "granted", "true"));
    }

    private static (bool, bool, string?) Deconstruct(LogonResult result) => (result.Granted, result.Admin, result.Account);

    [Fact]
    public void Bad_passwords_long_apart_do_not_add_up()
    {
        for (int i = 0; i < 6; i++)
        {
            Assert.Equal("bad-password", Machine.Accounts.Logon("Administrator", "wrong").Reason);
            _test.Clock.AdvanceBy(TimeSpan.FromMinutes(6));
        }
    }

    [Fact]
    public void Programs_are_found_as_Windows_finds_them()
    {
        Assert.Equal(@"C:\Windows\System32\netsh.exe", Machine.Programs.Resolve("netsh"));
        Assert.Equal(@"C:\Windows\System32\netsh.exe", Machine.Programs.Resolve("NETSH.EXE", @"C:\"));
        Assert.Equal(@"C:\Windows\System32\netsh.exe", Machine.Programs.Resolve(@"%windir%\system32\netsh"));
        Assert.Equal(@"C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe", Machine.Programs.Resolve("powershell"));
        Assert.False(Machine.Programs.CanResolve("msiexec"));
        Assert.Equal(2, Assert.Throws<LabWin32Exception>(() => _test.Run("msiexec")).Code);
        Machine.Files.WriteText(@"C:\ProgramData\x.exe", "MZ");
        Assert.Equal(193, Assert.Throws<LabWin32Exception>(() => _test.Run(@"C:\ProgramData\x.exe")).Code);
    }

    [Fact]
    public void Every_program_leaves_its_start_and_end_in_the_history()
    {
        Machine.Programs.Run("reg", ["query", @"HKLM\None"], _test.Remote);
        HistoryEntry start = Machine.History.Entries.Single(e => e.Kind == "program-start");
        HistoryEntry end = Machine.History.Entries.Single(e => e.Kind == "program");

        Assert.Equal(@"C:\Windows\System32\reg.exe", start["path"]);
        Assert.Equal(("1", @"WS01\Administrator", @"query HKLM\None"), (end["exitCode"], end["account"], end["arguments"]));
        Assert.Equal(start["pid"], end["pid"]);
        Assert.StartsWith("""{"at":"2020-03-20T12:00:00.000Z","kind":"program","path":""", end.ToJson().ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_program_that_breaks_ends_with_the_code_of_an_unhandled_exception()
    {
        Machine.PowerShellRunner = (_, _, _) => throw new InvalidOperationException("broken");
        ProgramResult result = _test.Run("powershell");

        Assert.Equal(unchecked((int)0xE0434352), result.ExitCode);
        Assert.Contains("broken", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(Machine.Processes.All, p => p.Name == "powershell.exe");
        Assert.Equal(1, _test.Count("program"));
    }

    [Theory]
    [InlineData("a b", new[] { "a", "b" })]
    [InlineData("\"a b\" c", new[] { "a b", "c" })]
    [InlineData(@"C:\x\ ""C:\y z\\"" q", new[] { @"C:\x\", @"C:\y z\", "q" })]
    [InlineData(@"say \""hi\""", new[] { "say", "\"hi\"" })]
    [InlineData("\"\" x", new[] { "", "x" })]
    public void Command_lines_split_as_in_the_C_runtime(string line, string[] parts)
    {
        Assert.Equal(parts, CommandLine.Split(line));
        Assert.Equal(parts, CommandLine.Split(CommandLine.Join(parts)));
    }

    [Fact]
    public void Services_answer_with_the_real_error_codes()
    {
        Assert.Equal(1060, _test.Run("sc", "query", "none").ExitCode);
        Assert.Equal(1056, _test.Run("sc", "start", "WinRM").ExitCode);
        Assert.Equal(1058, _test.Run("sc", "start", "RemoteRegistry").ExitCode);
        Assert.Equal(1062, _test.Run("sc", "stop", "RemoteRegistry").ExitCode);
        Assert.Equal(1051, _test.Run("sc", "stop", "LanmanServer").ExitCode);
        Assert.Equal(1052, _test.Run("sc", "stop", "RpcSs").ExitCode);
        Assert.Equal(0, _test.Run("sc", "config", "RemoteRegistry", "start=", "demand").ExitCode);
        Assert.Equal(3, _test.Registry(@"HKLM\SYSTEM\CurrentControlSet\Services\RemoteRegistry", "Start"));
        Assert.Equal(0, _test.Run("sc", "start", "RemoteRegistry").ExitCode);
        Assert.Equal(0, _test.Run("net", "stop", "Server", "/y").ExitCode);
        Assert.False(Machine.Services.IsRunning("Browser"));
        Assert.Equal(2, _test.Run("net", "start", "none").ExitCode);
        Assert.Equal(1639, _test.Run("sc", "dance", "x").ExitCode);
        Assert.Contains("START_TYPE         : 2   AUTO_START", _test.Run("sc", "qc", "WinRM").Output, StringComparison.Ordinal);
        Assert.Equal(3, _test.Count("service", "op", "stop") + _test.Count("service", "op", "start"));
    }

    [Fact]
    public void Killing_the_process_of_a_service_stops_it()
    {
        int id = Machine.Services.Get("WinRM")!.ProcessId;

        Assert.Equal(0, _test.Run("taskkill", "/pid", $"{id}", "/f").ExitCode);
        Assert.False(Machine.Services.IsRunning("WinRM"));
        Assert.Equal(128, _test.Run("taskkill", "/pid", $"{id}", "/f").ExitCode);
        Assert.Equal(1, _test.Run("taskkill", "/im", "lsass.exe", "/f").ExitCode);
        Assert.Equal(1, _test.Run("taskkill", "/f").ExitCode);
        Assert.Contains("lsass.exe", _test.Run("tasklist", "/fo", "csv", "/nh").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Cmd_runs_a_job_and_writes_its_exit_code()
    {
        Machine.Files.WriteText(@"C:\ProgramData\job.cmd", "@echo off\r\nreg query HKLM\\None > C:\\ProgramData\\log.txt 2>&1\r\necho %errorlevel% > C:\\ProgramData\\code.txt\r\nif not exist C:\\ProgramData\\flag echo no flag>> C:\\ProgramData\\log.txt\r\nexit /b 7\r\n");

        Assert.Equal(7, _test.Run("cmd", "/c", @"C:\ProgramData\job.cmd").ExitCode);
        Assert.Equal("1 \r\n", Machine.Files.ReadText(@"C:\ProgramData\code.txt").Replace("1\r\n", "1 \r\n", StringComparison.Ordinal));
        Assert.EndsWith("no flag\r\n", Machine.Files.ReadText(@"C:\ProgramData\log.txt"), StringComparison.Ordinal);
        Assert.StartsWith("ERROR", Machine.Files.ReadText(@"C:\ProgramData\log.txt"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, "echo a && echo b")]
    [InlineData(1, "reg query HKLM\\None && echo b")]
    [InlineData(0, "reg query HKLM\\None || echo b")]
    [InlineData(5, "exit 5 & echo never")]
    [InlineData(9009, "frobnicate")]
    [InlineData(LabRefusalException.ExitCode, "for %i in (1) do echo")]
    [InlineData(LabRefusalException.ExitCode, "echo a | more")]
    public void Cmd_sequences(int exitCode, string line)
    {
        using TestMachine test = new();
        RunningProgram running = test.Machine.Programs.StartCommandLine($"cmd /c {line}", ProgramContext.System);

        Assert.Equal(exitCode, test.ExitOf(running));
    }

    [Fact]
    public void Profiles_with_unknown_or_missing_members_are_refused()
    {
        JsonObject profile = TestMachine.Profile();
        profile["colour"] = "red";
        Assert.Throws<JsonException>(() => MachineProfile.Parse(profile.ToJsonString()));
        profile.Remove("colour");
        profile.Remove("name");
        Assert.Throws<JsonException>(() => MachineProfile.Parse(profile.ToJsonString()));
        Assert.Throws<ArgumentException>(() => new TestMachine(p => p["programs"] = new JsonArray("notepad")));
        Assert.Throws<ArgumentException>(() => new TestMachine(p => p["installed"] = new JsonArray("none")));
    }

    [Fact]
    public void The_clock_runs_what_falls_due_in_order_at_its_own_time()
    {
        List<string> ran = [];
        _test.Clock.ScheduleAfter(TimeSpan.FromMinutes(2), () => ran.Add($"b {_test.Clock.UtcNow:mm}"));
        _test.Clock.ScheduleAfter(TimeSpan.FromMinutes(1), () =>
        {
            ran.Add($"a {_test.Clock.UtcNow:mm}");
            _test.Clock.ScheduleAfter(TimeSpan.FromSeconds(30), () => ran.Add($"c {_test.Clock.UtcNow:mm:ss}"));
        });
        _test.Clock.ScheduleAfter(TimeSpan.FromMinutes(1), () => ran.Add("never")).Dispose();
        _test.Clock.AdvanceBy(TimeSpan.FromMinutes(10));

        Assert.Equal(["a 01", "c 01:30", "b 02"], ran);
        Assert.Equal(TestMachine.Noon.AddMinutes(10), _test.Clock.UtcNow);
    }

    [Fact]
    public async Task A_clock_that_runs_fires_by_itself()
    {
        using LabClock clock = new();
        await clock.Delay(TimeSpan.FromMilliseconds(20), CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(30));
        Task far = clock.Delay(TimeSpan.FromDays(1), CancellationToken.None);
        clock.AdvanceBy(TimeSpan.FromDays(2));
        await far.WaitAsync(TimeSpan.FromSeconds(30));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => clock.Delay(TimeSpan.FromDays(1), new CancellationToken(true)));
    }

    public void Dispose() => _test.Dispose();
}
