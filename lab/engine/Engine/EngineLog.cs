namespace Firebreak.Lab.Engine;

/// <summary>What goes wrong inside the engine itself, on standard error: standard output belongs to the wire.</summary>
internal static class EngineLog
{
    private static readonly TextWriter Error = Console.Error;

    /// <summary>Writes one message.</summary>
    public static void Write(string message) => Error.WriteLine("engine: " + message);
}
