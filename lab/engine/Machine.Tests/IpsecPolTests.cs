using System.Net;
using System.Text.Json.Nodes;

namespace Firebreak.Lab.Machines.Tests;

/// <summary>ipsecpol of 2000, ipseccmd of XP, the service and its exemptions, and who is cut off by them.</summary>
public sealed class IpsecPolTests
{
    private static readonly IPAddress s_controller = IPAddress.Parse("127.0.0.1");
    private static readonly IPAddress s_vantage = IPAddress.Parse("127.0.0.9");

    private static ProgramResult Run(TestMachine test, string line) => test.Run("ipsecpol", [.. CommandLine.Split(line)]);

    private static void Must(TestMachine test, string line)
    {
        ProgramResult result = Run(test, line);
        Assert.Equal((line, 0, ""), (line, result.ExitCode, result.Error));
    }

    private static void Shield(TestMachine test)
    {
        Must(test, "-w REG -p \"FB shield\" -r pass -f 127.0.0.1+0:445:TCP -n PASS");
        Must(test, "-w REG -p \"FB shield\" -r block -f *=0:135:TCP *=0:445:TCP *=0:135:UDP -n BLOCK -x");
    }

    [Fact]
    public void A_static_policy_blocks_but_for_the_more_specific_exception_and_survives_a_restart()
    {
        using TestMachine test = new(Era.Windows2000);
        Shield(test);
        Assert.Equal("FB shield", test.Machine.Ipsec.AssignedPolicy);
        Assert.StartsWith(@"SOFTWARE\Policies\Microsoft\Windows\IPSec\Policy\Local\ipsecPolicy{", (string)test.Registry(IpsecState.LocalKey, "ActivePolicy")!);
        Assert.True(Probe.Answers(test, 445, s_controller));
        Assert.True(Probe.IsSilent(test, 445, s_vantage));
        Assert.True(Probe.IsSilent(test, 135, s_controller));
        Assert.True(Probe.Answers(test, 139, s_vantage));
        test.Reboot();
        Assert.False(test.Machine.Ports.IsOpen(s_vantage, 445));
        Assert.True(test.Machine.Ports.IsOpen(s_controller, 445));
        Assert.Contains("Local IPSec Policy Active: 'FB shield'", test.Run("netdiag", "/test:ipsec").Output);
        Must(test, "-w REG -p \"FB shield\" -y");
        Assert.True(test.Machine.Ports.IsOpen(s_vantage, 445));
        Must(test, "-w REG -p \"FB shield\" -r pass -r block -o");
        Assert.Empty(test.Machine.Ipsec.Policies);
        Assert.Empty(test.Machine.Registry.SubKeyNames(IpsecState.LocalKey)!);
        Assert.Contains("no policy is assigned", test.Run("netdiag", "/test:ipsec").Output);
    }

    [Fact]
    public void A_rule_of_the_same_name_is_replaced()
    {
        using TestMachine test = new(Era.Windows2000);
        Must(test, "-w REG -p P -r R -f *=0:135:TCP -n BLOCK -x");
        Must(test, "-w REG -p P -r R -f *=0:445:TCP -n BLOCK");
        Assert.True(test.Machine.Ports.IsOpen(s_vantage, 135));
        Assert.False(test.Machine.Ports.IsOpen(s_vantage, 445));
        Assert.Single(test.Machine.Registry.SubKeyNames(IpsecState.LocalKey)!, k => k.StartsWith("ipsecFilter{", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("127.0.0.*=0:445:TCP", false)]
    [InlineData("127.0.0.0/255.255.255.0=0:445:TCP", false)]
    [InlineData("127.0.0.8=0:445:TCP", true)]
    [InlineData("127.0.0.9=0::TCP", false)]
    [InlineData("127.0.0.9:5=0:445:TCP", true)]
    [InlineData("127.0.0.9=0", false)]
    [InlineData("0=127.0.0.9:445:TCP", true)]
    [InlineData("0:445=127.0.0.9::TCP", false)]
    [InlineData("*=0:445:UDP", true)]
    public void Filters_mean_what_is_written(string filter, bool open)
    {
        using TestMachine test = new(Era.Windows2000);
        Must(test, $"-w REG -p P -r R -f {filter} -n BLOCK -x");
        test.Machine.Registry.SetValue(@"HKLM\SYSTEM\CurrentControlSet\Services\IPSEC", "NoDefaultExempt", RegistryValue.Dword(1));
        // Port 5 stands for another port than the caller's.
        Assert.Equal(open, test.Machine.Ipsec.Allows(s_vantage, 6, 40000, 445));
    }

    [Theory]
    [InlineData("-w REG -p P -r R -f *=0:445 -n BLOCK")]
    [InlineData("-w REG -p P -r R -f *=0:99999:TCP -n BLOCK")]
    [InlineData("-w REG -p P -r R -f *0:445:TCP -n BLOCK")]
    [InlineData("-w REG -p P -r R -f 10.0.0.0/8=0:445:TCP -n BLOCK")]
    [InlineData("-w REG -r R -f *=0:445:TCP -n BLOCK")]
    [InlineData("-w REG -p P -f *=0:445:TCP -n BLOCK")]
    [InlineData("-w REG -p nobody -x")]
    [InlineData("-w REG -p nobody -o")]
    [InlineData("-p P -x")]
    [InlineData("-w REG -p P --assign")]
    [InlineData("")]
    public void Wrong_calls_fail_and_change_nothing(string line)
    {
        using TestMachine test = new(Era.Windows2000);
        Assert.Equal(1, Run(test, line).ExitCode);
        Assert.Empty(test.Machine.Ipsec.Policies);
    }

    [Theory]
    [InlineData("-w REG -p P -r R -f *=0:445:TCP")]
    [InlineData("-w REG -p P -r R -f *=0:445:TCP -n ESP[DES,SHA]")]
    [InlineData("-w DS:example.test -p P -r R -f *=0:445:TCP -n BLOCK")]
    [InlineData("-f *=0:445:TCP -n BLOCK -soft")]
    public void What_negotiates_is_refused(string line)
    {
        using TestMachine test = new(Era.Windows2000);
        ProgramResult result = Run(test, line);
        Assert.Equal(LabRefusalException.ExitCode, result.ExitCode);
        Assert.StartsWith("the lab has no ", result.Error);
    }

    [Fact]
    public void Each_tool_is_of_its_own_system()
    {
        using TestMachine xp = new(Era.Xp);
        using TestMachine server = new(Era.Windows2003);
        Assert.Equal(LabRefusalException.ExitCode, Run(xp, "-u").ExitCode);
        Assert.Equal(0, xp.Run("ipseccmd", "-w", "REG", "-p", "P", "-r", "R", "-f", "*=0:445:TCP", "-n", "BLOCK", "-x").ExitCode);
        Assert.False(xp.Machine.Ports.IsOpen(s_vantage, 445));
        Assert.Equal(1, xp.Netsh("show policy all").ExitCode);
        Assert.Equal(0, server.Netsh("add policy name=P").ExitCode);
    }

    [Fact]
    public void Dynamic_filters_go_with_the_service_on_2000_and_with_the_boot_on_xp()
    {
        using TestMachine old = new(Era.Windows2000);
        Must(old, "-f [*=0:445:TCP]");
        Assert.False(old.Machine.Ports.IsOpen(s_vantage, 445));
        Assert.Null(old.Registry(IpsecState.LocalKey, "ActivePolicy"));
        old.Run("net", "stop", "PolicyAgent");
        Assert.True(old.Machine.Ports.IsOpen(s_vantage, 445));
        Assert.Equal(1, Run(old, "-f [*=0:445:TCP]").ExitCode);
        old.Run("net", "start", "PolicyAgent");
        Assert.True(old.Machine.Ports.IsOpen(s_vantage, 445));

        using TestMachine xp = new(Era.Xp);
        Assert.Equal(0, xp.Run("ipseccmd", "-f", "*=0:445:TCP", "-n", "BLOCK").ExitCode);
        Assert.Equal(0, xp.Run("ipseccmd", "-f", "(127.0.0.1+0:445:TCP)").ExitCode);
        xp.Run("net", "stop", "PolicyAgent");
        Assert.True(xp.Machine.Ports.IsOpen(s_vantage, 445));
        xp.Run("net", "start", "PolicyAgent");
        Assert.False(xp.Machine.Ports.IsOpen(s_vantage, 445));
        Assert.True(xp.Machine.Ports.IsOpen(s_controller, 445));
        xp.Reboot();
        Assert.True(xp.Machine.Ports.IsOpen(s_vantage, 445));
        xp.Run("ipseccmd", "-f", "*=0:445:TCP", "-n", "BLOCK");
        xp.Run("ipseccmd", "-u");
        Assert.True(xp.Machine.Ports.IsOpen(s_vantage, 445));
    }

    [Fact]
    public void A_policy_of_the_domain_overrides_the_local_one_but_not_dynamic_filters()
    {
        using TestMachine test = new(p =>
        {
            Era.Windows2000(p);
            p["ipsec"] = JsonNode.Parse("""{ "gpo": { "name": "Domain", "rules": [] } }""");
        });
        Must(test, "-w REG -p P -r R -f *=0:445:TCP -n BLOCK -x");
        Assert.True(test.Machine.Ports.IsOpen(s_vantage, 445));
        Must(test, "-f [*=0:445:TCP]");
        Assert.False(test.Machine.Ports.IsOpen(s_vantage, 445));
        Assert.Contains("Directory IPSec Policy Active: 'Domain'", test.Run("netdiag", "/test:ipsec").Output);
    }

    [Fact]
    public void Source_port_88_passes_until_the_exemption_is_off_and_the_service_started_anew()
    {
        using TestMachine test = new(Era.Windows2000);
        Must(test, "-w REG -p P -r R -f *=0:445:TCP -n BLOCK -x");
        Assert.True(test.Machine.Ipsec.Allows(s_vantage, 6, 88, 445));
        Assert.False(test.Machine.Ipsec.Allows(s_vantage, 6, 40000, 445));
        test.Run("reg", "add", @"HKLM\SYSTEM\CurrentControlSet\Services\IPSEC", "/v", "NoDefaultExempt", "/t", "REG_DWORD", "/d", "1", "/f");
        Assert.True(test.Machine.Ipsec.Allows(s_vantage, 6, 88, 445));
        test.Run("net", "stop", "PolicyAgent");
        test.Run("net", "start", "PolicyAgent");
        Assert.False(test.Machine.Ipsec.Allows(s_vantage, 6, 88, 445));

        using TestMachine server = new(Era.Windows2003);
        server.Netsh("add policy name=P");
        server.Netsh("add filterlist name=L");
        server.Netsh("add filter filterlist=L srcaddr=any dstaddr=me protocol=TCP dstport=445 mirrored=no");
        server.Netsh("add filteraction name=B action=block");
        server.Netsh("add rule name=R policy=P filterlist=L filteraction=B");
        server.Netsh("set policy name=P assign=yes");
        Assert.False(server.Machine.Ipsec.Allows(s_vantage, 6, 88, 445));
    }

    [Fact]
    public void After_a_boot_the_policy_is_not_in_force_at_once()
    {
        using TestMachine test = new(p =>
        {
            Era.Windows2000(p);
            p["boot"]!["ipsecGapSeconds"] = 600;
        });
        Shield(test);
        Assert.False(test.Machine.Ports.IsOpen(s_vantage, 445));
        test.Reboot();
        Assert.True(test.Machine.Ports.IsOpen(s_vantage, 445));
        test.Clock.AdvanceBy(TimeSpan.FromSeconds(600));
        Assert.False(test.Machine.Ports.IsOpen(s_vantage, 445));
        Assert.True(Probe.IsSilent(test, 445, s_vantage));
    }

    [Fact]
    public void A_shield_without_an_exception_for_the_relay_cuts_it_off()
    {
        using TestMachine relay = new(p => p["name"] = "RELAY");
        using TestMachine test = new(Era.Windows2000);
        LabNetwork network = new();
        network.Join(relay.Machine);
        network.Join(test.Machine);
        relay.Machine.Services.Define("mrxsmb10", new ServiceProfile());
        relay.Machine.Services.Start("mrxsmb10");
        ProgramContext caller = relay.Remote with { Account = @"RELAY\Administrator" };
        ProgramResult Query() => relay.Machine.Programs.Run("reg", ["query", @"\\W2K\HKLM\SOFTWARE\Lab", "/v", "Text"], caller);
        Assert.Equal(0, Query().ExitCode);
        Must(test, "-w REG -p P -r block -f *=0:135:TCP *=0:445:TCP *=0:139:TCP -n BLOCK -x");
        Assert.Contains("The network path was not found", Query().Error);
        Must(test, $"-w REG -p P -r pass -f {relay.Address}+0:445:TCP -n PASS");
        Assert.Equal(0, Query().ExitCode);
        Assert.Equal(RemoteAccess.RpcUnavailable, Assert.Throws<LabWin32Exception>(() => caller.Remote.Reach(relay.Machine, caller, "W2K", RemoteService.Wmi)).Code);
    }
}
