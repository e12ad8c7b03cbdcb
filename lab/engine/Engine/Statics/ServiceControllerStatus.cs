// Windows PowerShell shows and sends this name; the assembly that has it is not part of the lab.
namespace System.ServiceProcess;

/// <summary>State of a service.</summary>
public enum ServiceControllerStatus
{
    /// <summary>Not running.</summary>
    Stopped = 1,

    /// <summary>On the way up.</summary>
    StartPending = 2,

    /// <summary>On the way down.</summary>
    StopPending = 3,

    /// <summary>Running.</summary>
    Running = 4,

    /// <summary>Going on after a pause.</summary>
    ContinuePending = 5,

    /// <summary>Going to pause.</summary>
    PausePending = 6,

    /// <summary>Paused.</summary>
    Paused = 7,
}
