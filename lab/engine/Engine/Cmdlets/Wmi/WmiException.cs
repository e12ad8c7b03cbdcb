namespace Firebreak.Lab.Engine.Cmdlets.Wmi;

/// <summary>An error that WMI itself reports.</summary>
public sealed class WmiException : SystemException
{
    private WmiException(string message, uint code)
        : base(message) => Code = code;

    /// <summary>WBEM status code.</summary>
    public uint Code { get; }

    internal static WmiException InvalidNamespace(string name) => new($"Invalid namespace \"{name}\"", 0x8004100E);

    internal static WmiException InvalidClass(string name) => new($"Invalid class \"{name}\"", 0x80041010);

    internal static WmiException InvalidQuery(string query) => new($"Invalid query \"{query}\"", 0x80041017);

    internal static WmiException InvalidMethod() => new("Invalid method ", 0x80041055);

    internal static WmiException InvalidParameters(string why) => new("Invalid method Parameter(s) " + why, 0x8004102F);

    internal static WmiException PrivilegeNotHeld() => new("Privilege not held. ", 0x80041062);

    internal static WmiException Failed() => new("Generic failure ", 0x80041001);

    internal static WmiException NotFound(string path) => new($"Not found \"{path}\"", 0x80041002);
}
