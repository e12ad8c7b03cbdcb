using System.Management.Automation;
using Firebreak.Lab.Engine.Cmdlets;
using Firebreak.Lab.Engine.Sessions;
using Firebreak.Lab.Engine.Statics;
using Firebreak.Lab.Machines;

// The namespace is part of every error id that a client sees.
namespace Microsoft.PowerShell.Commands;

/// <summary>Restart-Computer, of this machine.</summary>
[Cmdlet(VerbsLifecycle.Restart, "Computer", DefaultParameterSetName = "DefaultSet", SupportsShouldProcess = true)]
public sealed class RestartComputerCommand : PSCmdlet
{
    /// <summary>Which computers: only this one.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true), Alias("CN", "__SERVER", "Server", "IPAddress", "__IP")]
    public string[]? ComputerName { get; set; }

    /// <summary>Even when users are logged on.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>As whom: refused.</summary>
    [Parameter(Position = 1), Credential]
    public PSCredential? Credential { get; set; }

    /// <summary>Wait for it to come back: of one's own computer nobody can.</summary>
    [Parameter]
    public SwitchParameter Wait { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        LabComputer.MustBeLocal(ComputerName);
        SessionContext context = SessionContext.Current;
        if (Credential is not null)
        {
            throw new LabRefusalException("Restart-Computer -Credential");
        }
        if (Wait)
        {
            WriteError(new ErrorRecord(
                new InvalidOperationException("Cannot wait for the local computer to restart. The local computer is ignored when the Wait parameter is specified."),
                "CannotWaitLocalComputer", ErrorCategory.InvalidOperation, null));
            return;
        }
        if (!context.Program.IsAdmin)
        {
            WriteError(new ErrorRecord(
                new InvalidOperationException($"Failed to restart the computer {context.Machine.Name} with the following error message: Access is denied."),
                "RestartcomputerFailed", ErrorCategory.OperationStopped, context.Machine.Name));
            return;
        }
        if (ShouldProcess($"{context.Machine.Name} (localhost)"))
        {
            context.Machine.Power.Reboot(context.Account);
        }
    }
}
