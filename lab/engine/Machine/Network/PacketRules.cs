using System.Net;

namespace Firebreak.Lab.Machines;

/// <summary>
/// The rules of one local port, per direction and most specific first: the first that matches decides, none = pass. A
/// connection needs both directions. Firewall blocks come before all (block beats allow).
/// </summary>
internal sealed record PacketRules(IReadOnlyList<PacketRule> In, IReadOnlyList<PacketRule> Out)
{
    private const int KerberosPort = 88;

    public static PacketRules None { get; } = new([], []);

    /// <summary>Nothing passes.</summary>
    public static PacketRules Silent { get; } = new([new(AddressRange.Any, 0, true)], []);

    public bool IsEmpty => In.Count == 0 && Out.Count == 0;

    public static PacketRules For(Machine machine, int protocol, int localPort)
    {
        if (machine.Icf.IsInForce)
        {
            return Silent;
        }

        AddressRange me = AddressRange.Of(machine.Address);
        List<PacketRule> inbound = [];
        List<PacketRule> outbound = [];
        inbound.AddRange(machine.Firewall.InForce
            .Where(r => r is { Inbound: true, Block: true } && r.Covers(protocol, localPort))
            .SelectMany(r => r.Sources())
            .Select(range => new PacketRule(range, 0, true)));
        inbound.AddRange(machine.Exceptions.ShutOut(protocol, localPort).Select(range => new PacketRule(range, 0, true)));
        if (machine.Ipsec.ExemptsKerberos)
        {
            inbound.Add(new(AddressRange.Any, KerberosPort, false));
            outbound.Add(new(AddressRange.Any, KerberosPort, false));
        }

        foreach (IpsecFilter filter in machine.Ipsec.Effective.OrderByDescending(f => f.Weight).ThenByDescending(f => f.Block))
        {
            if (filter.Protocol != 0 && filter.Protocol != protocol)
            {
                continue;
            }

            if (Covers(filter.Destination, me) && filter.DestinationPort is var to && (to == 0 || to == localPort))
            {
                inbound.Add(new(filter.Source ?? me, filter.SourcePort, filter.Block));
            }

            if (Covers(filter.Source, me) && filter.SourcePort is var from && (from == 0 || from == localPort))
            {
                outbound.Add(new(filter.Destination ?? me, filter.DestinationPort, filter.Block));
            }
        }

        return new(inbound, outbound);
    }

    /// <summary>Whether packets pass both ways.</summary>
    public bool Allows(IPAddress remote, int remotePort) => Passes(In, remote, remotePort) && Passes(Out, remote, remotePort);

    private static bool Passes(IReadOnlyList<PacketRule> rules, IPAddress remote, int remotePort)
    {
        foreach (PacketRule rule in rules)
        {
            // A caller that names no port has one that no filter permits by number.
            if (rule.Remote.Contains(remote) && (rule.RemotePort == 0 || rule.RemotePort == remotePort || (remotePort == 0 && rule.Block)))
            {
                return !rule.Block;
            }
        }

        return true;
    }

    private static bool Covers(AddressRange? range, AddressRange me) => range is not { } r || (r.First <= me.First && r.Last >= me.Last);
}
