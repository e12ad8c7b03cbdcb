using System.Globalization;

namespace Firebreak.Lab.Machines;

/// <summary>
/// A rule of Windows Firewall as the registry holds it (MS-GPFAS 2.2.2.19): <c>v2.10|Action=Block|Dir=In|…|</c>. The fields are
/// kept as they were written, so that a rule is the same text again; what they mean is read from them. Only inbound block rules
/// shut a port in the lab: everything that listens is allowed by default.
/// </summary>
/// <param name="Name">Unique name: the name of the registry value.</param>
/// <param name="Version">Version of the schema, e.g. v2.10.</param>
/// <param name="Fields">The fields in order.</param>
public sealed record FirewallRule(string Name, string Version, IReadOnlyList<KeyValuePair<string, string>> Fields)
{
    /// <summary>Any protocol.</summary>
    public const int AnyProtocol = 256;

    /// <summary>Display name.</summary>
    public string DisplayName => One("Name") ?? "";

    /// <summary>Description.</summary>
    public string Description => One("Desc") ?? "";

    /// <summary>Group, or null.</summary>
    public string? Group => One("EmbedCtxt");

    /// <summary>Whether it is enabled.</summary>
    public bool Enabled => "TRUE".Equals(One("Active"), StringComparison.OrdinalIgnoreCase);

    /// <summary>Inbound or outbound.</summary>
    public bool Inbound => "In".Equals(One("Dir"), StringComparison.OrdinalIgnoreCase);

    /// <summary>Block or allow.</summary>
    public bool Block => "Block".Equals(One("Action"), StringComparison.OrdinalIgnoreCase);

    /// <summary>6 TCP, 17 UDP, 256 any.</summary>
    public int Protocol => int.TryParse(One("Protocol"), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : AnyProtocol;

    /// <summary>Profiles; empty = all.</summary>
    public IReadOnlyList<string> Profiles => All("Profile");

    /// <summary>Local ports, ranges and keywords as written; empty = any.</summary>
    public IReadOnlyList<string> LocalPorts => [.. All("LPort"), .. All("LPort2_10")];

    /// <summary>Remote addresses as written, IPv4 and IPv6; empty = any.</summary>
    public IReadOnlyList<string> Remote => [.. All("RA4"), .. All("RA6")];

    /// <summary>The text of the registry value.</summary>
    public string Text => string.Concat([Version, "|", .. Fields.Select(f => $"{f.Key}={f.Value}|")]);

    /// <summary>Reads the text of a registry value; null if it is none.</summary>
    public static FirewallRule? Parse(string name, string text)
    {
        string[] parts = text.Split('|');
        if (parts.Length < 3 || parts[0] is not ['v', ..] || parts[^1].Length > 0)
        {
            return null;
        }

        List<KeyValuePair<string, string>> fields = [];
        foreach (string part in parts[1..^1])
        {
            int equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
            {
                return null;
            }

            fields.Add(KeyValuePair.Create(part[..equals], part[(equals + 1)..]));
        }

        FirewallRule rule = new(name, parts[0], fields);
        return rule.One("Action") is null || rule.One("Dir") is null ? null : rule;
    }

    /// <summary>The same with one field set to a value; a field that it has not comes last.</summary>
    public FirewallRule With(string field, string value)
    {
        KeyValuePair<string, string> wanted = KeyValuePair.Create(field, value);
        return Fields.Any(f => f.Key == field)
            ? this with { Fields = [.. Fields.Select(f => f.Key == field ? wanted : f)] }
            : this with { Fields = [.. Fields, wanted] };
    }

    /// <summary>Whether it is about a local port of a protocol.</summary>
    public bool Covers(int protocol, int port) =>
        (Protocol == AnyProtocol || Protocol == protocol) && (LocalPorts.Count == 0 || LocalPorts.Any(p => InRange(p, port)));

    /// <summary>The IPv4 sources that it is about; none if it names IPv6 ones alone.</summary>
    public IReadOnlyList<AddressRange> Sources()
    {
        if (Remote.Count == 0)
        {
            return [AddressRange.Any];
        }

        return [.. All("RA4").Select(text => AddressRange.TryParse(text, out AddressRange range) ? range : throw new LabRefusalException($"firewall address {text}"))];
    }

    private static bool InRange(string text, int port)
    {
        string[] ends = text.Split('-');
        return int.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out int first)
            && int.TryParse(ends[^1], NumberStyles.None, CultureInfo.InvariantCulture, out int last)
            && port >= first && port <= last;
    }

    private string? One(string field) => Fields.FirstOrDefault(f => f.Key == field).Value;

    private string[] All(string field) => [.. Fields.Where(f => f.Key == field).Select(f => f.Value)];
}
