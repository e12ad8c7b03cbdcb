using System.Management.Automation;
using Firebreak.Lab.Engine.Cmdlets;
using Firebreak.Lab.Engine.Sessions;
using Firebreak.Lab.Engine.Statics;
using Firebreak.Lab.Machines;

// The namespace is part of every error id that a client sees.
namespace Microsoft.PowerShell.Commands;

/// <summary>Start-Service.</summary>
[Cmdlet(VerbsLifecycle.Start, "Service", DefaultParameterSetName = "InputObject", SupportsShouldProcess = true)]
public sealed class StartServiceCommand : ServiceOperationCmdlet
{
    private protected override void Change(ServiceEntry service)
    {
        if (ShouldProcess($"{service.DisplayName} ({service.Name})"))
        {
            Start(service);
        }
    }
}
