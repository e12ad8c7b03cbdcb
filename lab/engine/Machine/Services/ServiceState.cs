namespace Firebreak.Lab.Machines;

/// <summary>State of a service, with the numbers of the service control manager.</summary>
public enum ServiceState
{
    /// <summary>Not running.</summary>
    Stopped = 1,

    /// <summary>Starting: its process has not reported yet.</summary>
    StartPending = 2,

    /// <summary>Running.</summary>
    Running = 4,

    /// <summary>Paused.</summary>
    Paused = 7,
}
