using System.Net;

namespace Firebreak.Lab.Machines;

/// <summary>An IPsec filter with what its rule does. Null addresses mean "me".</summary>
/// <param name="Source">Source addresses; null = me.</param>
/// <param name="Destination">Destination addresses; null = me.</param>
/// <param name="Protocol">IP protocol number; 0 = any.</param>
/// <param name="SourcePort">0 = any.</param>
/// <param name="DestinationPort">0 = any.</param>
/// <param name="Block">Block or permit.</param>
public sealed record IpsecFilter(AddressRange? Source, AddressRange? Destination, int Protocol, int SourcePort, int DestinationPort, bool Block)
{
    /// <summary>How specific it is; the most specific filter that matches wins.</summary>
    public int Weight => (Bits(Source) * 1000) + (Bits(Destination) * 1000) + (Protocol != 0 ? 100 : 0) + (DestinationPort != 0 ? 10 : 0) + (SourcePort != 0 ? 10 : 0);

    /// <summary>The same in the other direction.</summary>
    public IpsecFilter Mirror() => this with { Source = Destination, Destination = Source, SourcePort = DestinationPort, DestinationPort = SourcePort };

    /// <summary>Whether a packet matches it.</summary>
    public bool Matches(IPAddress me, IPAddress source, IPAddress destination, int protocol, int sourcePort, int destinationPort) =>
        In(Source, me, source) && In(Destination, me, destination)
        && (Protocol == 0 || Protocol == protocol)
        && (SourcePort == 0 || SourcePort == sourcePort)
        && (DestinationPort == 0 || DestinationPort == destinationPort);

    private static bool In(AddressRange? range, IPAddress me, IPAddress address) => range is { } r ? r.Contains(address) : address.Equals(me);

    private static int Bits(AddressRange? range) => range is { } r ? 32 - (int)Math.Ceiling(Math.Log2((double)r.Last - r.First + 1)) : 32;
}
