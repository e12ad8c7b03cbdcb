namespace Firebreak.Lab.Machines;

/// <summary>A service.</summary>
public sealed record ServiceProfile
{
    /// <summary>running or stopped.</summary>
    public string State { get; init; } = "running";

    /// <summary>boot, system, automatic, manual or disabled.</summary>
    public string Start { get; init; } = "automatic";

    /// <summary>Account it runs as.</summary>
    public string Account { get; init; } = "LocalSystem";

    /// <summary>Display name; the key name if absent.</summary>
    public string? Display { get; init; }

    /// <summary>Services it depends on.</summary>
    public IReadOnlyList<string> DependsOn { get; init; } = [];

    /// <summary>Whether it accepts a stop.</summary>
    public bool CanStop { get; init; } = true;

    /// <summary>What happens when its process dies, one entry for each time, the last for all later ones: none, restart/MS, reboot/MS.</summary>
    public IReadOnlyList<string> Failure { get; init; } = [];

    /// <summary>Command line; svchost if absent.</summary>
    public string? Image { get; init; }
}
