namespace Firebreak.Lab.Engine.Wire;

/// <summary>A request that cannot be done; reaches the fleet as <c>error</c> with this code.</summary>
internal sealed class WireError(string code, string message) : Exception(message)
{
    /// <summary>Stable code, <c>lab.…</c>.</summary>
    public string Code { get; } = code;
}
