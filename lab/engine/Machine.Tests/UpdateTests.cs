using System.Text.Json.Nodes;

namespace Firebreak.Lab.Machines.Tests;

/// <summary>Installers before Vista: update.exe old and new, NT 4's hotfix.exe.</summary>
public sealed class UpdateTests : IDisposable
{
    private const string Ole = @"C:\WINNT\system32\ole32.dll";
    private readonly TestMachine _test = new(Era.Windows2000);

    private Machine Machine => _test.Machine;

    public void Dispose() => _test.Dispose();

    private RunningProgram Start(string package, params string[] switches)
    {
        string path = $@"C:\stage\{package}.exe";
        Machine.Files.CreateFolder(@"C:\stage");
        Machine.Files.WriteBytes(path, Era.Content(package));
        return Machine.Programs.Start(path, switches, ProgramContext.System);
    }

    private int Install(string package, params string[] switches) => _test.ExitOf(Start(package, switches));

    private string? Version => Machine.Files.Get(Ole)!.Version;

    [Theory]
    [InlineData("old", "/u", "/q", "/z")]
    [InlineData("old", "/q", "/z", "/f", "/o")]
    [InlineData("old", "-u", "-z")]
    [InlineData("new", "/quiet", "/norestart")]
    [InlineData("new", "/passive", "/norestart", "/overwriteoem", "/forceappsclose")]
    [InlineData("new", "/u", "/q", "/z")]
    public void The_key_is_there_at_once_the_files_come_with_the_boot(string package, params string[] switches)
    {
        Assert.Equal(3010, Install(package, switches));
        Assert.Equal(1, _test.Registry(Era.Key, "Installed"));
        Assert.Equal("5.0.2195.6600", Version);
        Assert.Equal(["PendingFileRenameOperations", "UpdateExeVolatile"], Machine.Power.PendingReasons);
        Assert.Contains(Machine.Packages.Hotfixes, h => h is { Id: "File 1", ServicePackInEffect: "KB824146" });
        Assert.Contains("Setup completed", Machine.Files.ReadText(@"C:\WINNT\KB824146.log"));
        Assert.Equal("5.0.2195.6600", Machine.Files.Get(@"C:\WINNT\$NtUninstallKB824146$\ole32.dll")!.Version);
        Assert.Equal(PackageState.Pending, Machine.Packages.StateOf(package));
        _test.Reboot();
        Assert.Equal("5.0.2195.6810", Version);
        Assert.Empty(Machine.Power.PendingReasons);
        Assert.Equal(PackageState.Installed, Machine.Packages.StateOf(package));
    }

    [Fact]
    public void Nt4s_installer_has_switches_and_codes_of_its_own()
    {
        Assert.Equal(0, Install("nt", "/q", "/z"));
        Assert.Equal(["PendingFileRenameOperations"], Machine.Power.PendingReasons);
        _test.Reboot();
        Assert.Equal("5.0.2195.6810", Version);
    }

    [Theory]
    [InlineData("old", "/quiet", "/norestart")]
    [InlineData("old", "/z")]
    [InlineData("new", "/silent")]
    [InlineData("nt", "/u", "/z")]
    [InlineData("nt", "/quiet")]
    [InlineData("nt", "/z")]
    public void A_window_waits_for_a_user_for_ever(string package, params string[] switches)
    {
        RunningProgram running = Start(package, switches);
        _test.Until(() => Machine.History.Entries.Any(e => e.Kind == "package" && e["phase"] == "waits-for-user"), advance: false);
        _test.Clock.AdvanceBy(TimeSpan.FromHours(20));
        Assert.False(running.Completion.IsCompleted);
        Assert.False(Machine.Registry.KeyExists(Era.Key));
        Machine.Processes.Kill(running.Process.Id);
        Assert.Equal(1, _test.ExitOf(running));
    }

    [Theory]
    [InlineData("jpn", "language")]
    [InlineData("sp2", "Service Pack")]
    [InlineData("tse", "version of Windows")]
    [InlineData("pc98", "version of Windows")]
    public void What_is_not_for_this_system_refuses_and_says_why_in_its_log(string package, string why)
    {
        Assert.Equal(1603, Install(package, "/u", "/z"));
        Assert.Contains(why, Machine.Files.ReadText(@"C:\WINNT\KB824146.log"));
        Assert.False(Machine.Registry.KeyExists(Era.Key));
        Assert.Equal(0, _test.Count("package"));
    }

    [Fact]
    public void Without_z_it_restarts_the_machine_itself()
    {
        Assert.Equal(1641, Install("old", "/u"));
        _test.Until(() => _test.Count("boot") == 1);
        Assert.Equal("5.0.2195.6810", Version);
    }

    [Fact]
    public void Newer_files_are_left_alone()
    {
        Machine.Files.Install(Ole, new FileProfile { Version = "5.0.2195.6906" });
        Assert.Equal(3010, Install("old", "/u", "/z"));
        _test.Reboot();
        Assert.Equal("5.0.2195.6906", Version);
    }

    [Fact]
    public void A_killed_installer_has_changed_nothing()
    {
        RunningProgram running = Start("old", "/u", "/z");
        _test.Until(() => Machine.Packages.Busy, advance: false);
        Assert.Equal(1618, Install("new", "/quiet", "/norestart"));
        Machine.Processes.Kill(running.Process.Id);
        Assert.Equal(1, _test.ExitOf(running));
        Assert.False(Machine.Registry.KeyExists(Era.Key));
    }

    [Fact]
    public void It_can_be_taken_back()
    {
        Install("old", "/u", "/z");
        _test.Reboot();
        RunningProgram running = Machine.Programs.Start(@"%SystemRoot%\$NtUninstallKB824146$\spuninst\spuninst.exe", ["/u", "/q", "/z"], ProgramContext.System);
        Assert.Equal(3010, _test.ExitOf(running));
        Assert.False(Machine.Registry.KeyExists(Era.Key));
        Assert.Equal("5.0.2195.6810", Version);
        _test.Reboot();
        Assert.Equal("5.0.2195.6600", Version);
        Assert.False(Machine.Files.FolderExists(@"C:\WINNT\$NtUninstallKB824146$"));
        Assert.Empty(Machine.Packages.Hotfixes);
    }

    [Fact]
    public void Without_a_backup_there_is_nothing_to_take_it_back_with()
    {
        Install("old", "/u", "/n", "/z");
        Assert.False(Machine.Files.FolderExists(@"C:\WINNT\$NtUninstallKB824146$"));
    }

    [Fact]
    public void Trouble_of_installers_is_theirs_too()
    {
        Machine.Trouble.Add(new TroubleProfile { Kind = "installer-fails", ExitCode = 1642 });
        Assert.Equal(1642, Install("old", "/u", "/z"));
        Assert.False(Machine.Registry.KeyExists(Era.Key));
    }

    [Fact]
    public void A_profile_may_have_it_installed_or_pending()
    {
        using TestMachine installed = new(p =>
        {
            Era.Windows2000(p);
            p["installed"] = new JsonArray("old");
        });
        using TestMachine pending = new(p =>
        {
            Era.Windows2000(p);
            p["pendingInstalled"] = new JsonArray("old");
        });
        Assert.Equal("5.0.2195.6810", installed.Machine.Files.Get(Ole)!.Version);
        Assert.Empty(installed.Machine.Power.PendingReasons);
        Assert.Equal("5.0.2195.6600", pending.Machine.Files.Get(Ole)!.Version);
        Assert.Equal(1, pending.Registry(Era.Key, "Installed"));
        pending.Reboot();
        Assert.Equal("5.0.2195.6810", pending.Machine.Files.Get(Ole)!.Version);
    }

    [Fact]
    public void A_tool_runs_wherever_it_was_copied()
    {
        Machine.Files.CreateFolder(@"C:\tools");
        Machine.Files.WriteBytes(@"C:\tools\x.exe", Era.Content("tool"));
        Assert.Contains("hello", Machine.Programs.Run(@"C:\tools\x.exe", ["query", @"HKLM\SOFTWARE\Lab", "/v", "Text"], ProgramContext.System).Output);
        Machine.Files.WriteText(@"C:\tools\y.exe", "something else");
        Assert.Equal(193, Assert.Throws<LabWin32Exception>(() => Machine.Programs.Run(@"C:\tools\y.exe", [], ProgramContext.System)).Code);
    }
}
