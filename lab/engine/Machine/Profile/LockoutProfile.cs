namespace Firebreak.Lab.Machines;

/// <summary>Account lock-out policy.</summary>
public sealed record LockoutProfile
{
    /// <summary>Bad logons that lock an account; 0 = never.</summary>
    public int Threshold { get; init; }

    /// <summary>Bad logons count within this window.</summary>
    public int WindowMinutes { get; init; } = 30;

    /// <summary>How long it stays locked.</summary>
    public int DurationMinutes { get; init; } = 30;
}
