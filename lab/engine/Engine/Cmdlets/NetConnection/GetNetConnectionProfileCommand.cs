using System.Management.Automation;
using Firebreak.Lab.Engine.Sessions;
using Microsoft.PowerShell.Cmdletization.GeneratedTypes.NetConnectionProfile;

namespace Firebreak.Lab.Engine.Cmdlets.NetConnection;

/// <summary>Get-NetConnectionProfile: a machine of the lab has one network, whose category is that of the firewall's profile.</summary>
[Cmdlet(VerbsCommon.Get, "NetConnectionProfile"), Since(3, 0)]
public sealed class GetNetConnectionProfileCommand : PSCmdlet
{
    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        Machines.Machine machine = SessionContext.Current.Machine;
        var result = new PSObject();
        result.TypeNames.Clear();
        result.TypeNames.Add("Microsoft.Management.Infrastructure.CimInstance#root/StandardCimv2/MSFT_NetConnectionProfile");
        result.TypeNames.Add("Microsoft.Management.Infrastructure.CimInstance");
        result.TypeNames.Add("System.Object");
        result.Properties.Add(new PSNoteProperty("Name", machine.Os.Domain ?? "Network"));
        result.Properties.Add(new PSNoteProperty("InterfaceAlias", "Ethernet"));
        result.Properties.Add(new PSNoteProperty("InterfaceIndex", 4u));
        result.Properties.Add(new PSNoteProperty("NetworkCategory", machine.Firewall.ActiveProfile == "Domain" ? NetworkCategory.DomainAuthenticated : NetworkCategory.Private));
        WriteObject(result);
    }
}
