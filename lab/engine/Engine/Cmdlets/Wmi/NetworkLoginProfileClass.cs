using Firebreak.Lab.Engine.Sessions;
using Firebreak.Lab.Machines;

namespace Firebreak.Lab.Engine.Cmdlets.Wmi;

/// <summary>Win32_NetworkLoginProfile: what is counted of each local account.</summary>
internal sealed class NetworkLoginProfileClass : WmiClass
{
    /// <inheritdoc/>
    public override string Name => "Win32_NetworkLoginProfile";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Keys { get; } = ["Name"];

    /// <inheritdoc/>
    protected override IEnumerable<IReadOnlyList<(string Name, object? Value)>> Rows(SessionContext context) =>
        context.Machine.Accounts.All.Select(a => (IReadOnlyList<(string Name, object? Value)>)
        [
            ("Name", $@"{context.Machine.Name}\{a.Name}"),
            ("Caption", a.Name),
            ("BadPasswordCount", (uint)a.BadLogons),
            ("UserType", "Normal Account"),
        ]);
}
