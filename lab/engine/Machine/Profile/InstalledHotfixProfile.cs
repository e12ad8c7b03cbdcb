namespace Firebreak.Lab.Machines;

/// <summary>A hotfix that was there before the lab, without a package behind it.</summary>
public sealed record InstalledHotfixProfile
{
    /// <summary>e.g. KB4540673.</summary>
    public required string Id { get; init; }

    /// <summary>ServicePackInEffect, where XP and 2003 show the KB beside a HotFixID "File 1".</summary>
    public string ServicePackInEffect { get; init; } = "";

    /// <summary>e.g. Security Update.</summary>
    public string Description { get; init; } = "Update";

    /// <summary>Local date.</summary>
    public required DateOnly InstalledOn { get; init; }
}
