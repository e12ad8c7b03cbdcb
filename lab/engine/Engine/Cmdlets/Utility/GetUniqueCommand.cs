using Firebreak.Lab.Engine.Cmdlets;
using System.Management.Automation;

// The namespace is part of every error id that a client sees.
namespace Microsoft.PowerShell.Commands;

/// <summary>Get-Unique: drops repetitions in sorted input.</summary>
[Cmdlet(VerbsCommon.Get, "Unique", DefaultParameterSetName = "AsString")]
public sealed class GetUniqueCommand : PSCmdlet
{
    private PSObject? _previous;

    /// <summary>The input.</summary>
    [Parameter(ValueFromPipeline = true)]
    public PSObject? InputObject { get; set; }

    /// <summary>Compare as text.</summary>
    [Parameter(ParameterSetName = "AsString")]
    public SwitchParameter AsString { get; set; }

    /// <summary>Compare by type.</summary>
    [Parameter(ParameterSetName = "UniqueByType")]
    public SwitchParameter OnType { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (InputObject is null)
        {
            return;
        }
        bool same = _previous is { } before && (OnType
            ? before.TypeNames.FirstOrDefault() == InputObject.TypeNames.FirstOrDefault()
            : AsString ? before.ToString() == InputObject.ToString() : ObjectComparison.Same(before, InputObject));
        _previous = InputObject;
        if (!same)
        {
            WriteObject(InputObject);
        }
    }
}
