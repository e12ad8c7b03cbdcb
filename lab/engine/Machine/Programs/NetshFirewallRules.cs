using System.Text;

namespace Firebreak.Lab.Machines;

/// <summary>netsh advfirewall firewall add, delete, show rule. Names need not be unique: the registry value of each rule is a GUID.</summary>
internal static class NetshFirewallRules
{
    private const string None = "\r\nNo rules match the specified criteria.\r\n\r\n";
    private static readonly string[] s_elsewhere = ["program", "service", "interfacetype", "rmtcomputergrp", "rmtusrgrp", "edge", "security", "localip", "remoteport"];

    public static ProgramResult Run(FirewallState firewall, IReadOnlyList<string> words)
    {
        if (words.Count < 2 || words[0].ToLowerInvariant() is not ("add" or "delete" or "show") || !words[1].Equals("rule", StringComparison.OrdinalIgnoreCase))
        {
            throw new LabRefusalException($"netsh advfirewall firewall {string.Join(' ', words)}");
        }

        try
        {
            return words[0].ToLowerInvariant() switch
            {
                "add" => Add(firewall, words.Skip(2)),
                "delete" => Delete(firewall, words.Skip(2)),
                _ => Show(firewall, words.Skip(2)),
            };
        }
        catch (Exception e) when (e is NetshException or ArgumentException)
        {
            return new(1, $"\r\nA specified value is not valid. {e.Message}\r\n\r\n");
        }
    }

    private static ProgramResult Add(FirewallState firewall, IEnumerable<string> words)
    {
        NetshTags tags = new(words, ["name", "dir", "action", "description", "enable", "profile", "remoteip", "localport", "protocol"], s_elsewhere);
        FirewallRuleFields wanted = new()
        {
            DisplayName = tags.Need("name"),
            Description = tags.Get("description"),
            Enabled = tags.Flag("enable", true),
            Inbound = OneOf(tags.Need("dir"), "in", "out"),
            Block = OneOf(tags.Need("action"), "block", "allow"),
            Protocol = tags.Get("protocol") ?? "any",
            LocalPorts = List(tags.Get("localport")),
            Remote = List(tags.Get("remoteip")),
            Profiles = [.. List(tags.Get("profile")).Select(Profile)],
        };
        firewall.Set(wanted.Make($"{{{Guid.NewGuid().ToString("D").ToUpperInvariant()}}}", firewall.Schema));
        return new(0, "Ok.\r\n\r\n");
    }

    private static ProgramResult Delete(FirewallState firewall, IEnumerable<string> words)
    {
        FirewallRule[] found = Find(firewall, new NetshTags(words, ["name", "dir"], [.. s_elsewhere, "profile", "remoteip", "localport", "protocol"]));
        foreach (FirewallRule rule in found)
        {
            firewall.Remove(rule.Name);
        }

        return found.Length == 0 ? new(1, None) : new(0, $"\r\nDeleted {found.Length} rule(s).\r\nOk.\r\n\r\n");
    }

    private static ProgramResult Show(FirewallState firewall, IEnumerable<string> words)
    {
        FirewallRule[] found = Find(firewall, new NetshTags(words, ["name", "dir"], "profile", "type", "verbose"));
        if (found.Length == 0)
        {
            return new(1, None);
        }

        StringBuilder output = new();
        void Line(string name, string value) => output.Append($"{name + ":",-38}{value}\r\n");
        foreach (FirewallRule rule in found)
        {
            output.Append("\r\n");
            Line("Rule Name", rule.DisplayName);
            output.Append("----------------------------------------------------------------------\r\n");
            Line("Enabled", rule.Enabled ? "Yes" : "No");
            Line("Direction", rule.Inbound ? "In" : "Out");
            Line("Profiles", rule.Profiles.Count == 0 ? "Domain,Private,Public" : string.Join(',', rule.Profiles));
            Line("Grouping", rule.Group ?? "");
            Line("LocalIP", "Any");
            Line("RemoteIP", rule.Remote.Count == 0 ? "Any" : string.Join(',', rule.Remote));
            Line("Protocol", FirewallRuleFields.ProtocolName(rule.Protocol));
            if (rule.Protocol is 6 or 17)
            {
                Line("LocalPort", rule.LocalPorts.Count == 0 ? "Any" : string.Join(',', rule.LocalPorts));
                Line("RemotePort", "Any");
            }

            Line("Edge traversal", "No");
            Line("Action", rule.Block ? "Block" : "Allow");
        }

        return new(0, output + "Ok.\r\n\r\n");
    }

    private static FirewallRule[] Find(FirewallState firewall, NetshTags tags)
    {
        string name = tags.Need("name");
        bool? inbound = tags.Get("dir") is { } dir ? OneOf(dir, "in", "out") : null;
        return [.. firewall.Rules.Where(r => (name.Equals("all", StringComparison.OrdinalIgnoreCase) || r.DisplayName.Equals(name, StringComparison.OrdinalIgnoreCase)) && (inbound ?? r.Inbound) == r.Inbound)];
    }

    private static string[] List(string? text) => text is null or "" || text.Equals("any", StringComparison.OrdinalIgnoreCase) ? [] : text.Split(',', StringSplitOptions.TrimEntries);

    private static bool OneOf(string text, string yes, string no) => text.Equals(yes, StringComparison.OrdinalIgnoreCase)
        || (text.Equals(no, StringComparison.OrdinalIgnoreCase) ? false : throw new NetshException(text));

    private static string Profile(string word) => FirewallState.Profiles.FirstOrDefault(p => p.Equals(word, StringComparison.OrdinalIgnoreCase)) ?? throw new NetshException(word);
}
