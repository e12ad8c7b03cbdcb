using System.Management.Automation;
using Firebreak.Lab.Engine.Cmdlets;
using Firebreak.Lab.Engine.Sessions;
using Firebreak.Lab.Engine.Statics;
using Firebreak.Lab.Machines;

// The namespace is part of every error id that a client sees.
namespace Microsoft.PowerShell.Commands;

/// <summary>Restart-Service: those that depend on it are started again too.</summary>
[Cmdlet(VerbsLifecycle.Restart, "Service", DefaultParameterSetName = "InputObject", SupportsShouldProcess = true)]
public sealed class RestartServiceCommand : ServiceOperationCmdlet
{
    /// <summary>With those that depend on it.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    private protected override void Change(ServiceEntry service)
    {
        if (!ShouldProcess($"{service.DisplayName} ({service.Name})"))
        {
            return;
        }
        ServiceEntry[] dependents = [.. Table.Dependents(service.Name)];
        if (Stop(service, Force))
        {
            Start(service);
            foreach (ServiceEntry dependent in dependents)
            {
                Start(dependent);
            }
        }
    }
}
