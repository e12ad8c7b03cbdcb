using Firebreak.Lab.Engine.Sessions;
using Firebreak.Lab.Machines;

namespace Firebreak.Lab.Engine.Cmdlets;

/// <summary>-ComputerName: a session's cmdlets reach its own machine only.</summary>
internal static class LabComputer
{
    /// <summary>Refuses any other computer.</summary>
    public static void MustBeLocal(IEnumerable<string>? names)
    {
        SessionContext context = SessionContext.Current;
        string[] own = [".", "localhost", "127.0.0.1", "::1", context.Machine.Name, context.Machine.Address.ToString()];
        if (names?.FirstOrDefault(n => !own.Contains(n, StringComparer.OrdinalIgnoreCase)) is { } other)
        {
            throw new LabRefusalException($"way from a session to another computer ({other})");
        }
    }
}
