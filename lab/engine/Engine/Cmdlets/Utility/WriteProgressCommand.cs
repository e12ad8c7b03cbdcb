using System.Management.Automation;

// The namespace is part of every error id that a client sees.
namespace Microsoft.PowerShell.Commands;

/// <summary>Write-Progress.</summary>
[Cmdlet(VerbsCommunications.Write, "Progress")]
public sealed class WriteProgressCommand : PSCmdlet
{
    /// <summary>First line.</summary>
    [Parameter(Position = 0, Mandatory = true)]
    public string Activity { get; set; } = "";

    /// <summary>Second line.</summary>
    [Parameter(Position = 1), ValidateNotNullOrEmpty]
    public string Status { get; set; } = "Processing";

    /// <summary>Which bar.</summary>
    [Parameter(Position = 2), ValidateRange(0, int.MaxValue)]
    public int Id { get; set; }

    /// <summary>0 to 100, −1 for none.</summary>
    [Parameter, ValidateRange(-1, 100)]
    public int PercentComplete { get; set; } = -1;

    /// <summary>Seconds left, −1 for unknown.</summary>
    [Parameter]
    public int SecondsRemaining { get; set; } = -1;

    /// <summary>What is being done now.</summary>
    [Parameter]
    public string CurrentOperation { get; set; } = "";

    /// <summary>The bar above this one.</summary>
    [Parameter, ValidateRange(-1, int.MaxValue)]
    public int ParentId { get; set; } = -1;

    /// <summary>Take the bar away.</summary>
    [Parameter]
    public SwitchParameter Completed { get; set; }

    /// <summary>Where it comes from.</summary>
    [Parameter]
    public int SourceId { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => CommandRuntime.WriteProgress(SourceId, new ProgressRecord(Id, Activity, Status)
    {
        ParentActivityId = ParentId,
        PercentComplete = PercentComplete,
        SecondsRemaining = SecondsRemaining,
        CurrentOperation = CurrentOperation,
        RecordType = Completed ? ProgressRecordType.Completed : ProgressRecordType.Processing,
    });
}
