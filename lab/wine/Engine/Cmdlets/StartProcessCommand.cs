using System.Diagnostics;
using System.Management.Automation;

// The namespace is part of every error id that a client sees.
namespace Microsoft.PowerShell.Commands;

/// <summary>Start-Process, as far as our modules use it: a program and one line of arguments.</summary>
[Cmdlet(VerbsLifecycle.Start, "Process")]
public sealed class StartProcessCommand : PSCmdlet
{
    /// <summary>The program.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    public string FilePath { get; set; } = "";

    /// <summary>Its arguments, joined by blanks as they are.</summary>
    [Parameter(Position = 1)]
    public string[] ArgumentList { get; set; } = [];

    /// <summary>Gives the process.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        // Through the shell, as Windows PowerShell does: our standard streams are the protocol's, no program gets them.
        var start = new ProcessStartInfo(FilePath, string.Join(' ', ArgumentList)) { UseShellExecute = true };
        try
        {
            Process? process = Process.Start(start);
            if (PassThru)
            {
                WriteObject(process);
            }
        }
        catch (System.ComponentModel.Win32Exception error)
        {
            ThrowTerminatingError(new ErrorRecord(error, "InvalidOperationException", ErrorCategory.InvalidOperation, FilePath));
        }
    }
}
