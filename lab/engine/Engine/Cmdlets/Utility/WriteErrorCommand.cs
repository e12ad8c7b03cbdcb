using System.Management.Automation;

// The namespace is part of every error id that a client sees.
namespace Microsoft.PowerShell.Commands;

/// <summary>Write-Error.</summary>
[Cmdlet(VerbsCommunications.Write, "Error", DefaultParameterSetName = "NoException")]
public sealed class WriteErrorCommand : PSCmdlet
{
    /// <summary>The exception to report.</summary>
    [Parameter(ParameterSetName = "WithException", Mandatory = true)]
    [Parameter(ParameterSetName = "NoException")]
    public Exception? Exception { get; set; }

    /// <summary>The text.</summary>
    [Parameter(Position = 0, ParameterSetName = "NoException", Mandatory = true, ValueFromPipeline = true)]
    [Parameter(ParameterSetName = "WithException")]
    [AllowNull, AllowEmptyString, Alias("Msg")]
    public string? Message { get; set; }

    /// <summary>A whole record.</summary>
    [Parameter(Position = 0, ParameterSetName = "ErrorRecord", Mandatory = true)]
    public ErrorRecord? ErrorRecord { get; set; }

    /// <summary>Category.</summary>
    [Parameter(ParameterSetName = "NoException")]
    [Parameter(ParameterSetName = "WithException")]
    public ErrorCategory Category { get; set; } = ErrorCategory.NotSpecified;

    /// <summary>Error id.</summary>
    [Parameter(ParameterSetName = "NoException")]
    [Parameter(ParameterSetName = "WithException")]
    public string ErrorId { get; set; } = "";

    /// <summary>Target.</summary>
    [Parameter(ParameterSetName = "NoException")]
    [Parameter(ParameterSetName = "WithException")]
    public object? TargetObject { get; set; }

    /// <summary>What to do about it.</summary>
    [Parameter]
    public string RecommendedAction { get; set; } = "";

    /// <summary>Activity shown.</summary>
    [Parameter, Alias("Activity")]
    public string CategoryActivity { get; set; } = "";

    /// <summary>Reason shown.</summary>
    [Parameter, Alias("Reason")]
    public string CategoryReason { get; set; } = "";

    /// <summary>Target shown.</summary>
    [Parameter, Alias("TargetName")]
    public string CategoryTargetName { get; set; } = "";

    /// <summary>Target type shown.</summary>
    [Parameter, Alias("TargetType")]
    public string CategoryTargetType { get; set; } = "";

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        ErrorRecord record;
        if (ErrorRecord is { } given)
        {
            record = new ErrorRecord(given, null);
        }
        else
        {
            Exception exception = Exception ?? new WriteErrorException(Message ?? "");
            string id = ErrorId.Length > 0 ? ErrorId : exception.GetType().FullName!;
            record = new ErrorRecord(exception, id, Category, TargetObject);
            if (Exception is not null && !string.IsNullOrEmpty(Message))
            {
                record.ErrorDetails = new ErrorDetails(Message);
            }
        }
        if (RecommendedAction.Length > 0)
        {
            record.ErrorDetails ??= new ErrorDetails(record.Exception.Message);
            record.ErrorDetails.RecommendedAction = RecommendedAction;
        }
        if (CategoryActivity.Length > 0) { record.CategoryInfo.Activity = CategoryActivity; }
        if (CategoryReason.Length > 0) { record.CategoryInfo.Reason = CategoryReason; }
        if (CategoryTargetName.Length > 0) { record.CategoryInfo.TargetName = CategoryTargetName; }
        if (CategoryTargetType.Length > 0) { record.CategoryInfo.TargetType = CategoryTargetType; }

        // Write-Error reports its caller: the script's function, not itself.
        if (GetVariableValue("MyInvocation") is InvocationInfo caller)
        {
            record.SetInvocationInfo(caller);
            record.PreserveInvocationInfoOnce = true;
            if (caller.MyCommand is not null && CategoryActivity.Length == 0)
            {
                record.CategoryInfo.Activity = "Write-Error";
            }
        }
        WriteError(record);
    }
}
