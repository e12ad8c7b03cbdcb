using System.Net;

namespace Firebreak.Lab.Machines.Tests;

/// <summary>Windows Firewall since Vista: where rules are kept, what netsh makes of them, what packets meet.</summary>
public sealed class FirewallTests : IDisposable
{
    private const string Others = "127.0.0.2-255.255.255.255";
    private static readonly IPAddress s_controller = IPAddress.Parse("127.0.0.1");
    private static readonly IPAddress s_vantage = IPAddress.Parse("127.0.0.9");
    private readonly TestMachine _test = new();

    private Machine Machine => _test.Machine;

    [Fact]
    public void A_rule_of_netsh_is_a_registry_value_and_shuts_the_port_for_its_sources()
    {
        ProgramResult added = Netsh("add", "rule", "name=fb", "dir=in", "action=block", "protocol=TCP", "localport=135,445", $"remoteip={Others},10.0.0.0/8,fe80::2-fe80::9");
        Assert.Equal(0, added.ExitCode);

        KeyValuePair<string, RegistryValue> value = Assert.Single(Machine.Registry.Values(FirewallState.RulesKey)!);
        Assert.Matches(@"^\{[0-9A-F-]{36}\}$", value.Key);
        Assert.Equal($"v2.29|Action=Block|Active=TRUE|Dir=In|Protocol=6|LPort=135|LPort=445|RA4={Others}|RA4=10.0.0.0/255.0.0.0|RA6=fe80::2-fe80::9|Name=fb|", value.Value.Data);
        Assert.True(Probe.IsSilent(_test, 445, s_vantage));
        Assert.True(Probe.Answers(_test, 445, s_controller));

        Assert.Equal(0, Netsh("show", "rule", "name=FB").ExitCode);
        Assert.Equal(1, Netsh("show", "rule", "name=other").ExitCode);
        Assert.Equal(0, Netsh("delete", "rule", "name=fb").ExitCode);
        Assert.Equal(1, Netsh("delete", "rule", "name=fb").ExitCode);
        Assert.Empty(Machine.Registry.Values(FirewallState.RulesKey)!);
        Assert.True(Probe.Answers(_test, 445, s_vantage));
    }

    [Fact]
    public void A_rule_for_IPv6_alone_shuts_nothing_for_IPv4()
    {
        Assert.Equal(0, Netsh("add", "rule", "name=fb", "dir=in", "action=block", "protocol=TCP", "localport=445", "remoteip=::2-fe80::9").ExitCode);
        Assert.True(Probe.Answers(_test, 445, s_vantage));
    }

    [Theory]
    [InlineData("protocol=TCP", "localport=70000")]
    [InlineData("protocol=any", "localport=445")]
    [InlineData("protocol=TCP", "remoteip=10.0.0.9-10.0.0.1")]
    [InlineData("protocol=TCP", "remoteip=host")]
    [InlineData("protocol=TCP", "remoteip=::-fe80::1")]
    [InlineData("protocol=TCP", "remoteip=::1")]
    [InlineData("protocol=TCP", "profile=work")]
    public void What_Windows_refuses_is_refused(params string[] words)
    {
        Assert.Equal(1, Netsh(["add", "rule", "name=fb", "dir=in", "action=block", .. words]).ExitCode);
        Assert.Empty(Machine.Firewall.Rules);
    }

    [Fact]
    public void Rules_mean_nothing_while_the_service_is_stopped_the_profile_off_or_Group_Policy_ignores_them()
    {
        Netsh("add", "rule", "name=fb", "dir=in", "action=block", "protocol=TCP", "localport=445", $"remoteip={Others}");
        Assert.True(Probe.IsSilent(_test, 445, s_vantage));

        Assert.Equal(0, _test.Run("netsh", "advfirewall", "set", "publicprofile", "state", "off").ExitCode);
        Assert.True(Probe.IsSilent(_test, 445, s_vantage));
        Assert.Equal(0, _test.Run("netsh", "advfirewall", "set", "currentprofile", "state", "off").ExitCode);
        Assert.Equal(0, Machine.Registry.GetValue(FirewallState.LocalKey + @"\StandardProfile", "EnableFirewall")!.Data);
        Assert.True(Probe.Answers(_test, 445, s_vantage));
        Machine.Registry.SetValue(FirewallState.PolicyKey + @"\PrivateProfile", "EnableFirewall", RegistryValue.Dword(1));
        Assert.True(Probe.IsSilent(_test, 445, s_vantage));

        Machine.Registry.SetValue(FirewallState.PolicyKey + @"\PrivateProfile", "AllowLocalPolicyMerge", RegistryValue.Dword(0));
        Assert.True(Probe.Answers(_test, 445, s_vantage));
        Machine.Registry.SetValue(FirewallState.PolicyKey + @"\FirewallRules", "gpo", RegistryValue.Sz($"v2.10|Action=Block|Active=TRUE|Dir=In|Protocol=6|LPort2_10=440-450|RA4={Others}|Name=gpo|"));
        Assert.True(Probe.IsSilent(_test, 445, s_vantage));

        Machine.Services.Stop("mpssvc");
        Assert.True(Probe.Answers(_test, 445, s_vantage));
        Assert.Equal(1, Netsh("show", "rule", "name=all").ExitCode);
    }

    [Fact]
    public void Rules_of_other_profiles_or_switched_off_shut_nothing()
    {
        Netsh("add", "rule", "name=a", "dir=in", "action=block", "protocol=TCP", "localport=445", "profile=public");
        Netsh("add", "rule", "name=b", "dir=in", "action=block", "enable=no");
        Netsh("add", "rule", "name=c", "dir=out", "action=block");
        Netsh("add", "rule", "name=d", "dir=in", "action=block", "protocol=UDP", "localport=445");
        Assert.True(Probe.Answers(_test, 445, s_vantage));
        Netsh("add", "rule", "name=e", "dir=in", "action=block", "profile=private,domain");
        Assert.True(Probe.IsSilent(_test, 445, s_vantage));
    }

    [Fact]
    public void A_rule_that_was_read_is_the_same_text_again()
    {
        const string Text = "v2.29|Action=Allow|Active=FALSE|Dir=In|Protocol=6|Profile=Domain|LPort=RPC|RPort=49000|RA4=LocalSubnet|App=c:\\x.exe|Name=@F.dll,-1|Security=Authenticate|";
        FirewallRule rule = FirewallRule.Parse("x", Text)!;
        Assert.Equal(Text, rule.Text);
        Assert.Equal(Text.Replace("FALSE", "TRUE", StringComparison.Ordinal), rule.With("Active", "TRUE").Text);
        Assert.Null(FirewallRule.Parse("x", "no rule"));
        Assert.Null(FirewallRule.Parse("x", "v2.29|Active=TRUE|"));
    }

    [Fact]
    public void Systems_before_Vista_have_none()
    {
        using TestMachine era = new(profile =>
        {
            profile["os"]!["version"] = "5.2.3790";
            profile["services"]!.AsObject().Remove("mpssvc");
        });
        Assert.False(era.Machine.Registry.KeyExists(FirewallState.LocalKey));
        Assert.Equal(1, era.Run("netsh", "advfirewall", "show", "allprofiles").ExitCode);
    }

    public void Dispose() => _test.Dispose();

    private ProgramResult Netsh(params string[] words) => _test.Run("netsh", ["advfirewall", "firewall", .. words]);
}
