using Firebreak.Lab.Engine.Sessions;
using Firebreak.Lab.Machines;

namespace Firebreak.Lab.Engine.Cmdlets.Wmi;

/// <summary>Win32_UserAccount: the local accounts of the machine.</summary>
internal sealed class UserAccountClass : WmiClass
{
    /// <inheritdoc/>
    public override string Name => "Win32_UserAccount";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Keys { get; } = ["Domain", "Name"];

    /// <inheritdoc/>
    protected override IEnumerable<IReadOnlyList<(string Name, object? Value)>> Rows(SessionContext context) =>
        context.Machine.Accounts.All.Select(a => (IReadOnlyList<(string Name, object? Value)>)
        [
            ("Domain", context.Machine.Name),
            ("Name", a.Name),
            ("Caption", $@"{context.Machine.Name}\{a.Name}"),
            ("Disabled", a.Disabled),
            ("Lockout", a.LockedOut),
            ("LocalAccount", true),
            ("PasswordChangeable", true),
            ("PasswordExpires", a.PasswordExpires),
            ("PasswordRequired", a.PasswordRequired),
            ("SID", a.Sid),
            ("SIDType", (byte)1),
            ("Status", a.Disabled ? "Degraded" : "OK"),
        ]);
}
