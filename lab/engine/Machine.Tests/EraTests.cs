using System.Text.Json.Nodes;

namespace Firebreak.Lab.Machines.Tests;

/// <summary>What machines before Vista are: identity, folders, what they have not.</summary>
public sealed class EraTests
{
    [Fact]
    public void Nt4_has_its_folder_its_version_and_its_marker()
    {
        using TestMachine test = new(Era.Nt4);
        const string Version = @"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion";
        Assert.Equal(("4.0", "1381", @"C:\WINNT", "Service Pack 6"), (test.Registry(Version, "CurrentVersion"), test.Registry(Version, "CurrentBuildNumber"), test.Registry(Version, "SystemRoot"), test.Registry(Version, "CSDVersion")));
        Assert.Equal(0x600, test.Registry(@"HKLM\SYSTEM\CurrentControlSet\Control\Windows", "CSDVersion"));
        Assert.Equal(["Terminal Server"], (string[])test.Registry(@"HKLM\SYSTEM\CurrentControlSet\Control\ProductOptions", "ProductSuite")!);
        Assert.Null(test.Registry(Version, "EditionID"));
        Assert.False(test.Machine.Registry.KeyExists(@"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Component Based Servicing"));
        Assert.True(test.Machine.Files.FileExists(@"%SystemRoot%\System32\cmd.exe"));
        Assert.True(test.Machine.Files.FileExists(@"C:\WINNT\system32\ole32.dll"));
        Assert.Equal("C:\\WINNT\r\n", test.Run("cmd", "/c", "echo %windir%").Output);
        Assert.Contains("Windows NT Version 4.0", test.Run("cmd", "/c", "ver").Output);
    }

    [Fact]
    public void The_folder_of_windows_is_where_programs_and_processes_are()
    {
        using TestMachine test = new(Era.Xp);
        Assert.Equal(@"C:\WINDOWS\System32\reg.exe", test.Machine.Programs.Resolve("reg"));
        Assert.All(test.Machine.Processes.All.Where(p => p.Path is not null), p => Assert.StartsWith(@"C:\WINDOWS\", p.Path));
        Assert.Equal(@"C:\Documents and Settings\Administrator", test.Machine.EnvironmentOf(@"XP01\Administrator")["USERPROFILE"]);
        Assert.False(test.Machine.EnvironmentOf("").ContainsKey("ProgramData"));
    }

    [Fact]
    public void Default_exemptions_are_written_down_from_2003_on_only()
    {
        using TestMachine xp = new(Era.Xp);
        using TestMachine server = new(Era.Windows2003);
        Assert.Null(xp.Registry(@"HKLM\SYSTEM\CurrentControlSet\Services\IPSEC", "NoDefaultExempt"));
        Assert.Equal(3, server.Registry(@"HKLM\SYSTEM\CurrentControlSet\Services\IPSEC", "NoDefaultExempt"));
    }

    [Fact]
    public void A_64_bit_system_has_two_views()
    {
        using TestMachine test = new(p =>
        {
            Era.Windows2003(p);
            p["os"]!["arch"] = "ia64";
        });
        Assert.Equal("IA64", test.Machine.EnvironmentOf("")["PROCESSOR_ARCHITECTURE"]);
        test.Machine.Registry.SetValue(@"HKLM\SOFTWARE\X", "v", RegistryValue.Sz("32"), Microsoft.Win32.RegistryView.Registry32);
        Assert.Null(test.Registry(@"HKLM\SOFTWARE\X", "v"));
        Assert.Equal("32", test.Registry(@"HKLM\SOFTWARE\WOW6432Node\X", "v"));
    }

    [Fact]
    public void Me_has_no_nt_registry_and_lets_nobody_in()
    {
        using TestMachine source = new();
        using TestMachine me = new(Era.Me);
        LabNetwork network = new();
        network.Join(source.Machine);
        network.Join(me.Machine);
        source.Machine.Services.Define("mrxsmb10", new ServiceProfile());
        source.Machine.Services.Start("mrxsmb10");
        Assert.False(me.Machine.Registry.KeyExists(@"HKLM\SOFTWARE\Microsoft\Windows NT"));
        Assert.Equal("4.90.3000", me.Registry(@"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion", "VersionNumber"));
        ProgramContext caller = source.Remote;
        foreach (RemoteService service in new[] { RemoteService.Registry, RemoteService.ServiceControl, RemoteService.Scheduler, RemoteService.Wmi })
        {
            Assert.Throws<LabWin32Exception>(() => caller.Remote.Reach(source.Machine, caller, "ME01", service));
        }

        Assert.Throws<IOException>(() => new FileView(source.Machine, caller).ReadBytes(@"\\ME01\C$\x"));
    }

    [Fact]
    public void A_worm_runs_from_its_run_value_and_listens()
    {
        using TestMachine test = new(p =>
        {
            Era.Windows2000(p);
            p["files"]![@"%SystemRoot%\system32\msblast.exe"] = new JsonObject { ["size"] = 6176 };
            p["registry"]![@"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Run"] = new JsonObject { ["windows auto update"] = "msblast.exe" };
            p["processes"] = JsonNode.Parse("""[{ "path": "%SystemRoot%\\system32\\msblast.exe", "run": { "key": "HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Run", "name": "windows auto update" } }]""");
        });
        Assert.True(Probe.Answers(test, 4444, System.Net.IPAddress.Loopback));
        Assert.Equal(0, test.Run("taskkill", "/im", "msblast.exe", "/f").ExitCode);
        Assert.True(Probe.Refuses(test, 4444, System.Net.IPAddress.Loopback));
        test.Reboot();
        Assert.Contains(test.Machine.Processes.All, p => p.Name == "msblast.exe");
        Assert.True(test.Machine.Registry.DeleteValue(@"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Run", "windows auto update"));
        test.Reboot();
        Assert.DoesNotContain(test.Machine.Processes.All, p => p.Name == "msblast.exe");
    }

    [Fact]
    public void A_crash_of_rpc_restarts_the_system_unless_its_failure_actions_say_otherwise()
    {
        using TestMachine test = new(Era.Xp);
        test.Machine.Trouble.Add(new TroubleProfile { Kind = "rpc-crash", After = 5 });
        test.Clock.AdvanceBy(TimeSpan.FromSeconds(6));
        Assert.True(test.Machine.Power.ShutdownScheduled);
        Assert.False(test.Machine.Services.IsRunning("RpcSs"));
        Assert.Equal(0, test.Run("shutdown", "-a").ExitCode);
        test.Machine.Services.Start("RpcSs");
        Assert.Equal(0, test.Run("sc", "failure", "rpcss", "reset=", "0", "actions=", "restart/1000").ExitCode);
        Assert.Contains("RESTART -- Delay = 1000", test.Run("sc", "qfailure", "rpcss").Output);
        test.Machine.Trouble.Add(new TroubleProfile { Kind = "rpc-crash" });
        test.Clock.AdvanceBy(TimeSpan.FromSeconds(1));
        Assert.False(test.Machine.Power.ShutdownScheduled);
        test.Clock.AdvanceBy(TimeSpan.FromSeconds(2));
        Assert.True(test.Machine.Services.IsRunning("RpcSs"));
    }

    [Theory]
    [InlineData("5.0.2195", 2, true)]
    [InlineData("5.0.2195", 3, false)]
    [InlineData("4.0.1381", 6, false)]
    [InlineData("5.1.2600", 0, false)]
    public void EnableDCOM_is_heeded_from_the_next_boot_on_and_by_2000_from_SP3_on(string version, int servicePack, bool isEnabled)
    {
        using TestMachine test = new(p =>
        {
            Era.Windows2000(p);
            p["os"]!["version"] = version;
            p["os"]!["servicePack"] = servicePack;
        });
        test.Machine.Registry.SetValue(@"HKLM\SOFTWARE\Microsoft\OLE", "EnableDCOM", RegistryValue.Sz("N"));
        Assert.True(test.Machine.DcomEnabled);
        test.Reboot();
        Assert.Equal(isEnabled, test.Machine.DcomEnabled);
    }
}
