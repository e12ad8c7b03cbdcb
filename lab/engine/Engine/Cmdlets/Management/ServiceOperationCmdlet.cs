using System.Management.Automation;
using Firebreak.Lab.Engine.Cmdlets;
using Firebreak.Lab.Engine.Sessions;
using Firebreak.Lab.Engine.Statics;
using Firebreak.Lab.Machines;

// The namespace is part of every error id that a client sees.
namespace Microsoft.PowerShell.Commands;

/// <summary>Start-, Stop- and Restart-Service.</summary>
public abstract class ServiceOperationCmdlet : ServiceCmdlet
{
    /// <summary>The service itself.</summary>
    [Parameter(Position = 0, ParameterSetName = "InputObject", Mandatory = true, ValueFromPipeline = true)]
    public PSObject[]? InputObject { get; set; }

    /// <summary>Key names, with wildcards.</summary>
    [Parameter(Position = 0, ParameterSetName = "Default", Mandatory = true, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true), Alias("ServiceName")]
    public string[]? Name { get; set; }

    /// <summary>Display names, with wildcards.</summary>
    [Parameter(ParameterSetName = "DisplayName", Mandatory = true)]
    public string[]? DisplayName { get; set; }

    /// <summary>Output the service.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        IEnumerable<ServiceEntry> found = ParameterSetName switch
        {
            "InputObject" => ByName((InputObject ?? []).Select(o => LanguagePrimitives.ConvertTo<string>(o.Properties["Name"]?.Value ?? o))),
            "DisplayName" => ByDisplayName(DisplayName ?? []),
            _ => ByName(Name ?? []),
        };
        foreach (ServiceEntry service in found.ToArray())
        {
            Change(service);
            if (PassThru && Table.Get(service.Name) is { } now)
            {
                WriteObject(LabService.Describe(now));
            }
        }
    }

    private protected abstract void Change(ServiceEntry service);

    private protected void Start(ServiceEntry service)
    {
        if (!MayControl(service, "started", "CouldNotStartService"))
        {
            return;
        }
        try
        {
            Table.Start(service.Name);
        }
        catch (LabWin32Exception error) when (error.Code == 1056)
        {
            // Start-Service on a running service does nothing.
        }
        catch (LabWin32Exception error)
        {
            Report(error, $"Service '{service.DisplayName} ({service.Name})' cannot be started due to the following error: {error.Message}", "CouldNotStartService", ErrorCategory.OpenError, service.Name);
        }
    }

    private protected bool Stop(ServiceEntry service, bool force)
    {
        if (!MayControl(service, "stopped", "CouldNotStopService"))
        {
            return false;
        }
        if (!force && Table.Dependents(service.Name).Count > 0)
        {
            Report(null, $"Cannot stop service '{service.DisplayName} ({service.Name})' because it has dependent services. It can only be stopped if the Force flag is set.", "ServiceHasDependentServices", ErrorCategory.InvalidOperation, service.Name);
            return false;
        }
        try
        {
            Table.Stop(service.Name, force);
            return true;
        }
        catch (LabWin32Exception error) when (error.Code == 1062)
        {
            // Stop-Service on a stopped service does nothing.
            return true;
        }
        catch (LabWin32Exception error)
        {
            Report(error, $"Service '{service.DisplayName} ({service.Name})' cannot be stopped due to the following error: {error.Message}", "CouldNotStopService", ErrorCategory.CloseError, service.Name);
            return false;
        }
    }
}
