using System.Management.Automation;
using System.ServiceProcess;
using Firebreak.Lab.Engine.Cmdlets;
using Firebreak.Lab.Engine.Sessions;
using Firebreak.Lab.Engine.Statics;
using Firebreak.Lab.Machines;

// The namespace is part of every error id that a client sees.
namespace Microsoft.PowerShell.Commands;

/// <summary>Set-Service: start type and status.</summary>
[Cmdlet(VerbsCommon.Set, "Service", DefaultParameterSetName = "Name", SupportsShouldProcess = true)]
public sealed class SetServiceCommand : ServiceCmdlet
{
    /// <summary>Key name.</summary>
    [Parameter(Position = 0, ParameterSetName = "Name", Mandatory = true, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true), Alias("ServiceName", "SN")]
    public string Name { get; set; } = "";

    /// <summary>The service itself.</summary>
    [Parameter(Position = 0, ParameterSetName = "InputObject", Mandatory = true, ValueFromPipeline = true)]
    public PSObject? InputObject { get; set; }

    /// <summary>Start type.</summary>
    [Parameter, Alias("StartMode", "SM", "ST")]
    public ServiceStartMode? StartupType { get; set; }

    /// <summary>Running or Stopped.</summary>
    [Parameter, ValidateSet("Running", "Stopped", "Paused")]
    public string? Status { get; set; }

    /// <summary>On which computers: only this one.</summary>
    [Parameter, Alias("cn")]
    public string[]? ComputerName { get; set; }

    /// <summary>Refused: display names cannot be changed in the lab.</summary>
    [Parameter]
    public string? DisplayName { get; set; }

    /// <summary>Output the service.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        LabComputer.MustBeLocal(ComputerName);
        string name = InputObject is null ? Name : LanguagePrimitives.ConvertTo<string>(InputObject.Properties["Name"]?.Value ?? InputObject);
        if (Table.Get(name) is not { } service)
        {
            Report(null, $"Service {name} was not found on computer '.'.", "NoServiceFoundForGivenName", ErrorCategory.ObjectNotFound, name);
            return;
        }
        if (DisplayName is not null || Status == "Paused")
        {
            throw new LabRefusalException("Set-Service -DisplayName and -Status Paused");
        }
        if (!ShouldProcess($"{service.DisplayName} ({service.Name})") || !MayControl(service, "configured", "CouldNotSetService"))
        {
            return;
        }
        if (StartupType is { } start)
        {
            Table.SetStart(service.Name, (ServiceStart)(int)start);
        }
        try
        {
            if (Status == "Running" && service.State != ServiceState.Running) { Table.Start(service.Name); }
            if (Status == "Stopped" && service.State == ServiceState.Running) { Table.Stop(service.Name); }
        }
        catch (LabWin32Exception error)
        {
            Report(error, $"Service '{service.DisplayName} ({service.Name})' cannot be configured due to the following error: {error.Message}", "CouldNotSetService", ErrorCategory.PermissionDenied, service.Name);
        }
        if (PassThru)
        {
            WriteObject(LabService.Describe(Table.Get(service.Name)!));
        }
    }
}
