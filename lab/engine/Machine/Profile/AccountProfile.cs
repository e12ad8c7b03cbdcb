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

    /// <summary>Whether it must have a password.</summary>
    public bool PasswordRequired { get; init; } = true;

    /// <summary>Whether its password gets too old.</summary>
    public bool PasswordExpires { get; init; } = true;
}
