namespace Firebreak.Lab.Machines;

/// <summary>A rule of Windows Firewall. Only inbound block rules shut a port in the lab: everything that listens is allowed by default.</summary>
public sealed record FirewallRule
{
    /// <summary>Unique name.</summary>
    public required string Name { get; init; }

    /// <summary>Display name.</summary>
    public string DisplayName { get; init; } = "";

    /// <summary>Group, or null.</summary>
    public string? Group { get; init; }

    /// <summary>Whether it is enabled.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>Inbound or outbound.</summary>
    public bool Inbound { get; init; } = true;

    /// <summary>Block or allow.</summary>
    public bool Block { get; init; }

    /// <summary>6 TCP, 17 UDP, 256 any.</summary>
    public int Protocol { get; init; } = 256;

    /// <summary>Ports; empty = any.</summary>
    public IReadOnlyList<(int First, int Last)> LocalPorts { get; init; } = [];

    /// <summary>Sources; empty = any.</summary>
    public IReadOnlyList<AddressRange> Remote { get; init; } = [];
}
