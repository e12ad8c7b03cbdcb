using Firebreak.Lab.Engine.Sessions;
using Firebreak.Lab.Machines;

namespace Firebreak.Lab.Engine.Cmdlets.Wmi;

/// <summary>Win32_LoggedOnUser: which account a logon session belongs to, as paths of both.</summary>
internal sealed class LoggedOnUserClass : WmiClass
{
    /// <inheritdoc/>
    public override string Name => "Win32_LoggedOnUser";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Keys { get; } = ["Antecedent", "Dependent"];

    /// <inheritdoc/>
    protected override IEnumerable<IReadOnlyList<(string Name, object? Value)>> Rows(SessionContext context)
    {
        string root = $"\\\\.\\root\\cimv2:";
        foreach (UserSession session in context.Machine.Sessions.All)
        {
            yield return
            [
                ("Antecedent", $"{root}Win32_Account.Domain=\"{context.Machine.Name}\",Name=\"{session.User}\""),
                ("Dependent", $"{root}Win32_LogonSession.LogonId=\"{LogonSessionClass.IdOf(session)}\""),
            ];
        }
    }
}
