using Firebreak.Lab.Engine.Cmdlets.WindowsUpdate;
using Firebreak.Lab.Engine.Sessions;

namespace Firebreak.Lab.Engine.Cmdlets;

/// <summary>The COM classes that a machine has.</summary>
internal static class ComClasses
{
    /// <summary>A new object of the class of that name; null when the lab has none.</summary>
    public static object? Make(string progId) => progId.ToUpperInvariant() switch
    {
        "MICROSOFT.UPDATE.SESSION" => new UpdateSession(SessionContext.Current),
        "MICROSOFT.UPDATE.UPDATECOLL" => new UpdateCollection(),
        _ => null,
    };
}
