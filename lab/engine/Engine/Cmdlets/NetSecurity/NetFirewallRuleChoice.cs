using System.Management.Automation;
using Firebreak.Lab.Machines;

namespace Firebreak.Lab.Engine.Cmdlets.NetSecurity;

/// <summary>Choosing rules by name, display name, group, or an object that Get-NetFirewallRule gave.</summary>
public abstract class NetFirewallRuleChoice : NetFirewallCmdlet
{
    /// <summary>Unique names, with wildcards.</summary>
    [Parameter(Position = 0, ParameterSetName = "Name", Mandatory = true), Alias("ID")]
    public string[]? Name { get; set; }

    /// <summary>Display names, with wildcards.</summary>
    [Parameter(ParameterSetName = "DisplayName", Mandatory = true)]
    public string[]? DisplayName { get; set; }

    /// <summary>Groups, with wildcards.</summary>
    [Parameter(ParameterSetName = "Group", Mandatory = true), Alias("RuleGroup")]
    public string[]? Group { get; set; }

    /// <summary>Rules.</summary>
    [Parameter(ParameterSetName = "InputObject", Mandatory = true, ValueFromPipeline = true)]
    public PSObject[]? InputObject { get; set; }

    /// <summary>PersistentStore or ActiveStore.</summary>
    [Parameter]
    public string? PolicyStore { get; set; }

    /// <summary>The rules that are meant; a name without wildcards that is not there is an error.</summary>
    private protected IEnumerable<(FirewallRule Rule, string Source)> Chosen()
    {
        bool active = IsActiveStore(PolicyStore);
        IReadOnlyList<FirewallRule> local = active && !Firewall.MergesLocal(Firewall.ActiveProfile) ? [] : Firewall.Rules;
        (FirewallRule, string)[] all = [.. local.Select(r => (r, "PersistentStore")), .. active ? Firewall.PolicyRules.Select(r => (r, "GroupPolicy")) : []];
        (string property, Func<FirewallRule, string?> of, IEnumerable<string> wanted) = ParameterSetName switch
        {
            "Name" => ("InstanceID", r => r.Name, Name!),
            "DisplayName" => ("DisplayName", r => r.DisplayName, DisplayName!),
            "Group" => ("RuleGroup", r => r.Group, Group!),
            "InputObject" => ("InstanceID", r => r.Name, InputObject!.Select(o => LanguagePrimitives.ConvertTo<string>(o.Properties["InstanceID"]?.Value))),
            _ => ("", (Func<FirewallRule, string?>)(_ => ""), (IEnumerable<string>)["*"]),
        };
        foreach (string text in wanted)
        {
            var pattern = WildcardPattern.Get(text, WildcardOptions.IgnoreCase);
            (FirewallRule, string)[] found = [.. all.Where(r => of(r.Item1) is { } value && pattern.IsMatch(value))];
            if (found.Length == 0 && !WildcardPattern.ContainsWildcardCharacters(text))
            {
                NotFound(property, text);
            }

            foreach ((FirewallRule, string) rule in found)
            {
                yield return rule;
            }
        }
    }
}
