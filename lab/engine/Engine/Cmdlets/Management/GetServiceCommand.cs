using System.Management.Automation;
using Firebreak.Lab.Engine.Cmdlets;
using Firebreak.Lab.Engine.Sessions;
using Firebreak.Lab.Engine.Statics;
using Firebreak.Lab.Machines;

// The namespace is part of every error id that a client sees.
namespace Microsoft.PowerShell.Commands;

/// <summary>Get-Service.</summary>
[Cmdlet(VerbsCommon.Get, "Service", DefaultParameterSetName = "Default")]
public sealed class GetServiceCommand : ServiceCmdlet
{
    /// <summary>Key names, with wildcards.</summary>
    [Parameter(Position = 0, ParameterSetName = "Default", ValueFromPipeline = true, ValueFromPipelineByPropertyName = true), Alias("ServiceName")]
    public string[]? Name { get; set; }

    /// <summary>Display names, with wildcards.</summary>
    [Parameter(ParameterSetName = "DisplayName", Mandatory = true)]
    public string[]? DisplayName { get; set; }

    /// <summary>On which computers: only this one.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true), Alias("Cn")]
    public string[]? ComputerName { get; set; }

    /// <summary>Those that depend on it.</summary>
    [Parameter, Alias("DS")]
    public SwitchParameter DependentServices { get; set; }

    /// <summary>Those it depends on.</summary>
    [Parameter, Alias("SDO", "ServicesDependedOn")]
    public SwitchParameter RequiredServices { get; set; }

    /// <summary>Names to take only.</summary>
    [Parameter]
    public string[]? Include { get; set; }

    /// <summary>Names to leave out.</summary>
    [Parameter]
    public string[]? Exclude { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        LabComputer.MustBeLocal(ComputerName);
        IEnumerable<ServiceEntry> found = DisplayName is not null ? ByDisplayName(DisplayName) : ByName(Name ?? ["*"]);
        found = found.Where(s => (Include is null || Include.Any(p => Matches(p, s))) && (Exclude is null || !Exclude.Any(p => Matches(p, s))));
        foreach (ServiceEntry service in found.OrderBy(s => s.Name, StringComparer.OrdinalIgnoreCase).ToArray())
        {
            if (DependentServices || RequiredServices)
            {
                WriteObject((DependentServices ? Table.All.Where(s => s.DependsOn.Contains(service.Name, StringComparer.OrdinalIgnoreCase)) : service.DependsOn.Select(Table.Get).OfType<ServiceEntry>()).Select(LabService.Describe), true);
            }
            else
            {
                WriteObject(LabService.Describe(service));
            }
        }
    }

    private static bool Matches(string pattern, ServiceEntry service) => WildcardPattern.Get(pattern, WildcardOptions.IgnoreCase).IsMatch(service.Name);
}
