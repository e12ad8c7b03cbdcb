using System.Management.Automation;
using Firebreak.Lab.Engine.Cmdlets;
using Firebreak.Lab.Engine.Sessions;
using Firebreak.Lab.Engine.Statics;
using Firebreak.Lab.Machines;

// The namespace is part of every error id that a client sees.
namespace Microsoft.PowerShell.Commands;

/// <summary>Wait-Process.</summary>
[Cmdlet(VerbsLifecycle.Wait, "Process", DefaultParameterSetName = "Name")]
public sealed class WaitProcessCommand : PSCmdlet, IDisposable
{
    private readonly CancellationTokenSource _stop = new();

    /// <summary>Names without extension, with wildcards.</summary>
    [Parameter(Position = 0, ParameterSetName = "Name", Mandatory = true, ValueFromPipelineByPropertyName = true), Alias("ProcessName")]
    public string[]? Name { get; set; }

    /// <summary>Ids.</summary>
    [Parameter(ParameterSetName = "Id", Mandatory = true, ValueFromPipelineByPropertyName = true), Alias("PID")]
    public int[]? Id { get; set; }

    /// <summary>The processes themselves.</summary>
    [Parameter(ParameterSetName = "InputObject", Mandatory = true, ValueFromPipeline = true)]
    public PSObject[]? InputObject { get; set; }

    /// <summary>How many seconds.</summary>
    [Parameter(Position = 1), Alias("TimeoutSec"), ValidateRange(0, 32767)]
    public int? Timeout { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        Machine machine = SessionContext.Current.Machine;
        DateTimeOffset? deadline = Timeout is { } seconds ? machine.Clock.UtcNow + TimeSpan.FromSeconds(seconds) : null;
        foreach (LabProcess process in ProcessChoice.Choose(this, Name, Id ?? InputObject?.Select(ProcessChoice.IdOf).ToArray()).ToArray())
        {
            while (machine.Processes.Get(process.Id) is { } now && now.StartedAt == process.StartedAt)
            {
                if (deadline is { } end && machine.Clock.UtcNow >= end)
                {
                    string message = $"This command stopped operation because process \"{ProcessChoice.ShortName(process)} ({process.Id})\" is not stopped in the specified time-out.";
                    WriteError(new ErrorRecord(new TimeoutException(message), "ProcessNotTerminated", ErrorCategory.CloseError, process.Id));
                    break;
                }
                if (_stop.Token.WaitHandle.WaitOne(50))
                {
                    return;
                }
            }
        }
    }

    /// <inheritdoc/>
    protected override void StopProcessing() => _stop.Cancel();

    /// <inheritdoc/>
    public void Dispose() => _stop.Dispose();
}
