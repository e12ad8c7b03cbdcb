namespace Firebreak.Lab.Machines;

/// <summary>Power, boot and shutdown of a machine.</summary>
public sealed class Power
{
    private readonly Machine _machine;
    private readonly BootProfile _profile;

    internal Power(Machine machine, BootProfile profile)
    {
        _machine = machine;
        _profile = profile;
        BootTime = machine.Clock.UtcNow - TimeSpan.FromHours(profile.UptimeHours);
    }

    /// <summary>Where it is between off and on.</summary>
    public PowerState State { get; private set; } = PowerState.Off;

    /// <summary>Lab time of the last boot.</summary>
    public DateTimeOffset BootTime { get; private set; }

    /// <summary>Cancelled when this boot ends.</summary>
    public CancellationToken Token { get; private set; }

    /// <summary>Why a restart is pending: CBS, WindowsUpdate, PendingFileRenameOperations, UpdateExeVolatile, ComputerRename; empty = none.</summary>
    public IReadOnlyList<string> PendingReasons => [];

    /// <summary>Whether a shutdown is scheduled (shutdown.exe /t).</summary>
    public bool ShutdownScheduled => false;

    /// <summary>Restarts at once: returns immediately, the machine goes down a moment later.</summary>
    public void Reboot(string by) => ScheduleShutdown(TimeSpan.Zero, restart: true, by);

    /// <summary>Schedules a shutdown.</summary>
    /// <exception cref="LabWin32Exception">1190: one is scheduled; 1115: one is in progress.</exception>
    public void ScheduleShutdown(TimeSpan delay, bool restart, string by)
    {
    }

    /// <summary>Calls off a scheduled shutdown.</summary>
    /// <exception cref="LabWin32Exception">1116: none is scheduled.</exception>
    public void AbortShutdown()
    {
    }

    /// <summary>The power goes at once and comes back: processes die, nothing is shut down in order.</summary>
    public void Lose()
    {
    }
}
