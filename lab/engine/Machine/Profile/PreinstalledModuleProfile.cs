namespace Firebreak.Lab.Machines;

/// <summary>A script module that the machine's administrator has installed.</summary>
public sealed record PreinstalledModuleProfile
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Its script.</summary>
    public required string Text { get; init; }
}
