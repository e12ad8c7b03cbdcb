using Firebreak.Lab.Engine.Sessions;

namespace Firebreak.Lab.Engine.Cmdlets.Wmi;

/// <summary>Win32_Share: the administrative shares, the only ones there are.</summary>
internal sealed class ShareClass : WmiClass
{
    private const uint DiskAdmin = 2147483648;
    private const uint IpcAdmin = 2147483651;

    /// <inheritdoc/>
    public override string Name => "Win32_Share";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Keys { get; } = ["Name"];

    /// <inheritdoc/>
    protected override IEnumerable<IReadOnlyList<(string Name, object? Value)>> Rows(SessionContext context) => !context.Machine.HasAdminShares || !context.Machine.Services.IsRunning("LanmanServer")
        ? []
        :
        [
            Share("ADMIN$", context.Machine.Os.SystemRoot, "Remote Admin", DiskAdmin),
            Share("C$", @"C:\", "Default share", DiskAdmin),
            Share("IPC$", "", "Remote IPC", IpcAdmin),
        ];

    private static IReadOnlyList<(string Name, object? Value)> Share(string name, string path, string description, uint type) =>
        [("Name", name), ("Path", path), ("Caption", description), ("Description", description), ("Type", type), ("AllowMaximum", true), ("MaximumAllowed", null), ("Status", "OK")];
}
