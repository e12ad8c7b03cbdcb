namespace Firebreak.Lab.Machines;

/// <summary>An entry of Win32_QuickFixEngineering.</summary>
/// <param name="Id">HotFixID, e.g. KB4551762.</param>
/// <param name="Description">e.g. Security Update.</param>
/// <param name="InstalledBy">Account.</param>
/// <param name="InstalledOn">Local date.</param>
/// <param name="ServicePackInEffect">The KB, where HotFixID is "File 1"; else empty.</param>
public sealed record Hotfix(string Id, string Description, string InstalledBy, DateOnly InstalledOn, string ServicePackInEffect = "");
