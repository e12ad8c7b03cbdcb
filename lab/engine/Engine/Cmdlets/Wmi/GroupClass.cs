using Firebreak.Lab.Engine.Sessions;
using Firebreak.Lab.Machines;

namespace Firebreak.Lab.Engine.Cmdlets.Wmi;

/// <summary>Win32_Group: local groups; the lab has that of the administrators alone.</summary>
internal sealed class GroupClass : WmiClass
{
    /// <inheritdoc/>
    public override string Name => "Win32_Group";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Keys { get; } = ["Domain", "Name"];

    /// <inheritdoc/>
    protected override IEnumerable<IReadOnlyList<(string Name, object? Value)>> Rows(SessionContext context) =>
    [
        [
            ("Domain", context.Machine.Name),
            ("Name", "Administrators"),
            ("Caption", $@"{context.Machine.Name}\Administrators"),
            ("LocalAccount", true),
            ("SID", "S-1-5-32-544"),
            ("SIDType", (byte)4),
            ("Status", "OK"),
        ],
    ];
}
