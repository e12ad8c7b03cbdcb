using System.Text.Json.Nodes;

namespace Firebreak.Lab.Machines.Tests;

public sealed class PowerTests : IDisposable
{
    private readonly TestMachine _test = new();

    private Machine Machine => _test.Machine;

    [Fact]
    public void A_reboot_goes_down_comes_up_and_has_a_new_boot_time()
    {
        Assert.Equal(TestMachine.Noon - TimeSpan.FromHours(100), Machine.Power.BootTime);
        Machine.Power.Reboot("test");
        Assert.Equal(PowerState.ShuttingDown, Machine.Power.State);
        Assert.Equal(1115, Assert.Throws<LabWin32Exception>(() => _test.Run("reg", "query", "HKLM\\SOFTWARE")).Code);

        _test.Clock.AdvanceBy(TimeSpan.FromSeconds(1));
        Assert.Equal(PowerState.Off, Machine.Power.State);
        _test.Clock.AdvanceBy(TimeSpan.FromSeconds(5));
        Assert.Equal(PowerState.On, Machine.Power.State);

        Assert.Equal(TestMachine.Noon + TimeSpan.FromSeconds(6), Machine.Power.BootTime);
        Assert.Equal(["up", "down shutdown", "up"], _test.Events);
        Assert.Equal(1, _test.Count("reboot", "by", "test"));
        Assert.Equal(1, _test.Count("boot", "bootTime", "2020-03-20T12:00:06.000Z"));
        Assert.NotNull(_test.Registry(@"HKLM\SYSTEM\CurrentControlSet\Control\Windows", "ShutdownTime"));
        Assert.Equal(PowerState.On, Machine.Power.State);
    }

    [Fact]
    public void At_boot_services_start_by_their_start_type()
    {
        Machine.Services.Stop("LanmanServer", force: true);
        Machine.Services.SetStart("WinRM", ServiceStart.Disabled);
        DateTimeOffset? before = Machine.Services.Get("Schedule")!.StartedAt;
        _test.Reboot();

        Assert.True(Machine.Services.IsRunning("LanmanServer"));
        Assert.False(Machine.Services.IsRunning("WinRM"));
        Assert.False(Machine.Services.IsRunning("RemoteRegistry"));
        Assert.True(Machine.Services.Get("Schedule")!.StartedAt > before);
    }

    [Fact]
    public void A_scheduled_shutdown_can_be_called_off_but_not_doubled()
    {
        Assert.Equal(0, _test.Run("shutdown", "/r", "/t", "60", "/f", "/c", "patches", "/d", "p:2:17").ExitCode);
        Assert.Equal(1190, _test.Run("shutdown.exe", "/r", "/t", "0").ExitCode);
        Assert.Equal(0, _test.Run("shutdown", "-a").ExitCode);
        Assert.Equal(1116, _test.Run("shutdown", "/a").ExitCode);

        _test.Clock.AdvanceBy(TimeSpan.FromMinutes(5));
        Assert.Equal(0, _test.Count("reboot"));
    }

    [Theory]
    [InlineData(1, "/r", "/zz")]
    [InlineData(1, "/r", "/s")]
    [InlineData(1, "/r", "/t", "soon")]
    [InlineData(1)]
    [InlineData(1, "/r", "/d", "nonsense")]
    [InlineData(RemoteAccess.BadNetPath, "/r", "/m", @"\\other")]
    public void Shutdown_refuses_what_it_does_not_know(int exitCode, params string[] arguments)
    {
        Assert.Equal(exitCode, _test.Run("shutdown", arguments).ExitCode);
        Assert.Equal(PowerState.On, Machine.Power.State);
    }

    [Fact]
    public void Shutdown_runs_when_its_time_has_come()
    {
        _test.Run("shutdown", "/r", "/t", "60");
        _test.Clock.AdvanceBy(TimeSpan.FromSeconds(59));
        Assert.Equal(0, _test.Count("reboot"));

        _test.Clock.AdvanceBy(TimeSpan.FromSeconds(10));
        Assert.Equal(1, _test.Count("reboot", "by", @"NT AUTHORITY\SYSTEM"));
        Assert.Equal(1, _test.Count("boot"));
    }

    [Fact]
    public void A_machine_with_no_return_stays_away()
    {
        Machine.Trouble.Add(new TroubleProfile { Kind = "no-return" });
        Machine.Power.Reboot("test");
        _test.Clock.AdvanceBy(TimeSpan.FromDays(1));

        Assert.Equal(PowerState.Off, Machine.Power.State);
        Assert.Equal(0, _test.Count("boot"));
        Assert.Equal(["up", "down shutdown"], _test.Events);
    }

    [Fact]
    public void A_machine_that_stayed_away_can_be_turned_on_and_comes_back_from_the_restart_after_that()
    {
        Machine.Trouble.Add(new TroubleProfile { Kind = "no-return" });
        Machine.Power.Reboot("test");
        _test.Clock.AdvanceBy(TimeSpan.FromMinutes(1));
        Assert.Equal(PowerState.Off, Machine.Power.State);
        Machine.Trouble.Add(new TroubleProfile { Kind = "power-on" });
        Machine.Trouble.Add(new TroubleProfile { Kind = "power-on" });
        _test.Clock.AdvanceBy(TimeSpan.FromMinutes(1));

        Assert.Equal(PowerState.On, Machine.Power.State);
        Assert.Equal(1, _test.Count("boot"));
        _test.Reboot();
        Assert.Equal(2, _test.Count("boot"));
        Machine.Trouble.Add(new TroubleProfile { Kind = "power-on" });
        _test.Clock.AdvanceBy(TimeSpan.FromMinutes(1));
        Assert.Equal(2, _test.Count("boot"));
    }

    [Fact]
    public void A_mended_machine_is_on_the_network_and_comes_back()
    {
        Machine.Trouble.Add(new TroubleProfile { Kind = "network-loss" });
        Machine.Trouble.Add(new TroubleProfile { Kind = "no-return" });
        Machine.Trouble.Add(new TroubleProfile { Kind = "none" });

        Assert.True(Machine.Network.IsUp);
        _test.Reboot();
        Assert.Equal(1, _test.Count("boot"));
    }

    [Fact]
    public void Files_are_replaced_at_boot()
    {
        Machine.Files.WriteText(@"C:\Windows\TEMP\new", "new");
        Machine.Files.WriteText(@"C:\ProgramData\target", "old");
        Machine.Files.WriteText(@"C:\ProgramData\gone", "x");
        Machine.Registry.SetValue(@"HKLM\SYSTEM\CurrentControlSet\Control\Session Manager", "PendingFileRenameOperations", RegistryValue.Multi(@"\??\C:\Windows\TEMP\new", @"!\??\C:\ProgramData\target", @"\??\C:\ProgramData\gone", ""));
        Assert.Equal(["PendingFileRenameOperations"], Machine.Power.PendingReasons);

        _test.Reboot();

        Assert.Equal("new", Machine.Files.ReadText(@"C:\ProgramData\target"));
        Assert.False(Machine.Files.FileExists(@"C:\ProgramData\gone"));
        Assert.Empty(Machine.Power.PendingReasons);
    }

    [Fact]
    public void Trouble_of_a_profile_is_there_from_the_start()
    {
        using TestMachine test = new(p => p["trouble"] = JsonNode.Parse("""[{ "kind": "network-loss", "when": "now" }]"""));

        Assert.DoesNotContain("up", test.Events);
        Assert.False(test.Machine.Network.IsUp);
        Assert.True(Probe.IsSilent(test, 445, System.Net.IPAddress.Loopback));
    }

    [Fact]
    public void Nothing_reaches_the_disk_while_the_power_is_off()
    {
        Machine.Files.WriteText(@"C:\before.txt", "x");
        Machine.Power.Lose();
        Assert.Equal(0x15, Assert.Throws<IOException>(() => Machine.Files.WriteText(@"C:\last-words.txt", "x")).HResult & 0xFFFF);
        Assert.Throws<IOException>(() => Machine.Files.Move(@"C:\before.txt", @"C:\after.txt"));
        Assert.Throws<IOException>(() => Machine.Files.Delete(@"C:\before.txt"));
        Assert.Throws<IOException>(() => Machine.Files.CreateFolder(@"C:\folder"));
        _test.Clock.AdvanceBy(TimeSpan.FromMinutes(1));
        Assert.Equal(PowerState.On, Machine.Power.State);
        Assert.Equal("x", Machine.Files.ReadText(@"C:\before.txt"));
        Assert.False(Machine.Files.FileExists(@"C:\last-words.txt"));
        Machine.Files.WriteText(@"C:\last-words.txt", "x");
    }

    [Fact]
    public void Running_programs_and_processes_die_with_the_power()
    {
        CancellationToken ended = default;
        Machine.PowerShellRunner = (_, _, context) =>
        {
            ended = context.Cancellation;
            context.Cancellation.WaitHandle.WaitOne();
            context.Cancellation.ThrowIfCancellationRequested();
            return new(0);
        };
        RunningProgram running = Machine.Programs.Start("powershell", ["-Command", "x"], ProgramContext.System);
        LabProcess session = Machine.Processes.Add("wsmprovhost.exe", null, "", @"WS01\Administrator", 640, out CancellationToken sessionEnded);
        Machine.Power.Lose();
        _test.Until(() => running.Completion.IsCompleted);

        Assert.True(ended.IsCancellationRequested);
        Assert.True(sessionEnded.IsCancellationRequested);
        Assert.Equal(-1, _test.ExitOf(running));
        Assert.NotEqual("wsmprovhost.exe", Machine.Processes.Get(session.Id)?.Name);
    }

    public void Dispose() => _test.Dispose();
}
