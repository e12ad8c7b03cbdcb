using System.Management.Automation;
using Firebreak.Lab.Machines;

namespace Firebreak.Lab.Engine.Cmdlets.NetSecurity;

/// <summary>What a rule is about, apart from the rule: of one rule.</summary>
public abstract class NetFirewallFilterCommand : NetFirewallCmdlet
{
    /// <summary>The rule.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true)]
    public PSObject? AssociatedNetFirewallRule { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (!Answers())
        {
            return;
        }

        string name = LanguagePrimitives.ConvertTo<string>(AssociatedNetFirewallRule!.Properties["InstanceID"]?.Value);
        if (Firewall.Rules.Concat(Firewall.PolicyRules).FirstOrDefault(r => r.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) is { } rule)
        {
            WriteObject(Filter(rule));
        }
        else
        {
            NotFound("InstanceID", name);
        }
    }

    private protected abstract PSObject Filter(FirewallRule rule);
}

/// <summary>Get-NetFirewallPortFilter.</summary>
[Cmdlet(VerbsCommon.Get, "NetFirewallPortFilter"), Since(3, 0)]
public sealed class GetNetFirewallPortFilterCommand : NetFirewallFilterCommand
{
    private protected override PSObject Filter(FirewallRule rule)
    {
        PSObject result = Instance("MSFT_NetProtocolPortFilter");
        result.Properties.Add(new PSNoteProperty("InstanceID", rule.Name));
        result.Properties.Add(new PSNoteProperty("Protocol", FirewallRuleFields.ProtocolName(rule.Protocol)));
        result.Properties.Add(new PSNoteProperty("LocalPort", Shown(rule.LocalPorts)));
        result.Properties.Add(new PSNoteProperty("RemotePort", "Any"));
        return result;
    }
}

/// <summary>Get-NetFirewallAddressFilter.</summary>
[Cmdlet(VerbsCommon.Get, "NetFirewallAddressFilter"), Since(3, 0)]
public sealed class GetNetFirewallAddressFilterCommand : NetFirewallFilterCommand
{
    private protected override PSObject Filter(FirewallRule rule)
    {
        PSObject result = Instance("MSFT_NetAddressFilter");
        result.Properties.Add(new PSNoteProperty("InstanceID", rule.Name));
        result.Properties.Add(new PSNoteProperty("LocalAddress", "Any"));
        result.Properties.Add(new PSNoteProperty("RemoteAddress", Shown(rule.Remote)));
        return result;
    }
}
