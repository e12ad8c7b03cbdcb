namespace Firebreak.Lab.Machines;

/// <summary>A program that runs from each boot on: what a worm left behind, for one.</summary>
public sealed record ProcessProfile
{
    /// <summary>Its file; without it nothing runs.</summary>
    public required string Path { get; init; }

    /// <summary>Account it runs as.</summary>
    public string Account { get; init; } = @"NT AUTHORITY\SYSTEM";

    /// <summary>The registry value that starts it; null: something else does.</summary>
    public RunValueProfile? Run { get; init; }
}
