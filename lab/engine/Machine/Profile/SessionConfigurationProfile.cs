namespace Firebreak.Lab.Machines;

/// <summary>A session configuration of the machine besides PowerShell's own: what a client may do in its sessions.</summary>
public sealed record SessionConfigurationProfile
{
    /// <summary>FullLanguage, ConstrainedLanguage, RestrictedLanguage or NoLanguage.</summary>
    public string Language { get; init; } = "FullLanguage";

    /// <summary>Names of the commands that clients see, all others being hidden; null = all are seen.</summary>
    public IReadOnlyList<string>? Commands { get; init; }

    /// <summary>Modules that each session has from its start, in this order; trusted, whatever the language of the session.</summary>
    public IReadOnlyList<PreinstalledModuleProfile> Modules { get; init; } = [];
}
