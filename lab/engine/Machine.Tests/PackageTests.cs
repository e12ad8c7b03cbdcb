using System.Text.Json.Nodes;

namespace Firebreak.Lab.Machines.Tests;

public sealed class PackageTests : IDisposable
{
    private const string Srv2 = @"C:\Windows\System32\drivers\srv2.sys";
    private const string CurrentVersion = @"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion";
    private readonly TestMachine _test = new();

    private Machine Machine => _test.Machine;

    private int Wusa(byte[] content, params string[] more)
    {
        Machine.Files.WriteBytes(TestMachine.Msu, content);
        RunningProgram running = Machine.Programs.Start("wusa", [TestMachine.Msu, "/quiet", "/norestart", .. more], ProgramContext.System);
        _test.Until(() => running.Completion.IsCompleted);
        return _test.ExitOf(running);
    }

    [Fact]
    public void An_update_is_pending_until_the_boot_brings_it_into_effect()
    {
        Assert.Equal(3010, Wusa(TestMachine.PackageContent));

        Assert.Equal(["kb4551762"], Machine.Packages.Pending);
        Assert.Equal(["CBS", "WindowsUpdate"], Machine.Power.PendingReasons);
        Assert.Equal(719, _test.Registry(CurrentVersion, "UBR"));
        Assert.Equal("10.0.18362.693", Machine.Files.Get(Srv2)!.Version);
        Assert.Equal(1, _test.Registry(@"HKLM\SOFTWARE\Lab", "Staged"));
        Assert.Empty(Machine.Packages.Hotfixes);

        _test.Reboot();

        Assert.Equal(["kb4551762"], Machine.Packages.Installed);
        Assert.Empty(Machine.Power.PendingReasons);
        Assert.Equal(720, _test.Registry(CurrentVersion, "UBR"));
        Assert.Equal(720, Machine.Os.Ubr);
        Assert.Equal("10.0.18362.720", Machine.Files.Get(Srv2)!.Version);
        Assert.Equal(new Hotfix("KB4551762", "Security Update", @"NT AUTHORITY\SYSTEM", new DateOnly(2020, 3, 20)), Assert.Single(Machine.Packages.Hotfixes));
        Assert.Equal(0x70, _test.Registry(@"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Component Based Servicing\Packages\Package_for_RollupFix~31bf3856ad364e35~amd64~~18362.720.1.3", "CurrentState"));
        Assert.Equal(2359302, Wusa(TestMachine.PackageContent));
        Assert.Equal(1, _test.Count("package", "phase", "start"));
    }

    [Fact]
    public void Wusa_fails_with_5_in_a_session_over_the_network()
    {
        Machine.Files.WriteBytes(TestMachine.Msu, TestMachine.PackageContent);

        Assert.Equal(5, Machine.Programs.Run("wusa", [TestMachine.Msu, "/quiet", "/norestart"], _test.Remote).ExitCode);
        Assert.Equal(0, _test.Count("package"));
    }

    [Fact]
    public void Wusa_tells_the_real_reasons()
    {
        Assert.Equal(unchecked((int)0x8007000D), Wusa([.. TestMachine.PackageContent, 0]));
        Assert.Equal(unchecked((int)0x80240017), Wusa("other"u8.ToArray()));
        Assert.Equal(unchecked((int)0x800F0823), Wusa("needs"u8.ToArray()));
        Assert.Equal(87, Wusa(TestMachine.PackageContent, "/silent"));
        Assert.Equal(2, _test.Run("wusa", @"C:\none.msu", "/quiet").ExitCode);
        Assert.Equal(87, _test.Run("wusa", "/quiet").ExitCode);
        Assert.Equal(LabRefusalException.ExitCode, _test.Run("wusa", TestMachine.Msu).ExitCode);
        Machine.Services.SetStart("wuauserv", ServiceStart.Disabled);
        Assert.Equal(unchecked((int)0x80070422), Wusa(TestMachine.PackageContent));
        Assert.Equal(0, _test.Count("package"));
    }

    [Fact]
    public void One_installer_works_at_a_time()
    {
        RunningProgram first = _test.StartInstall();
        Machine.Files.WriteBytes(@"C:\Windows\TEMP\second.msu", "second"u8);

        Assert.Equal(unchecked((int)0x80240016), _test.Run("wusa", @"C:\Windows\TEMP\second.msu", "/quiet", "/norestart").ExitCode);
        Assert.False(first.Completion.IsCompleted);

        _test.Until(() => first.Completion.IsCompleted);
        Assert.Equal(3010, _test.ExitOf(first));
        Assert.Equal(1, _test.Count("package", "phase", "start"));
    }

    [Fact]
    public void A_package_that_needs_no_restart_is_in_effect_at_once()
    {
        Assert.Equal(0, Wusa("second"u8.ToArray()));

        Assert.Equal(["second"], Machine.Packages.Installed);
        Assert.Empty(Machine.Power.PendingReasons);
    }

    [Fact]
    public void Without_norestart_wusa_restarts_the_machine()
    {
        Machine.Files.WriteBytes(TestMachine.Msu, TestMachine.PackageContent);
        RunningProgram running = Machine.Programs.Start("wusa", [TestMachine.Msu, "/quiet"], ProgramContext.System);
        _test.Until(() => _test.Count("boot") == 1);

        Assert.Equal(1641, _test.ExitOf(running));
        Assert.Equal(720, Machine.Os.Ubr);
    }

    [Fact]
    public void Dism_adds_the_cab_that_expand_yields_in_a_remote_session_too()
    {
        Machine.Files.WriteBytes(TestMachine.Msu, TestMachine.PackageContent);
        Machine.Files.CreateFolder(@"C:\ProgramData\x");
        Assert.Equal(0, Machine.Programs.Run("expand", ["-F:*", TestMachine.Msu, @"C:\ProgramData\x"], _test.Remote).ExitCode);
        string cab = @"C:\ProgramData\x\windows10.0-kb4551762-x64.cab";
        Assert.True(Machine.Files.FileExists(cab));

        RunningProgram dism = Machine.Programs.Start("dism.exe", ["/online", "/add-package", $"/packagepath:{cab}", "/quiet", "/norestart"], _test.Remote);
        _test.Until(() => dism.Completion.IsCompleted);
        Assert.Equal(3010, _test.ExitOf(dism));

        _test.Reboot();
        Assert.Equal(0, _test.Run("dism", "/online", "/add-package", $"/packagepath:{cab}", "/quiet", "/norestart").ExitCode);
        Assert.Equal(1, _test.Count("package", "phase", "start"));
    }

    [Fact]
    public void Dism_and_expand_fail_as_they_do()
    {
        Machine.Files.WriteBytes(TestMachine.Msu, "other"u8);
        Machine.Files.CreateFolder(@"C:\ProgramData\x");
        _test.Run("expand", "-F:*", TestMachine.Msu, @"C:\ProgramData\x");

        Assert.Equal(unchecked((int)0x800F081E), _test.Run("dism", "/online", "/add-package", @"/packagepath:C:\ProgramData\x\o.cab", "/norestart").ExitCode);
        Assert.Equal(2, _test.Run("dism", "/online", "/add-package", @"/packagepath:C:\none.cab").ExitCode);
        Assert.Equal(87, _test.Run("dism", "/online", "/add-packages", @"/packagepath:C:\none.cab").ExitCode);
        Assert.Equal(13, _test.Run("dism", "/online", "/add-package", @"/packagepath:C:\ProgramData\x\o.xml").ExitCode);
        Assert.Equal(740, Machine.Programs.Run("dism", ["/online", "/add-package", @"/packagepath:x"], _test.Remote with { IsAdmin = false }).ExitCode);
        Assert.Equal(1, _test.Run("expand", "-F:*", TestMachine.Msu, @"C:\none").ExitCode);
        Assert.Equal(1, _test.Run("expand", "-F:*", Srv2, @"C:\ProgramData\x").ExitCode);
        Assert.Equal(1, _test.Run("expand", "-Z", TestMachine.Msu, @"C:\ProgramData\x").ExitCode);
    }

    [Fact]
    public void Profiles_have_packages_installed_or_pending()
    {
        using TestMachine patched = new(p => p["installed"] = new JsonArray("kb4551762"));
        using TestMachine pending = new(p => p["pendingInstalled"] = new JsonArray("kb4551762"));

        Assert.Equal(720, patched.Registry(CurrentVersion, "UBR"));
        Assert.Equal("10.0.18362.720", patched.Machine.Files.Get(Srv2)!.Version);
        Assert.Equal(719, pending.Registry(CurrentVersion, "UBR"));
        Assert.Equal(["CBS", "WindowsUpdate"], pending.Machine.Power.PendingReasons);

        pending.Reboot();
        Assert.Equal(720, pending.Registry(CurrentVersion, "UBR"));
    }

    [Fact]
    public void Hotfixes_of_the_profile_are_listed_and_count_as_prerequisites()
    {
        using TestMachine test = new(p => p["hotfixes"] = JsonNode.Parse("""[{ "id": "KB9", "installedOn": "2020-03-11" }]"""));
        test.Machine.Files.WriteBytes(TestMachine.Msu, "needs"u8);
        RunningProgram running = test.Machine.Programs.Start("wusa", [TestMachine.Msu, "/quiet", "/norestart"], ProgramContext.System);

        Assert.Equal(new Hotfix("KB9", "Update", @"NT AUTHORITY\SYSTEM", new DateOnly(2020, 3, 11)), Assert.Single(test.Machine.Packages.Hotfixes));
        Assert.Equal(3010, test.ExitOf(running));
    }

    [Fact]
    public void Power_loss_kills_the_installer_half_way_and_nothing_has_changed()
    {
        RunningProgram running = _test.StartInstall();
        Machine.Power.Lose();
        _test.Until(() => running.Completion.IsCompleted && _test.Count("boot") == 1);

        Assert.Equal(-1, _test.ExitOf(running));
        Assert.False(Machine.Packages.Busy);
        Assert.Empty(Machine.Packages.Pending);
        Assert.Equal(719, Machine.Os.Ubr);
        Assert.Null(Machine.History.Entries.Single(e => e.Kind == "package" && e["phase"] == "end")["exitCode"]);
        Assert.Null(Machine.History.Entries.Single(e => e.Kind == "program" && e["path"]!.EndsWith("wusa.exe", StringComparison.Ordinal))["exitCode"]);
        Assert.Equal(0, _test.Count("reboot"));
        Assert.Equal(["up", "down power-loss", "up"], _test.Events);
    }

    [Fact]
    public void An_installer_that_fails_leaves_nothing_behind()
    {
        Machine.Trouble.Add(new TroubleProfile { Kind = "installer-fails", ExitCode = unchecked((int)0x800F0922) });

        Assert.Equal(unchecked((int)0x800F0922), Wusa(TestMachine.PackageContent));
        Assert.Empty(Machine.Packages.Pending);
        Assert.Empty(Machine.Power.PendingReasons);

        Machine.Trouble.Clear();
        Assert.Equal(3010, Wusa(TestMachine.PackageContent));
    }

    [Fact]
    public void An_installer_that_hangs_ends_only_by_being_killed()
    {
        Machine.Trouble.Add(new TroubleProfile { Kind = "installer-hangs" });
        RunningProgram running = _test.StartInstall();
        _test.Clock.AdvanceBy(TimeSpan.FromDays(30));
        Assert.False(running.Completion.IsCompleted);
        Assert.Contains(Machine.Processes.All, p => p.Name == "wusa.exe");

        Assert.Equal(0, _test.Run("taskkill", "/f", "/im", "wusa.exe").ExitCode);
        _test.Until(() => running.Completion.IsCompleted);
        Assert.Equal(1, _test.ExitOf(running));
        Assert.False(Machine.Packages.Busy);
    }

    [Fact]
    public void The_network_goes_while_the_installer_works_and_the_installer_does_not_care()
    {
        Machine.Trouble.Add(new TroubleProfile { Kind = "network-loss", When = "installing", After = 2, For = 8 });
        RunningProgram running = _test.StartInstall();
        _test.Until(() => !Machine.Network.IsUp);
        Assert.False(running.Completion.IsCompleted);

        _test.Until(() => running.Completion.IsCompleted);
        Assert.True(Machine.Network.IsUp);
        Assert.Equal(3010, _test.ExitOf(running));
        Assert.Equal(["up", "down network", "up"], _test.Events);
    }

    public void Dispose() => _test.Dispose();
}
