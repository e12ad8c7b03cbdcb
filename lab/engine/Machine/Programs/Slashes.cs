namespace Firebreak.Lab.Machines;

/// <summary>Reads the arguments of programs that take /name, /name:value or /name value.</summary>
internal sealed class Slashes(IReadOnlyList<string> arguments)
{
    private int _at;

    /// <summary>The next argument; false at the end.</summary>
    public bool Next(out string argument)
    {
        bool more = _at < arguments.Count;
        argument = more ? arguments[_at++] : "";
        return more;
    }

    /// <summary>The value that follows a switch; null if there is none.</summary>
    public string? Value() => _at < arguments.Count && !arguments[_at].StartsWith('/') ? arguments[_at++] : null;

    /// <summary>The value that follows, whatever it looks like.</summary>
    public string? AnyValue() => _at < arguments.Count ? arguments[_at++] : null;
}
