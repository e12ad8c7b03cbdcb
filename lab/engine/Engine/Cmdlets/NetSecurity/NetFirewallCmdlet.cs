using System.Management.Automation;
using Firebreak.Lab.Engine.Sessions;
using Firebreak.Lab.Machines;
using Microsoft.PowerShell.Cmdletization.GeneratedTypes.NetSecurity;

namespace Firebreak.Lab.Engine.Cmdlets.NetSecurity;

/// <summary>What the cmdlets of the firewall have in common: its service, rights, how rules look, and errors as CIM gives them.</summary>
public abstract class NetFirewallCmdlet : PSCmdlet
{
    private protected static FirewallState Firewall => SessionContext.Current.Machine.Firewall;

    /// <summary>Whether the service answers; else an error record says so.</summary>
    private protected bool Answers()
    {
        if (Firewall.IsRunning)
        {
            return true;
        }

        Report("There are no more endpoints available from the endpoint mapper.", "Windows System Error 1753", ErrorCategory.NotSpecified, null);
        return false;
    }

    /// <summary>Whether the account may change something; else an error record says so.</summary>
    private protected bool MayChange()
    {
        if (SessionContext.Current.Program.IsAdmin)
        {
            return true;
        }

        Report("Access is denied.", "Windows System Error 5", ErrorCategory.PermissionDenied, null);
        return false;
    }

    /// <summary>PersistentStore, or ActiveStore: what is in force, Group Policy's among it.</summary>
    private protected static bool IsActiveStore(string? store) => store?.ToUpperInvariant() switch
    {
        null or "PERSISTENTSTORE" => false,
        "ACTIVESTORE" => true,
        _ => throw new LabRefusalException($"policy store {store}"),
    };

    private protected void Report(string message, string id, ErrorCategory category, object? target)
    {
        // On Windows these commands are functions of a module, whose own names are in the ids of their errors, not a class's.
        ErrorRecord record = new(new InvalidOperationException(message), id, category, target) { _serializedFullyQualifiedErrorId = $"{id},{MyInvocation.MyCommand.Name}" };
        WriteError(record);
    }

    private protected void NotFound(string property, string value) =>
        Report($"No MSFT_NetFirewallRule objects found with property '{property}' equal to '{value}'.  Verify the value of the property and retry.", $"CmdletizationQuery_NotFound_{property}", ErrorCategory.ObjectNotFound, value);

    /// <summary>A rule as Get-NetFirewallRule shows it.</summary>
    private protected static PSObject Describe(FirewallRule rule, string source)
    {
        PSObject result = Instance("MSFT_NetFirewallRule");
        Profile profiles = rule.Profiles.Aggregate(Profile.Any, (all, one) => all | Enum.Parse<Profile>(one, ignoreCase: true));
        foreach ((string name, object? value) in new (string, object?)[]
        {
            ("Name", rule.Name), ("ID", rule.Name), ("InstanceID", rule.Name), ("DisplayName", rule.DisplayName), ("Description", rule.Description),
            ("Group", rule.Group), ("DisplayGroup", rule.Group), ("Enabled", rule.Enabled ? Enabled.True : Enabled.False), ("Profile", profiles),
            ("Direction", rule.Inbound ? Direction.Inbound : Direction.Outbound), ("Action", rule.Block ? Microsoft.PowerShell.Cmdletization.GeneratedTypes.NetSecurity.Action.Block : Microsoft.PowerShell.Cmdletization.GeneratedTypes.NetSecurity.Action.Allow),
            ("PolicyStoreSource", source),
        })
        {
            result.Properties.Add(new PSNoteProperty(name, value));
        }

        return result;
    }

    /// <summary>An empty instance of a class.</summary>
    private protected static PSObject Instance(string type)
    {
        var result = new PSObject();
        result.TypeNames.Clear();
        result.TypeNames.Add($"Microsoft.Management.Infrastructure.CimInstance#root/standardcimv2/{type}");
        result.TypeNames.Add("Microsoft.Management.Infrastructure.CimInstance");
        result.TypeNames.Add("System.Object");
        return result;
    }

    /// <summary>One value as itself, several as an array, none as Any: so the filters show addresses and ports.</summary>
    private protected static object Shown(IReadOnlyList<string> values) => values.Count switch { 0 => "Any", 1 => values[0], _ => values.ToArray() };
}
