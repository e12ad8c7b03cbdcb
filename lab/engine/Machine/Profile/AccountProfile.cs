namespace Firebreak.Lab.Machines;

/// <summary>A local account.</summary>
public sealed record AccountProfile
{
    /// <summary>Its password.</summary>
    public required string Password { get; init; }

    /// <summary>Whether it is a local administrator.</summary>
    public bool Admin { get; init; }

    /// <summary>Whether it is disabled.</summary>
    public bool Disabled { get; init; }
}
