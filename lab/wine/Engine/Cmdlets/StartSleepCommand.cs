using System.Management.Automation;

// The namespace is part of every error id that a client sees.
namespace Microsoft.PowerShell.Commands;

/// <summary>Start-Sleep.</summary>
[Cmdlet(VerbsLifecycle.Start, "Sleep", DefaultParameterSetName = "Seconds")]
public sealed class StartSleepCommand : PSCmdlet, IDisposable
{
    private readonly ManualResetEventSlim _stopped = new();

    /// <summary>How long, in seconds.</summary>
    [Parameter(Position = 0, Mandatory = true, ParameterSetName = "Seconds"), ValidateRange(0, int.MaxValue / 1000)]
    public int Seconds { get; set; }

    /// <summary>How long, in milliseconds.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Milliseconds"), ValidateRange(0, int.MaxValue)]
    public int Milliseconds { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() =>
        _stopped.Wait(ParameterSetName == "Seconds" ? TimeSpan.FromSeconds(Seconds) : TimeSpan.FromMilliseconds(Milliseconds));

    /// <inheritdoc/>
    protected override void StopProcessing() => _stopped.Set();

    /// <inheritdoc/>
    public void Dispose() => _stopped.Dispose();
}
