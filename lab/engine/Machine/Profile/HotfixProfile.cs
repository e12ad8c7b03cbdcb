namespace Firebreak.Lab.Machines;

/// <summary>What Win32_QuickFixEngineering shows of a package.</summary>
public sealed record HotfixProfile
{
    /// <summary>HotFixID; the package's KB if absent.</summary>
    public string? Id { get; init; }

    /// <summary>ServicePackInEffect, where XP and 2003 show the KB beside a HotFixID "File 1".</summary>
    public string ServicePackInEffect { get; init; } = "";

    /// <summary>e.g. Security Update.</summary>
    public string Description { get; init; } = "Update";

    /// <summary>Fixed date for packages installed before the first boot, ISO date.</summary>
    public DateOnly? InstalledOn { get; init; }
}
