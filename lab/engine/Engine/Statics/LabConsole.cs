using System.Text;

namespace Firebreak.Lab.Engine.Statics;

/// <summary>[System.Console] of a process without a console, as the host process of a remoting session is: writing goes nowhere.</summary>
public static class LabConsole
{
    /// <summary>Encoding of output.</summary>
    public static Encoding OutputEncoding
    {
        get => Sessions.SessionContext.Current.Ansi;
        set => ArgumentNullException.ThrowIfNull(value);
    }

    /// <summary>Nowhere.</summary>
    public static TextWriter Out => TextWriter.Null;

    /// <summary>Nowhere.</summary>
    public static TextWriter Error => TextWriter.Null;

    /// <summary>Writes nowhere.</summary>
    public static void WriteLine(params object?[] value)
    {
    }

    /// <summary>Writes nowhere.</summary>
    public static void Write(params object?[] value)
    {
    }

    /// <summary>There is nobody to read from.</summary>
    public static string? ReadLine() => null;
}
