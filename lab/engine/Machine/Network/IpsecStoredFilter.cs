namespace Firebreak.Lab.Machines;

/// <summary>A filter as stored in a filter list. Null addresses mean "me".</summary>
internal sealed record IpsecStoredFilter(AddressRange? Source, AddressRange? Destination, int Protocol, int SourcePort, int DestinationPort, bool Mirrored, string Description)
{
    public IpsecFilter ToFilter(bool block) => new(Source, Destination, Protocol, SourcePort, DestinationPort, block);

    /// <summary>Whether it is the same filter (its description does not count).</summary>
    public bool Same(IpsecStoredFilter other) => this with { Description = "" } == other with { Description = "" };
}
