using System.Management.Automation.Runspaces;
using System.Text.Json.Nodes;
using Xunit;

namespace Firebreak.Lab.Engine.Tests;

/// <summary>The cmdlets of NetSecurity and NetConnection, over machines that have the firewall, and one that has not the cmdlets.</summary>
public sealed class FirewallCmdletTests(FirewallCmdletTests.Machines machines) : IClassFixture<FirewallCmdletTests.Machines>
{
    private const string Key = @"HKLM:\SYSTEM\CurrentControlSet\Services\SharedAccess\Parameters\FirewallPolicy\FirewallRules";

    [Fact]
    public void A_rule_is_made_shown_changed_and_removed()
    {
        string[] seen = LabFixture.Text(machines.Later,
            $$"""
            $made = New-NetFirewallRule -Name fb-1 -DisplayName fb -Group set -Direction Inbound -Action Block -Protocol TCP -LocalPort 135, 445 -RemoteAddress 10.0.0.1-10.0.0.9, fe80::2-fe80::9
            "$($made.Name) $($made.Enabled) $($made.Action) $($made.Direction) $($made.Profile)"
            (Get-ItemProperty '{{Key}}').'fb-1'
            ($made | Get-NetFirewallPortFilter).LocalPort -join ' '
            (Get-NetFirewallRule -DisplayName f* | Get-NetFirewallAddressFilter).RemoteAddress -join ' '
            Set-NetFirewallRule -Group set -Enabled False
            "$((Get-NetFirewallRule -Name fb-1).Enabled)"
            Remove-NetFirewallRule -Name fb-1 -WhatIf
            @(Get-NetFirewallRule -Name fb-*).Count
            Get-NetFirewallRule -Group set | Remove-NetFirewallRule
            @(Get-NetFirewallRule -Name fb-*).Count
            """);
        Assert.Equal(
            [
                "fb-1 True Block Inbound Any",
                "v2.29|Action=Block|Active=TRUE|Dir=In|Protocol=6|LPort=135|LPort=445|RA4=10.0.0.1-10.0.0.9|RA6=fe80::2-fe80::9|Name=fb|EmbedCtxt=set|",
                "135 445", "10.0.0.1-10.0.0.9 fe80::2-fe80::9", "False", "1", "0",
            ],
            seen);
    }

    [Fact]
    public void Profiles_are_shown_as_set_and_as_in_force()
    {
        string[] seen = LabFixture.Text(machines.Later,
            """
            Set-NetFirewallProfile -Name Public -Enabled False
            (Get-NetFirewallProfile | ForEach-Object { "$($_.Name)=$($_.Enabled)/$($_.AllowLocalFirewallRules)" }) -join ' '
            $null = New-Item HKLM:\SOFTWARE\Policies\Microsoft\WindowsFirewall\PublicProfile -Force
            Set-ItemProperty HKLM:\SOFTWARE\Policies\Microsoft\WindowsFirewall\PublicProfile -Name EnableFirewall -Value 1 -Type DWord
            Set-ItemProperty HKLM:\SOFTWARE\Policies\Microsoft\WindowsFirewall\PublicProfile -Name AllowLocalPolicyMerge -Value 0 -Type DWord
            (Get-NetFirewallProfile -PolicyStore ActiveStore | ForEach-Object { "$($_.Name)=$($_.Enabled)/$($_.AllowLocalFirewallRules)" }) -join ' '
            "$((Get-NetConnectionProfile).NetworkCategory)"
            """);
        Assert.Equal(["Domain=True/NotConfigured Private=True/NotConfigured Public=False/NotConfigured", "Domain=True/True Private=True/True Public=True/False", "DomainAuthenticated"], seen);
    }

    [Theory]
    [InlineData("Get-NetFirewallRule -Name nope", "CmdletizationQuery_NotFound_InstanceID,Get-NetFirewallRule")]
    [InlineData("Remove-NetFirewallRule -DisplayName nope", "CmdletizationQuery_NotFound_DisplayName,Remove-NetFirewallRule")]
    [InlineData("New-NetFirewallRule -DisplayName x -Protocol TCP -LocalPort 70000", "HRESULT 0x80070057,New-NetFirewallRule")]
    [InlineData("New-NetFirewallRule -DisplayName x -RemoteAddress ::1", "HRESULT 0x80070057,New-NetFirewallRule")]
    [InlineData("$null = New-NetFirewallRule -Name twice -DisplayName x; New-NetFirewallRule -Name twice -DisplayName x", "Windows System Error 183,New-NetFirewallRule")]
    public void Errors_have_the_ids_of_Windows(string script, string id) => Assert.Equal(id, LabFixture.ErrorId(machines.Later, script));

    [Fact]
    public void Without_its_service_nothing_answers() =>
        Assert.Equal("Windows System Error 1753,Get-NetFirewallRule", LabFixture.ErrorId(machines.Stopped, "Get-NetFirewallRule"));

    [Fact]
    public void Windows_7_has_the_firewall_and_not_the_cmdlets() =>
        Assert.Equal(["0", "True"], LabFixture.Text(machines.Earlier, $"@(Get-Command -Name *-NetFirewall*, Get-NetConnectionProfile -ErrorAction SilentlyContinue).Count; Test-Path '{Key}'"));

    /// <summary>One engine, three machines.</summary>
    public sealed class Machines : IDisposable
    {
        private readonly EngineProcess _engine = new();

        /// <summary>Makes the machines.</summary>
        public Machines()
        {
            _engine.Ask("hello");
            Later = Make("fw01", "127.83.250.41", "10.0.18362", "running");
            Stopped = Make("fw02", "127.83.250.42", "10.0.18362", "stopped");
            Earlier = Make("fw03", "127.83.250.43", "6.1.7601", "running");
        }

        /// <summary>Windows 10, of a domain.</summary>
        public Runspace Later { get; }

        /// <summary>Windows 10 whose firewall does not run.</summary>
        public Runspace Stopped { get; }

        /// <summary>Windows 7 with PowerShell 5.1.</summary>
        public Runspace Earlier { get; }

        /// <inheritdoc/>
        public void Dispose()
        {
            Later.Dispose();
            Stopped.Dispose();
            Earlier.Dispose();
            _engine.Dispose();
        }

        private Runspace Make(string host, string address, string version, string state)
        {
            JsonNode machine = JsonNode.Parse(
                """
                { "os": { "product": "Windows", "caption": "Microsoft Windows", "edition": "Enterprise", "domain": "corp.example" },
                  "powershell": { "version": "5.1.18362.1", "edition": "Desktop" }, "accounts": { "Administrator": { "password": "pw", "admin": true } } }
                """)!;
            machine["name"] = host.ToUpperInvariant();
            machine["os"]!["version"] = version;
            machine["services"] = new JsonObject { ["mpssvc"] = new JsonObject { ["state"] = state, ["start"] = "automatic" } };
            _engine.Ask("host.create", new JsonObject { ["host"] = host, ["address"] = address, ["machine"] = machine });
            Runspace runspace = RunspaceFactory.CreateRunspace(new WireConnectionInfo(_engine, host));
            runspace.Open();
            return runspace;
        }
    }
}
