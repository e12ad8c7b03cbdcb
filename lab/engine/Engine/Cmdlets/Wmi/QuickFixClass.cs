using Firebreak.Lab.Engine.Sessions;

namespace Firebreak.Lab.Engine.Cmdlets.Wmi;

/// <summary>Win32_QuickFixEngineering.</summary>
internal sealed class QuickFixClass : WmiClass
{
    /// <inheritdoc/>
    public override string Name => "Win32_QuickFixEngineering";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Keys { get; } = ["HotFixID", "ServicePackInEffect"];

    /// <inheritdoc/>
    protected override IEnumerable<IReadOnlyList<(string Name, object? Value)>> Rows(SessionContext context) =>
        context.Machine.Packages.Hotfixes.Select(h => (IReadOnlyList<(string Name, object? Value)>)
        [
            ("Caption", HotFixObject.Caption(h)),
            ("CSName", context.Machine.Name),
            ("Description", h.Description),
            ("FixComments", ""),
            ("HotFixID", h.Id),
            ("InstallDate", null),
            ("InstalledBy", h.InstalledBy),
            ("InstalledOn", HotFixObject.WmiDate(h)),
            ("Name", null),
            ("ServicePackInEffect", h.ServicePackInEffect),
            ("Status", null),
        ]);
}
