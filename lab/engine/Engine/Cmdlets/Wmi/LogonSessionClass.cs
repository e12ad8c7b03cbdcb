using Firebreak.Lab.Engine.Sessions;
using Firebreak.Lab.Machines;

namespace Firebreak.Lab.Engine.Cmdlets.Wmi;

/// <summary>Win32_LogonSession: sessions of users, and one of a service.</summary>
internal sealed class LogonSessionClass : WmiClass
{
    /// <inheritdoc/>
    public override string Name => "Win32_LogonSession";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Keys { get; } = ["LogonId"];

    internal static string IdOf(UserSession session) => (900_000 + session.Id).ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    protected override IEnumerable<IReadOnlyList<(string Name, object? Value)>> Rows(SessionContext context)
    {
        yield return [("LogonId", "999"), ("LogonType", 0U), ("AuthenticationPackage", "NTLM"), ("Status", null)];
        foreach (UserSession session in context.Machine.Sessions.All)
        {
            yield return [("LogonId", IdOf(session)), ("LogonType", session.Remote ? 10U : 2U), ("AuthenticationPackage", "NTLM"), ("Status", null)];
        }
    }
}
