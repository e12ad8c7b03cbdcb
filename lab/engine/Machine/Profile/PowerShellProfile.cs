namespace Firebreak.Lab.Machines;

/// <summary>PowerShell on the machine.</summary>
public sealed record PowerShellProfile
{
    /// <summary>e.g. 5.1.18362.1.</summary>
    public required string Version { get; init; }

    /// <summary>Desktop or Core.</summary>
    public string Edition { get; init; } = "Desktop";

    /// <summary>Session configurations by name, besides PowerShell's own.</summary>
    public IReadOnlyDictionary<string, SessionConfigurationProfile> Configurations { get; init; } = new Dictionary<string, SessionConfigurationProfile>();
}
