namespace Firebreak.Lab.Machines;

/// <summary>Listening ports: port → service; an empty service name is the system itself.</summary>
public sealed record ListensProfile
{
    /// <summary>TCP ports.</summary>
    public IReadOnlyDictionary<string, string> Tcp { get; init; } = new Dictionary<string, string>();

    /// <summary>UDP ports.</summary>
    public IReadOnlyDictionary<string, string> Udp { get; init; } = new Dictionary<string, string>();
}
