using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Firebreak.Lab.Machines;

/// <summary>What somebody asks of a new rule, in the words of the commands; checked and written as Windows stores it.</summary>
public sealed record FirewallRuleFields
{
    private static readonly Dictionary<string, int> s_protocols = new(StringComparer.OrdinalIgnoreCase) { ["tcp"] = 6, ["udp"] = 17, ["any"] = FirewallRule.AnyProtocol, ["icmpv4"] = 1, ["icmpv6"] = 58 };
    private static readonly string[] s_portWords = ["RPC", "RPC-EPMap", "IPHTTPS", "Teredo"];

    /// <summary>Display name.</summary>
    public required string DisplayName { get; init; }

    /// <summary>Description, or null.</summary>
    public string? Description { get; init; }

    /// <summary>Group, or null.</summary>
    public string? Group { get; init; }

    /// <summary>Whether it is enabled.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>Inbound or outbound.</summary>
    public bool Inbound { get; init; } = true;

    /// <summary>Block or allow.</summary>
    public bool Block { get; init; }

    /// <summary>tcp, udp, any, a number …</summary>
    public string Protocol { get; init; } = "any";

    /// <summary>Ports and ranges; empty = any.</summary>
    public IReadOnlyList<string> LocalPorts { get; init; } = [];

    /// <summary>Addresses, subnets, ranges; empty = any.</summary>
    public IReadOnlyList<string> Remote { get; init; } = [];

    /// <summary>Domain, Private, Public; empty = all.</summary>
    public IReadOnlyList<string> Profiles { get; init; } = [];

    /// <summary>The rule.</summary>
    /// <exception cref="ArgumentException">Something of it is not valid.</exception>
    public FirewallRule Make(string name, string version)
    {
        List<KeyValuePair<string, string>> fields = [];
        void Add(string field, string value) => fields.Add(KeyValuePair.Create(field, value));
        if (DisplayName.Contains('|', StringComparison.Ordinal) || DisplayName.Length == 0 || DisplayName.Equals("all", StringComparison.OrdinalIgnoreCase))
        {
            throw new ArgumentException("the name of a rule must not be empty, \"all\", or hold a vertical bar");
        }

        int protocol = ProtocolNumber(Protocol);
        if (LocalPorts.Count > 0 && protocol is not (6 or 17))
        {
            throw new ArgumentException("ports can be given for TCP and UDP only");
        }

        Add("Action", Block ? "Block" : "Allow");
        Add("Active", Enabled ? "TRUE" : "FALSE");
        Add("Dir", Inbound ? "In" : "Out");
        if (protocol != FirewallRule.AnyProtocol)
        {
            Add("Protocol", protocol.ToString(CultureInfo.InvariantCulture));
        }

        foreach (string profile in Profiles)
        {
            Add("Profile", profile);
        }

        foreach (string port in LocalPorts)
        {
            Add(port.Contains('-', StringComparison.Ordinal) ? "LPort2_10" : "LPort", Port(port));
        }

        foreach (string address in Remote)
        {
            Add(IsV6(address) ? "RA6" : "RA4", Address(address));
        }

        Add("Name", DisplayName);
        if (Description is { Length: > 0 })
        {
            Add("Desc", Description);
        }

        if (Group is { Length: > 0 })
        {
            Add("EmbedCtxt", Group);
        }

        return new(name, version, fields);
    }

    /// <summary>Number of a protocol.</summary>
    /// <exception cref="ArgumentException">There is none such.</exception>
    public static int ProtocolNumber(string text) => s_protocols.TryGetValue(text, out int known) ? known
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number <= 255 ? number
        : throw new ArgumentException($"'{text}' is no protocol");

    /// <summary>Name of a protocol, as the commands show it.</summary>
    public static string ProtocolName(int number) => number switch { 6 => "TCP", 17 => "UDP", FirewallRule.AnyProtocol => "Any", 1 => "ICMPv4", 58 => "ICMPv6", _ => number.ToString(CultureInfo.InvariantCulture) };

    private static bool IsV6(string address) => address.Contains(':', StringComparison.Ordinal);

    private static string Port(string text)
    {
        string[] ends = text.Split('-');
        bool isNumber = ends.Length <= 2 && ends.All(e => ushort.TryParse(e, NumberStyles.None, CultureInfo.InvariantCulture, out _));
        return isNumber || s_portWords.Contains(text, StringComparer.OrdinalIgnoreCase) ? text : throw new ArgumentException($"'{text}' is no port");
    }

    /// <summary>MS-FASP 2.2.8, 2.2.10: the first of a range is not above the last, and of IPv6 neither is unspecified or loopback.</summary>
    private static string Address(string text)
    {
        if (!IsV6(text))
        {
            return AddressRange.TryParse(text, out AddressRange range) && !range.IsAny ? Subnet(text, range) : throw new ArgumentException($"'{text}' is no address");
        }

        string[] ends = text.Split('-');
        if (ends.Length > 2 || !ends.All(e => IPAddress.TryParse(e.Split('/')[0], out IPAddress? address) && address.AddressFamily == AddressFamily.InterNetworkV6))
        {
            throw new ArgumentException($"'{text}' is no address");
        }

        if (ends.Select(e => IPAddress.Parse(e.Split('/')[0])).Any(a => IPAddress.IsLoopback(a) || a.Equals(IPAddress.IPv6Any)))
        {
            throw new ArgumentException($"'{text}' holds an unspecified or a loopback address");
        }

        return text;
    }

    // A prefix is stored as a mask.
    private static string Subnet(string text, AddressRange range)
    {
        string[] parts = text.Split('/');
        return parts.Length == 2 && !parts[1].Contains('.', StringComparison.Ordinal) ? $"{parts[0]}/{Dotted(~(range.Last - range.First))}" : text;
    }

    private static string Dotted(uint number) => string.Join('.', new[] { 24, 16, 8, 0 }.Select(shift => (number >> shift) & 255));
}
