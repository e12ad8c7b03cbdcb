using System.Management.Automation;
using Firebreak.Lab.Machines;
using Microsoft.PowerShell.Cmdletization.GeneratedTypes.NetSecurity;
using Action = Microsoft.PowerShell.Cmdletization.GeneratedTypes.NetSecurity.Action;

namespace Firebreak.Lab.Engine.Cmdlets.NetSecurity;

/// <summary>Get-NetFirewallRule.</summary>
[Cmdlet(VerbsCommon.Get, "NetFirewallRule", DefaultParameterSetName = "All"), Since(3, 0)]
public sealed class GetNetFirewallRuleCommand : NetFirewallRuleChoice
{
    /// <summary>All rules.</summary>
    [Parameter(ParameterSetName = "All")]
    public SwitchParameter All { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (Answers())
        {
            WriteObject(Chosen().Select(r => Describe(r.Rule, r.Source)), enumerateCollection: true);
        }
    }
}

/// <summary>Remove-NetFirewallRule.</summary>
[Cmdlet(VerbsCommon.Remove, "NetFirewallRule", DefaultParameterSetName = "Name", SupportsShouldProcess = true), Since(3, 0)]
public sealed class RemoveNetFirewallRuleCommand : NetFirewallRuleChoice
{
    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (!Answers() || !MayChange())
        {
            return;
        }

        foreach ((FirewallRule rule, _) in Chosen().ToArray())
        {
            if (ShouldProcess($"DisplayName: {rule.DisplayName}"))
            {
                Firewall.Remove(rule.Name);
            }
        }
    }
}

/// <summary>Set-NetFirewallRule: whether a rule is enabled, and what it does.</summary>
[Cmdlet(VerbsCommon.Set, "NetFirewallRule", DefaultParameterSetName = "Name", SupportsShouldProcess = true), Since(3, 0)]
public sealed class SetNetFirewallRuleCommand : NetFirewallRuleChoice
{
    /// <summary>Whether it is enabled.</summary>
    [Parameter]
    public Enabled? Enabled { get; set; }

    /// <summary>What it does.</summary>
    [Parameter]
    public Action? Action { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (!Answers() || !MayChange())
        {
            return;
        }

        foreach ((FirewallRule rule, _) in Chosen().ToArray())
        {
            FirewallRule changed = Enabled is { } enabled ? rule.With("Active", enabled == Microsoft.PowerShell.Cmdletization.GeneratedTypes.NetSecurity.Enabled.True ? "TRUE" : "FALSE") : rule;
            changed = Action is { } action ? changed.With("Action", action == Microsoft.PowerShell.Cmdletization.GeneratedTypes.NetSecurity.Action.Block ? "Block" : "Allow") : changed;
            if (ShouldProcess($"DisplayName: {rule.DisplayName}"))
            {
                Firewall.Set(changed);
            }
        }
    }
}

/// <summary>New-NetFirewallRule.</summary>
[Cmdlet(VerbsCommon.New, "NetFirewallRule", SupportsShouldProcess = true), Since(3, 0)]
public sealed class NewNetFirewallRuleCommand : NetFirewallCmdlet
{
    /// <summary>Unique name; a GUID without it.</summary>
    [Parameter, Alias("ID")]
    public string? Name { get; set; }

    /// <summary>Display name.</summary>
    [Parameter(Mandatory = true)]
    public string DisplayName { get; set; } = "";

    /// <summary>Description.</summary>
    [Parameter]
    public string? Description { get; set; }

    /// <summary>Group.</summary>
    [Parameter, Alias("RuleGroup")]
    public string? Group { get; set; }

    /// <summary>Whether it is enabled.</summary>
    [Parameter]
    public Enabled Enabled { get; set; } = Enabled.True;

    /// <summary>Profiles.</summary>
    [Parameter]
    public Profile Profile { get; set; }

    /// <summary>Which way.</summary>
    [Parameter]
    public Direction Direction { get; set; } = Direction.Inbound;

    /// <summary>What it does.</summary>
    [Parameter]
    public Action Action { get; set; } = Action.Allow;

    /// <summary>TCP, UDP, Any, a number.</summary>
    [Parameter]
    public string Protocol { get; set; } = "Any";

    /// <summary>Ports and ranges.</summary>
    [Parameter]
    public string[]? LocalPort { get; set; }

    /// <summary>Addresses, subnets, ranges.</summary>
    [Parameter]
    public string[]? RemoteAddress { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (!Answers() || !MayChange() || !ShouldProcess($"DisplayName: {DisplayName}"))
        {
            return;
        }

        string name = Name ?? $"{{{Guid.NewGuid():D}}}";
        if (Firewall.Rules.Any(r => r.Name.Equals(name, StringComparison.OrdinalIgnoreCase)))
        {
            Report("Cannot create a file when that file already exists.", "Windows System Error 183", ErrorCategory.ResourceExists, name);
            return;
        }

        try
        {
            FirewallRule rule = new FirewallRuleFields
            {
                DisplayName = DisplayName,
                Description = Description,
                Group = Group,
                Enabled = Enabled == Enabled.True,
                Inbound = Direction == Direction.Inbound,
                Block = Action == Action.Block,
                Protocol = Protocol,
                LocalPorts = Some(LocalPort),
                Remote = Some(RemoteAddress),
                Profiles = [.. FirewallState.Profiles.Where(p => Profile.HasFlag(Enum.Parse<Profile>(p)))],
            }.Make(name, Firewall.Schema);
            Firewall.Set(rule);
            WriteObject(Describe(rule, "PersistentStore"));
        }
        catch (ArgumentException error)
        {
            Report($"The parameter is incorrect. ({error.Message})", "HRESULT 0x80070057", ErrorCategory.InvalidArgument, name);
        }
    }

    private static string[] Some(string[]? values) => values is null or ["Any"] ? [] : values;
}
