using System.Management.Automation;
using Firebreak.Lab.Engine.Cmdlets;
using Firebreak.Lab.Engine.Sessions;
using Firebreak.Lab.Engine.Statics;
using Firebreak.Lab.Machines;

// The namespace is part of every error id that a client sees.
namespace Microsoft.PowerShell.Commands;

/// <summary>Get-HotFix.</summary>
[Cmdlet(VerbsCommon.Get, "HotFix", DefaultParameterSetName = "Default")]
public sealed class GetHotFixCommand : PSCmdlet
{
    /// <summary>Ids.</summary>
    [Parameter(Position = 0, ParameterSetName = "Default"), Alias("HFID")]
    public string[]? Id { get; set; }

    /// <summary>Descriptions, with wildcards.</summary>
    [Parameter(ParameterSetName = "Description")]
    public string[]? Description { get; set; }

    /// <summary>On which computers: only this one.</summary>
    [Parameter(ValueFromPipeline = true, ValueFromPipelineByPropertyName = true), Alias("CN", "__Server", "IPAddress")]
    public string[]? ComputerName { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        LabComputer.MustBeLocal(ComputerName);
        Hotfix[] all = [.. SessionContext.Current.Machine.Packages.Hotfixes];
        Hotfix[] found = [.. all.Where(h => Id?.Contains(h.Id, StringComparer.OrdinalIgnoreCase) ?? Description?.Any(d => WildcardPattern.Get(d, WildcardOptions.IgnoreCase).IsMatch(h.Description)) ?? true)];
        foreach (Hotfix hotfix in found)
        {
            WriteObject(HotFixObject.Describe(hotfix));
        }
        if (Id is not null && found.Length == 0)
        {
            WriteError(new ErrorRecord(
                new ArgumentException("Cannot find the requested hotfix on the 'localhost' computer. Verify the input and run the command again."),
                "GetHotFixNoEntriesFound", ErrorCategory.ObjectNotFound, null));
        }
    }
}
