using System.Management.Automation;
using Firebreak.Lab.Engine.Cmdlets;
using Firebreak.Lab.Engine.Sessions;
using Firebreak.Lab.Engine.Statics;
using Firebreak.Lab.Machines;

// The namespace is part of every error id that a client sees.
namespace Microsoft.PowerShell.Commands;

/// <summary>Stop-Service.</summary>
[Cmdlet(VerbsLifecycle.Stop, "Service", DefaultParameterSetName = "InputObject", SupportsShouldProcess = true)]
public sealed class StopServiceCommand : ServiceOperationCmdlet
{
    /// <summary>With those that depend on it.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Do not wait for the end.</summary>
    [Parameter]
    public SwitchParameter NoWait { get; set; }

    private protected override void Change(ServiceEntry service)
    {
        if (ShouldProcess($"{service.DisplayName} ({service.Name})"))
        {
            Stop(service, Force);
        }
    }
}
