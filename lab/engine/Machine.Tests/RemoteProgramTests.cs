namespace Firebreak.Lab.Machines.Tests;

/// <summary>Programs of a management host that work on another machine, and jobs there.</summary>
public sealed class RemoteProgramTests : IDisposable
{
    private readonly TestMachine _relay = new(p =>
    {
        p["name"] = "RELAY";
        p["programs"]!.AsArray().Add("at");
    });
    private readonly TestMachine _nt4 = new(Era.Nt4);
    private readonly TestMachine _xp = new(Era.Xp);
    private readonly ProgramContext _caller = new() { Account = @"RELAY\Administrator", IsAdmin = true, Logon = LogonKind.NetworkCleartext };

    public RemoteProgramTests()
    {
        LabNetwork network = new();
        network.Join(_relay.Machine);
        network.Join(_nt4.Machine);
        network.Join(_xp.Machine);
        _relay.Machine.Services.Define("mrxsmb10", new ServiceProfile());
        _relay.Machine.Services.Start("mrxsmb10");
    }

    public void Dispose()
    {
        _relay.Dispose();
        _nt4.Dispose();
        _xp.Dispose();
    }

    private ProgramResult Run(string program, params string[] arguments) => _relay.Machine.Programs.Run(program, arguments, _caller);

    private ProgramResult Sc(string line) => Run("sc", [.. CommandLine.Split(line)]);

    /// <summary>Starts a service from the relay, moving the target's clock only when what was begun there has come to wait for it.</summary>
    private ProgramResult StartService(TestMachine target, string line, Func<bool>? hasBegun = null)
    {
        int before = target.Count("service");
        RunningProgram running = _relay.Machine.Programs.Start("sc", [.. CommandLine.Split(line)], _caller);
        target.Until(() => running.Completion.IsCompleted || (target.Count("service") > before && hasBegun?.Invoke() != false), advance: false);
        for (int second = 1; second <= 60 && !running.Completion.IsCompleted; second++)
        {
            target.Clock.AdvanceBy(TimeSpan.FromSeconds(1));
            // once the time is over, only a program that came late to its wait needs more of it
            running.Completion.Wait(second < 30 ? 10 : 2000);
        }

        return running.Completion.Result;
    }

    [Fact]
    public void Old_servers_are_out_of_reach_without_the_smb1_client()
    {
        _relay.Machine.Services.Stop("mrxsmb10");
        Assert.Contains("SMB1", Run("reg", "query", @"\\XP01\HKLM\SOFTWARE\Lab").Error);
    }

    [Fact]
    public void Nt4_serves_its_registry_itself_others_by_a_service()
    {
        Assert.Contains("hello", Run("reg", "query", @"\\NT4\HKLM\SOFTWARE\Lab", "/v", "Text").Output);
        Assert.Equal(0, Run("reg", "add", @"\\NT4\HKLM\Software\Microsoft\OLE", "/v", "EnableDCOM", "/t", "REG_SZ", "/d", "N", "/f").ExitCode);
        Assert.Equal("N", _nt4.Registry(@"HKLM\SOFTWARE\Microsoft\OLE", "EnableDCOM"));
        Assert.Equal(1, Run("reg", "query", @"\\NT4\HKCU\Software").ExitCode);
        _xp.Machine.Services.Stop("RemoteRegistry");
        Assert.Contains("network path was not found", Run("reg", "query", @"\\XP01\HKLM\SOFTWARE\Lab").Error);
    }

    [Fact]
    public void The_second_hop_is_refused_to_a_network_logon()
    {
        ProgramContext network = _caller with { Logon = LogonKind.Network, Remote = new RemoteAccess() };
        Assert.Contains("Access is denied", _relay.Machine.Programs.Run("reg", ["query", @"\\XP01\HKLM\SOFTWARE\Lab"], network).Error);
        Assert.Equal(5, _relay.Machine.Programs.Run("sc", [@"\\XP01", "query", "RpcSs"], network).ExitCode);
    }

    [Fact]
    public void Reg_of_an_old_system_does_not_know_the_views() =>
        Assert.Equal(1, _xp.Run("reg", "query", @"HKLM\SOFTWARE\Lab", "/reg:64").ExitCode);

    [Fact]
    public void Simple_file_sharing_makes_a_guest_of_everybody()
    {
        _xp.Machine.Registry.SetValue(@"HKLM\SYSTEM\CurrentControlSet\Control\Lsa", "ForceGuest", RegistryValue.Dword(1));
        Assert.Contains("Access is denied", Run("reg", "query", @"\\XP01\HKLM\SOFTWARE\Lab").Error);
    }

    [Fact]
    public void A_service_that_is_none_fails_after_30_seconds_and_is_gone_but_what_it_started_lives_on()
    {
        _nt4.Machine.Files.WriteText(@"C:\WINNT\job.cmd", "@echo off\r\necho begun > C:\\WINNT\\begun.txt\r\nping -n 120 127.0.0.1 >nul\r\necho ended > C:\\WINNT\\ended.txt\r\n");
        Assert.Equal(0, Sc(@"\\NT4 create FbJob binPath= ""%COMSPEC% /c start /b cmd /c C:\WINNT\job.cmd & ping -n 90 127.0.0.1 >nul"" type= own start= demand").ExitCode);
        Assert.Equal(1073, Sc(@"\\NT4 create FbJob binPath= x").ExitCode);
        DateTimeOffset before = _nt4.Clock.UtcNow;
        ProgramResult started = StartService(_nt4, @"\\NT4 start FbJob", () => _nt4.Machine.Files.FileExists(@"C:\WINNT\begun.txt"));
        Assert.Equal(1053, started.ExitCode);
        Assert.Contains("FAILED 1053", started.Output);
        Assert.InRange((_nt4.Clock.UtcNow - before).TotalSeconds, 30, 60);
        Assert.Contains("STOPPED", Sc(@"\\NT4 query FbJob").Output);
        Assert.Equal(0, Sc(@"\\NT4 delete FbJob").ExitCode);
        Assert.Equal(1060, Sc(@"\\NT4 query FbJob").ExitCode);
        Assert.False(_nt4.Machine.Registry.KeyExists(@"HKLM\SYSTEM\CurrentControlSet\Services\FbJob"));
        Assert.True(_nt4.Machine.Files.FileExists(@"C:\WINNT\begun.txt"));
        Assert.False(_nt4.Machine.Files.FileExists(@"C:\WINNT\ended.txt"));
        _nt4.Until(() => _nt4.Machine.Files.FileExists(@"C:\WINNT\ended.txt"));
    }

    [Fact]
    public void A_batch_that_is_the_service_itself_dies_with_it()
    {
        _nt4.Machine.Files.WriteText(@"C:\WINNT\job.cmd", "ping -n 120 127.0.0.1 >nul\r\necho ended > C:\\WINNT\\ended.txt\r\n");
        Sc(@"\\NT4 create FbJob binPath= ""cmd /c C:\WINNT\job.cmd""");
        Assert.Equal(1053, StartService(_nt4, @"\\NT4 start FbJob").ExitCode);
        for (int i = 0; i < 200; i++)
        {
            _nt4.Clock.AdvanceBy(TimeSpan.FromSeconds(1));
            Thread.Sleep(1);
        }

        Assert.False(_nt4.Machine.Files.FileExists(@"C:\WINNT\ended.txt"));
        Assert.Equal(0, Sc(@"\\NT4 config FbJob binPath= nothing.exe").ExitCode);
        Assert.Equal(2, StartService(_nt4, @"\\NT4 start FbJob").ExitCode);
    }

    [Fact]
    public void Services_of_another_machine_are_stopped_and_configured()
    {
        Assert.Equal(0, Sc(@"\\XP01 stop Browser").ExitCode);
        Assert.False(_xp.Machine.Services.IsRunning("Browser"));
        Assert.Equal(0, Sc(@"\\XP01 config Browser start= disabled").ExitCode);
        Assert.Equal(1058, Sc(@"\\XP01 start Browser").ExitCode);
        Assert.Equal(1722, Sc(@"\\NOWHERE query Browser").ExitCode);
        Assert.Equal(1639, Sc(@"\\XP01 config Browser start=auto").ExitCode);
    }

    [Fact]
    public void Net_start_lists_what_runs()
    {
        Assert.Contains("   Browser\r\n", _xp.Run("net", "start").Output);
        _xp.Run("net", "stop", "Browser");
        Assert.DoesNotContain("   Browser\r\n", _xp.Run("net", "start").Output);
        Assert.Equal(LabRefusalException.ExitCode, _xp.Run("net", "session").ExitCode);
    }

    [Fact]
    public void At_adds_lists_runs_once_and_deletes_but_not_on_a_modern_system()
    {
        Assert.Equal((1, true), (Run("at", @"\\XP01").ExitCode, Run("at", @"\\XP01").Output.Contains("deprecated", StringComparison.Ordinal)));
        Assert.Contains("no entries", _xp.Run("at").Output);
        Assert.Contains("job ID = 1", _xp.Run("at", "12:05", @"cmd /c echo x > C:\at.txt").Output);
        Assert.Contains("job ID = 2", _xp.Run("at", "11:00", @"cmd /c echo y > C:\at2.txt").Output);
        Assert.Contains("Tomorrow", _xp.Run("at").Output);
        _xp.Clock.AdvanceBy(TimeSpan.FromMinutes(4));
        Assert.False(_xp.Machine.Files.FileExists(@"C:\at.txt"));
        _xp.Clock.AdvanceBy(TimeSpan.FromMinutes(1));
        _xp.Until(() => _xp.Machine.Files.FileExists(@"C:\at.txt"), advance: false);
        Assert.Equal(0, _xp.Run("at", "2", "/delete").ExitCode);
        Assert.Equal(1, _xp.Run("at", "2", "/delete").ExitCode);
        Assert.Equal(1, _xp.Run("at", "25:00", "x").ExitCode);
    }

    [Fact]
    public void At_reaches_an_old_machine_from_an_old_one()
    {
        Assert.Contains("job ID = 1", _xp.Machine.Programs.Run("at", [@"\\NT4", "13:00", "cmd /c echo x"], _caller with { Account = @"XP01\Administrator", Remote = new RemoteAccess() }).Output);
        Assert.Single(AtJobs.All(_nt4.Machine));
    }

    [Fact]
    public void A_job_that_falls_due_while_the_machine_is_off_is_not_made_up_for()
    {
        _xp.Run("at", "12:05", @"cmd /c echo x > C:\at.txt");
        _xp.Clock.AdvanceBy(TimeSpan.FromSeconds(297));
        _xp.Reboot();
        _xp.Clock.AdvanceBy(TimeSpan.FromMinutes(30));
        Assert.False(_xp.Machine.Files.FileExists(@"C:\at.txt"));
    }

    [Fact]
    public void Shutdown_restarts_another_machine()
    {
        Assert.Equal(RemoteAccess.BadNetPath, Run("shutdown", "-r", "-f", "-t", "0", "-m", @"\\NOWHERE").ExitCode);
        Assert.Equal(0, Run("shutdown", "-r", "-f", "-t", "0", "-m", @"\\NT4").ExitCode);
        _nt4.Until(() => _nt4.Count("boot") == 1);
        Assert.Equal(0, _relay.Count("reboot"));
    }

    [Fact]
    public void Wmi_asks_for_its_service_for_dcom_and_for_itself()
    {
        Assert.Equal(RemoteAccess.ClassNotRegistered, Assert.Throws<LabWin32Exception>(() => _caller.Remote.Reach(_relay.Machine, _caller, "NT4", RemoteService.Wmi)).Code);
        _xp.Machine.Services.Stop("winmgmt");
        Assert.Equal("XP01", _caller.Remote.Reach(_relay.Machine, _caller, "XP01", RemoteService.Wmi).Target.Name);
        Assert.True(_xp.Machine.Services.IsRunning("winmgmt"));
        Run("reg", "add", @"\\XP01\HKLM\Software\Microsoft\OLE", "/v", "EnableDCOM", "/d", "N", "/f");
        Assert.Equal("XP01", _caller.Remote.Reach(_relay.Machine, _caller, "XP01", RemoteService.Wmi).Target.Name);
        _xp.Reboot();
        Assert.Equal(RemoteAccess.AccessDenied, Assert.Throws<LabWin32Exception>(() => _caller.Remote.Reach(_relay.Machine, _caller, "XP01", RemoteService.Wmi)).Code);
    }

    [Fact]
    public void Shares_lead_to_the_folder_of_windows_there()
    {
        FileView files = new(_relay.Machine, _caller);
        Assert.Equal("5.0.2195.6600", files.Get(@"\\NT4\ADMIN$\system32\ole32.dll")!.Version);
        files.WriteText(@"\\NT4\C$\WINNT\claim", "x", FileMode.CreateNew);
        Assert.Equal(FileTable.FileExistsHResult, Assert.Throws<IOException>(() => files.WriteText(@"\\NT4\ADMIN$\claim", "y", FileMode.CreateNew)).HResult);
    }
}
