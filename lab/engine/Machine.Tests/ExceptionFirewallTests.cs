using System.Net;
using System.Text.Json.Nodes;

namespace Firebreak.Lab.Machines.Tests;

/// <summary>Windows Firewall of XP SP2 and Server 2003 SP1: what netsh firewall writes, and whom packets of theirs reach.</summary>
public sealed class ExceptionFirewallTests : IDisposable
{
    private const string Standard = FirewallState.LocalKey + @"\StandardProfile";
    private static readonly IPAddress s_controller = IPAddress.Parse("127.0.0.1");
    private static readonly IPAddress s_vantage = IPAddress.Parse("127.0.0.9");
    private readonly TestMachine _test = new(p => Xp(p, 2));

    private Machine Machine => _test.Machine;

    [Fact]
    public void It_lets_nobody_in_but_by_exceptions()
    {
        Assert.Equal(0, Netsh("add", "portopening", "protocol=TCP", "port=445", "name=SMB", "mode=ENABLE", "scope=CUSTOM", "addresses=127.0.0.1,10.0.0.0/8,LocalSubnet", "profile=DOMAIN"));
        Assert.Equal(0, Netsh("add", "portopening", "protocol=TCP", "port=445", "name=SMB", "scope=CUSTOM", "addresses=127.0.0.1", "profile=STANDARD"));
        Assert.Equal("445:TCP:127.0.0.1/255.255.255.255,10.0.0.0/255.0.0.0,LocalSubNet:Enabled:SMB", Port("Domain", "445:TCP"));
        Assert.True(Probe.Answers(_test, 445, s_vantage));

        Assert.Equal(0, Netsh("set", "opmode", "mode=ENABLE", "profile=ALL"));
        Assert.True(Probe.Answers(_test, 445, s_controller));
        Assert.True(Probe.IsSilent(_test, 445, s_vantage));
        Assert.True(Probe.IsSilent(_test, 139, s_controller));

        Assert.Equal(0, Netsh("set", "portopening", "protocol=TCP", "port=445", "mode=DISABLE"));
        Assert.Equal("445:TCP:*:Disabled:SMB", Port("Standard", "445:TCP"));
        Assert.True(Probe.IsSilent(_test, 445, s_controller));
        Assert.Equal(0, Netsh("delete", "portopening", "protocol=TCP", "port=445", "profile=ALL"));
        Assert.Equal(1, Netsh("delete", "portopening", "protocol=TCP", "port=445", "profile=ALL"));
        Assert.Null(Port("Domain", "445:TCP"));

        Assert.Equal(0, Netsh("set", "opmode", "mode=DISABLE"));
        Assert.True(Probe.Answers(_test, 139, s_vantage));
    }

    [Fact]
    public void Remote_administration_opens_135_and_445()
    {
        Assert.Equal(0, Netsh("set", "service", "type=REMOTEADMIN", "mode=ENABLE", "scope=CUSTOM", "addresses=127.0.0.1", "profile=ALL"));
        Assert.Equal(0, Netsh("set", "opmode", "mode=ENABLE", "profile=ALL"));
        Assert.True(Probe.Answers(_test, 135, s_controller));
        Assert.True(Probe.Answers(_test, 445, s_controller));
        Assert.True(Probe.IsSilent(_test, 135, s_vantage));
        Assert.True(Probe.IsSilent(_test, 139, s_controller));
        Assert.Equal(0, Netsh("set", "opmode", "mode=ENABLE", "exceptions=DISABLE"));
        Assert.True(Probe.IsSilent(_test, 135, s_controller));
    }

    [Fact]
    public void Group_Policy_comes_first_and_may_ignore_local_ports()
    {
        const string Policy = FirewallState.PolicyKey + @"\StandardProfile";
        Assert.Equal(0, Netsh("add", "portopening", "protocol=TCP", "port=445", "name=SMB", "profile=STANDARD"));
        Machine.Registry.SetValue(Policy, "EnableFirewall", RegistryValue.Dword(1));
        Assert.True(Probe.Answers(_test, 445, s_vantage));
        Assert.True(Probe.IsSilent(_test, 139, s_vantage));
        Machine.Registry.SetValue(Policy + @"\GloballyOpenPorts", "AllowUserPrefMerge", RegistryValue.Dword(0));
        Assert.True(Probe.IsSilent(_test, 445, s_vantage));
        Machine.Registry.SetValue(Policy + @"\GloballyOpenPorts\List", "any", RegistryValue.Sz("139:TCP:127.0.0.9:enabled:by policy"));
        Assert.True(Probe.Answers(_test, 139, s_vantage));
    }

    [Fact]
    public void It_is_its_service()
    {
        Assert.Equal(0, Netsh("set", "opmode", "mode=ENABLE", "profile=ALL"));
        Assert.True(Probe.IsSilent(_test, 445, s_vantage));
        Assert.Equal(0, _test.Run("net", "stop", "SharedAccess").ExitCode);
        Assert.True(Probe.Answers(_test, 445, s_vantage));
        Assert.Equal(1, Netsh("set", "opmode", "mode=DISABLE"));
        Assert.Equal(1, (int)Machine.Registry.GetValue(Standard, "EnableFirewall")!.Data);
    }

    [Fact]
    public void What_is_not_valid_is_refused_and_changes_nothing()
    {
        Assert.Equal(1, Netsh("set", "opmode", "mode=on"));
        Assert.Equal(1, Netsh("add", "portopening", "protocol=TCP", "port=445", "scope=ALL"));
        Assert.Equal(1, Netsh("add", "portopening", "protocol=TCP", "port=445", "name=x", "scope=CUSTOM"));
        Assert.Equal(1, Netsh("add", "portopening", "protocol=TCP", "port=445", "name=x", "scope=ALL", "addresses=10.0.0.1"));
        Assert.Equal(1, Netsh("add", "portopening", "protocol=TCP", "port=445", "name=x", "scope=CUSTOM", "addresses=10.0.0.1-10.0.0.9"));
        Assert.Null(Port("Standard", "445:TCP"));
        Assert.Equal(LabRefusalException.ExitCode, Netsh("show", "state"));
    }

    [Fact]
    public void Service_packs_before_it_have_none()
    {
        using TestMachine era = new(p => Xp(p, 1));
        Assert.False(era.Machine.Exceptions.Exists);
        Assert.False(era.Machine.Registry.KeyExists(FirewallState.LocalKey));
        Assert.Equal(1, era.Run("netsh", "firewall", "set", "opmode", "mode=ENABLE").ExitCode);
        Assert.True(Probe.Answers(era, 445, s_vantage));
    }

    public void Dispose() => _test.Dispose();

    private static void Xp(JsonObject p, int servicePack)
    {
        Era.Xp(p);
        p["os"]!["servicePack"] = servicePack;
        p["services"]!["SharedAccess"] = new JsonObject();
        p["registry"]![Standard] = new JsonObject { ["EnableFirewall"] = 0 };
        if (servicePack < 2)
        {
            p["registry"]!.AsObject().Remove(Standard);
        }
    }

    private string? Port(string profile, string name) => Machine.Exceptions.Port(profile, name);

    private int Netsh(params string[] words) => _test.Run("netsh", ["firewall", .. words]).ExitCode;
}
