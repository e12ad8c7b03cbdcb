namespace Firebreak.Lab.Machines;

/// <summary>A filter, in the words of netsh.</summary>
public sealed record IpsecFilterProfile
{
    /// <summary>any, me, an address or address/prefix.</summary>
    public string Src { get; init; } = "any";

    /// <summary>any, me, an address or address/prefix.</summary>
    public string Dst { get; init; } = "me";

    /// <summary>any, tcp, udp, icmp or a number.</summary>
    public string Protocol { get; init; } = "any";

    /// <summary>0 = any.</summary>
    public int SrcPort { get; init; }

    /// <summary>0 = any.</summary>
    public int DstPort { get; init; }

    /// <summary>Whether it holds in both directions.</summary>
    public bool Mirrored { get; init; } = true;
}
