using System.Management.Automation;
using Firebreak.Lab.Engine.Cmdlets;
using Firebreak.Lab.Engine.Sessions;
using Firebreak.Lab.Engine.Statics;
using Firebreak.Lab.Machines;

// The namespace is part of every error id that a client sees.
namespace Microsoft.PowerShell.Commands;

/// <summary>Stop-Process.</summary>
[Cmdlet(VerbsLifecycle.Stop, "Process", DefaultParameterSetName = "Id", SupportsShouldProcess = true)]
public sealed class StopProcessCommand : PSCmdlet
{
    /// <summary>Names without extension, with wildcards.</summary>
    [Parameter(ParameterSetName = "Name", Mandatory = true, ValueFromPipelineByPropertyName = true), Alias("ProcessName")]
    public string[]? Name { get; set; }

    /// <summary>Ids.</summary>
    [Parameter(Position = 0, ParameterSetName = "Id", Mandatory = true, ValueFromPipelineByPropertyName = true)]
    public int[]? Id { get; set; }

    /// <summary>The processes themselves.</summary>
    [Parameter(Position = 0, ParameterSetName = "InputObject", Mandatory = true, ValueFromPipeline = true)]
    public PSObject[]? InputObject { get; set; }

    /// <summary>Output the processes.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <summary>Without asking.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (LabProcess process in ProcessChoice.Choose(this, Name, Id ?? InputObject?.Select(ProcessChoice.IdOf).ToArray()).ToArray())
        {
            string shown = $"{ProcessChoice.ShortName(process)} ({process.Id})";
            if (!ShouldProcess(shown))
            {
                continue;
            }
            try
            {
                SessionContext.Current.Machine.Processes.Kill(process.Id);
            }
            catch (UnauthorizedAccessException error)
            {
                WriteError(new ErrorRecord(new ProcessCommandException($"Cannot stop process \"{shown}\" because of the following error: {error.Message}"), "CouldNotStopProcess", ErrorCategory.CloseError, process.Id));
            }
            if (PassThru)
            {
                WriteObject(LabProcessObject.Describe(process));
            }
        }
    }
}
