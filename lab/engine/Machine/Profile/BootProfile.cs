namespace Firebreak.Lab.Machines;

/// <summary>Boot behaviour.</summary>
public sealed record BootProfile
{
    /// <summary>How long the machine has been up when the lab starts.</summary>
    public double UptimeHours { get; init; } = 24;

    /// <summary>From a reboot's request until the machine is down.</summary>
    public double ShutdownSeconds { get; init; } = 0.5;

    /// <summary>From down to up.</summary>
    public double DurationSeconds { get; init; } = 3;

    /// <summary>From the boot on no IPsec policy is in force for so long.</summary>
    public double IpsecGapSeconds { get; init; }
}
