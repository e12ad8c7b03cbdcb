using Firebreak.Lab.Engine.Sessions;

namespace Firebreak.Lab.Engine.Cmdlets.Wmi;

/// <summary>What a method gives back.</summary>
/// <param name="Out">Out parameters, ReturnValue included.</param>
internal sealed record WmiResult(IReadOnlyList<(string Name, object? Value)> Out)
{
    /// <summary>Only a return value.</summary>
    public static WmiResult Code(uint code) => new([("ReturnValue", code)]);
}

/// <summary>A method of a WMI class.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Parameters">Names of its in parameters.</param>
/// <param name="Invoke">Does it: session, instance (null for a static call), arguments by name.</param>
internal sealed record WmiMethod(string Name, IReadOnlyList<string> Parameters, Func<SessionContext, WmiInstance?, IReadOnlyDictionary<string, object?>, WmiResult> Invoke);
