using System.Management.Automation;
using Firebreak.Lab.Machines;
using Microsoft.PowerShell.Cmdletization.GeneratedTypes.NetSecurity;

namespace Firebreak.Lab.Engine.Cmdlets.NetSecurity;

/// <summary>What Get- and Set-NetFirewallProfile have in common.</summary>
public abstract class NetFirewallProfileCmdlet : NetFirewallCmdlet
{
    /// <summary>Domain, Private, Public; all without it.</summary>
    [Parameter(Position = 0), Alias("Profile"), ValidateSet("Domain", "Private", "Public")]
    public string[]? Name { get; set; }

    /// <summary>All profiles.</summary>
    [Parameter]
    public SwitchParameter All { get; set; }

    /// <summary>PersistentStore or ActiveStore.</summary>
    [Parameter]
    public string? PolicyStore { get; set; }

    private protected IEnumerable<string> Chosen => FirewallState.Profiles.Where(p => Name is null || Name.Contains(p, StringComparer.OrdinalIgnoreCase));
}

/// <summary>Get-NetFirewallProfile.</summary>
[Cmdlet(VerbsCommon.Get, "NetFirewallProfile"), Since(3, 0)]
public sealed class GetNetFirewallProfileCommand : NetFirewallProfileCmdlet
{
    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (!Answers())
        {
            return;
        }

        bool active = IsActiveStore(PolicyStore);
        foreach (string profile in Chosen)
        {
            PSObject result = Instance("MSFT_NetFirewallProfile");
            bool isOn = active ? Firewall.IsOn(profile) : Firewall.IsOnLocally(profile);
            result.Properties.Add(new PSNoteProperty("Name", profile));
            result.Properties.Add(new PSNoteProperty("Enabled", isOn ? GpoBoolean.True : GpoBoolean.False));
            result.Properties.Add(new PSNoteProperty("AllowLocalFirewallRules", !active ? GpoBoolean.NotConfigured : Firewall.MergesLocal(profile) ? GpoBoolean.True : GpoBoolean.False));
            WriteObject(result);
        }
    }
}

/// <summary>Set-NetFirewallProfile: on or off.</summary>
[Cmdlet(VerbsCommon.Set, "NetFirewallProfile", SupportsShouldProcess = true), Since(3, 0)]
public sealed class SetNetFirewallProfileCommand : NetFirewallProfileCmdlet
{
    /// <summary>On or off.</summary>
    [Parameter(Mandatory = true)]
    public GpoBoolean Enabled { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (!Answers() || !MayChange())
        {
            return;
        }

        if (Enabled == GpoBoolean.NotConfigured || IsActiveStore(PolicyStore))
        {
            throw new LabRefusalException("Set-NetFirewallProfile of another store, or to NotConfigured");
        }

        foreach (string profile in Chosen.ToArray())
        {
            if (ShouldProcess($"Name: {profile}"))
            {
                Firewall.SetProfile(profile, Enabled == GpoBoolean.True);
            }
        }
    }
}
