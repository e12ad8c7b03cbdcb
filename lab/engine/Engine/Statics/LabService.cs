using System.Management.Automation;
using System.ServiceProcess;
using Firebreak.Lab.Engine.Sessions;
using Firebreak.Lab.Machines;

namespace Firebreak.Lab.Engine.Statics;

/// <summary>[System.ServiceProcess.ServiceController] on a machine.</summary>
public sealed class LabService
{
    private readonly Machine _machine;

    /// <summary>A service by key name.</summary>
    public LabService(string name)
    {
        _machine = SessionContext.Current.Machine;
        Name = name;
    }

    /// <summary>Key name.</summary>
    public string Name { get; }

    /// <summary>Key name.</summary>
    public string ServiceName => Name;

    /// <summary>Display name.</summary>
    public string DisplayName => Entry.DisplayName;

    /// <summary>Where it is.</summary>
    public ServiceControllerStatus Status => Entry.State switch
    {
        ServiceState.Running => ServiceControllerStatus.Running,
        ServiceState.Paused => ServiceControllerStatus.Paused,
        _ => ServiceControllerStatus.Stopped,
    };

    /// <summary>How it starts.</summary>
    public ServiceStartMode StartType => (ServiceStartMode)(int)Entry.Start;

    /// <summary>Whether it takes a stop.</summary>
    public bool CanStop => Entry.CanStop && Entry.State == ServiceState.Running;

    /// <summary>Whether it can be paused: no service of the lab can.</summary>
    public bool CanPauseAndContinue => false;

    /// <summary>.</summary>
    public string MachineName => ".";

    /// <summary>Those it needs.</summary>
    public LabService[] ServicesDependedOn => [.. Entry.DependsOn.Select(n => new LabService(n))];

    /// <summary>Those that need it.</summary>
    public LabService[] DependentServices => [.. _machine.Services.All.Where(s => s.DependsOn.Contains(Name, StringComparer.OrdinalIgnoreCase)).Select(s => new LabService(s.Name))];

    private ServiceEntry Entry => _machine.Services.Get(Name) ?? throw new InvalidOperationException($"Service {Name} was not found on computer '.'.");

    /// <summary>Starts it.</summary>
    public void Start() => _machine.Services.Start(Name);

    /// <summary>Stops it.</summary>
    public void Stop() => _machine.Services.Stop(Name);

    /// <summary>Reads the state again: the lab always does.</summary>
    public void Refresh()
    {
    }

    /// <summary>Waits: states change at once in the lab.</summary>
    public void WaitForStatus(ServiceControllerStatus desiredStatus)
    {
        if (Status != desiredStatus)
        {
            throw new LabRefusalException("service that changes its state by itself");
        }
    }

    /// <summary>Waits: states change at once in the lab.</summary>
    public void WaitForStatus(ServiceControllerStatus desiredStatus, TimeSpan timeout)
    {
        if (Status != desiredStatus)
        {
            throw new TimeoutException("Time out has expired and the operation has not been completed.");
        }
    }

    /// <summary>The object as PowerShell shows it.</summary>
    internal static PSObject Describe(ServiceEntry entry)
    {
        var result = new PSObject(new LabService(entry.Name));
        result.TypeNames.Insert(0, "System.ServiceProcess.ServiceController");
        result.TypeNames.RemoveAt(1);
        return result;
    }

    /// <inheritdoc/>
    public override string ToString() => Name;
}
