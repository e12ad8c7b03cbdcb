using System.Net;
using System.Text.Json.Nodes;

namespace Firebreak.Lab.Machines.Tests;

public sealed class IpsecTests : IDisposable
{
    private static readonly IPAddress s_controller = IPAddress.Parse("127.0.0.1");
    private static readonly IPAddress s_vantage = IPAddress.Parse("127.0.0.9");
    private readonly TestMachine _test = new();

    private Machine Machine => _test.Machine;

    private void Shield(bool mirrored = true)
    {
        string m = mirrored ? "yes" : "no";
        foreach (string command in new[]
        {
            "add policy name=FB description=x",
            "add filterlist name=block",
            $"add filter filterlist=block srcaddr=any dstaddr=me protocol=TCP dstport=445 mirrored={m}",
            "add filterlist name=permit",
            $"add filter filterlist=permit srcaddr=127.0.0.1 dstaddr=me protocol=TCP dstport=445 mirrored={m}",
            "add filteraction name=block action=block",
            "add filteraction name=permit action=permit",
            "add rule name=b policy=FB filterlist=block filteraction=block",
            "add rule name=p policy=FB filterlist=permit filteraction=permit",
        })
        {
            Assert.Equal((0, command), (_test.Netsh(command).ExitCode, command));
        }
    }

    [Fact]
    public void An_unassigned_policy_has_no_effect_an_assigned_one_lets_the_most_specific_filter_win()
    {
        Shield();
        Assert.True(Machine.Ports.IsOpen(s_vantage, 445));

        Assert.Equal(0, _test.Netsh("set policy name=FB assign=yes").ExitCode);

        Assert.False(Machine.Ports.IsOpen(s_vantage, 445));
        Assert.True(Machine.Ports.IsOpen(s_controller, 445));
        Assert.True(Machine.Ports.IsOpen(s_vantage, 135));
        Assert.Equal("FB", Machine.Ipsec.AssignedPolicy);
    }

    [Fact]
    public void Real_sockets_are_silent_to_the_blocked_source_only()
    {
        Shield();
        _test.Netsh("set policy name=FB assign=yes");
        Assert.True(Probe.Answers(_test, 445, s_controller));
        Assert.True(Probe.IsSilent(_test, 445, s_vantage));
        Assert.True(Probe.Answers(_test, 135, s_vantage));

        // And the reverse: the controller blocked, the vantage let in.
        _test.Netsh("delete filter filterlist=permit srcaddr=127.0.0.1 dstaddr=me protocol=TCP dstport=445");
        _test.Netsh("add filter filterlist=permit srcaddr=127.0.0.9 dstaddr=me protocol=TCP dstport=445");
        Assert.True(Probe.IsSilent(_test, 445, s_controller));
        Assert.True(Probe.Answers(_test, 445, s_vantage));

        _test.Netsh("set policy name=FB assign=no");
        Assert.True(Probe.Answers(_test, 445, s_controller));
    }

    [Fact]
    public void A_service_that_is_stopped_refuses_and_answers_again_when_started()
    {
        Machine.Services.Stop("LanmanServer", force: true);
        Assert.True(Probe.Refuses(_test, 445, s_controller));

        Machine.Services.Start("LanmanServer");
        Assert.True(Probe.Answers(_test, 445, s_controller));
    }

    [Fact]
    public void A_machine_off_the_network_is_silent_WinRM_included_once_the_front_has_closed()
    {
        Machine.Network.Lose(TimeSpan.FromSeconds(8));
        Machine.Ports.FrontClosed();
        Assert.True(Probe.IsSilent(_test, 445, s_controller));
        Assert.True(Probe.IsSilent(_test, 5985, s_controller));

        _test.Clock.AdvanceBy(TimeSpan.FromSeconds(8));
        Assert.True(Probe.Answers(_test, 445, s_controller));
        Assert.True(Probe.Refuses(_test, 5985, s_controller));
        Assert.Equal(["up", "down network", "up"], _test.Events);
    }

    [Fact]
    public void A_clogged_port_is_silent_without_a_packet_filter()
    {
        using CloggedPort port = new(_test.Address, 0);

        Assert.True(Probe.IsSilent(_test, port.Port, s_controller));
        Assert.True(Probe.IsSilent(_test, port.Port, s_vantage));
    }

    [Fact]
    public void A_one_way_permit_does_not_help_against_a_mirrored_block()
    {
        Shield(mirrored: true);
        _test.Netsh("delete filter filterlist=permit srcaddr=127.0.0.1 dstaddr=me protocol=TCP dstport=445");
        _test.Netsh("add filter filterlist=permit srcaddr=127.0.0.1 dstaddr=me protocol=TCP dstport=445 mirrored=no");
        _test.Netsh("set policy name=FB assign=yes");

        Assert.False(Machine.Ports.IsOpen(s_controller, 445));
    }

    [Theory]
    [InlineData("127.0.0.0/30", false)]
    [InlineData("127.0.0.0/28", true)]
    [InlineData("127.0.0.1-127.0.0.9", true)]
    public void Subnets_and_ranges_cover_their_addresses(string permitted, bool open)
    {
        Shield();
        _test.Netsh($"add filter filterlist=permit srcaddr={permitted} dstaddr=me protocol=TCP dstport=445");
        _test.Netsh("set policy name=FB assign=yes");

        Assert.Equal(open, Machine.Ports.IsOpen(s_vantage, 445));
        Assert.True(open ? Probe.Answers(_test, 445, s_vantage) : Probe.IsSilent(_test, 445, s_vantage));
    }

    [Fact]
    public void A_filter_on_the_source_port_covers_that_port_only()
    {
        Shield();
        _test.Netsh("add filter filterlist=permit srcaddr=127.0.0.9 dstaddr=me protocol=TCP srcport=41234 dstport=445");
        _test.Netsh("set policy name=FB assign=yes");

        Assert.True(Probe.Answers(_test, 445, s_vantage, sourcePort: 41234));
        Assert.True(Probe.IsSilent(_test, 445, s_vantage));
    }

    [Fact]
    public void Without_PolicyAgent_nothing_is_enforced()
    {
        Shield();
        _test.Netsh("set policy name=FB assign=yes");
        Machine.Services.Stop("PolicyAgent");
        Assert.True(Machine.Ports.IsOpen(s_vantage, 445));

        Machine.Services.Start("PolicyAgent");
        Assert.False(Machine.Ports.IsOpen(s_vantage, 445));
    }

    [Fact]
    public void A_policy_of_a_GPO_overrides_the_local_one()
    {
        using TestMachine test = new(p => p["ipsec"] = JsonNode.Parse("""
            { "gpo": { "name": "Domain policy", "rules": [{ "name": "r", "action": "block", "filters": [{ "protocol": "tcp", "dstPort": 135 }] }] } }
            """));
        foreach (string command in new[] { "add policy name=L assign=yes", "add filter filterlist=f srcaddr=any dstaddr=me protocol=TCP dstport=445", "add filteraction name=a action=block", "add rule name=r policy=L filterlist=f filteraction=a" })
        {
            Assert.Equal(0, test.Netsh(command).ExitCode);
        }

        Assert.True(test.Machine.Ports.IsOpen(s_vantage, 445));
        Assert.False(test.Machine.Ports.IsOpen(s_vantage, 135));
        Assert.Contains("Domain policy", test.Netsh("show gpoassignedpolicy").Output, StringComparison.Ordinal);

        test.Machine.Registry.DeleteKey(IpsecState.GpoKey);
        Assert.False(test.Machine.Ports.IsOpen(s_vantage, 445));
    }

    [Fact]
    public void Policies_live_in_the_registry_and_go_without_a_trace()
    {
        string before = Machine.Registry.Export(@"HKLM\SOFTWARE\Policies\Microsoft\Windows\IPSec")?.ToJsonString() ?? "none";
        Shield();
        _test.Netsh("set policy name=FB assign=yes");
        string active = (string)_test.Registry(IpsecState.LocalKey, "ActivePolicy")!;
        Assert.StartsWith(@"SOFTWARE\Policies\Microsoft\Windows\IPSec\Policy\Local\ipsecPolicy{", active, StringComparison.Ordinal);
        Assert.Equal("FB", _test.Registry(@"HKLM\" + active, "ipsecName"));

        foreach (string command in new[] { "delete policy name=FB", "delete filterlist name=block", "delete filterlist name=permit", "delete filteraction name=block", "delete filteraction name=permit" })
        {
            Assert.Equal(0, _test.Netsh(command).ExitCode);
        }

        Assert.Equal("none", before);
        Assert.Equal("""{"values":{},"keys":{}}""", Machine.Registry.Export(IpsecState.LocalKey)!.ToJsonString());
        Assert.Equal(["assign"], Machine.History.Entries.Where(e => e.Kind == "ipsec" && e["op"]!.Contains("assign", StringComparison.Ordinal)).Select(e => e["op"]!));
    }

    [Fact]
    public void Assignment_survives_a_reboot_and_the_prior_policy_can_be_assigned_again()
    {
        using TestMachine test = new(p => p["ipsec"] = JsonNode.Parse("""
            { "policies": [{ "name": "Corp", "assigned": true, "rules": [{ "name": "no telnet", "action": "block", "filters": [{ "protocol": "tcp", "dstPort": 23 }] }] }] }
            """));
        string? before = test.Registry(IpsecState.LocalKey, "ActivePolicy") as string;
        test.Netsh("add policy name=FB assign=yes");
        Assert.Equal("FB", test.Machine.Ipsec.AssignedPolicy);
        test.Reboot();
        Assert.Equal("FB", test.Machine.Ipsec.AssignedPolicy);

        test.Netsh("set policy name=Corp assign=yes");
        test.Netsh("delete policy name=FB");
        Assert.Equal(before, test.Registry(IpsecState.LocalKey, "ActivePolicy"));
    }

    [Theory]
    [InlineData("add policy name=FB")]
    [InlineData("add policy nam=X")]
    [InlineData("add filter filterlist=x srcaddr=any dstaddr=me dstport=445")]
    [InlineData("add filter filterlist=x srcaddr=300.1.1.1 dstaddr=me")]
    [InlineData("add filter filterlist=x dstaddr=me")]
    [InlineData("add filter filterlist=block srcaddr=any dstaddr=me protocol=TCP dstport=445 mirrored=yes")]
    [InlineData("add rule name=z policy=None filterlist=block filteraction=block")]
    [InlineData("add rule name=b policy=FB filterlist=block filteraction=block")]
    [InlineData("set policy name=None assign=yes")]
    [InlineData("set policy name=FB assign=perhaps")]
    [InlineData("delete policy name=None")]
    [InlineData("delete filterlist name=block")]
    [InlineData("delete filteraction name=permit")]
    [InlineData("delete rule name=zz policy=FB")]
    [InlineData("show policy name=None")]
    [InlineData("frobnicate")]
    public void Netsh_says_no_with_exit_code_1(string command)
    {
        Shield();

        Assert.Equal(1, _test.Netsh(command).ExitCode);
    }

    [Theory]
    [InlineData("show policy name=FB level=verbose")]
    [InlineData("show policy all")]
    [InlineData("show filterlist name=block")]
    [InlineData("show filteraction all")]
    [InlineData("show rule all policy=FB")]
    [InlineData("show all")]
    [InlineData("show gpoassignedpolicy")]
    [InlineData("set filterlist name=block newname=other")]
    [InlineData("set filteraction name=block action=permit")]
    [InlineData("set rule name=b policy=FB activate=no")]
    [InlineData("delete rule all policy=FB")]
    [InlineData("delete all")]
    public void Netsh_does_what_is_right_with_exit_code_0(string command)
    {
        Shield();

        Assert.Equal(0, _test.Netsh(command).ExitCode);
    }

    [Theory]
    [InlineData("ipsec", "dynamic", "show", "all")]
    [InlineData("interface", "show", "interface")]
    [InlineData("ipsec", "static", "add", "filteraction", "name=n", "action=negotiate")]
    [InlineData("ipsec", "static", "add", "policy", "FB2")]
    [InlineData("-r", "other", "ipsec", "static", "show", "all")]
    public void Netsh_refuses_loudly_what_the_lab_has_not(params string[] words)
    {
        ProgramResult result = _test.Run("netsh.exe", words);

        Assert.Equal(LabRefusalException.ExitCode, result.ExitCode);
        Assert.StartsWith("the lab has no", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Netsh_needs_an_administrator()
    {
        ProgramContext user = _test.Remote with { IsAdmin = false };

        Assert.Equal(1, Machine.Programs.Run("netsh", ["ipsec", "static", "add", "policy", "name=X"], user).ExitCode);
        Assert.Empty(Machine.Ipsec.Policies);
    }

    [Fact]
    public void Export_and_import_bring_the_policies_back()
    {
        Shield();
        Assert.Equal(0, _test.Netsh(@"exportpolicy file=C:\ProgramData\backup.ipsec").ExitCode);
        string before = Machine.Registry.Export(IpsecState.LocalKey)!.ToJsonString();
        _test.Netsh("delete all");

        Assert.Equal(0, _test.Netsh(@"importpolicy file=C:\ProgramData\backup.ipsec").ExitCode);
        Assert.Equal(before, Machine.Registry.Export(IpsecState.LocalKey)!.ToJsonString());
        Assert.Equal(1, _test.Netsh(@"importpolicy file=C:\ProgramData\none.ipsec").ExitCode);
    }

    [Fact]
    public void A_script_of_netsh_runs_line_by_line()
    {
        Machine.Files.WriteText(@"C:\ProgramData\s.txt", "# comment\r\nipsec static add policy name=\"from script\"\r\nipsec static add filterlist name=l\r\n");

        Assert.Equal(0, _test.Run("netsh", "-f", @"C:\ProgramData\s.txt").ExitCode);
        Assert.Equal(["from script"], Machine.Ipsec.Policies);
    }

    [Fact]
    public void A_firewall_block_beats_everything_while_its_profile_is_on()
    {
        FirewallRuleFields wanted = new() { DisplayName = "fb", Block = true, Protocol = "tcp", LocalPorts = ["445"], Remote = ["127.0.0.2-127.255.255.255"] };
        Machine.Firewall.Set(wanted.Make("fb", Machine.Firewall.Schema));
        Assert.True(Probe.IsSilent(_test, 445, s_vantage));
        Assert.True(Probe.Answers(_test, 445, s_controller));

        Assert.Equal(0, _test.Run("netsh", "advfirewall", "set", "allprofiles", "state", "off").ExitCode);
        Assert.True(Probe.Answers(_test, 445, s_vantage));
    }

    public void Dispose() => _test.Dispose();
}
